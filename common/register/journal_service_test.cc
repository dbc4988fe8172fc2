#include "common/register/journal_service.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "common/register/test_bank.h"
#include "common/rpc/wire_status.h"

namespace kechuang {
namespace {

using ledger::v1::FieldChange;
using ledger::v1::JournalHead;
using ledger::v1::ListRevisionsRequest;
using ledger::v1::ListRevisionsResponse;
using ledger::v1::ReadRecordAtRequest;
using ledger::v1::Revision;
using ledger::v1::VerifyProgress;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> ChangesOf(const Revision& revision) {
  std::vector<std::string> changes;
  for (const FieldChange& change : revision.changes()) {
    changes.push_back(absl::StrCat(change.field(), ": ", change.before(), " > ", change.after()));
  }
  return changes;
}

absl::StatusOr<ListRevisionsResponse> List(ServedBank& bank, const std::string& record, int page_size = 0,
                                           const std::string& token = "") {
  ListRevisionsRequest request;
  request.set_record(record);
  request.set_page_size(page_size);
  request.set_page_token(token);
  return bank.CallJournal<ListRevisionsResponse>(request);
}

TEST(Revisions, SayWhoChangedWhat) {
  ServedBank bank;
  ASSERT_TRUE(bank.Open("accounts/a").ok());
  register_test::PayRequest pay;
  pay.set_name("accounts/a");
  pay.set_amount_fen(5);
  pay.set_request_id("id-1");
  pay.set_reason("rent");
  ASSERT_TRUE(bank.Call<Account>(pay).ok());
  const auto listed = List(bank, "accounts/a");
  ASSERT_TRUE(listed.ok()) << listed.status();
  ASSERT_EQ(listed->revisions_size(), 2);
  const Revision& newest = listed->revisions(0);
  EXPECT_EQ(newest.revision(), 2);
  EXPECT_EQ(newest.sequence(), 2);
  EXPECT_EQ(newest.actor(), "keys/test");
  EXPECT_EQ(newest.method(), "register_test.BankService/Pay");
  EXPECT_EQ(newest.request_id(), "id-1");
  EXPECT_EQ(newest.reason(), "rent");
  EXPECT_EQ(newest.time().seconds(), absl::ToUnixSeconds(bank.clock().Now()));
  EXPECT_THAT(newest.record_json(), HasSubstr("\"balance_fen\":105"));
  EXPECT_EQ(newest.hash().size(), 64u);
  EXPECT_THAT(ChangesOf(newest), ::testing::IsSupersetOf({"balance_fen: 100 > 105", "movements:  > 1"}));
  EXPECT_THAT(ChangesOf(listed->revisions(1)),
              ::testing::IsSupersetOf({"title:  > \"存款\"", "holder.holder_name:  > \"户主\""}));
}

TEST(Revisions, ComeInPagesWithTheirChanges) {
  ServedBank bank;
  ASSERT_TRUE(bank.Open("accounts/a").ok());
  for (int i = 0; i < 6; ++i) ASSERT_TRUE(bank.Pay("accounts/a", 1).ok());
  std::vector<int64_t> revisions;
  std::string token;
  do {
    const auto page = List(bank, "accounts/a", 3, token);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const Revision& revision : page->revisions()) {
      revisions.push_back(revision.revision());
      if (revision.revision() > 1) {
        EXPECT_THAT(ChangesOf(revision), ::testing::Contains(absl::StrCat("balance_fen: ", 98 + revision.revision(),
                                                                          " > ", 99 + revision.revision())));
      }
    }
    token = page->next_page_token();
  } while (!token.empty());
  EXPECT_THAT(revisions, ElementsAre(7, 6, 5, 4, 3, 2, 1));
}

TEST(Revisions, OfNothingAreRefused) {
  ServedBank bank;
  ASSERT_TRUE(bank.Open("accounts/a").ok());
  for (const char* record : {"accounts/none", "loans/1", "x"}) {
    const absl::Status status = List(bank, record).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kNotFound) << record;
    EXPECT_EQ(ReasonOf(status), "RECORD_NOT_FOUND") << record;
  }
  EXPECT_EQ(ReasonOf(List(bank, "").status()), "INVALID_FIELDS");
  EXPECT_EQ(ReasonOf(List(bank, "accounts/a", -1).status()), "INVALID_FIELDS");
  for (const char* token : {"x", "-1", "0", "1.5"}) {
    EXPECT_EQ(ReasonOf(List(bank, "accounts/a", 0, token).status()), "LIST_ARGUMENT") << token;
  }
  EXPECT_TRUE(List(bank, "accounts/a", 100000).ok());
}

absl::StatusOr<Revision> ReadAt(ServedBank& bank, const std::string& record, int64_t revision, absl::Time time) {
  ReadRecordAtRequest request;
  request.set_record(record);
  request.set_revision(revision);
  if (time != absl::InfinitePast()) request.mutable_read_time()->set_seconds(absl::ToUnixSeconds(time));
  return bank.CallJournal<Revision>(request);
}

