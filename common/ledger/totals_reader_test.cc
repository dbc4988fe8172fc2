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
  for (size_t i = 0; i < reading.size(); ++i) {
    std::latch& begun = reading[i];
    ledger.TotalsThen(Soon(), BalancesOf(absl::StrCat("nowhere ", i)), [&](const absl::StatusOr<TotalsFound*>&) {
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
      bank.ledger().TotalsThen(Soon(), BalancesOf(city), [&](absl::StatusOr<TotalsFound*> found_rows) {
        ASSERT_TRUE(found_rows.ok()) << found_rows.status();
        std::vector<int64_t> amounts;
        for (const TotalRow& row : (*found_rows)->rows()) amounts.push_back(row.amounts.amount_fen);
        {
          const std::lock_guard<std::mutex> lock(mutex);
          found[city].push_back(std::move(amounts));
        }
        answered.count_down();
      });
    }
  });
  answered.wait();
  EXPECT_LE(bank.SelectsSoFar() - before, 6);  // the head and the rows, three times
  for (size_t i = 0; i < cities.size(); ++i) {
    EXPECT_THAT(found[cities[i]], SizeIs(30));
    EXPECT_THAT(found[cities[i]], Each(ElementsAre(100 * static_cast<int64_t>(i + 1))));
  }
}

// The balance of a city as callers see it.
int64_t BalanceOf(Bank& bank, const std::string& city) {
  int64_t balance = -1;
  std::latch answered(1);
  bank.ledger().TotalsThen(Soon(), BalancesOf(city), [&](absl::StatusOr<TotalsFound*> found) {
    EXPECT_TRUE(found.ok()) << found.status();
    if (found.ok()) balance = (*found)->rows().empty() ? 0 : (*found)->rows().front().amounts.amount_fen;
    answered.count_down();
  });
  answered.wait();
  return balance;
}

TEST(TotalsReader, ShowsRowsAgainWhileNothingHasChanged) {
  Bank bank;
  Bank replica(bank.schema());
  ASSERT_TRUE(bank.Open("accounts/1", 100, "银川").ok());
  EXPECT_EQ(BalanceOf(bank, "银川"), 100);
  const int64_t before = bank.SelectsSoFar();
  EXPECT_EQ(BalanceOf(bank, "银川"), 100);
  EXPECT_EQ(bank.SelectsSoFar() - before, 1) << "the head alone";
  for (int64_t i = 1; i <= 20; ++i) {
    ASSERT_TRUE((i % 2 == 0 ? bank : replica).Pay("accounts/1", 1).ok());
    EXPECT_EQ(BalanceOf(bank, "银川"), 100 + i) << "whoever changed it";
  }
}

TEST(TotalsReader, KeepsNothingWhereReadsAreNotKept) {
  Bank bank(RegisterOptions{.read_cache_bytes = 0});
  ASSERT_TRUE(bank.Open("accounts/1", 100, "银川").ok());
  EXPECT_EQ(BalanceOf(bank, "银川"), 100);
  bank.Tamper("UPDATE total SET amount_fen=7 WHERE amount_fen=100");
  EXPECT_EQ(BalanceOf(bank, "银川"), 7);
}

TEST(TotalsFound, MakesOneAnswerForAllWhoAskInTheSameBytes) {
  TotalsFound found({{{"account", "city", "2022", "银川"}, {1, 5, 0, 0}}});
  int folds = 0;
  const auto fold = [&](const std::vector<TotalRow>& rows) -> absl::StatusOr<std::string> {
    ++folds;
    return absl::StrCat(rows.front().amounts.amount_fen, " fen");
  };
  for (int i = 0; i < 3; ++i) EXPECT_EQ(*found.Answer("in fen", fold), "5 fen");
  EXPECT_EQ(folds, 1);
  EXPECT_EQ(*found.Answer("once more", fold), "5 fen");
  EXPECT_EQ(folds, 2);
}

TEST(TotalsFound, KeepsABoundedNumberOfAnswers) {
  TotalsFound found({});
  int folds = 0;
  const auto fold = [&](const std::vector<TotalRow>&) -> absl::StatusOr<std::string> { return absl::StrCat(++folds); };
  EXPECT_EQ(*found.Answer("first", fold), "1");
  for (int i = 0; i < 64; ++i) EXPECT_EQ(*found.Answer(absl::StrCat("other ", i), fold), absl::StrCat(i + 2));
  EXPECT_EQ(*found.Answer("first", fold), "66") << "forgotten";
}

TEST(TotalsReader, TellsEveryCallerWhatFailed) {
  Bank bank;
  bank.Tamper("RENAME TABLE total TO hidden");
  std::mutex mutex;
  std::vector<absl::StatusCode> codes;
  std::latch answered(5);
  for (int i = 0; i < 5; ++i) {
    bank.ledger().TotalsThen(Soon(), BalancesOf("银川"), [&](const absl::StatusOr<TotalsFound*>& rows) {
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
