#include "common/rpc/grpc_lifetime.h"

#include <mutex>

#include "grpc/grpc.h"

namespace kechuang::rpc {

void KeepGrpcUp() {
  static std::once_flag once;
  std::call_once(once, grpc_init);
}

}  // namespace kechuang::rpc
