#include "common/rpc/grpc_lifetime.h"

#include <mutex>

#include "absl/synchronization/mutex.h"

#include "grpc/grpc.h"

namespace kechuang::rpc {

void KeepGrpcUp() {
  static std::once_flag once;
  std::call_once(once, [] {
    absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
    grpc_init();
  });
}

}  // namespace kechuang::rpc
