#include "common/register/import_stream.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/register/register_service.h"
#include "common/register/test_bank.h"
#include "common/rpc/wire_status.h"
#include "tests/support/private_mariadb.h"

namespace kechuang {
namespace {

using ledger::v1::RowOutcome;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<Account> Accounts(int count) {
  std::vector<Account> accounts;
  for (int i = 0; i < count; ++i) accounts.push_back(SomeAccount(absl::StrCat("accounts/", i)));
  return accounts;
}

std::vector<RowOutcome::Kind> KindsOf(const std::vector<RowOutcome>& outcomes) {
  std::vector<RowOutcome::Kind> kinds;
  for (const RowOutcome& outcome : outcomes) kinds.push_back(outcome.kind());
  return kinds;
}

register_test::ImportAccountsRequest WithSource() {
  register_test::ImportAccountsRequest message;
  message.mutable_source()->set_import_id("import-1");
  message.mutable_source()->set_file_name("a.csv");
  message.mutable_source()->set_file_hash(std::string(64, 'a'));
  return message;
}

TEST(Import, SaysOfEveryRowInOrderWhatBecameOfIt) {
  ServedBank bank;
  ASSERT_TRUE(bank.Open("accounts/same").ok());
  ASSERT_TRUE(bank.Open("accounts/other").ok());
  Account same = SomeAccount("accounts/same");
  std::vector<Account> rows = {SomeAccount("accounts/new"), same, SomeAccount("accounts/other", "改"),
                               SomeAccount("accounts/bad", "坏"), SomeAccount("accounts/last")};
  const std::vector<RowOutcome> outcomes = ImportAll(bank, "import-1", rows);
  EXPECT_THAT(KindsOf(outcomes),
              ElementsAre(RowOutcome::KIND_INSERTED, RowOutcome::KIND_UNCHANGED, RowOutcome::KIND_CHANGED,
                          RowOutcome::KIND_REJECTED, RowOutcome::KIND_INSERTED));
  EXPECT_EQ(outcomes[0].name(), "accounts/new");
  EXPECT_EQ(outcomes[4].origin().sheet(), "Sheet1");
  EXPECT_EQ(bank.HeadSequence(), 5);
  EXPECT_THAT(bank.Findings(), IsEmpty());
}

TEST(Import, RejectsARowWithAllThatARefusedCallSays) {
  ServedBank bank;
  Account faulty = SomeAccount("no name", "");
  faulty.set_balance_fen(-1);
  const std::vector<RowOutcome> outcomes =
      ImportAll(bank, "import-1", {SomeAccount("accounts/bad", "坏"), faulty, SomeAccount("accounts/good")});
  ASSERT_THAT(KindsOf(outcomes),
              ElementsAre(RowOutcome::KIND_REJECTED, RowOutcome::KIND_REJECTED, RowOutcome::KIND_INSERTED));
  const absl::Status refused = rpc::FromRpcStatus(outcomes[0].error());
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(refused), "RECORD_DELETED");
  EXPECT_EQ(ChineseOf(refused), "标题有误 坏");
  EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(refused)->metadata().at("title"), "坏");
  std::map<std::string, std::string> faults;
  const auto bad_request = DetailOf<google::rpc::BadRequest>(rpc::FromRpcStatus(outcomes[1].error()));
  ASSERT_TRUE(bad_request.has_value());
  for (const auto& violation : bad_request->field_violations()) faults[violation.field()] = violation.reason();
  EXPECT_THAT(faults,
              ElementsAre(std::pair("account.balance_fen", "FIELD_OUT_OF_RANGE"),
                          std::pair("account.name", "FIELD_MALFORMED"), std::pair("account.title", "FIELD_REQUIRED")));
}

