#include "common/rpc/deadline.h"

#include "absl/time/clock.h"

namespace kechuang::rpc {
namespace {

using WallClock = std::chrono::system_clock;

}  // namespace

absl::Time FromGrpcDeadline(WallClock::time_point deadline) {
  if (deadline == WallClock::time_point::max()) return absl::InfiniteFuture();
  return absl::Now() + absl::FromChrono(deadline - WallClock::now());
}

WallClock::time_point ToGrpcDeadline(absl::Time deadline) {
  if (deadline == absl::InfiniteFuture()) return WallClock::time_point::max();
  return WallClock::now() +
         std::chrono::duration_cast<WallClock::duration>(absl::ToChronoNanoseconds(deadline - absl::Now()));
}

}  // namespace kechuang::rpc
