#include "common/register/journal_search.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "common/register/test_bank.h"

namespace kechuang {
namespace {

using ledger::JournalSearch;
using ledger::v1::SearchJournalRequest;
using ledger::v1::SearchJournalResponse;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// "account@revision" of every change that a search finds, page by page.
std::vector<std::string> Found(ServedBank& bank, SearchJournalRequest request) {
  std::vector<std::string> found;
  do {
    const auto page = bank.CallJournal<SearchJournalResponse>(request);
    EXPECT_TRUE(page.ok()) << page.status();
    if (!page.ok()) break;
    for (const ledger::v1::Revision& revision : page->revisions()) {
      found.push_back(absl::StrCat(revision.record(), "@", revision.revision()));
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return found;
}

// a@1, b@1, a@2, each an hour after the one before.
void Fill(ServedBank& bank) {
  ASSERT_TRUE(bank.Open("accounts/a").ok());
  bank.clock().Advance(absl::Hours(1));
  ASSERT_TRUE(bank.Open("accounts/b").ok());
  bank.clock().Advance(absl::Hours(1));
  ASSERT_TRUE(bank.Pay("accounts/a", 5).ok());
}

TEST(JournalSearch, FindsByCallerCallAndRecordNewestFirst) {
  ServedBank bank;
  ASSERT_NO_FATAL_FAILURE(Fill(bank));
  SearchJournalRequest request;
  EXPECT_THAT(Found(bank, request), ElementsAre("accounts/a@2", "accounts/b@1", "accounts/a@1"));
  request.set_page_size(1);
  EXPECT_THAT(Found(bank, request), ElementsAre("accounts/a@2", "accounts/b@1", "accounts/a@1"));
  request.set_record("accounts/a");
  EXPECT_THAT(Found(bank, request), ElementsAre("accounts/a@2", "accounts/a@1"));
  request.set_method("register_test.BankService/Pay");
  EXPECT_THAT(Found(bank, request), ElementsAre("accounts/a@2"));
  request.set_actor("keys/test");
  EXPECT_THAT(Found(bank, request), ElementsAre("accounts/a@2"));
  request.set_actor("keys/nobody");
  EXPECT_THAT(Found(bank, request), IsEmpty());
}

TEST(JournalSearch, FindsByTheTimeFromSinceToBeforeUntil) {
  ServedBank bank;
  const absl::Time began = bank.clock().Now();
  ASSERT_NO_FATAL_FAILURE(Fill(bank));
  SearchJournalRequest request;
  request.mutable_since()->set_seconds(absl::ToUnixSeconds(began + absl::Hours(1)));
  EXPECT_THAT(Found(bank, request), ElementsAre("accounts/a@2", "accounts/b@1"));
  request.mutable_until()->set_seconds(absl::ToUnixSeconds(began + absl::Hours(2)));
  EXPECT_THAT(Found(bank, request), ElementsAre("accounts/b@1"));
}

TEST(JournalSearch, ReadsABoundedPartAtATime) {
  ServedBank bank;
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(bank.Open(absl::StrCat("accounts/", i)).ok());
  JournalSearch search;
  search.actor = "keys/nobody";
  search.entries_max = 4;
  std::vector<int64_t> places;
  do {
    const auto found = bank.ledger().SearchJournal(absl::Now() + absl::Seconds(20), search);
    ASSERT_TRUE(found.ok()) << found.status();
    EXPECT_THAT(found->changes, IsEmpty());
    places.push_back(search.below = found->below);
  } while (search.below > 0);
  EXPECT_THAT(places, ElementsAre(7, 3, 0));
}

TEST(JournalSearch, RefusesATokenThatIsNoneAndARecordThatCannotBe) {
  ServedBank bank;
  SearchJournalRequest request;
  request.set_page_token("next");
  EXPECT_EQ(ReasonOf(bank.CallJournal<SearchJournalResponse>(request).status()), "LIST_ARGUMENT");
  request.clear_page_token();
  request.set_record("loans/1");
  EXPECT_EQ(ReasonOf(bank.CallJournal<SearchJournalResponse>(request).status()), "RECORD_NOT_FOUND");
}

}  // namespace
}  // namespace kechuang
