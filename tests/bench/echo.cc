#include "tests/bench/echo.h"

#include "absl/strings/str_cat.h"
#include "grpcpp/grpcpp.h"
#include "grpcpp/impl/codegen/server_callback_handlers.h"
#include "grpcpp/impl/rpc_service_method.h"

namespace kechuang::bench {

class EchoServer::Service : public grpc::Service {
 public:
  Service() {
    using grpc::ByteBuffer;
    using grpc::internal::CallbackUnaryHandler;
    using grpc::internal::RpcMethod;
    using grpc::internal::RpcServiceMethod;
    AddMethod(std::make_unique<RpcServiceMethod>(kPath, RpcMethod::NORMAL_RPC, nullptr).release());
    MarkMethodRawCallback(
        0, std::make_unique<CallbackUnaryHandler<ByteBuffer, ByteBuffer>>([](grpc::CallbackServerContext* context,
                                                                             const ByteBuffer* request,
                                                                             ByteBuffer* response) {
             *response = *request;
             grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
             reactor->Finish(grpc::Status::OK);
             return reactor;
           }).release());
  }
};

EchoServer::EchoServer() : service_(std::make_unique<Service>()) {
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
  builder.RegisterService(service_.get());
  server_ = builder.BuildAndStart();
}

EchoServer::~EchoServer() { server_->Shutdown(); }

std::string EchoServer::address() const { return absl::StrCat("127.0.0.1:", port_); }

}  // namespace kechuang::bench
