#include "common/register/register_service.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "common/register/test_bank.h"
#include "common/rpc/wire_status.h"

namespace kechuang {
namespace {

using register_test::BatchGetAccountsRequest;
using register_test::BatchGetAccountsResponse;
using register_test::GetAccountRequest;
using register_test::ListAccountsRequest;
using register_test::ListAccountsResponse;
using register_test::OpenAccountRequest;
using register_test::PayRequest;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Pays through a stub, to see the trailers.
struct Paid {
  absl::Status status;
  Account account;
  bool replayed = false;
};

Paid PayWithTrailers(ServedBank& bank, const PayRequest& request) {
  grpc::ClientContext context;
  context.AddMetadata("authorization", ServedBank::authorization());
  Paid paid;
  paid.status = rpc::FromGrpc(bank.stub()->Pay(&context, request, &paid.account));
  const auto& trailers = context.GetServerTrailingMetadata();
  const auto found = trailers.find("kc-replayed");
  paid.replayed = found != trailers.end() && found->second == "true";
  return paid;
}

PayRequest Paying(const std::string& name, int64_t amount_fen, const std::string& request_id) {
  PayRequest request;
  request.set_name(name);
  request.set_amount_fen(amount_fen);
  request.set_request_id(request_id);
  return request;
}

TEST(Changes, AreStoredAndRead) {
  ServedBank bank;
  const auto opened = bank.Open("accounts/a");
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->etag(), "r1");
  GetAccountRequest get;
  get.set_name("accounts/a");
  const auto read = bank.Call<Account>(get);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->SerializeAsString(), opened->SerializeAsString());
  get.set_name("accounts/none");
  EXPECT_EQ(ReasonOf(bank.Call<Account>(get).status()), "RECORD_NOT_FOUND");
  EXPECT_THAT(bank.Findings(), IsEmpty());
}

TEST(Changes, RepeatedUnderTheirRequestIdGiveTheFirstAnswerAndSaySo) {
  ServedBank bank;
  ASSERT_TRUE(bank.Open("accounts/a").ok());
  const Paid first = PayWithTrailers(bank, Paying("accounts/a", 5, "id-1"));
  ASSERT_TRUE(first.status.ok()) << first.status;
  EXPECT_FALSE(first.replayed);
  ASSERT_TRUE(bank.Pay("accounts/a", 1).ok());
  const Paid again = PayWithTrailers(bank, Paying("accounts/a", 5, "id-1"));
  ASSERT_TRUE(again.status.ok()) << again.status;
  EXPECT_TRUE(again.replayed);
  EXPECT_EQ(again.account.SerializeAsString(), first.account.SerializeAsString());
  const Paid other = PayWithTrailers(bank, Paying("accounts/a", 6, "id-1"));
  EXPECT_EQ(ReasonOf(other.status), "REQUEST_ID_REUSED");
  EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(other.status)->metadata().at("field"), "amount_fen");
  EXPECT_EQ(bank.HeadSequence(), 3);
}

TEST(Changes, RefusedLeaveTheirRequestIdFree) {
  ServedBank bank;
  ASSERT_TRUE(bank.Open("accounts/a").ok());
  EXPECT_EQ(PayWithTrailers(bank, Paying("accounts/a", -500, "id-1")).status.message(), "too little");
  const Paid paid = PayWithTrailers(bank, Paying("accounts/a", 500, "id-1"));
  EXPECT_TRUE(paid.status.ok()) << paid.status;
  EXPECT_FALSE(paid.replayed);
}

TEST(Changes, ValidatedOnlyGiveTheVerdictAndLeaveNoTrace) {
  ServedBank bank;
  ASSERT_TRUE(bank.Open("accounts/a").ok());
  const int64_t head = bank.HeadSequence();
  PayRequest request = Paying("accounts/a", 5, "id-1");
  request.set_validate_only(true);
  const auto verdict = bank.Call<Account>(request);
  ASSERT_TRUE(verdict.ok()) << verdict.status();
  EXPECT_EQ(verdict->balance_fen(), 105);
  request.set_amount_fen(-500);
  EXPECT_EQ(bank.Call<Account>(request).status().message(), "too little");
  OpenAccountRequest open;
  *open.mutable_account() = SomeAccount("accounts/a");
  open.set_validate_only(true);
  EXPECT_EQ(ReasonOf(bank.Call<Account>(open).status()), "RECORD_EXISTS");
  EXPECT_EQ(bank.HeadSequence(), head);
  EXPECT_FALSE(PayWithTrailers(bank, Paying("accounts/a", 5, "id-1")).replayed);
}

