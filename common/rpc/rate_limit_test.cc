#include "common/rpc/rate_limit.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

#include "common/rpc/test_steady_clock.h"

namespace kechuang::rpc {
namespace {

constexpr CallerLimit kTenASecond = {.rate = 10, .burst = 3};
constexpr absl::Duration kNone = absl::ZeroDuration();

// How many calls in a row are let in.
int LetIn(RateLimit& limit, const std::string& caller, const CallerLimit& most) {
  int calls = 0;
  while (calls < 100 && limit.Take(caller, most) == kNone) ++calls;
  return calls;
}

TEST(RateLimit, LetsABurstInAndThenTheRate) {
  HandSteadyClock clock;
  RateLimit limit(clock);
  EXPECT_EQ(LetIn(limit, "keys/a", kTenASecond), 3);
  EXPECT_EQ(limit.Take("keys/a", kTenASecond), absl::Milliseconds(100));
  clock.Pass(absl::Milliseconds(250));
  EXPECT_EQ(LetIn(limit, "keys/a", kTenASecond), 2);
  clock.Pass(absl::Hours(1));
  EXPECT_EQ(LetIn(limit, "keys/a", kTenASecond), 3) << "no more than a burst is saved up";
}

TEST(RateLimit, TellsTheWaitToTheNanosecond) {
  HandSteadyClock clock;
  RateLimit limit(clock);
  const CallerLimit most = {.rate = 3000, .burst = 2};
  EXPECT_EQ(LetIn(limit, "keys/a", most), 2);
  clock.Pass(absl::Microseconds(7));
  const absl::Duration wait = limit.Take("keys/a", most);
  EXPECT_GT(wait, absl::Microseconds(326));
  EXPECT_EQ(wait, absl::Nanoseconds(absl::ToInt64Nanoseconds(wait)));
  clock.Pass(wait - absl::Nanoseconds(1));
  EXPECT_EQ(limit.Take("keys/a", most), absl::Nanoseconds(1));
  clock.Pass(absl::Nanoseconds(1));
  EXPECT_EQ(limit.Take("keys/a", most), kNone);
}

TEST(RateLimit, IsNoCostToWhoKeepsIt) {
  HandSteadyClock clock;
  RateLimit limit(clock);
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(limit.Take("keys/a", kTenASecond), kNone) << "call " << i;
    clock.Pass(absl::Milliseconds(100));
  }
}

TEST(RateLimit, CountsEachCallerForItself) {
  HandSteadyClock clock;
  RateLimit limit(clock);
  EXPECT_EQ(LetIn(limit, "keys/a", kTenASecond), 3);
  EXPECT_EQ(LetIn(limit, "keys/b", kTenASecond), 3);
  EXPECT_GT(limit.Take("keys/a", kTenASecond), kNone);
}

TEST(RateLimit, LetsEveryCallInAtRateZero) {
  HandSteadyClock clock;
  RateLimit limit(clock);
  EXPECT_EQ(LetIn(limit, "keys/a", {.rate = 0, .burst = 1}), 100);
}

TEST(RateLimit, BeginsAnewUnderAnotherLimit) {
  HandSteadyClock clock;
  RateLimit limit(clock);
  const CallerLimit slow = {.rate = 1, .burst = 50};
  EXPECT_EQ(LetIn(limit, "keys/a", slow), 50);
  EXPECT_EQ(LetIn(limit, "keys/a", kTenASecond), 3) << "nobody waits for what an old limit asked of him";
}

TEST(RateLimit, RemembersTheCallersThatCalledLast) {
  HandSteadyClock clock;
  RateLimit limit(clock, /*callers_max=*/2);
  EXPECT_EQ(LetIn(limit, "keys/a", kTenASecond), 3);
  EXPECT_EQ(LetIn(limit, "keys/b", kTenASecond), 3);
  EXPECT_GT(limit.Take("keys/a", kTenASecond), kNone);
  EXPECT_EQ(limit.Take("keys/c", kTenASecond), kNone);
  EXPECT_GT(limit.Take("keys/a", kTenASecond), kNone) << "used after keys/b";
  EXPECT_EQ(LetIn(limit, "keys/b", kTenASecond), 3) << "forgotten for keys/c";
}

TEST(RecentMap, HoldsNoMoreThanItMay) {
  RecentMap<int> map(100);
  for (int i = 0; i < 10'000; ++i) map.Use(absl::StrCat("invented-", i)) = i;
  EXPECT_EQ(map.size(), 100U);
  EXPECT_EQ(map.Use("invented-9950"), 9950);
  EXPECT_EQ(map.Use("invented-5"), 0);
  map.Clear();
  EXPECT_EQ(map.size(), 0U);
}

}  // namespace
}  // namespace kechuang::rpc
