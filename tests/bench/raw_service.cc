#include "tests/bench/raw_service.h"

#include <csignal>
#include <iostream>
#include <memory>
#include <utility>

#include "grpcpp/impl/codegen/server_callback_handlers.h"
#include "grpcpp/impl/rpc_service_method.h"

namespace kechuang::bench {

RawService::RawService(std::vector<std::string> paths, Handler handler)
    : paths_(std::move(paths)), handler_(std::move(handler)) {
  using grpc::ByteBuffer;
  using grpc::internal::CallbackUnaryHandler;
  using grpc::internal::RpcMethod;
  using grpc::internal::RpcServiceMethod;
  for (int i = 0; i < static_cast<int>(paths_.size()); ++i) {
    const std::string& path = paths_[static_cast<size_t>(i)];
    AddMethod(std::make_unique<RpcServiceMethod>(path.c_str(), RpcMethod::NORMAL_RPC, nullptr).release());
    MarkMethodRawCallback(
        i, std::make_unique<CallbackUnaryHandler<ByteBuffer, ByteBuffer>>([this, &path](
                                                                              grpc::CallbackServerContext* context,
                                                                              const ByteBuffer* request,
                                                                              ByteBuffer* response) {
             grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
             handler_(path, *context, *request, *response, *reactor);
             return reactor;
           }).release());
  }
}

int ServeUntilStopped(grpc::Service& service) {
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  sigaddset(&stop, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) return 1;
  std::cout << port << std::endl;
  int signal = 0;
  sigwait(&stop, &signal);
  server->Shutdown(std::chrono::system_clock::now());
  return 0;
}

}  // namespace kechuang::bench
