#ifndef KECHUANG_COMMON_RPC_DEADLINE_H_
#define KECHUANG_COMMON_RPC_DEADLINE_H_

#include <chrono>

#include "absl/time/time.h"

namespace kechuang::rpc {

// A deadline as gRPC tells it, by Abseil's clock; and the other way round. When the machine's clock is stepped, gRPC
// sees it at once and Abseil's clock seconds later, so what carries over is the time that is left, not the moment: else
// every call of those seconds would seem out of time. No deadline stays none.
absl::Time FromGrpcDeadline(std::chrono::system_clock::time_point deadline);
std::chrono::system_clock::time_point ToGrpcDeadline(absl::Time deadline);

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_DEADLINE_H_
