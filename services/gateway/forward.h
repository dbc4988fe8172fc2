#ifndef KECHUANG_SERVICES_GATEWAY_FORWARD_H_
#define KECHUANG_SERVICES_GATEWAY_FORWARD_H_

#include <memory>
#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "grpcpp/channel.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/impl/service_type.h"

#include "services/gateway/door.h"

namespace kechuang::gateway {

// Where the calls of one area go.
struct Upstream {
  Upstream(std::string area_name, const std::shared_ptr<grpc::Channel>& way)
      : area(std::move(area_name)), channel(way), stub(way) {}

  std::string area;  // "loan"
  std::shared_ptr<grpc::Channel> channel;
  grpc::GenericStub stub;
};

// Every method of one proto service, answered by the same method of the service behind: bytes go through unread, with
// deadline, permitted metadata, cancellation, status, details and trailers. gRPC knows the methods by name, so that
// reflection lists them and a method that does not exist is UNIMPLEMENTED.
class ForwardedService : public grpc::Service {
 public:
  // The door and the upstream must outlive the server.
  ForwardedService(const google::protobuf::ServiceDescriptor& service, Upstream& upstream, const Door& door);

 private:
  std::vector<std::unique_ptr<std::string>> paths_;  // gRPC keeps pointers to the characters
};

}  // namespace kechuang::gateway

#endif  // KECHUANG_SERVICES_GATEWAY_FORWARD_H_
