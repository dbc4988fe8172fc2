#include <map>
#include <random>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "common/ledger/record_json.h"
#include "common/register/test_bank.h"

namespace kechuang {
namespace {

using ledger::v1::Import;
using ledger::v1::KeptChange;
using ledger::v1::RevertImportResponse;
using ledger::v1::RowOutcome;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<Account> Accounts(int first, int count, const std::string& title = "存款") {
  std::vector<Account> accounts;
  for (int i = first; i < first + count; ++i) {
    accounts.push_back(SomeAccount(absl::StrCat("accounts/", i), title));
  }
  return accounts;
}

absl::StatusOr<RevertImportResponse> Revert(ServedBank& bank, const std::string& import_id,
                                            bool validate_only = false) {
  ledger::v1::RevertImportRequest request;
  request.set_name(absl::StrCat("imports/", import_id));
  request.set_reason("文件选错了");
  request.set_validate_only(validate_only);
  return bank.CallJournal<RevertImportResponse>(request);
}

absl::StatusOr<Account> Read(ServedBank& bank, const std::string& name) {
  register_test::GetAccountRequest request;
  request.set_name(name);
  return bank.Call<Account>(request);
}

std::vector<int64_t> CountsOf(const Import& import) {
  return {import.restored_count(), import.removed_count(), import.kept_count()};
}

// What an account says, whatever its revision.
std::string ContentOf(Account account) {
  account.clear_revision();
  account.clear_etag();
  account.clear_create_time();
  account.clear_update_time();
  return ledger::RecordToJson(account);
}

TEST(Revert, RestoresWhatWasAndTakesBackWhatWasNot) {
  ServedBank bank;
  ImportAll(bank, "before", Accounts(0, 3, "旧"));
  const std::string was = ContentOf(*Read(bank, "accounts/1"));
  ImportAll(bank, "file-1", Accounts(1, 4, "新"));
  const auto reverted = Revert(bank, "file-1");
  ASSERT_EQ(reverted.status(), absl::OkStatus());
  EXPECT_EQ(reverted->import().state(), Import::STATE_REVERTED);
  EXPECT_THAT(CountsOf(reverted->import()), ElementsAre(2, 2, 0));
  EXPECT_THAT(reverted->kept(), IsEmpty());
  EXPECT_EQ(reverted->import().revert_reason(), "文件选错了");
  EXPECT_EQ(ContentOf(*Read(bank, "accounts/1")), was);
  EXPECT_EQ(Read(bank, "accounts/1")->revision(), 3) << "a revert is a further revision";
  EXPECT_EQ(ReasonOf(Read(bank, "accounts/3").status()), "RECORD_NOT_FOUND");
  EXPECT_THAT(bank.Findings(), IsEmpty());
}

TEST(Revert, StandsOnTheJournalUnderItsCallerAndReason) {
  ServedBank bank;
  ImportAll(bank, "file-1", Accounts(0, 1));
  ASSERT_TRUE(Revert(bank, "file-1").ok());
  ledger::v1::ListRevisionsRequest request;
  request.set_record("accounts/0");
  const auto revisions = bank.CallJournal<ledger::v1::ListRevisionsResponse>(request);
  ASSERT_EQ(revisions.status(), absl::OkStatus());
  ASSERT_EQ(revisions->revisions_size(), 2);
  const ledger::v1::Revision& newest = revisions->revisions(0);
  EXPECT_EQ(newest.method(), "register_test.BankJournal/RevertImport");
  EXPECT_EQ(newest.reason(), "文件选错了");
  EXPECT_EQ(newest.import_id(), "file-1");
  EXPECT_THAT(newest.origin(), HasSubstr("revert of sha256:"));
  EXPECT_EQ(newest.record_json(), "");
}

TEST(Revert, LeavesAloneWhatSomebodyChangedSinceAndSaysWho) {
  ServedBank bank;
  ImportAll(bank, "file-1", Accounts(0, 3));
  ASSERT_TRUE(bank.Pay("accounts/1", 5).ok());
  const auto expected = Revert(bank, "file-1", /*validate_only=*/true);
  const auto reverted = Revert(bank, "file-1");
  ASSERT_EQ(reverted.status(), absl::OkStatus());
  EXPECT_THAT(CountsOf(reverted->import()), ElementsAre(0, 2, 1));
  ASSERT_EQ(reverted->kept_size(), 1);
  EXPECT_EQ(reverted->kept(0).record(), "accounts/1");
  EXPECT_EQ(reverted->kept(0).cause(), KeptChange::CAUSE_CHANGED_SINCE);
  EXPECT_EQ(reverted->kept(0).sequence(), 4);
  EXPECT_FALSE(reverted->kept(0).actor().empty());
  EXPECT_EQ(Read(bank, "accounts/1")->balance_fen(), 105);
  ASSERT_EQ(expected.status(), absl::OkStatus());
  EXPECT_EQ(CountsOf(expected->import()), CountsOf(reverted->import()));
  EXPECT_EQ(expected->kept(0).DebugString(), reverted->kept(0).DebugString());
  const int64_t head = bank.HeadSequence();
  EXPECT_EQ(Revert(bank, "file-1")->DebugString(), reverted->DebugString()) << "a repeat gets the same answer";
  EXPECT_EQ(bank.HeadSequence(), head);
  EXPECT_THAT(bank.Findings(), IsEmpty());
}

TEST(Revert, ThatOnlyValidatesChangesNothing) {
  ServedBank bank;
  ImportAll(bank, "file-1", Accounts(0, 700));
  const Import before = ImportOf(bank, "file-1");
  const auto expected = Revert(bank, "file-1", /*validate_only=*/true);
  ASSERT_EQ(expected.status(), absl::OkStatus());
  EXPECT_THAT(CountsOf(expected->import()), ElementsAre(0, 700, 0));
  EXPECT_EQ(bank.HeadSequence(), 700);
  EXPECT_EQ(ImportOf(bank, "file-1").DebugString(), before.DebugString());
}

TEST(Revert, UndoesARecordThatSeveralRowsChangedStepByStep) {
  ServedBank bank;
  ASSERT_TRUE(bank.Open("accounts/1", "原").ok());
  ImportAll(bank, "file-1",
            {SomeAccount("accounts/1", "甲"), SomeAccount("accounts/2", "甲"), SomeAccount("accounts/1", "乙"),
             SomeAccount("accounts/2", "乙")});
  ASSERT_EQ(Read(bank, "accounts/1")->title(), "乙");
  const auto reverted = Revert(bank, "file-1");
  ASSERT_EQ(reverted.status(), absl::OkStatus());
  EXPECT_THAT(CountsOf(reverted->import()), ElementsAre(3, 1, 0));
  EXPECT_EQ(Read(bank, "accounts/1")->title(), "原");
  EXPECT_EQ(ReasonOf(Read(bank, "accounts/2").status()), "RECORD_NOT_FOUND");
  EXPECT_THAT(bank.Findings(), IsEmpty());
}

TEST(Revert, CutShortGoesOnWhereItWasAndRefusesRowsMeanwhile) {
  ServedBank bank;
  const std::vector<Account> rows = Accounts(0, 700);
  ImportAll(bank, "file-1", rows);
  const ledger::Author author = {"keys/test", "test/Revert", "", "文件选错了"};
  // So little time is left that each call takes one step.
  const auto step = [&] {
    return bank.ledger().RevertImport(absl::Now() + absl::Milliseconds(990), "file-1", author, false, 10);
  };
  const auto first = step();
  ASSERT_EQ(first.status(), absl::OkStatus());
  EXPECT_EQ(first->entry.state, ledger::ImportState::kReverting);
  EXPECT_GT(first->entry.removed, 0);
  EXPECT_LT(first->entry.removed, 700);
  EXPECT_EQ(ImportOf(bank, "file-1").state(), Import::STATE_REVERTING);
  {
    ImportCall call(bank, "file-1");
    call.Send({rows[0]});
    std::vector<RowOutcome> outcomes;
    EXPECT_EQ(ReasonOf(call.End(outcomes)), "IMPORT_REVERTED");
    EXPECT_THAT(outcomes, IsEmpty());
  }
  EXPECT_THAT(bank.Findings(), IsEmpty()) << "every step leaves the register whole";
  while (true) {
    const auto next = step();
    ASSERT_EQ(next.status(), absl::OkStatus());
    if (next->entry.state == ledger::ImportState::kReverted) break;
  }
  EXPECT_THAT(CountsOf(ImportOf(bank, "file-1")), ElementsAre(0, 700, 0));
  const int64_t head = bank.HeadSequence();
  const auto again = Revert(bank, "file-1");
  ASSERT_EQ(again.status(), absl::OkStatus());
  EXPECT_THAT(CountsOf(again->import()), ElementsAre(0, 700, 0));
  EXPECT_EQ(bank.HeadSequence(), head);
  EXPECT_THAT(bank.Findings(), IsEmpty());
}

TEST(Revert, LetsTheSameFileInAgain) {
  ServedBank bank;
  const std::vector<Account> rows = Accounts(0, 5);
  for (int round = 1; round <= 3; ++round) {
    const std::vector<RowOutcome> outcomes = ImportAll(bank, "file-1", rows);
    for (const RowOutcome& outcome : outcomes) ASSERT_EQ(outcome.kind(), RowOutcome::KIND_INSERTED);
    EXPECT_EQ(ImportOf(bank, "file-1").inserted_count(), 5);
    EXPECT_EQ(ImportOf(bank, "file-1").state(), Import::STATE_FINISHED);
    EXPECT_EQ(Read(bank, "accounts/0")->revision(), 2 * round - 1) << "revisions go on after a record was taken back";
    EXPECT_THAT(bank.Findings(), IsEmpty());
    const auto reverted = Revert(bank, "file-1");
    ASSERT_EQ(reverted.status(), absl::OkStatus());
    EXPECT_THAT(CountsOf(reverted->import()), ElementsAre(0, 5, 0));
  }
  EXPECT_THAT(bank.Findings(), IsEmpty());
}

TEST(Revert, OfARunUnderWayEndsItsStream) {
  ServedBank bank;
  ImportCall call(bank, "file-1");
  ASSERT_TRUE(call.Send(Accounts(0, 3)));
  std::vector<RowOutcome> outcomes;
  while (outcomes.size() < 3) ASSERT_TRUE(call.Read(outcomes));
  ASSERT_TRUE(Revert(bank, "file-1").ok());
  call.Send(Accounts(3, 3));
  EXPECT_EQ(ReasonOf(call.End(outcomes)), "IMPORT_REVERTED");
  EXPECT_EQ(outcomes.size(), 3u);
  EXPECT_EQ(ReasonOf(Read(bank, "accounts/3").status()), "RECORD_NOT_FOUND");
  EXPECT_EQ(ImportOf(bank, "file-1").state(), Import::STATE_REVERTED);
}

TEST(Revert, OfNoImportIsNotFound) {
  ServedBank bank;
  EXPECT_EQ(ReasonOf(Revert(bank, "nothing").status()), "RECORD_NOT_FOUND");
}

// Whatever people and imports did before and after, a revert puts back exactly what the import found.
TEST(Revert, PutsBackWhatTheImportFound) {
  const uint32_t seed = std::random_device{}();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937 random(seed);
  ServedBank bank;
  const auto name = [&](uint64_t i) { return absl::StrCat("accounts/", i); };
  for (int round = 0; round < 4; ++round) {
    std::map<std::string, std::string> found;  // empty for none
    for (uint64_t i = 0; i < 60; ++i) {
      const auto account = Read(bank, name(i));
      found[name(i)] = account.ok() ? ContentOf(*account) : "";
    }
    std::vector<Account> rows;
    for (int i = 0; i < 200; ++i)
      rows.push_back(SomeAccount(name(random() % 60), absl::StrCat("第", random() % 4, "版")));
    const std::string id = absl::StrCat("file-", round);
    ImportAll(bank, id, rows, false, /*overwrite=*/true);
    std::map<std::string, std::string> changed;
    for (int i = 0; i < 6; ++i) {
      const auto paid = bank.Pay(name(random() % 60), 3);
      if (paid.ok()) changed[paid->name()] = ContentOf(*paid);
    }
    const auto reverted = Revert(bank, id);
    ASSERT_EQ(reverted.status(), absl::OkStatus());
    for (const auto& [account_name, content] : found) {
      const auto account = Read(bank, account_name);
      const std::string now = account.ok() ? ContentOf(*account) : "";
      EXPECT_EQ(now, changed.contains(account_name) ? changed[account_name] : content) << account_name;
    }
    EXPECT_THAT(bank.Findings(), IsEmpty());
    ImportAll(bank, absl::StrCat("stays-", round), Accounts(static_cast<int>(random() % 40), 10));
  }
}

}  // namespace
}  // namespace kechuang
