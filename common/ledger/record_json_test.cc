#include "common/ledger/record_json.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/ledger/columns.h"
#include "common/ledger/filter.h"
#include "ledger_test/account.pb.h"

namespace kechuang::ledger {
namespace {

using ledger_test::Account;
using ::testing::ElementsAre;

Account FullAccount() {
  Account account;
  account.set_name("accounts/a");
  account.set_balance_fen(9'007'199'254'740'993);  // beyond what a double holds
  account.set_state(ledger_test::ACCOUNT_STATE_OPEN);
  account.mutable_opened_date()->set_year(2022);
  account.mutable_opened_date()->set_month(3);
  account.mutable_opened_date()->set_day(5);
  account.mutable_owner()->set_owner_name("王\"小\\明\n\t𠮷");
  account.mutable_owner()->set_age(0);
  account.add_notes("");
  account.add_former_owners()->set_owner_name("李");
  account.set_limit_fen(0);
  account.set_etag("r1");
  account.set_balance_yuan(1);
  account.set_revision(1);
  account.mutable_create_time()->set_seconds(1'647'000'000);
  account.mutable_create_time()->set_nanos(123'456'000);
  return account;
}

TEST(RecordJson, RoundTripsEverythingButEtagAndDerivedFields) {
  Account expected = FullAccount();
  expected.clear_etag();
  expected.clear_balance_yuan();
  Account read;
  ASSERT_TRUE(RecordFromJson(RecordToJson(FullAccount()), read).ok());
  EXPECT_EQ(read.SerializeAsString(), expected.SerializeAsString());
}

TEST(RecordJson, ReadsAsAPersonWould) {
  Account account;
  account.set_name("accounts/a");
  account.set_balance_fen(-5);
  account.set_state(ledger_test::ACCOUNT_STATE_OPEN);
  EXPECT_EQ(RecordToJson(account), R"({"name":"accounts/a","balance_fen":-5,"state":"ACCOUNT_STATE_OPEN"})");
}

TEST(RecordJson, LeavesOutAnEmptyMessageAsItsColumnsDo) {
  Account account;
  account.mutable_owner();
  EXPECT_EQ(RecordToJson(account), "{}");
}

TEST(Differences, NamesNestedFieldsListsAndPresence) {
  Account before = FullAccount();
  Account after = FullAccount();
  after.mutable_owner()->clear_age();
  after.add_notes("二");
  after.set_etag("r2");
  std::vector<std::string> paths;
  for (const FieldDifference& difference : DifferencesOf(before, after)) paths.push_back(difference.path);
  EXPECT_THAT(paths, ElementsAre("owner.age", "notes"));
}

TEST(ColumnsOfAccount, AreFlatAndLeaveOutEtagAndDerived) {
  const Columns columns(Account::descriptor());
  std::vector<std::string> names;
  for (const Column& column : columns.all()) names.push_back(column.name);
  EXPECT_THAT(names, ElementsAre("name", "balance_fen", "state", "opened_date", "owner_owner_name", "owner_age",
                                 "notes", "former_owners", "frozen", "limit_fen", "city", "revision", "create_time",
                                 "update_time", "delete_time"));
  EXPECT_EQ(Columns::ValueOf(*columns.OfPath("state"), FullAccount()), mysql::Value("OPEN"));
  EXPECT_EQ(Columns::ValueOf(*columns.OfPath("opened_date"), FullAccount()), mysql::Value("2022-03-05"));
  EXPECT_EQ(Columns::ValueOf(*columns.OfPath("create_time"), FullAccount()),
            mysql::Value("2022-03-11 12:00:00.123456"));
  EXPECT_EQ(Columns::ValueOf(*columns.OfPath("owner.age"), FullAccount()), mysql::Value(int64_t{0}));
  EXPECT_EQ(Columns::ValueOf(*columns.OfPath("owner.age"), Account()), mysql::Value());
  EXPECT_EQ(columns.OfPath("etag"), nullptr);
}

struct FilterCase {
  std::string filter;
  std::string sql;
};

TEST(Filter, BecomesSqlWithPlaceholdersOnly) {
  const Columns columns(Account::descriptor());
  const FilterCase cases[] = {
      {"", ""},
      {"balance_fen > 5", "((`balance_fen`>?))"},
      {"state=OPEN AND city = \"银川\"", "((`state`=?) AND (`city`=?))"},
      {"state = ACCOUNT_STATE_OPEN city=银川", "((`state`=?) AND (`city`=?))"},
      {"city=a OR city=b AND balance_fen<=-3", "((`city`=? OR `city`=?) AND (`balance_fen`<=?))"},
      {"NOT (city=\"银*\")", "((NOT COALESCE(((`city` LIKE ?)),FALSE)))"},
      {"opened_date >= 2022-01-01", "((`opened_date`>=?))"},
  };
  for (const FilterCase& one : cases) {
    const absl::StatusOr<Condition> condition = ParseFilter(one.filter, columns);
    ASSERT_TRUE(condition.ok()) << one.filter << ": " << condition.status();
    EXPECT_EQ(condition->sql, one.sql) << one.filter;
  }
}

TEST(Filter, RefusesWhatItCannotReadNamingPositionAndToken) {
  const Columns columns(Account::descriptor());
  const FilterCase cases[] = {
      {"owner.owner_name = x", "filter, character 1, at 'owner.owner_name'"},
      {"nothing = 1", "filter, character 1, at 'nothing'"},
      {"balance_fen = many", "filter, character 15, at 'many'"},
      {"state = AJAR", "filter, character 9, at 'AJAR'"},
      {"opened_date < 2022-02-30", "filter, character 15, at '2022-02-30'"},
      {"city = \"x", "filter, character 8, at '\"'"},
      {"city = 'x' ; DROP TABLE account", "filter, character 12, at ';'"},
      {"(city = x", "filter, character 10, at 'the end'"},
      {"city =", "filter, character 7, at 'the end'"},
      {"city", "filter, character 5, at 'the end'"},
      {std::string(5000, '('), "filter, character 4001"},
      {std::string(100, '('), "filter, character 22"},
  };
  for (const FilterCase& one : cases) {
    const absl::StatusOr<Condition> condition = ParseFilter(one.filter, columns);
    ASSERT_FALSE(condition.ok()) << one.filter;
    EXPECT_THAT(std::string(condition.status().message()), ::testing::StartsWith(one.sql));
  }
}

}  // namespace
}  // namespace kechuang::ledger
