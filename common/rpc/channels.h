#ifndef KECHUANG_COMMON_RPC_CHANNELS_H_
#define KECHUANG_COMMON_RPC_CHANNELS_H_

#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

#include "common/base/status_macros.h"
#include "common/rpc/call.h"
#include "common/rpc/tls.h"

namespace grpc {
class Channel;
}

namespace kechuang::rpc {

// OK if the address is host:port, or the IP addresses of several replicas with their ports, by comma.
absl::Status CheckAddress(absl::string_view address);

// Where the other services of the suite are. Threads may share one; a channel connects at first use and again when
// lost.
class Channels {
 public:
  // Addresses by area: {"enterprise": "127.0.0.1:7101"}; several replicas by comma, each with its IP address. Calls
  // then go to those that say they serve, and a read is made again at another if its replica is lost. By TLS, if tls
  // knows an authority. introduction: what Ask says of the process that asks, see Introduction.
  explicit Channels(const std::map<std::string, std::string>& addresses,
                    const std::shared_ptr<const Tls>& tls = nullptr, std::string introduction = "");

  // The channel to the service of an area; the area must have an address.
  std::shared_ptr<grpc::Channel> To(absl::string_view area);

  // Asks a unary method of another service on behalf of a caller: with the caller's credential, the introduction of the
  // process itself, and what is left of the deadline. method is the full path without the leading slash. Errors come
  // back as that service gave them, details and all; SERVICE_UNAVAILABLE (kUnavailable) if it cannot be reached,
  // DEADLINE (kDeadlineExceeded) if it does not answer in time. Blocks: only for handlers on worker threads.
  absl::Status Ask(const Call& call, absl::string_view area, absl::string_view method,
                   const google::protobuf::Message& request, google::protobuf::Message& response);

 private:
  std::map<std::string, std::shared_ptr<grpc::Channel>> channels_;
  std::string introduction_;
};

// "kechuang.loan.v1.LoanService/GetLoan": the method of a service that takes this request and gives this response;
// there must be one.
std::string MethodTaking(absl::string_view service, const google::protobuf::Descriptor* request,
                         const google::protobuf::Descriptor* response);

// Asks the one method of ProtoService that takes this request: Ask<enterprise::v1::EnterpriseService,
// v1::Enterprise>(...).
template <class ProtoService, class Response, class Request>
absl::StatusOr<Response> Ask(Channels& channels, const Call& call, absl::string_view area, const Request& request) {
  Response response;
  const std::string method =
      MethodTaking(ProtoService::service_full_name(), Request::descriptor(), Response::descriptor());
  RETURN_IF_ERROR(channels.Ask(call, area, method, request, response));
  return response;
}

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_CHANNELS_H_
