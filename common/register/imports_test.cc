#include <random>
#include <set>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "common/register/import_service.h"
#include "common/register/test_bank.h"
#include "common/rpc/wire_status.h"

namespace kechuang {
namespace {

using ledger::v1::Import;
using ledger::v1::RowOutcome;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<Account> Accounts(int count, const std::string& title = "存款") {
  std::vector<Account> accounts;
  for (int i = 0; i < count; ++i) accounts.push_back(SomeAccount(absl::StrCat("accounts/", i), title));
  return accounts;
}

std::vector<RowOutcome::Kind> KindsOf(const std::vector<RowOutcome>& outcomes) {
  std::vector<RowOutcome::Kind> kinds;
  for (const RowOutcome& outcome : outcomes) kinds.push_back(outcome.kind());
  return kinds;
}

std::vector<int64_t> CountsOf(const Import& import) {
  return {import.inserted_count(), import.changed_count(), import.unchanged_count(), import.rejected_count(),
          import.conflict_count()};
}

absl::StatusOr<ledger::v1::ListImportsResponse> List(ServedBank& bank, int page_size, const std::string& token,
                                                     const std::string& kind = "") {
  ledger::v1::ListImportsRequest request;
  request.set_page_size(page_size);
  request.set_page_token(token);
  request.set_kind(kind);
  return bank.CallJournal<ledger::v1::ListImportsResponse>(request);
}

TEST(Imports, SayWhatBecameOfAFile) {
  ServedBank bank;
  ASSERT_TRUE(bank.Open("accounts/1").ok());
  ASSERT_TRUE(bank.Open("accounts/2", "旧").ok());
  std::vector<Account> rows = Accounts(5);
  rows[4].set_title("坏");
  ImportAll(bank, "file-1", rows);
  const Import import = ImportOf(bank, "file-1");
  EXPECT_EQ(import.state(), Import::STATE_FINISHED);
  EXPECT_THAT(CountsOf(import), ElementsAre(2, 1, 1, 1, 0));
  EXPECT_EQ(import.first_sequence(), 3);
  EXPECT_EQ(import.last_sequence(), 5);
  EXPECT_EQ(import.file_name(), "账户.xlsx");
  EXPECT_EQ(import.file_hash(), std::string(64, 'a'));
  EXPECT_EQ(import.kind(), "accounts");
  EXPECT_FALSE(import.actor().empty());
  EXPECT_TRUE(import.has_create_time());
  EXPECT_TRUE(import.has_finish_time());
}

TEST(Imports, CountARowOnceHoweverOftenItIsSent) {
  ServedBank bank;
  std::vector<Account> rows = Accounts(700);
  rows[10].set_title("坏");
  ImportAll(bank, "file-1", rows);
  ImportAll(bank, "file-1", rows);
  const Import import = ImportOf(bank, "file-1");
  EXPECT_THAT(CountsOf(import), ElementsAre(699, 0, 0, 1, 0));
  EXPECT_EQ(import.first_sequence(), 1);
  EXPECT_EQ(import.last_sequence(), 699);
}

TEST(Imports, OfAKilledClientStayRunningAndTellTheWholeTruthAfterTheNextRun) {
  ServedBank bank;
  const std::vector<Account> rows = Accounts(500);
  {
    ImportCall call(bank, "file-1");
    ASSERT_TRUE(call.Send({rows.begin(), rows.begin() + 200}));
    std::vector<RowOutcome> outcomes;
    while (outcomes.size() < 200) ASSERT_TRUE(call.Read(outcomes));
    call.Leave();
    EXPECT_FALSE(call.End(outcomes).ok());
  }
  Import import = ImportOf(bank, "file-1");
  EXPECT_EQ(import.state(), Import::STATE_RUNNING);
  EXPECT_THAT(CountsOf(import), ElementsAre(200, 0, 0, 0, 0));
  EXPECT_FALSE(import.has_finish_time());
  ImportAll(bank, "file-1", rows);
  import = ImportOf(bank, "file-1");
  EXPECT_EQ(import.state(), Import::STATE_FINISHED);
  EXPECT_THAT(CountsOf(import), ElementsAre(500, 0, 0, 0, 0));
  EXPECT_EQ(import.last_sequence() - import.first_sequence() + 1, 500);
}

TEST(Imports, ThatOnlyValidateLeaveNoTrace) {
  ServedBank bank;
  EXPECT_THAT(KindsOf(ImportAll(bank, "file-1", Accounts(3), /*validate_only=*/true)), Each(RowOutcome::KIND_INSERTED));
  const auto list = List(bank, 0, "");
  ASSERT_EQ(list.status(), absl::OkStatus());
  EXPECT_THAT(list->imports(), IsEmpty());
  EXPECT_EQ(bank.HeadSequence(), 0);
}

TEST(Imports, AreListedNewestFirstPageByPage) {
  ServedBank bank;
  for (int i = 0; i < 5; ++i) {
    bank.clock().Advance(absl::Seconds(i % 2));  // some begin at the same moment
    ImportAll(bank, absl::StrCat("file-", i), {SomeAccount("accounts/a")});
  }
  std::vector<std::string> seen;
  std::string token;
  do {
    const auto page = List(bank, 2, token, "accounts");
    ASSERT_EQ(page.status(), absl::OkStatus());
    for (const Import& import : page->imports()) seen.push_back(import.name());
    token = page->next_page_token();
  } while (!token.empty());
  EXPECT_THAT(seen,
              ElementsAre("imports/file-4", "imports/file-3", "imports/file-2", "imports/file-1", "imports/file-0"));
  EXPECT_THAT(List(bank, 2, "", "loans")->imports(), IsEmpty());
  EXPECT_EQ(ReasonOf(List(bank, 2, "nonsense").status()), "LIST_ARGUMENT");
}

TEST(Rows, SayWhatTheyChanged) {
  ServedBank bank;
  ASSERT_TRUE(bank.Open("accounts/1", "旧").ok());
  for (const bool validate_only : {true, false}) {
    const std::vector<RowOutcome> outcomes =
        ImportAll(bank, "file-1", {SomeAccount("accounts/1", "新")}, validate_only);
    ASSERT_EQ(outcomes[0].changes_size(), 1) << outcomes[0].DebugString();
    EXPECT_EQ(outcomes[0].changes(0).field(), "title");
    EXPECT_EQ(outcomes[0].changes(0).before(), "\"旧\"");
    EXPECT_EQ(outcomes[0].changes(0).after(), "\"新\"");
  }
}

TEST(Rows, ConflictWithWhatSomebodyChangedSinceAnImport) {
  ServedBank bank;
  ImportAll(bank, "file-1", Accounts(3));
  ASSERT_TRUE(bank.Pay("accounts/1", 5).ok());
  const std::vector<Account> rows = Accounts(3, "新");
  for (const bool validate_only : {true, false}) {
    const std::vector<RowOutcome> outcomes = ImportAll(bank, "file-2", rows, validate_only);
    EXPECT_THAT(KindsOf(outcomes),
                ElementsAre(RowOutcome::KIND_CHANGED, RowOutcome::KIND_CONFLICT, RowOutcome::KIND_CHANGED));
    EXPECT_EQ(ReasonOf(rpc::FromRpcStatus(outcomes[1].error())), "ROW_CONFLICT");
    EXPECT_EQ(outcomes[1].name(), "accounts/1");
    EXPECT_GE(outcomes[1].changes_size(), 1);
  }
  EXPECT_THAT(CountsOf(ImportOf(bank, "file-2")), ElementsAre(0, 2, 0, 0, 1));
  EXPECT_THAT(KindsOf(ImportAll(bank, "file-2", rows, false, /*overwrite=*/true)),
              ElementsAre(RowOutcome::KIND_UNCHANGED, RowOutcome::KIND_CHANGED, RowOutcome::KIND_UNCHANGED));
  EXPECT_THAT(CountsOf(ImportOf(bank, "file-2")), ElementsAre(0, 3, 0, 0, 0));
  EXPECT_THAT(KindsOf(ImportAll(bank, "file-3", Accounts(3, "再"))), Each(RowOutcome::KIND_CHANGED))
      << "an import set them last";
}

// Rows of a file over few accounts: many repeat, some are bad.
std::vector<Account> RandomRows(std::mt19937& random, int count) {
  std::vector<Account> rows;
  for (int i = 0; i < count; ++i) {
    const char* titles[] = {"甲", "乙", "丙", "坏"};
    Account account = SomeAccount(absl::StrCat("accounts/", random() % 40), titles[random() % 4]);
    account.set_balance_fen(static_cast<int64_t>(random() % 3) * 100);
    rows.push_back(std::move(account));
  }
  return rows;
}

TEST(DryRun, SaysWhatTheRealRunDoes) {
  const uint32_t seed = std::random_device{}();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937 random(seed);
  ServedBank bank;
  for (int file = 0; file < 8; ++file) {
    const std::vector<Account> rows = RandomRows(random, 300);
    const std::string id = absl::StrCat("file-", file);
    if (file % 3 == 1) ImportAll(bank, id, {rows.begin(), rows.begin() + 100});  // begun before, by a run cut short
    for (int change = 0; change < 5; ++change) {
      bank.Pay(absl::StrCat("accounts/", random() % 40), 7).status().IgnoreError();
    }
    const bool overwrite = file % 2 == 1;
    const int64_t head = bank.HeadSequence();
    const std::vector<RowOutcome> dry = ImportAll(bank, id, rows, /*validate_only=*/true, overwrite);
    ASSERT_EQ(bank.HeadSequence(), head);
    const std::vector<RowOutcome> real = ImportAll(bank, id, rows, /*validate_only=*/false, overwrite);
    ASSERT_EQ(dry.size(), real.size());
    for (size_t i = 0; i < dry.size(); ++i) {
      ASSERT_EQ(dry[i].kind(), real[i].kind()) << "row " << i << "\n" << dry[i].DebugString() << real[i].DebugString();
      ASSERT_EQ(dry[i].name(), real[i].name());
      ASSERT_EQ(dry[i].changes_size(), real[i].changes_size()) << "row " << i;
    }
  }
  EXPECT_THAT(bank.Findings(), IsEmpty());
}

}  // namespace
}  // namespace kechuang
