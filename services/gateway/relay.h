#ifndef KECHUANG_SERVICES_GATEWAY_RELAY_H_
#define KECHUANG_SERVICES_GATEWAY_RELAY_H_

#include <string>

#include "grpcpp/server_context.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"

#include "services/gateway/door.h"
#include "services/gateway/forward.h"

namespace kechuang::gateway {

// One call as it arrived. All but the context outlive the call.
struct Arrival {
  grpc::CallbackServerContext& caller;
  const std::string& path;  // "/kechuang.loan.v1.LoanService/GetLoan"
  Upstream& upstream;
  const Door& door;
  bool only_reads = false;  // the call changes nothing, so its answer may be withheld
  bool open = false;        // nobody asks who calls
  bool urgent = false;      // it is refused last when there is too much to do
};

// Passes one message there and one back. The reactor owns itself until the call is over.
grpc::ServerUnaryReactor* RelayUnary(const Arrival& arrival, const grpc::ByteBuffer& request,
                                     grpc::ByteBuffer& response);

// Passes messages both ways, each as it comes, one in flight a direction. The reactor owns itself until the call is
// over.
grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* RelayStream(const Arrival& arrival);

}  // namespace kechuang::gateway

#endif  // KECHUANG_SERVICES_GATEWAY_RELAY_H_