TEST(Changes, WithAnOldEtagAreRefused) {
  ServedBank bank;
  ASSERT_TRUE(bank.Open("accounts/a").ok());
  ASSERT_TRUE(bank.Pay("accounts/a", 1).ok());
  PayRequest request = Paying("accounts/a", 1, "");
  request.set_etag("r1");
  const absl::Status refused = bank.Call<Account>(request).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(ReasonOf(refused), "ETAG_MISMATCH");
  request.set_etag("r2");
  EXPECT_TRUE(bank.Call<Account>(request).ok());
}

TEST(Changes, ByMaskGoThroughTheWire) {
  ServedBank bank;
  ASSERT_TRUE(bank.Open("accounts/a").ok());
  register_test::UpdateAccountRequest request;
  request.mutable_account()->set_name("accounts/a");
  request.mutable_account()->set_title("新");
  request.mutable_account()->set_balance_fen(7);
  request.mutable_update_mask()->add_paths("title");
  const auto updated = bank.Call<Account>(request);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->title(), "新");
  EXPECT_EQ(updated->balance_fen(), 100);
  request.mutable_update_mask()->add_paths("colour");
  EXPECT_EQ(DetailOf<google::rpc::BadRequest>(bank.Call<Account>(request).status())->field_violations(0).reason(),
            "FIELD_UNKNOWN");
  EXPECT_THAT(bank.Findings(), IsEmpty());
}

TEST(List, PagesThroughTheWire) {
  ServedBank bank;
  std::set<std::string> expected;
  for (int i = 0; i < 25; ++i) {
    const std::string name = absl::StrCat("accounts/", i);
    expected.insert(name);
    ASSERT_TRUE(bank.Open(name).ok());
  }
  std::set<std::string> seen;
  ListAccountsRequest request;
  request.set_page_size(10);
  request.set_order_by("balance_fen desc");
  int pages = 0;
  do {
    const auto page = bank.Call<ListAccountsResponse>(request);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const Account& account : page->accounts()) EXPECT_TRUE(seen.insert(account.name()).second);
    request.set_page_token(page->next_page_token());
    ++pages;
  } while (!request.page_token().empty());
  EXPECT_EQ(seen, expected);
  EXPECT_EQ(pages, 3);
  request.set_filter("title = 'x'");
  EXPECT_EQ(ReasonOf(bank.Call<ListAccountsResponse>(request).status()), "LIST_ARGUMENT");
  request.set_filter("balance_fen > 100");
  EXPECT_THAT(bank.Call<ListAccountsResponse>(request)->accounts(), IsEmpty());
}

TEST(BatchGet, KeepsTheOrderAndNamesWhatIsMissing) {
  ServedBank bank;
  for (const char* name : {"accounts/a", "accounts/b"}) ASSERT_TRUE(bank.Open(name).ok());
  BatchGetAccountsRequest request;
  for (const char* name : {"accounts/b", "accounts/a", "accounts/b"}) request.add_names(name);
  const auto got = bank.Call<BatchGetAccountsResponse>(request);
  ASSERT_TRUE(got.ok()) << got.status();
  std::vector<std::string> names;
  for (const Account& account : got->accounts()) names.push_back(account.name());
  EXPECT_THAT(names, ElementsAre("accounts/b", "accounts/a", "accounts/b"));
  request.add_names("accounts/none");
  const absl::Status refused = bank.Call<BatchGetAccountsResponse>(request).status();
  EXPECT_EQ(ReasonOf(refused), "RECORD_NOT_FOUND");
  EXPECT_THAT(std::string(refused.message()), ::testing::HasSubstr("accounts/none"));
  EXPECT_EQ(ReasonOf(bank.Call<BatchGetAccountsResponse>(BatchGetAccountsRequest()).status()), "INVALID_FIELDS");
}

}  // namespace
}  // namespace kechuang
