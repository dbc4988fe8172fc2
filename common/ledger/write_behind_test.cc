#include "common/ledger/write_behind.h"

#include <latch>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "gtest/gtest.h"

namespace kechuang::ledger {
namespace {

TEST(WriteBehindTest, RunsInOrderOnAnotherThreadAndWaitsForTheLast) {
  WriteBehind behind;
  std::string order;
  std::thread::id thread;
  for (const char letter : std::string("abcde")) {
    behind.Post([&, letter] {
      order.push_back(letter);
      thread = std::this_thread::get_id();
      return absl::OkStatus();
    });
  }
  EXPECT_TRUE(behind.Wait().ok());
  EXPECT_EQ(order, "abcde");
  EXPECT_NE(thread, std::this_thread::get_id());
}

TEST(WriteBehindTest, PostReturnsWhileAWriteRuns) {
  WriteBehind behind;
  std::latch go(1);
  bool done = false;
  behind.Post([&] {
    go.wait();
    done = true;
    return absl::OkStatus();
  });
  go.count_down();  // would never come if Post had run the write
  EXPECT_TRUE(behind.Wait().ok());
  EXPECT_TRUE(done);
}

TEST(WriteBehindTest, AfterAFailureNothingRunsUntilItIsTold) {
  WriteBehind behind;
  int ran = 0;
  behind.Post([] { return absl::AbortedError("first"); });
  behind.Post([&] {
    ++ran;
    return absl::DataLossError("second");
  });
  EXPECT_EQ(behind.Wait(), absl::AbortedError("first"));
  EXPECT_EQ(ran, 0);
  behind.Post([&] {
    ++ran;
    return absl::OkStatus();
  });
  EXPECT_TRUE(behind.Wait().ok());
  EXPECT_EQ(ran, 1);
}

TEST(WriteBehindTest, WaitsForNothingIfNothingWasPosted) { EXPECT_TRUE(WriteBehind().Wait().ok()); }

}  // namespace
}  // namespace kechuang::ledger
