#include <latch>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "common/rpc/message_budget.h"
#include "common/rpc/test_desk.h"
#include "common/rpc/worker_pool.h"

// What is refused first, and last, while a process has too much to do.
namespace kechuang::rpc {
namespace {

using rpc_test::HoldRequest;
using rpc_test::HoldResponse;
using rpc_test::PayRequest;
using rpc_test::PayResponse;
using ::testing::ElementsAre;

TEST(MessageBudget, KeepsAQuarterForUrgentCalls) {
  MessageBudget budget(With({.message_memory = 400}));
  MessageBudget::Share share(budget);
  share.AddRequest(299);
  EXPECT_FALSE(budget.spent());
  share.AddRequest(1);
  EXPECT_TRUE(budget.spent());
  EXPECT_FALSE(budget.spent(/*urgent=*/true));
  share.AddAnswer(100);
  EXPECT_TRUE(budget.spent(/*urgent=*/true));
}

TEST(WorkerPool, KeepsAQuarterOfItsQueueForUrgentTasksAndRunsThemFirst) {
  std::latch begun(1);
  std::latch let_go(1);
  std::mutex mutex;
  std::vector<std::string> ran;
  {
    WorkerPool pool(1, [] { return size_t{4}; });
    ASSERT_TRUE(pool.Run([&] {
      begun.count_down();
      let_go.wait();
    }));
    begun.wait();  // the one worker is busy now
    const auto note = [&](const std::string& name) {
      return [&ran, &mutex, name] {
        const std::lock_guard<std::mutex> lock(mutex);
        ran.push_back(name);
      };
    };
    for (const char* name : {"a", "b", "c"}) EXPECT_TRUE(pool.Run(note(name)));
    EXPECT_FALSE(pool.Run(note("d")));
    EXPECT_TRUE(pool.Run(note("urgent"), /*urgent=*/true));
    EXPECT_FALSE(pool.Run(note("more"), /*urgent=*/true));
    let_go.count_down();
  }
  EXPECT_THAT(ran, ElementsAre("urgent", "a", "b", "c"));
}

// The desk's Pay is urgent, its Hold is not.
TEST(Server, RefusesUrgentCallsLast) {
  ServedDesk served({.worker_threads = 1, .limits = With({.waiting_calls = 4})});
  std::vector<std::thread> holding;
  const auto hold = [&] { holding.emplace_back([&] { EXPECT_TRUE(served.Ask<HoldResponse>(HoldRequest()).ok()); }); };
  hold();
  served.desk().WaitForHolding(1);
  // Three more wait, since none is refused until three do.
  absl::Status refused;
  int asked = 0;
  std::mutex mutex;
  std::vector<std::thread> callers;
  for (int i = 0; i < 4; ++i) {
    callers.emplace_back([&] {
      const absl::Status status = served.Ask<HoldResponse>(HoldRequest()).status();
      const std::lock_guard<std::mutex> lock(mutex);
      if (!status.ok()) refused = status;
      ++asked;
    });
  }
  while (true) {  // one of the four is refused while all others wait for the desk
    const std::lock_guard<std::mutex> lock(mutex);
    if (asked == 1) break;
    std::this_thread::yield();
  }
  EXPECT_EQ(ReasonOf(refused), "OVERLOADED");
  std::thread payer([&] { EXPECT_TRUE(served.Ask<PayResponse>(PayRequest()).ok()); });
  constexpr char kPayUnderWay[] = "kechuang_calls_in_flight{method=\"/rpc_test.DeskService/Pay\"} 1";
  while (!absl::StrContains(served.metrics().Text(), kPayUnderWay)) std::this_thread::yield();
  served.desk().LetGo();
  payer.join();
  for (std::thread& thread : holding) thread.join();
  for (std::thread& thread : callers) thread.join();
}

}  // namespace
}  // namespace kechuang::rpc