TEST(Import, AnswersACallerWhoWaitsBeforeSendingOn) {
  ServedBank bank;
  ImportCall call(bank, "import-1");
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(call.Send({SomeAccount(absl::StrCat("accounts/", i))}));
    std::vector<RowOutcome> outcomes;
    ASSERT_TRUE(call.Read(outcomes));
    EXPECT_THAT(KindsOf(outcomes), ElementsAre(RowOutcome::KIND_INSERTED));
  }
  std::vector<RowOutcome> rest;
  EXPECT_EQ(call.End(rest), absl::OkStatus());
  EXPECT_THAT(rest, IsEmpty());
}

TEST(Import, AgainChangesNothing) {
  ServedBank bank;
  const std::vector<Account> rows = Accounts(700);
  EXPECT_THAT(KindsOf(ImportAll(bank, "import-1", rows)), Each(RowOutcome::KIND_INSERTED));
  const int64_t head = bank.HeadSequence();
  EXPECT_EQ(head, 700);
  const std::vector<RowOutcome> again = ImportAll(bank, "import-1", rows);
  EXPECT_THAT(KindsOf(again), Each(RowOutcome::KIND_UNCHANGED));
  EXPECT_EQ(again.back().name(), "accounts/699");
  ASSERT_TRUE(bank.Pay("accounts/0", 5).ok()) << "a person may change what was imported";
  EXPECT_THAT(KindsOf(ImportAll(bank, "import-1", rows)), Each(RowOutcome::KIND_UNCHANGED));
  EXPECT_EQ(bank.HeadSequence(), head + 1);
  EXPECT_THAT(KindsOf(ImportAll(bank, "import-2", {rows[1]})), ElementsAre(RowOutcome::KIND_UNCHANGED));
  EXPECT_EQ(bank.HeadSequence(), head + 1);
  EXPECT_THAT(bank.Findings(), IsEmpty());
}

TEST(Import, OfAKilledClientGoesOnWhereItWas) {
  ServedBank bank;
  const std::vector<Account> rows = Accounts(1500);
  for (const int sent : {1, 300, 900}) {
    ImportCall call(bank, "import-1");
    ASSERT_TRUE(call.Send({rows.begin(), rows.begin() + sent}));
    std::vector<RowOutcome> outcomes;
    if (sent > 1) {
      EXPECT_TRUE(call.Read(outcomes));
    }
    call.Leave();
    std::vector<RowOutcome> rest;
    EXPECT_FALSE(call.End(rest).ok());
  }
  for (const RowOutcome& outcome : ImportAll(bank, "import-1", rows)) {
    EXPECT_TRUE(outcome.kind() == RowOutcome::KIND_INSERTED || outcome.kind() == RowOutcome::KIND_UNCHANGED);
  }
  EXPECT_EQ(bank.HeadSequence(), 1500);
  register_test::GetAccountRequest get;
  get.set_name("accounts/0");
  EXPECT_EQ(bank.Call<Account>(get)->revision(), 1);
  EXPECT_THAT(bank.Findings(), IsEmpty());
}

TEST(Import, ValidatedOnlyGivesEveryVerdictAndWritesNothing) {
  ServedBank bank;
  std::vector<Account> rows = Accounts(300);
  rows[7].set_title("坏");
  const std::vector<RowOutcome> verdicts = ImportAll(bank, "import-1", rows, /*validate_only=*/true);
  EXPECT_EQ(verdicts[6].kind(), RowOutcome::KIND_INSERTED);
  EXPECT_EQ(verdicts[7].kind(), RowOutcome::KIND_REJECTED);
  EXPECT_EQ(bank.HeadSequence(), 0);
  EXPECT_EQ(ImportAll(bank, "import-1", rows)[6].kind(), RowOutcome::KIND_INSERTED) << "the id of a trial is not taken";
  EXPECT_EQ(bank.HeadSequence(), 299);
}

