#include "common/ledger/presumption.h"

#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/ledger/batch.h"
#include "common/ledger/testing.h"

namespace kechuang::ledger {
namespace {

using testing::Account;
using testing::Bank;
using testing::Creating;
using ::testing::IsEmpty;
using testing::Soon;

TEST(Presumption, AsksForAWhileAfterItWasWrong) {
  Presumption presumption;
  EXPECT_TRUE(presumption.holds());
  presumption.WasWrong();
  int asked = 0;
  for (; !presumption.holds(); ++asked) presumption.WasRight();
  EXPECT_EQ(asked, 16);
}

TEST(Presumption, LetsACreateDoWithoutALookUp) {
  Bank bank;
  ASSERT_TRUE(bank.Open("accounts/a", 1).ok());
  const auto selects_of = [&](Command command) {
    const int64_t before = bank.SelectsSoFar();
    EXPECT_TRUE(bank.ledger().Run(std::move(command), Soon()).ok());
    return bank.SelectsSoFar() - before;
  };
  Command looks_up = Creating("accounts/b");
  looks_up.names = {"accounts/b"};
  Command presumes = Creating("accounts/c");
  presumes.new_names = {"accounts/c"};
  const int64_t with_look_up = selects_of(std::move(looks_up));
  EXPECT_EQ(selects_of(std::move(presumes)), with_look_up - 3) << "of the head, of the name, and of names taken back";
  EXPECT_THAT(bank.Findings(), IsEmpty());
}

TEST(Presumption, TellsATakenNameAsEver) {
  Bank bank;
  ASSERT_TRUE(bank.Open("accounts/a", 1).ok());
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(ReasonOf(bank.Open("accounts/a", 2).status()), "RECORD_EXISTS");
    EXPECT_TRUE(bank.Open("accounts/b" + std::to_string(i), 3).ok());
  }
  EXPECT_EQ(bank.ledger().Read<Account>(Soon(), "accounts/a")->balance_fen(), 1);
  EXPECT_THAT(bank.Findings(), IsEmpty());
}

TEST(Presumption, KnowsARequestIdAgain) {
  Bank bank;
  ASSERT_TRUE(bank.Open("accounts/a", 5).ok());
  const absl::StatusOr<Account> first = bank.Pay("accounts/a", -5, "", "pay-1");
  ASSERT_TRUE(first.ok());
  // By now the payment would be refused.
  const absl::StatusOr<Account> again = bank.Pay("accounts/a", -5, "", "pay-1");
  ASSERT_EQ(again.status(), absl::OkStatus());
  EXPECT_EQ(again->revision(), first->revision());
  // This one would be taken twice.
  const absl::StatusOr<Account> in = bank.Pay("accounts/a", 7, "", "pay-2");
  ASSERT_TRUE(in.ok());
  EXPECT_EQ(bank.Pay("accounts/a", 7, "", "pay-2")->balance_fen(), 7);
  EXPECT_EQ(bank.ledger().Read<Account>(Soon(), "accounts/a")->balance_fen(), 7);
  EXPECT_THAT(bank.Findings(), IsEmpty());
}

TEST(Presumption, OfReplicasThatTakeTurnsLosesNothing) {
  Bank one;
  Bank two(one.schema());
  constexpr int kEach = 60;
  const auto open = [](Bank& bank, const std::string& prefix) {
    for (int i = 0; i < kEach; ++i) EXPECT_TRUE(bank.Open(prefix + std::to_string(i), 1).ok());
  };
  std::thread other([&] { open(two, "accounts/two-"); });
  open(one, "accounts/one-");
  other.join();
  EXPECT_EQ(one.ledger().ReadHead(Soon())->sequence, 2 * kEach);
  std::vector<Finding> findings;
  ASSERT_TRUE(one.ledger().VerifyJournal(Soon(), [&](const Finding& finding) { findings.push_back(finding); }).ok());
  EXPECT_THAT(findings, IsEmpty());
  EXPECT_THAT(two.Findings(), IsEmpty());
}

TEST(Presumption, OfOneCommandIsNotBelievedByAnother) {
  Bank bank;
  ASSERT_TRUE(bank.Open("accounts/a", 9).ok());
  const Store store(bank.ledger().kinds(), "default");
  BatchRunner runner(bank.database(), store, bank.ledger().kinds(), bank.clock());
  Command reader;
  reader.decide = [](Draft& draft) -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(const Account account, draft.Get<Account>("accounts/a"));
    return std::to_string(account.balance_fen());
  };
  Command creator = Creating("accounts/a");
  creator.new_names = {"accounts/a"};
  Command refused;  // goes by a name that it takes to be free, and stores nothing under it
  refused.new_names = {"accounts/a"};
  refused.decide = [](Draft& draft) -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(const std::optional<Account> found, draft.Find<Account>("accounts/a"));
    return found.has_value() ? absl::StatusOr<std::string>("found") : absl::NotFoundError("no such account");
  };
  for (const std::vector<const Command*>& batch :
       {std::vector<const Command*>{&reader, &creator, &refused}, {&creator, &reader, &refused}, {&refused, &reader}}) {
    const auto answers = runner.Run(Soon(), batch);
    ASSERT_EQ(answers.status(), absl::OkStatus());
    for (size_t i = 0; i < batch.size(); ++i) {
      const absl::StatusOr<Answer>& answer = (*answers)[i];
      const std::string said = answer.ok() ? answer->bytes : ReasonOf(answer.status());
      EXPECT_EQ(said, batch[i] == &creator ? "RECORD_EXISTS" : batch[i] == &reader ? "9" : "found");
    }
  }
}

}  // namespace
}  // namespace kechuang::ledger
