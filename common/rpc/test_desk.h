#ifndef KECHUANG_COMMON_RPC_TEST_DESK_H_
#define KECHUANG_COMMON_RPC_TEST_DESK_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "grpcpp/grpcpp.h"

#include "common/rpc/channels.h"
#include "common/rpc/server.h"
#include "common/rpc/service.h"
#include "common/rpc/test_caller.h"
#include "rpc_test/desk_service.grpc.pb.h"

// A small service on a real server of loopback, for the tests of this directory.
namespace kechuang::rpc {

// Limits as a server is given them.
inline std::shared_ptr<const LiveLimits> With(const Limits& limits) {
  return std::make_shared<const LiveLimits>(limits);
}

// What the handlers of a test's service share with the test.
class Desk {
 public:
  // Blocks a call until LetGo.
  void Hold();
  void LetGo() { let_go_.Notify(); }
  // Blocks until so many calls hold.
  void WaitForHolding(int calls);

  // Handlers of streams that have begun and that have ended.
  void BeginStream();
  void EndStream();
  void WaitForStreams(int begun, int ended);

 private:
  absl::Notification let_go_;
  absl::Mutex mutex_;
  int holding_ = 0;
  int begun_ = 0;
  int ended_ = 0;
};

// A served desk and a channel to it, which shows the desk's own certificate if that has one.
class ServedDesk {
 public:
  explicit ServedDesk(ServerOptions options = {}, std::vector<access::Role> roles = access::Policy::Get().roles());

  Desk& desk() { return desk_; }
  Server& server() { return *server_; }
  Authenticator& authenticator() { return authenticator_; }
  const Metrics& metrics() const { return metrics_; }
  std::string address() const;
  std::shared_ptr<grpc::Channel> channel() { return channels_.To("desk"); }
  std::unique_ptr<rpc_test::DeskService::Stub> stub() { return rpc_test::DeskService::NewStub(channel()); }

  // A call with the right key.
  static Call KnownCall(absl::Duration time = absl::Seconds(30));
  // The same, for stubs.
  static void Authorize(grpc::ClientContext& context);

  // Asks the desk's method that takes this request.
  template <class Response, class Request>
  absl::StatusOr<Response> Ask(const Request& request, const Call& call = KnownCall()) {
    return rpc::Ask<rpc_test::DeskService, Response>(channels_, call, "desk", request);
  }
  // Asks any method by its path, with messages that look alike on the wire.
  absl::Status AskPath(absl::string_view path, const google::protobuf::Message& request,
                       google::protobuf::Message& response, const Call& call = KnownCall()) {
    return channels_.Ask(call, "desk", path, request, response);
  }

 private:
  Desk desk_;
  OneKeyAuthenticator authenticator_;
  Metrics metrics_;
  std::unique_ptr<Service<Desk>> service_;
  std::unique_ptr<Server> server_;
  Channels channels_{{}};
};

// The service of a desk, all methods.
Service<Desk> MakeDeskService(Desk& desk);

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_TEST_DESK_H_
