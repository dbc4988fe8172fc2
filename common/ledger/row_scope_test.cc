#include "common/ledger/row_scope.h"

#include <algorithm>
#include <functional>
#include <latch>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "common/ledger/testing.h"

namespace kechuang::ledger {
namespace {

using google::protobuf::Message;
using ledger_test::Account;
using testing::Bank;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::Soon;

constexpr char kMine[] = "cities/yinchuan";
constexpr char kTheirs[] = "cities/wuzhong";

// Accounts of two cities, in turn: a0 of mine, a1 of theirs, and so on to a9.
class RowScopeTest : public ::testing::Test {
 protected:
  RowScopeTest() {
    for (int i = 0; i < 10; ++i) {
      EXPECT_TRUE(bank_.Open(absl::StrCat("accounts/a", i), i, i % 2 == 0 ? kMine : kTheirs).ok());
    }
  }

  // The names in all pages of a list, and that no page shows more than it should.
  std::vector<std::string> Walk(ListQuery query) {
    std::vector<std::string> names;
    do {
      const absl::StatusOr<ListPage<Account>> page = bank_.ledger().List<Account>(Soon(), query);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      for (const Account& account : page->records) names.push_back(account.name());
      query.page_token = page->next_page_token;
    } while (!query.page_token.empty());
    return names;
  }

  // Runs a decision for a caller who is bound to rows.
  absl::Status As(const std::string& scope, const std::function<absl::Status(Draft&)>& decide) {
    Command command;
    command.author = {"keys/test", "test/Change"};
    command.scope = scope;
    command.decide = [&](Draft& draft) -> absl::StatusOr<std::string> {
      RETURN_IF_ERROR(decide(draft));
      return std::string();
    };
    return bank_.ledger().Run(std::move(command), Soon()).status();
  }

