#include "common/rpc/guess_guard.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

#include "common/rpc/test_steady_clock.h"

namespace kechuang::rpc {
namespace {

constexpr int64_t kMost = 20;
constexpr absl::Duration kNone = absl::ZeroDuration();

// Guesses so many different keys from there; how many were not refused.
int Guess(GuessGuard& guard, const std::string& source, int keys, int first = 0) {
  int unrefused = 0;
  for (int i = 0; i < keys; ++i) {
    if (guard.Note(source, absl::StrCat("Bearer guess-", first + i), kMost) == kNone) ++unrefused;
  }
  return unrefused;
}

TEST(GuessGuard, RefusesForAMinuteAfterTooManyGuesses) {
  HandSteadyClock clock;
  GuessGuard guard(clock);
  EXPECT_EQ(Guess(guard, "10.0.0.1", 1000), 20);
  clock.Pass(absl::Seconds(59));
  EXPECT_EQ(guard.Note("10.0.0.1", "Bearer more", kMost), absl::Seconds(1)) << "more guesses do not put it off";
  clock.Pass(absl::Seconds(1));
  EXPECT_EQ(guard.Note("10.0.0.1", "Bearer more", kMost), kNone);
  EXPECT_EQ(Guess(guard, "10.0.0.1", 1000), 19);
}

TEST(GuessGuard, CountsEachSourceForItself) {
  HandSteadyClock clock;
  GuessGuard guard(clock);
  EXPECT_EQ(Guess(guard, "10.0.0.1", 1000), 20);
  EXPECT_EQ(guard.Note("10.0.0.2", "Bearer once", kMost), kNone);
}

TEST(GuessGuard, CountsAKeyOnce) {
  HandSteadyClock clock;
  GuessGuard guard(clock);
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(guard.Note("10.0.0.1", "Bearer revoked", kMost), kNone);
  EXPECT_EQ(Guess(guard, "10.0.0.1", 1000), 19);
}

TEST(GuessGuard, ForgetsSlowGuesses) {
  HandSteadyClock clock;
  GuessGuard guard(clock);
  for (int minute = 0; minute < 10; ++minute) {
    EXPECT_EQ(Guess(guard, "10.0.0.1", 20, minute * 20), 20);
    clock.Pass(absl::Minutes(1));
  }
}

TEST(GuessGuard, RefusesNobodyIfItMayNot) {
  HandSteadyClock clock;
  GuessGuard guard(clock);
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(guard.Note("10.0.0.1", absl::StrCat("Bearer ", i), /*guesses_max=*/0), kNone);
  }
}

TEST(GuessGuard, RemembersTheSourcesThatGuessedLast) {
  HandSteadyClock clock;
  GuessGuard guard(clock, /*sources_max=*/2);
  EXPECT_EQ(Guess(guard, "10.0.0.1", 1000), 20);
  EXPECT_EQ(Guess(guard, "10.0.0.2", 1), 1);
  EXPECT_EQ(Guess(guard, "10.0.0.1", 1), 0);
  EXPECT_EQ(Guess(guard, "10.0.0.3", 1), 1);
  EXPECT_EQ(Guess(guard, "10.0.0.1", 1), 0) << "noted after 10.0.0.2";
}

}  // namespace
}  // namespace kechuang::rpc
