#include "common/ledger/totals_reader.h"

#include <array>
#include <functional>
#include <latch>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/ledger/testing.h"

namespace kechuang::ledger {
namespace {

using testing::Bank;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::SizeIs;
using testing::Soon;

TotalsQuery BalancesOf(const std::string& city) { return {"account", "city", "2022", "2022", city}; }

// Runs action while both threads of a register's reader are held back, then lets them go on.
void WhileBusy(Register& ledger, const std::function<void()>& action) {
  std::array<std::latch, 2> reading = {std::latch(1), std::latch(1)};
  std::latch released(1);
  std::latch ended(2);
  for (std::latch& begun : reading) {
    ledger.TotalsThen(Soon(), BalancesOf("nowhere"), [&](const absl::StatusOr<const std::vector<TotalRow>*>&) {
      begun.count_down();
      released.wait();
      ended.count_down();
    });
    begun.wait();
  }
  action();
  released.count_down();
  ended.wait();
}

TEST(TotalsReader, ReadsWhatIsAskedAlikeWithOneStatement) {
  Bank bank;
  const std::vector<std::string> cities = {"银川", "吴忠", "固原"};
  for (size_t i = 0; i < cities.size(); ++i) {
    ASSERT_TRUE(bank.Open(absl::StrCat("accounts/", i), 100 * static_cast<int64_t>(i + 1), cities[i]).ok());
  }
  std::mutex mutex;
  std::map<std::string, std::vector<std::vector<int64_t>>> found;
  std::latch answered(90);
  int64_t before = 0;
  WhileBusy(bank.ledger(), [&] {
    before = bank.SelectsSoFar();
    for (int i = 0; i < 90; ++i) {
      const std::string& city = cities[static_cast<size_t>(i) % cities.size()];
      bank.ledger().TotalsThen(Soon(), BalancesOf(city), [&](absl::StatusOr<const std::vector<TotalRow>*> rows) {
        ASSERT_TRUE(rows.ok()) << rows.status();
        std::vector<int64_t> amounts;
        for (const TotalRow& row : **rows) amounts.push_back(row.amounts.amount_fen);
        {
          const std::lock_guard<std::mutex> lock(mutex);
          found[city].push_back(std::move(amounts));
        }
        answered.count_down();
      });
    }
  });
  answered.wait();
  EXPECT_LE(bank.SelectsSoFar() - before, 3);
  for (size_t i = 0; i < cities.size(); ++i) {
    EXPECT_THAT(found[cities[i]], SizeIs(30));
    EXPECT_THAT(found[cities[i]], Each(ElementsAre(100 * static_cast<int64_t>(i + 1))));
  }
}

TEST(TotalsReader, TellsEveryCallerWhatFailed) {
  Bank bank;
  bank.Tamper("RENAME TABLE total TO hidden");
  std::mutex mutex;
  std::vector<absl::StatusCode> codes;
  std::latch answered(5);
  for (int i = 0; i < 5; ++i) {
    bank.ledger().TotalsThen(Soon(), BalancesOf("银川"), [&](const absl::StatusOr<const std::vector<TotalRow>*>& rows) {
      {
        const std::lock_guard<std::mutex> lock(mutex);
        codes.push_back(rows.status().code());
      }
      answered.count_down();
    });
  }
  answered.wait();
  EXPECT_THAT(codes, Each(absl::StatusCode::kInternal));
}

}  // namespace
}  // namespace kechuang::ledger