  Bank bank_;
};

Account Of(const std::string& name, const std::string& city) {
  Account account;
  account.set_name(name);
  account.set_city(city);
  return account;
}

TEST(Covers, GoesByTheFieldThatTheKindNames) {
  EXPECT_TRUE(Covers("", Of("accounts/a", kTheirs)));
  EXPECT_TRUE(Covers(kMine, Of("accounts/a", kMine)));
  EXPECT_FALSE(Covers(kMine, Of("accounts/a", kTheirs)));
  EXPECT_FALSE(Covers(kMine, Of("accounts/a", "")));
}

TEST(Covers, TakesTheRecordItselfAndWhatLiesBelowItByName) {
  EXPECT_TRUE(Covers("accounts/a", Of("accounts/a", kMine)));
  EXPECT_TRUE(Covers("accounts/a", Of("accounts/a/parts/1", kMine)));
  EXPECT_FALSE(Covers("accounts/a", Of("accounts/ab", kMine)));
}

TEST(Covers, IsFalseForAKindThatSaysOfNobodyThatItIsTheirs) {
  EXPECT_EQ(OwnersOf(Account::descriptor(), "banks/a"), Owners::kNone);
  EXPECT_FALSE(Covers("banks/a", Of("accounts/a", "banks/a")));
}

TEST_F(RowScopeTest, ListsAndExportsTheScopesRowsAlone) {
  ListQuery query;
  query.scope = kMine;
  query.page_size = 2;
  for (const char* order : {"", "balance_fen", "balance_fen desc", "city"}) {
    query.order_by = order;
    std::vector<std::string> names = Walk(query);
    std::sort(names.begin(), names.end());
    EXPECT_THAT(names, ElementsAre("accounts/a0", "accounts/a2", "accounts/a4", "accounts/a6", "accounts/a8")) << order;
  }
  query.order_by = "";
  for (const char* filter : {"city = \"cities/wuzhong\"", "balance_fen = 1", "balance_fen >= 1 AND balance_fen <= 1"}) {
    query.filter = filter;
    EXPECT_THAT(Walk(query), IsEmpty()) << filter;
  }
  query.filter = "balance_fen = 1 OR balance_fen = 2";
  EXPECT_THAT(Walk(query), ElementsAre("accounts/a2"));
  std::vector<std::string> exported;
  const absl::Status done = bank_.ledger().Export(Soon(), Account::descriptor(), query,
                                                  [&](int64_t, const std::vector<std::unique_ptr<Message>>& records) {
                                                    for (const auto& record : records)
                                                      exported.push_back(static_cast<const Account&>(*record).name());
                                                    return absl::OkStatus();
                                                  });
  EXPECT_TRUE(done.ok()) << done;
  EXPECT_THAT(exported, ElementsAre("accounts/a2"));
  query.scope = "banks/a";
  EXPECT_THAT(Walk(query), IsEmpty());
}

TEST_F(RowScopeTest, RefusesAnothersPageToken) {
  ListQuery query;
  query.page_size = 2;
  query.scope = kTheirs;
  const absl::StatusOr<ListPage<Account>> page = bank_.ledger().List<Account>(Soon(), query);
  ASSERT_TRUE(page.ok());
  query.page_token = page->next_page_token;
  query.scope = kMine;
  EXPECT_EQ(ReasonOf(bank_.ledger().List<Account>(Soon(), query).status()), "LIST_ARGUMENT");
}

TEST_F(RowScopeTest, SaysOfAnothersRowWhatItSaysOfNone) {
  // What a caller is told of a name, by every way to read it, with the name taken out.
  const auto told = [&](const std::string& name) {
    std::vector<std::string> texts;
    const auto add = [&](const absl::Status& status) {
      std::string text = absl::StrCat(status.raw_code(), status.message(), ReasonOf(status), ChineseOf(status));
      for (size_t at = text.find(name); at != std::string::npos; at = text.find(name))
        text.replace(at, name.size(), "X");
      texts.push_back(text);
    };
    Register& ledger = bank_.ledger();
    std::latch read(1);
    ledger.ReadThen(Soon(), Account::descriptor(), name, kMine, [&](const absl::StatusOr<absl::string_view>& record) {
      add(record.status());
      read.count_down();
    });
    read.wait();
    add(ledger.Read<Account>(Soon(), name, kMine).status());
    add(ledger.BatchReadMessages(Soon(), Account::descriptor(), {"accounts/a0", name}, kMine,
                                 [](std::unique_ptr<Message>) {}));
    const absl::StatusOr<std::vector<JournalEntry>> history = ledger.History(Soon(), name, 0, 10, kMine);
    add(history.status());
    texts.push_back(history.ok() ? absl::StrCat(history->size()) : "");
    add(ledger.AtRevision(Soon(), name, 1, kMine).status());
    add(ledger.AtTime(Soon(), name, bank_.clock().Now(), kMine).status());
    add(As(kMine, [&](Draft& draft) { return draft.Get<Account>(name, "guessed").status(); }));
    return texts;
  };
  const std::vector<std::string> of_another = told("accounts/a1");
  EXPECT_EQ(of_another, told("accounts/zz"));
  EXPECT_EQ(of_another.size(), 8U);
  EXPECT_THAT(of_another[4], "0");
}

TEST_F(RowScopeTest, ReadsItsOwnInEveryWay) {
  Register& ledger = bank_.ledger();
  EXPECT_EQ(ledger.Read<Account>(Soon(), "accounts/a2", kMine)->balance_fen(), 2);
  EXPECT_EQ(ledger.History(Soon(), "accounts/a2", 0, 10, kMine)->size(), 1U);
  EXPECT_EQ(ledger.AtRevision(Soon(), "accounts/a2", 1, kMine)->name, "accounts/a2");
  EXPECT_TRUE(As(kMine, [](Draft& draft) {
                ASSIGN_OR_RETURN(Account account, draft.Get<Account>("accounts/a2"));
                account.set_balance_fen(20);
                return draft.Put(account).status();
              }).ok());
}

TEST_F(RowScopeTest, ShowsNothingOfTheTimeBeforeARecordCameToItsOwner) {
  ASSERT_TRUE(bank_.Pay("accounts/a1", 5).ok());
  ASSERT_TRUE(bank_
                  .Change("accounts/a1",
                          [](Draft& draft) -> absl::StatusOr<Account> {
                            ASSIGN_OR_RETURN(Account account, draft.Get<Account>("accounts/a1"));
                            account.set_city(kMine);
                            return draft.Put(account);
                          })
                  .ok());
  const absl::StatusOr<std::vector<JournalEntry>> mine = bank_.ledger().History(Soon(), "accounts/a1", 0, 10, kMine);
  ASSERT_TRUE(mine.ok());
  ASSERT_EQ(mine->size(), 1U);
  EXPECT_EQ(mine->front().revision, 3);
  EXPECT_THAT(*bank_.ledger().History(Soon(), "accounts/a1", 0, 10, kTheirs), IsEmpty());
  EXPECT_EQ(ReasonOf(bank_.ledger().AtRevision(Soon(), "accounts/a1", 2, kMine).status()), "RECORD_NOT_FOUND");
  EXPECT_EQ(ReasonOf(bank_.ledger().AtRevision(Soon(), "accounts/a1", 2, kTheirs).status()), "RECORD_NOT_FOUND");
}

TEST_F(RowScopeTest, StoresNothingThatWouldBeAnothers) {
  for (const std::string& name : {std::string("accounts/new"), std::string("accounts/a1")}) {
    EXPECT_EQ(ReasonOf(As(kMine, [&](Draft& draft) { return draft.Create(Of(name, kTheirs)).status(); })),
              "PERMISSION_MISSING");
  }
  EXPECT_EQ(ReasonOf(As(kMine,
                        [](Draft& draft) {
                          ASSIGN_OR_RETURN(Account account, draft.Get<Account>("accounts/a2"));
                          account.set_city(kTheirs);
                          return draft.Put(account).status();
                        })),
            "PERMISSION_MISSING");
  EXPECT_TRUE(As(kMine, [](Draft& draft) { return draft.Create(Of("accounts/new", kMine)).status(); }).ok());
  EXPECT_THAT(bank_.Findings(), IsEmpty());
}

}  // namespace
}  // namespace kechuang::ledger
