#include "tests/bench/proxy.h"

#include <memory>
#include <utility>

#include "grpcpp/create_channel.h"
#include "grpcpp/generic/generic_stub.h"

#include "tests/bench/raw_service.h"

namespace kechuang::bench {

int ServeProxy(const std::string& address, std::vector<std::string> paths) {
  grpc::GenericStub stub(grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
  RawService service(std::move(paths), [&stub](const std::string& path, grpc::CallbackServerContext& context,
                                               const grpc::ByteBuffer& request, grpc::ByteBuffer& response,
                                               grpc::ServerUnaryReactor& reactor) {
    auto onward = std::make_shared<grpc::ClientContext>();
    onward->set_deadline(context.deadline());
    const auto authorization = context.client_metadata().find("authorization");
    if (authorization != context.client_metadata().end()) {
      onward->AddMetadata("authorization", {authorization->second.data(), authorization->second.size()});
    }
    stub.UnaryCall(onward.get(), path, {}, &request, &response,
                   [onward, &reactor](const grpc::Status& status) { reactor.Finish(status); });
  });
  return ServeUntilStopped(service);
}

}  // namespace kechuang::bench
