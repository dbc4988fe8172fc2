#include "common/rpc/deadline.h"

#include "absl/time/clock.h"
#include "gtest/gtest.h"

namespace kechuang::rpc {
namespace {

using WallClock = std::chrono::system_clock;

TEST(Deadline, LeavesTheSameTimeOnEitherClock) {
  const absl::Duration left = FromGrpcDeadline(WallClock::now() + std::chrono::hours(1)) - absl::Now();
  EXPECT_LT(left, absl::Minutes(61));
  EXPECT_GT(left, absl::Minutes(59));

  const auto back = ToGrpcDeadline(absl::Now() + absl::Hours(1)) - WallClock::now();
  EXPECT_LT(back, std::chrono::minutes(61));
  EXPECT_GT(back, std::chrono::minutes(59));
}

TEST(Deadline, KeepsOneThatIsPast) {
  EXPECT_LT(FromGrpcDeadline(WallClock::now() - std::chrono::seconds(1)), absl::Now());
  EXPECT_LT(ToGrpcDeadline(absl::Now() - absl::Seconds(1)), WallClock::now());
}

TEST(Deadline, NoneStaysNone) {
  EXPECT_EQ(FromGrpcDeadline(WallClock::time_point::max()), absl::InfiniteFuture());
  EXPECT_EQ(ToGrpcDeadline(absl::InfiniteFuture()), WallClock::time_point::max());
}

}  // namespace
}  // namespace kechuang::rpc
