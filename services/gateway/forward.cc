#include "services/gateway/forward.h"

#include "absl/strings/str_cat.h"
#include "google/api/annotations.pb.h"
#include "grpcpp/impl/codegen/server_callback_handlers.h"
#include "grpcpp/impl/rpc_service_method.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"

#include "kechuang/api/v1/options.pb.h"
#include "services/gateway/relay.h"

namespace kechuang::gateway {
namespace {

using grpc::ByteBuffer;
using grpc::internal::CallbackBidiHandler;
using grpc::internal::CallbackUnaryHandler;
using grpc::internal::MethodHandler;
using grpc::internal::RpcMethod;
using grpc::internal::RpcServiceMethod;

std::unique_ptr<MethodHandler> UnaryHandler(const std::string& path, Upstream& upstream, const Door& door,
                                            const google::protobuf::MethodDescriptor& method) {
  const bool only_reads = method.options().GetExtension(google::api::http).has_get();
  const bool open = method.options().GetExtension(api::v1::open);
  const bool urgent = method.options().GetExtension(api::v1::urgent);
  return std::make_unique<CallbackUnaryHandler<ByteBuffer, ByteBuffer>>(
      [&path, &upstream, &door, only_reads, open, urgent](grpc::CallbackServerContext* caller,
                                                          const ByteBuffer* request, ByteBuffer* response) {
        return RelayUnary({*caller, path, upstream, door, only_reads, open, urgent}, *request, *response);
      });
}

std::unique_ptr<MethodHandler> StreamHandler(const std::string& path, Upstream& upstream, const Door& door) {
  return std::make_unique<CallbackBidiHandler<ByteBuffer, ByteBuffer>>([&](grpc::CallbackServerContext* caller) {
    return RelayStream({*caller, path, upstream, door});
  });
}

}  // namespace

ForwardedService::ForwardedService(const google::protobuf::ServiceDescriptor& service, Upstream& upstream,
                                   const Door& door) {
  for (int i = 0; i < service.method_count(); ++i) {
    const google::protobuf::MethodDescriptor& method = *service.method(i);
    paths_.push_back(std::make_unique<std::string>(absl::StrCat("/", service.full_name(), "/", method.name())));
    const std::string& path = *paths_.back();
    // To the gateway every streaming method is bidirectional: it passes on what comes, whichever side sends it.
    const bool streams = method.client_streaming() || method.server_streaming();
    const auto type = streams ? RpcMethod::BIDI_STREAMING : RpcMethod::NORMAL_RPC;
    // gRPC takes ownership of both pointers.
    AddMethod(std::make_unique<RpcServiceMethod>(path.c_str(), type, nullptr).release());
    MarkMethodRawCallback(
        i, (streams ? StreamHandler(path, upstream, door) : UnaryHandler(path, upstream, door, method)).release());
  }
}

}  // namespace kechuang::gateway