TEST(Import, TellsWhereEachRevisionCameFrom) {
  ServedBank bank;
  ImportAll(bank, "import-1", {SomeAccount("accounts/a")});
  const auto history = bank.ledger().History(absl::Now() + absl::Seconds(20), "accounts/a", 0, 10);
  ASSERT_TRUE(history.ok());
  ASSERT_EQ(history->size(), 1u);
  EXPECT_EQ((*history)[0].author.import_id, "import-1");
  EXPECT_EQ((*history)[0].author.origin, absl::StrCat("sha256:", std::string(64, 'a'), " 账户.xlsx [Sheet1] row 1"));
  EXPECT_EQ((*history)[0].author.actor, "keys/test");
}

// A stream within the process that counts how many rows it gave and how many answers it got.
class CountedStream : public rpc::ByteStream {
 public:
  static constexpr int kRowsInMessage = 100;

  explicit CountedStream(int rows) : rows_(rows) {}
  bool Read(google::protobuf::Message& message) override {
    if (given_ == rows_) return false;
    register_test::ImportAccountsRequest request = given_ == 0 ? WithSource() : register_test::ImportAccountsRequest();
    for (int i = 0; i < kRowsInMessage; ++i) {
      register_test::ImportAccountRow* row = request.add_rows();
      row->mutable_origin()->set_row(++given_);
      *row->mutable_account() = SomeAccount(absl::StrCat("accounts/", given_));
    }
    message.CopyFrom(request);
    most_waiting_ = std::max(most_waiting_, given_ - answered_);
    return true;
  }
  void StopReading() override {}
  void WhenEnding(std::function<void()>) override {}
  bool Write(const google::protobuf::Message& message) override {
    answered_ += static_cast<const register_test::ImportAccountsResponse&>(message).outcomes_size();
    return true;
  }

  int answered() const { return answered_; }
  int most_waiting() const { return most_waiting_; }

 private:
  const int rows_;
  int given_ = 0;
  std::atomic<int> answered_ = 0;
  int most_waiting_ = 0;
};

TEST(Import, LetsNoMoreThanTwoThousandRowsWait) {
  ServedBank bank;
  CountedStream stream(8000);
  register_test::ImportAccountsRequest request;
  register_test::ImportAccountsResponse response;
  const RowHandler put = [](const ledger::v1::ImportSource&, const google::protobuf::Message& row) {
    const Account account = static_cast<const register_test::ImportAccountRow&>(row).account();
    return Change<RowOutcome>{{account.name()}, [account](ledger::Draft& draft) -> absl::StatusOr<RowOutcome> {
                                RETURN_IF_ERROR(draft.Put(account).status());
                                return RowOutcome();
                              }};
  };
  rpc::Call call;
  call.actor = "keys/test";
  EXPECT_EQ(ImportRows(bank.ledger(), call, stream, request, response, put), absl::OkStatus());
  EXPECT_EQ(stream.answered(), 8000);
  constexpr int kOutcomesOnTheirWay = 200;  // in the message that is being sent
  EXPECT_LE(stream.most_waiting(), 2000 + kOutcomesOnTheirWay + CountedStream::kRowsInMessage);
}

// However fast the caller sends, the server reads no further than it can answer.
TEST(Import, OfACallerWhoReadsLateStaysBounded) {
  std::atomic<int> seen = 0;
  ServedBank bank(&seen);
  constexpr int kRows = 5000;
  std::vector<Account> rows;
  std::string words = "坏";
  for (int i = 0; i < 60; ++i) words += "词词词";
  for (int i = 0; i < kRows; ++i) rows.push_back(SomeAccount(absl::StrCat("accounts/", i), words));
  ImportCall call(bank, "import-1");
  std::thread writer([&] {
    for (int i = 0; i < kRows && call.Send({rows.begin() + i, rows.begin() + i + 50}); i += 50) {
    }
    call.Done();
  });
  while (seen < 500) std::this_thread::yield();
  std::vector<RowOutcome> outcomes;
  int most_ahead = 0;
  do {
    most_ahead = std::max(most_ahead, seen - static_cast<int>(outcomes.size()));
  } while (call.Read(outcomes));
  writer.join();
  EXPECT_EQ(call.End(outcomes), absl::OkStatus());
  EXPECT_EQ(outcomes.size(), static_cast<size_t>(kRows));
  EXPECT_LT(most_ahead, 4000);
  for (int i = 0; i < kRows; ++i) EXPECT_EQ(outcomes[static_cast<size_t>(i)].origin().row(), i + 1);
}