TEST(ReadRecordAt, GivesTheRecordAsItWas) {
  ServedBank bank;
  const absl::Time first = bank.clock().Now();
  ASSERT_TRUE(bank.Open("accounts/a").ok());
  bank.clock().Advance(absl::Hours(2));
  ASSERT_TRUE(bank.Pay("accounts/a", 5).ok());
  const absl::Time never = absl::InfinitePast();
  EXPECT_THAT(ReadAt(bank, "accounts/a", 1, never)->record_json(), HasSubstr("\"balance_fen\":100"));
  const auto second = ReadAt(bank, "accounts/a", 2, never);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_THAT(ChangesOf(*second), ::testing::Contains("balance_fen: 100 > 105"));
  EXPECT_EQ(ReadAt(bank, "accounts/a", 0, first)->revision(), 1);
  EXPECT_EQ(ReadAt(bank, "accounts/a", 0, first + absl::Hours(1))->revision(), 1);
  EXPECT_EQ(ReadAt(bank, "accounts/a", 0, first + absl::Hours(3))->revision(), 2);
  EXPECT_EQ(ReasonOf(ReadAt(bank, "accounts/a", 0, first - absl::Hours(1)).status()), "RECORD_NOT_FOUND");
  EXPECT_EQ(ReasonOf(ReadAt(bank, "accounts/a", 3, never).status()), "RECORD_NOT_FOUND");
  EXPECT_EQ(ReasonOf(ReadAt(bank, "accounts/none", 1, never).status()), "RECORD_NOT_FOUND");
  EXPECT_EQ(ReasonOf(ReadAt(bank, "accounts/a", 0, never).status()), "INVALID_FIELDS");
}

TEST(Head, IsTheNewestEntry) {
  ServedBank bank;
  const auto empty = bank.CallJournal<JournalHead>(ledger::v1::GetJournalHeadRequest());
  ASSERT_TRUE(empty.ok()) << empty.status();
  EXPECT_EQ(empty->sequence(), 0);
  EXPECT_EQ(empty->hash(), std::string(64, '0'));
  ASSERT_TRUE(bank.Open("accounts/a").ok());
  const auto head = bank.CallJournal<JournalHead>(ledger::v1::GetJournalHeadRequest());
  EXPECT_EQ(head->sequence(), 1);
  EXPECT_EQ(head->hash(), List(bank, "accounts/a")->revisions(0).hash());
}

// What one verification streams.
std::vector<VerifyProgress> Verify(ServedBank& bank, bool journal) {
  grpc::ClientContext context;
  context.AddMetadata("authorization", ServedBank::authorization());
  const auto stub = register_test::BankJournal::NewStub(bank.channel());
  const auto stream = journal ? stub->VerifyJournal(&context, ledger::v1::VerifyJournalRequest())
                              : stub->VerifyRecords(&context, ledger::v1::VerifyRecordsRequest());
  std::vector<VerifyProgress> all;
  VerifyProgress progress;
  while (stream->Read(&progress)) all.push_back(progress);
  EXPECT_EQ(rpc::FromGrpc(stream->Finish()), absl::OkStatus());
  return all;
}

TEST(Verify, CountsWhatItReadOfASoundRegister) {
  ServedBank bank;
  for (const char* name : {"accounts/a", "accounts/b"}) ASSERT_TRUE(bank.Open(name).ok());
  ASSERT_TRUE(bank.Pay("accounts/a", 1).ok());
  const std::vector<VerifyProgress> records = Verify(bank, /*journal=*/false);
  ASSERT_EQ(records.size(), 1u);
  EXPECT_TRUE(records[0].complete());
  EXPECT_FALSE(records[0].has_finding());
  EXPECT_EQ(records[0].records(), 2);
  EXPECT_EQ(records[0].totals(), 1);
  EXPECT_EQ(records[0].keys(), 2);
  const std::vector<VerifyProgress> journal = Verify(bank, /*journal=*/true);
  ASSERT_EQ(journal.size(), 1u);
  EXPECT_TRUE(journal[0].complete());
  EXPECT_EQ(journal[0].journal_entries(), 3);
}

TEST(Verify, FindsTamperingAndGoesOn) {
  ServedBank bank;
  for (const char* name : {"accounts/a", "accounts/b"}) ASSERT_TRUE(bank.Open(name).ok());
  bank.Tamper("UPDATE account SET balance_fen=900 WHERE name='accounts/a'");
  bank.Tamper("UPDATE account SET title='x' WHERE name='accounts/b'");
  bank.Tamper("UPDATE journal SET reason='x' WHERE sequence=2");
  std::vector<std::string> found;
  const std::vector<VerifyProgress> records = Verify(bank, /*journal=*/false);
  for (const VerifyProgress& progress : records) {
    if (progress.has_finding()) {
      found.push_back(absl::StrCat(progress.finding().kind(), " ", progress.finding().subject(), " ",
                                   progress.finding().field(), " ", progress.finding().expected(), " ",
                                   progress.finding().found()));
    }
  }
  EXPECT_THAT(found, ::testing::IsSupersetOf({"RECORD_DIFFERS accounts/a balance_fen 100 900",
                                              "RECORD_DIFFERS accounts/b title \"存款\" \"x\""}));
  EXPECT_TRUE(records.back().complete());
  const std::vector<VerifyProgress> journal = Verify(bank, /*journal=*/true);
  ASSERT_GE(journal.size(), 2u);
  EXPECT_EQ(journal[0].finding().kind(), "JOURNAL_DIFFERS");
  EXPECT_THAT(journal[0].finding().subject(), HasSubstr("journal/2"));
  EXPECT_TRUE(journal.back().complete());
}

}  // namespace
}  // namespace kechuang
