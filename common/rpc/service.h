#ifndef KECHUANG_COMMON_RPC_SERVICE_H_
#define KECHUANG_COMMON_RPC_SERVICE_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

#include "common/rpc/call.h"

namespace kechuang::rpc {

// Ends a unary call: with the serialized answer, or with an error. Called once, from any thread.
struct Reply {
  std::string bytes;
  bool replayed = false;  // sent as the trailer kc-replayed
};
using Finish = std::function<void(absl::StatusOr<Reply>)>;

// The two directions of a streaming call, for a handler that blocks. Unlike unary requests, messages come as they are:
// the handler says what a bad one means for the rest of the stream. One thread may read while another writes.
class ByteStream {
 public:
  virtual ~ByteStream() = default;
  // The next message from the caller; false when there is none any more.
  virtual bool Read(google::protobuf::Message& message) = 0;
  // Sends a message; false when the caller is gone.
  virtual bool Write(const google::protobuf::Message& message) = 0;
  // Makes Read, also one that waits now, give false from here on; for a handler that wants to end before its caller
  // does. Any thread may call it.
  virtual void StopReading() = 0;
  // For a handler that goes on until somebody ends it: runs action once, when the caller is gone or the server drains,
  // from any thread; at once if that is so already. Not any more once another is given (nullptr for none). action must
  // be quick, and must not use the stream.
  virtual void WhenEnding(std::function<void()> action) = 0;
};

template <class Request, class Response>
class Stream {
 public:
  explicit Stream(ByteStream& bytes) : bytes_(bytes) {}
  bool Read(Request& request) { return bytes_.Read(request); }
  bool Write(const Response& response) { return bytes_.Write(response); }
  void WhenEnding(std::function<void()> action) { bytes_.WhenEnding(std::move(action)); }

 private:
  ByteStream& bytes_;
};

// One method's code, as the server runs it.
struct Method {
  const google::protobuf::MethodDescriptor* descriptor = nullptr;
  std::function<std::unique_ptr<google::protobuf::Message>()> new_request;
  // Of a unary method. Runs on a worker thread if blocking, else on the thread that read the request.
  std::function<void(const Call&, std::unique_ptr<google::protobuf::Message>, Finish)> unary;
  bool blocking = true;
  // Of a streaming method; runs on a thread of its own.
  std::function<absl::Status(const Call&, ByteStream&)> stream;
};

// The methods of one proto service, each matched to the descriptor by its request type.
class MethodTable {
 public:
  explicit MethodTable(absl::string_view service_full_name);

  // Adds the method that takes this request and gives this response; the process stops at start if the service has no
  // such method, or has it twice, or its response is another.
  void Add(const google::protobuf::Descriptor* request, const google::protobuf::Descriptor* response, Method method);
  // Names of methods that have no code yet; a server with any does not start.
  std::vector<std::string> Missing() const;
  // What went wrong in Add.
  const std::vector<std::string>& faults() const { return faults_; }

  const google::protobuf::ServiceDescriptor& descriptor() const { return *descriptor_; }
  const std::map<std::string, Method>& methods() const { return methods_; }

 private:
  const google::protobuf::ServiceDescriptor* descriptor_;
  std::map<std::string, Method> methods_;  // by method name
  std::vector<std::string> faults_;
};

// A service of plain functions over its dependencies:
//   rpc::Service(v1::ReportService::service_full_name(), report).On(&GetAnnualReport)
template <class Dependencies>
class Service {
 public:
  Service(absl::string_view full_name, Dependencies& dependencies) : table_(full_name), dependencies_(&dependencies) {}

  // A unary method. It may block: it runs on a worker thread.
  template <class Request, class Response>
  Service& On(absl::StatusOr<Response> (*handler)(Dependencies&, const Call&, const Request&)) {
    Method method;
    method.new_request = [] { return std::make_unique<Request>(); };
    method.unary = [handler, dependencies = dependencies_](
                       const Call& call, std::unique_ptr<google::protobuf::Message> request, const Finish& finish) {
      absl::StatusOr<Response> response = handler(*dependencies, call, static_cast<const Request&>(*request));
      if (!response.ok()) return finish(response.status());
      finish(Reply{response->SerializeAsString()});
    };
    table_.Add(Request::descriptor(), Response::descriptor(), std::move(method));
    return *this;
  }

  // A streaming method of any direction. It may block: it runs on a thread of its own.
  template <class Request, class Response>
  Service& OnStream(absl::Status (*handler)(Dependencies&, const Call&, Stream<Request, Response>&)) {
    Method method;
    method.new_request = [] { return std::make_unique<Request>(); };
    method.stream = [handler, dependencies = dependencies_](const Call& call, ByteStream& bytes) {
      Stream<Request, Response> stream(bytes);
      return handler(*dependencies, call, stream);
    };
    table_.Add(Request::descriptor(), Response::descriptor(), std::move(method));
    return *this;
  }

  MethodTable& table() { return table_; }
  Dependencies& dependencies() { return *dependencies_; }

 private:
  MethodTable table_;
  Dependencies* dependencies_;
};

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_SERVICE_H_