TEST(Import, OfFiveThousandRowsArrivesWhole) {
  ServedBank bank;
  EXPECT_THAT(KindsOf(ImportAll(bank, "import-1", Accounts(5000))), Each(RowOutcome::KIND_INSERTED));
  EXPECT_EQ(bank.HeadSequence(), 5000);
  EXPECT_THAT(bank.Findings(), IsEmpty());
}

absl::Status StatusAfter(ServedBank& bank, const std::vector<register_test::ImportAccountsRequest>& messages) {
  ImportCall call(bank, "unused");
  for (const auto& message : messages) call.SendMessage(message);
  std::vector<RowOutcome> outcomes;
  return call.End(outcomes);
}

TEST(Import, WantsTheSourceFirstAndOnce) {
  ServedBank bank;
  const absl::Status none = StatusAfter(bank, {register_test::ImportAccountsRequest()});
  EXPECT_EQ(none.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(none.message()), HasSubstr("source.import_id: is required"));
  const absl::Status twice = StatusAfter(bank, {WithSource(), WithSource()});
  EXPECT_EQ(twice.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(DetailOf<google::rpc::BadRequest>(twice)->field_violations(0).field(), "source");
  EXPECT_EQ(DetailOf<google::rpc::BadRequest>(twice)->field_violations(0).reason(), "FIELD_NOT_WRITABLE");
  EXPECT_EQ(StatusAfter(bank, {WithSource(), register_test::ImportAccountsRequest()}), absl::OkStatus());
  EXPECT_EQ(StatusAfter(bank, {}), absl::OkStatus());
}

TEST(Import, RejectsARowWithoutOriginAndASheetThatNoSpreadsheetHas) {
  ServedBank bank;
  register_test::ImportAccountsRequest message = WithSource();
  *message.add_rows()->mutable_account() = SomeAccount("accounts/a");
  register_test::ImportAccountRow* row = message.add_rows();
  *row->mutable_account() = SomeAccount("accounts/b");
  row->mutable_origin()->set_sheet(std::string(100, 's'));
  row->mutable_origin()->set_row(2);
  ImportCall call(bank, "unused");
  ASSERT_TRUE(call.SendMessage(message));
  std::vector<RowOutcome> outcomes;
  EXPECT_EQ(call.End(outcomes), absl::OkStatus());
  ASSERT_EQ(outcomes.size(), 2u);
  EXPECT_THAT(outcomes[0].error().message(), HasSubstr("origin: is required"));
  EXPECT_THAT(outcomes[1].error().message(), HasSubstr("origin.sheet"));
  EXPECT_EQ(bank.HeadSequence(), 0);
}

TEST(Import, EndsWhenTheDatabaseIsAwayAndRejectsNoRowForIt) {
  ServedBank bank;
  const std::vector<Account> rows = Accounts(400);
  testing::PrivateMariaDb::Shared().Kill();
  ImportCall call(bank, "import-1");
  ASSERT_TRUE(call.Send(rows));
  std::vector<RowOutcome> outcomes;
  EXPECT_FALSE(call.Read(outcomes)) << "told at once, also to a caller who has not ended yet";
  const absl::Status status = call.End(outcomes);
  testing::PrivateMariaDb::Shared().Start();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReasonOf(status), "DATABASE_UNAVAILABLE");
  EXPECT_TRUE(DetailOf<google::rpc::RetryInfo>(status).has_value());
  EXPECT_THAT(outcomes, IsEmpty());
  EXPECT_THAT(KindsOf(ImportAll(bank, "import-1", rows)), Each(RowOutcome::KIND_INSERTED));
  EXPECT_THAT(bank.Findings(), IsEmpty());
}

}  // namespace
}  // namespace kechuang
