#include "common/ledger/register.h"

#include <array>
#include <atomic>
#include <latch>
#include <set>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "common/ledger/record_json.h"
#include "common/ledger/testing.h"

namespace kechuang::ledger {
namespace {

using ledger_test::Account;
using testing::Bank;
using testing::Creating;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::Soon;

TEST(Register, KeepsWhatIsPutAndStampsIt) {
  Bank bank;
  const absl::StatusOr<Account> opened = bank.Open("accounts/a", 12'345);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->revision(), 1);
  EXPECT_EQ(opened->etag(), "r1");
  EXPECT_EQ(opened->balance_yuan(), 123);
  const absl::StatusOr<Account> read = bank.ledger().Read<Account>(Soon(), "accounts/a");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->SerializeAsString(), opened->SerializeAsString());
  EXPECT_THAT(bank.Findings(), IsEmpty());
}

TEST(Register, RefusesASecondRecordOfOneName) {
  Bank bank;
  ASSERT_TRUE(bank.Open("accounts/a", 1).ok());
  const absl::Status refused = bank.Open("accounts/a", 2).status();
  EXPECT_EQ(ReasonOf(refused), "RECORD_EXISTS");
  EXPECT_EQ(refused.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(bank.ledger().ReadHead(Soon())->sequence, 1);
}

TEST(Register, TakesAnEqualRecordAsNoChange) {
  Bank bank;
  ASSERT_TRUE(bank.Open("accounts/a", 1).ok());
  const absl::StatusOr<Account> same = bank.Pay("accounts/a", 0);
  ASSERT_TRUE(same.ok());
  EXPECT_EQ(same->revision(), 1);
  EXPECT_EQ(bank.ledger().ReadHead(Soon())->sequence, 1);
}

TEST(Register, GivesTheFirstAnswerAgainAndTellsAnotherPayload) {
  Bank bank;
  ASSERT_TRUE(bank.Open("accounts/a", 100).ok());
  const absl::StatusOr<Account> first = bank.Pay("accounts/a", 5, "", "id-1");
  ASSERT_TRUE(first.ok());
  ASSERT_TRUE(bank.Pay("accounts/a", 7).ok());
  const absl::StatusOr<Account> again = bank.Pay("accounts/a", 5, "", "id-1");
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  const absl::Status other = bank.Pay("accounts/a", 6, "", "id-1").status();
  EXPECT_EQ(ReasonOf(other), "REQUEST_ID_REUSED");
  EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(other)->metadata().at("field"), "amount_fen");
  EXPECT_EQ(bank.ledger().Read<Account>(Soon(), "accounts/a")->balance_fen(), 112);
}

TEST(Register, ValidatesWithTheLiveVerdictAndNoTrace) {
  Bank bank;
  ASSERT_TRUE(bank.Open("accounts/a", 100).ok());
  for (const int64_t amount : {5, -500}) {
    Command command;
    command.author = {"keys/test", "test/Pay", "dry"};
    command.validate_only = true;
    command.request = std::make_shared<ledger_test::PayRequest>();
    command.decide = [amount](Draft& draft) -> absl::StatusOr<std::string> {
      ASSIGN_OR_RETURN(Account account, draft.Get<Account>("accounts/a"));
      account.set_balance_fen(account.balance_fen() + amount);
      if (account.balance_fen() < 0) return absl::FailedPreconditionError("too little");
      ASSIGN_OR_RETURN(account, draft.Put(account));
      return account.SerializeAsString();
    };
    const absl::StatusOr<Answer> answer = bank.ledger().Run(command, Soon());
    EXPECT_EQ(answer.ok(), amount > 0);
  }
  EXPECT_EQ(bank.ledger().ReadHead(Soon())->sequence, 1);
  EXPECT_EQ(bank.ledger().Read<Account>(Soon(), "accounts/a")->balance_fen(), 100);
  ASSERT_TRUE(bank.Pay("accounts/a", 1, "", "dry").ok()) << "the id of a validation is not taken";
  EXPECT_THAT(bank.Findings(), IsEmpty());
}

TEST(Register, LetsOneOfManyChangesWithAnEtagWinEachVersion) {
  Bank bank;
  ASSERT_TRUE(bank.Open("accounts/a", 0).ok());
  std::atomic<int> won = 0;
  std::atomic<int> aborted = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 100; ++i) {
    threads.emplace_back([&] {
      const absl::Status status = bank.Pay("accounts/a", 1, "r1").status();
      if (status.ok()) ++won;
      if (absl::IsAborted(status) && ReasonOf(status) == "ETAG_MISMATCH") ++aborted;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(won, 1);
  EXPECT_EQ(aborted, 99);
  EXPECT_EQ(bank.ledger().Read<Account>(Soon(), "accounts/a")->balance_fen(), 1);
}

TEST(Register, NeverOverdrawsUnderConcurrency) {
  Bank bank;
  ASSERT_TRUE(bank.Open("accounts/a", 10).ok());
  std::atomic<int> paid = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 64; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 4; ++k) paid += bank.Pay("accounts/a", -1).ok() ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(paid, 10);
  EXPECT_EQ(bank.ledger().ReadHead(Soon())->sequence, 11);
  EXPECT_THAT(bank.Findings(), IsEmpty());
}

TEST(Register, IsolatesACommandThatTheDatabaseWillNotTake) {
  Bank bank;
  std::vector<std::thread> threads;
  std::atomic<int> stored = 0;
  std::atomic<int> failed = 0;
  for (int i = 0; i < 100; ++i) {
    threads.emplace_back([&, i] {
      const std::string city = i == 7 ? std::string(100, 'x') : "银川";  // the column takes 20
      const absl::Status status = bank.Open(absl::StrCat("accounts/", i), 1, city).status();
      (status.ok() ? stored : failed) += 1;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(stored, 99);
  EXPECT_EQ(failed, 1);
  EXPECT_THAT(bank.Findings(), IsEmpty());
}

TEST(Register, KeepsTotalsDistinctCountsAndKeys) {
  Bank bank;
  ASSERT_TRUE(bank.Open("accounts/a", 5, "银川").ok());
  ASSERT_TRUE(bank.Open("accounts/b", 7, "吴忠").ok());
  const auto rename = [&](const std::string& name, const std::string& owner) {
    return bank.Change(name, [=](Draft& draft) -> absl::StatusOr<Account> {
      ASSIGN_OR_RETURN(Account account, draft.Get<Account>(name));
      account.mutable_owner()->set_owner_name(owner);
      account.set_city("银川");
      return draft.Put(account);
    });
  };
  ASSERT_TRUE(rename("accounts/a", "同一人").ok());
  ASSERT_TRUE(rename("accounts/b", "同一人").ok());
  const auto totals = bank.ledger().Totals(Soon(), {"account", "city", "2022", "2022", ""});
  ASSERT_TRUE(totals.ok());
  ASSERT_THAT(*totals, SizeIs(2));
  EXPECT_EQ((*totals)[0].cell.cell, "吴忠");
  EXPECT_EQ((*totals)[0].amounts, (Amounts{0, 0, 0, 0}));
  EXPECT_EQ((*totals)[1].amounts, (Amounts{2, 12, 0, 1}));
  EXPECT_THAT(*bank.ledger().FindByKeyPrefix(Soon(), "owner:同", 10), ElementsAre("accounts/a", "accounts/b"));
  EXPECT_THAT(*bank.ledger().FindByKeyPrefix(Soon(), "owner:户主", 10), IsEmpty());
  EXPECT_THAT(bank.Findings(), IsEmpty());

  // Names that are asked for are names, however many keys of one record come first.
  bank.Tamper(
      "INSERT INTO record_key VALUES ('default', 'owner:同', 'accounts/a'), ('default', 'owner:同一', 'accounts/a')");
  EXPECT_THAT(*bank.ledger().FindByKeyPrefix(Soon(), "owner:同", 2), ElementsAre("accounts/a", "accounts/b"));
  EXPECT_THAT(*bank.ledger().FindByKeyPrefix(Soon(), "owner:同", 1), ElementsAre("accounts/a"));
}

TEST(Register, ReadsRecordsByTheBeginningOfAKey) {
  Bank bank;
  for (const char* name : {"accounts/c", "accounts/a", "accounts/b"}) ASSERT_TRUE(bank.Open(name, 12'345).ok());
  // One more key of a record that has one already, before it and behind it.
  bank.Tamper("UPDATE record_key SET record_key=CONCAT('owner:同', name) WHERE record_key LIKE 'owner:%'");
  bank.Tamper(
      "INSERT INTO record_key VALUES ('default', 'owner:同', 'accounts/b'), ('default', 'owner:同z', 'accounts/b')");
  struct Case {
    const char* prefix;
    int limit;
    std::vector<std::string> names;
  };
  const Case cases[] = {
      {"owner:同", 10, {"accounts/b", "accounts/a", "accounts/c"}},
      {"owner:同", 3, {"accounts/b", "accounts/a", "accounts/c"}},
      {"owner:同", 2, {"accounts/b", "accounts/a"}},
      {"owner:同", 1, {"accounts/b"}},
      {"owner:同accounts/c", 10, {"accounts/c"}},
      {"owner:_", 10, {}},
      {"owner:户", 10, {}},
  };
  for (const Case& c : cases) {
    const auto records = bank.ledger().ReadByKeyPrefix<Account>(Soon(), c.prefix, c.limit);
    ASSERT_TRUE(records.ok()) << records.status();
    std::vector<std::string> names;
    for (const Account& record : *records) {
      names.push_back(record.name());
      EXPECT_EQ(record.SerializeAsString(), bank.ledger().Read<Account>(Soon(), record.name())->SerializeAsString());
    }
    EXPECT_EQ(names, c.names) << c.prefix << " " << c.limit;
    EXPECT_EQ(*bank.ledger().FindByKeyPrefix(Soon(), c.prefix, c.limit), c.names) << c.prefix << " " << c.limit;
  }
}

TEST(Register, ShowsACommandTheChangesOfEarlierOnes) {
  Bank bank;
  ASSERT_TRUE(bank.Open("accounts/a", 5).ok());
  const auto seen = bank.Change("accounts/b", [](Draft& draft) -> absl::StatusOr<Account> {
    Account account;
    account.set_name("accounts/b");
    account.set_city("银川");
    ASSIGN_OR_RETURN(account, draft.Put(account));
    ASSIGN_OR_RETURN(const Amounts total, draft.Total({"account", "", "", ""}));
    ASSIGN_OR_RETURN(const std::string greatest, draft.MaxKey("id:"));
    ASSIGN_OR_RETURN(const std::vector<std::string> names, draft.FindByKey("id:accounts/a"));
    account.clear_notes();
    account.add_notes(absl::StrCat(total.count, " ", total.amount_fen, " ", greatest, " ", names.size()));
    return draft.Put(account);
  });
  ASSERT_TRUE(seen.ok()) << seen.status();
  EXPECT_EQ(seen->notes(0), "1 5 id:accounts/a 1");
  EXPECT_EQ(seen->revision(), 1) << "two puts of one command are one revision";
}

TEST(History, GivesEveryRevisionAndTheRecordAsOfATime) {
  Bank bank;
  ASSERT_TRUE(bank.Open("accounts/a", 1).ok());
  const absl::Time after_first = bank.clock().Now();
  bank.clock().Advance(absl::Hours(1));
  ASSERT_TRUE(bank.Pay("accounts/a", 1).ok());
  bank.clock().Advance(absl::Hours(1));
  ASSERT_TRUE(bank.Pay("accounts/a", 1).ok());
  const auto history = bank.ledger().History(Soon(), "accounts/a", 0, 10);
  ASSERT_TRUE(history.ok());
  ASSERT_THAT(*history, SizeIs(3));
  EXPECT_EQ((*history)[0].revision, 3);
  EXPECT_EQ((*history)[0].author.actor, "keys/test");
  Account then;
  ASSERT_TRUE(
      RecordFromJson(bank.ledger().AtTime(Soon(), "accounts/a", after_first + absl::Minutes(90))->record, then).ok());
  EXPECT_EQ(then.balance_fen(), 2);
  EXPECT_EQ(bank.ledger().AtRevision(Soon(), "accounts/a", 1)->revision, 1);
  EXPECT_EQ(ReasonOf(bank.ledger().AtTime(Soon(), "accounts/a", after_first - absl::Hours(1)).status()),
            "RECORD_NOT_FOUND");
}

TEST(List, WalksEveryOrderWithoutLossOrRepeatWhileRowsCome) {
  Bank bank;
  std::set<std::string> expected;
  for (int i = 0; i < 60; ++i) {
    const std::string name = absl::StrFormat("accounts/%03d", i);
    ASSERT_TRUE(bank.Open(name, i % 7, i % 2 == 0 ? "银川" : "吴忠").ok());
    expected.insert(name);
  }
  for (const std::string order : {"", "balance_fen desc", "city, balance_fen", "opened_date desc, name desc"}) {
    std::set<std::string> seen;
    ListQuery query;
    query.order_by = order;
    query.page_size = 7;
    int page = 0;
    do {
      const absl::StatusOr<ListPage<Account>> got = bank.ledger().List<Account>(Soon(), query);
      ASSERT_TRUE(got.ok()) << got.status();
      for (const Account& account : got->records) {
        if (expected.contains(account.name())) {
          EXPECT_TRUE(seen.insert(account.name()).second) << order;
        }
      }
      query.page_token = got->next_page_token;
      ASSERT_TRUE(bank.Open(absl::StrCat("accounts/new-", order.size(), "-", page++), 3).ok());
    } while (!query.page_token.empty());
    EXPECT_EQ(seen, expected) << order;
  }
}

TEST(List, RefusesATokenOfOtherArguments) {
  Bank bank;
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(bank.Open(absl::StrCat("accounts/", i), i).ok());
  ListQuery query;
  query.page_size = 1;
  const std::string token = bank.ledger().List<Account>(Soon(), query)->next_page_token;
  query.page_token = token;
  query.filter = "balance_fen > 0";
  EXPECT_EQ(ReasonOf(bank.ledger().List<Account>(Soon(), query).status()), "LIST_ARGUMENT");
  query.filter = "";
  query.page_token = token.substr(0, token.size() - 4);
  EXPECT_EQ(ReasonOf(bank.ledger().List<Account>(Soon(), query).status()), "LIST_ARGUMENT");
  query.page_token = "x" + token;
  EXPECT_EQ(ReasonOf(bank.ledger().List<Account>(Soon(), query).status()), "LIST_ARGUMENT");
  query.page_token = "";
  query.page_size = -1;
  EXPECT_EQ(ReasonOf(bank.ledger().List<Account>(Soon(), query).status()), "LIST_ARGUMENT");
  query.page_size = 5000;
  EXPECT_THAT(bank.ledger().List<Account>(Soon(), query)->records, SizeIs(3));
  query.order_by = "owner.owner_name";
  EXPECT_EQ(ReasonOf(bank.ledger().List<Account>(Soon(), query).status()), "LIST_ARGUMENT");
}

struct TamperCase {
  std::string sql;
  std::string finding;
};

class Tampered : public ::testing::TestWithParam<TamperCase> {};

TEST_P(Tampered, IsFoundAndNamed) {
  Bank bank;
  ASSERT_TRUE(bank.Open("accounts/a", 5).ok());
  ASSERT_TRUE(bank.Open("accounts/b", 5).ok());
  ASSERT_TRUE(bank.Pay("accounts/a", 1).ok());
  ASSERT_THAT(bank.Findings(), IsEmpty());
  bank.Tamper(GetParam().sql);
  EXPECT_THAT(bank.Findings(), ::testing::Contains(GetParam().finding));
}

INSTANTIATE_TEST_SUITE_P(
    BySql, Tampered,
    ::testing::Values(
        TamperCase{"UPDATE account SET balance_fen=900 WHERE name='accounts/a'",
                   "RECORD_DIFFERS accounts/a balance_fen"},
        TamperCase{"UPDATE account SET owner_owner_name='x' WHERE name='accounts/b'",
                   "RECORD_DIFFERS accounts/b owner.owner_name"},
        TamperCase{"UPDATE account SET notes='[\"x\"]' WHERE name='accounts/b'", "RECORD_DIFFERS accounts/b notes"},
        TamperCase{"DELETE FROM account WHERE name='accounts/b'", "RECORD_MISSING accounts/b "},
        TamperCase{
            "INSERT INTO account SELECT book,'accounts/z',balance_fen,state,opened_date,owner_owner_name,owner_age,"
            "notes,former_owners,frozen,limit_fen,city,revision,create_time,update_time,delete_time FROM account "
            "WHERE name='accounts/b'",
            "RECORD_UNKNOWN accounts/z "},
        TamperCase{"UPDATE total SET amount_fen=amount_fen+1 WHERE cut=''",
                   "TOTAL_DIFFERS total/account/// amount_fen"},
        TamperCase{"DELETE FROM total WHERE cut='city'", "TOTAL_DIFFERS total/account/city/2022/银川 entries"},
        TamperCase{"DELETE FROM record_key WHERE record_key='id:accounts/a'", "KEY_DIFFERS accounts/a key"},
        TamperCase{"UPDATE journal SET actor='nobody' WHERE sequence=2", "JOURNAL_DIFFERS journal/2 (accounts/b) hash"},
        TamperCase{"UPDATE journal SET record=REPLACE(record,'5','6') WHERE sequence=1",
                   "JOURNAL_DIFFERS journal/1 (accounts/a) hash"},
        TamperCase{"DELETE FROM journal WHERE sequence=2", "JOURNAL_GAP journal/3 (accounts/a) sequence"},
        TamperCase{"DELETE FROM journal WHERE sequence=3", "HEAD_DIFFERS head sequence"},
        TamperCase{"UPDATE head SET hash=REPEAT('a',64)", "HEAD_DIFFERS head hash"}));

TEST(Register, NamesAColumnThatIsMissing) {
  Bank bank;
  bank.Tamper("ALTER TABLE account DROP COLUMN frozen");
  Register other(bank.database(), KindTable({MakeKind<Account>()}), bank.clock());
  const absl::Status status = other.Start(Soon());
  EXPECT_EQ(ReasonOf(status), "SCHEMA_VERSION");
  EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr("no column frozen"));
}

TEST(Register, NamesAColumnWhoseDefaultIsNotWhatAnAbsentFieldLooksLike) {
  for (const char* const change : {"ALTER COLUMN city DROP DEFAULT", "ALTER COLUMN city SET DEFAULT '银川'",
                                   "MODIFY city VARCHAR(20) NULL DEFAULT NULL"}) {
    Bank bank;
    bank.Tamper(absl::StrCat("ALTER TABLE account ", change));
    Register other(bank.database(), KindTable({MakeKind<Account>()}), bank.clock());
    const absl::Status status = other.Start(Soon());
    EXPECT_EQ(ReasonOf(status), "SCHEMA_VERSION") << change;
    EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr("the default of column city is not ''")) << change;
  }
}

TEST(Register, RefusesMoreThanItsQueueHolds) {
  Bank bank(RegisterOptions{.queue_size_max = 0});
  EXPECT_EQ(ReasonOf(bank.Open("accounts/a", 1).status()), "OVERLOADED");
}

TEST(Register, TwoReplicasShareOneOrder) {
  Bank one;
  Bank two(one.schema());
  ASSERT_TRUE(one.Open("accounts/a", 0).ok());
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      for (int k = 0; k < 25; ++k) EXPECT_TRUE((i % 2 == 0 ? one : two).Pay("accounts/a", 1).ok());
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(one.ledger().Read<Account>(Soon(), "accounts/a")->balance_fen(), 200);
  EXPECT_EQ(two.ledger().ReadHead(Soon())->sequence, 201);
  EXPECT_THAT(two.Findings(), IsEmpty());
}

// Waits until a transaction waits for a lock.
void AwaitWaiterForLock(mysql::Session& session) {
  int64_t waiting = 0;
  for (const absl::Time end = Soon(); waiting == 0;) {
    ASSERT_LT(absl::Now(), end);
    const absl::Status status =
        session.Query("SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_current_waits'", {}, [&](const mysql::Row& row) {
          EXPECT_TRUE(absl::SimpleAtoi(row.Text(1), &waiting));
          return absl::OkStatus();
        });
    ASSERT_TRUE(status.ok()) << status;
  }
}

TEST(Register, DecidesWithABatchWhatCameWhileItWaitedForTheHead) {
  constexpr std::array<const char*, 4> kNames = {"accounts/first", "accounts/a", "accounts/b", "accounts/c"};
  Bank bank;
  std::latch answered(kNames.size());
  const auto submit = [&](const std::string& name) {
    Command command = Creating(name);
    command.new_names = {name};
    bank.ledger().Submit(std::move(command), Soon(), [&](const absl::StatusOr<Answer>& answer) {
      EXPECT_TRUE(answer.ok()) << answer.status();
      answered.count_down();
    });
  };
  const absl::Status held = bank.database().Transact(Soon(), [&](mysql::Transaction& transaction) {
    EXPECT_TRUE(
        transaction
            .Query("SELECT sequence FROM head FOR UPDATE", {}, [](const mysql::Row&) { return absl::OkStatus(); })
            .ok());
    submit(kNames[0]);
    AwaitWaiterForLock(transaction);
    bank.clock().Advance(absl::Seconds(5));  // what is decided from here on by a batch of its own is later
    for (size_t i = 1; i < kNames.size(); ++i) submit(kNames[i]);
    return absl::OkStatus();
  });
  EXPECT_TRUE(held.ok()) << held;
  answered.wait();
  std::set<absl::Time> times;
  for (const char* name : kNames) times.insert(bank.ledger().History(Soon(), name, 0, 1)->front().time);
  EXPECT_THAT(times, SizeIs(1)) << "one batch has one time";
  EXPECT_THAT(bank.Findings(), IsEmpty());
}

TEST(Register, LearnsThatAnotherReplicaTookARecordBack) {
  Bank one;
  Bank two(one.schema());
  ASSERT_TRUE(one.Open("accounts/a", 0).ok());  // from here on one knows that nothing was ever taken back
  const ImportFile file = {"file-1", "accounts", "accounts.csv", std::string(64, 'a')};
  const absl::StatusOr<ImportEntry> run = two.ledger().BeginImport(Soon(), file, "keys/test", /*validate_only=*/false);
  ASSERT_EQ(run.status(), absl::OkStatus());
  Command row;
  row.author = {"keys/test", "test/Import", "1", "", "file-1", "row 1"};
  row.import_generation = run->generation;
  row.decide = [](Draft& draft) -> absl::StatusOr<std::string> {
    Account account;
    account.set_name("accounts/b");
    RETURN_IF_ERROR(draft.Create(account).status());
    draft.Note(RowEffect::kInserted);
    return std::string();
  };
  ASSERT_EQ(two.ledger().Run(std::move(row), Soon()).status(), absl::OkStatus());
  ASSERT_EQ(two.ledger().RevertImport(Soon(), "file-1", {"keys/test", "test/Revert"}, false, 10).status(),
            absl::OkStatus());
  const absl::StatusOr<Account> again = one.Open("accounts/b", 5);
  ASSERT_EQ(again.status(), absl::OkStatus());
  EXPECT_EQ(again->revision(), 3) << "after its creation and its end";
  EXPECT_THAT(one.Findings(), IsEmpty());
}

}  // namespace
}  // namespace kechuang::ledger
