#include "common/ledger/testing.h"

#include <iostream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "common/ledger/engine_schema.h"
#include "common/ledger/imports_schema.h"
#include "common/mysql/migration.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::ledger::testing {
namespace {

using kechuang::testing::PrivateMariaDb;

constexpr char kAccountTable[] = R"(
CREATE TABLE IF NOT EXISTS account (
  book VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name VARCHAR(160) NOT NULL,
  balance_fen BIGINT NOT NULL DEFAULT 0,
  state VARCHAR(48) NOT NULL DEFAULT '',
  opened_date DATE NULL,
  owner_owner_name VARCHAR(200) NOT NULL DEFAULT '',
  owner_age INT NULL,
  notes MEDIUMTEXT NOT NULL DEFAULT '',
  former_owners MEDIUMTEXT NOT NULL DEFAULT '',
  frozen TINYINT NOT NULL DEFAULT 0,
  limit_fen BIGINT NULL,
  city VARCHAR(20) NOT NULL DEFAULT '',
  revision BIGINT NOT NULL DEFAULT 0,
  create_time DATETIME(6) NULL,
  update_time DATETIME(6) NULL,
  delete_time DATETIME(6) NULL,
  PRIMARY KEY (book, name),
  KEY account_balance (book, balance_fen, name),
  KEY account_city (book, city, name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
)";

void Require(const absl::Status& status) {
  if (!status.ok()) {
    std::cerr << "the bank under test does not start: " << status << "\n";
    abort();
  }
}

void FillYuan(Account& account, absl::Time) { account.set_balance_yuan(account.balance_fen() / 100); }

}  // namespace

std::vector<Contribution> AccountContribution(const Account& account) {
  if (account.has_delete_time()) return {};
  Contribution all{{"account", "", "", ""}, 1, account.balance_fen(), 0, ""};
  Contribution city{
      {"account", "city", "2022", account.city()}, 1, account.balance_fen(), 0, account.owner().owner_name()};
  return {all, city};
}

std::vector<std::string> AccountKeys(const Account& account) {
  return {absl::StrCat("owner:", account.owner().owner_name()), absl::StrCat("id:", account.name())};
}

Bank::Bank(RegisterOptions options) : Bank(PrivateMariaDb::Shared().NewSchema(), std::move(options)) {}

Bank::Bank(const std::string& schema, RegisterOptions options) : schema_(schema) {
  database_ = std::make_unique<mysql::Database>(PrivateMariaDb::Shared().Config(schema_));
  Require(mysql::Migrate(*database_, Soon(),
                         {{1, "0001_first", absl::StrCat(EngineSchema(), ImportsSchema(), kAccountTable)}}));
  ledger_ = std::make_unique<Register>(*database_,
                                       KindTable({MakeKind<Account>(&AccountContribution, &AccountKeys, &FillYuan)}),
                                       clock_, std::move(options));
  Require(ledger_->Start(Soon()));
}

namespace {

absl::StatusOr<Account> Run(Register& ledger, Command command, const std::string& name,
                            std::function<absl::StatusOr<Account>(Draft&)> decide) {
  if (command.author.actor.empty()) command.author = {"keys/test", "test/Change"};
  command.decide = [decide = std::move(decide)](Draft& draft) -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(const Account account, decide(draft));
    return account.SerializeAsString();
  };
  auto request = std::make_shared<ledger_test::PayRequest>();
  request->set_name(name);
  command.request = request;
  ASSIGN_OR_RETURN(const Answer answer, ledger.Run(std::move(command), Soon()));
  Account account;
  account.ParseFromString(answer.bytes);
  return account;
}

}  // namespace

absl::StatusOr<Account> Bank::Change(const std::string& name, std::function<absl::StatusOr<Account>(Draft&)> decide,
                                     Author author) {
  Command command;
  command.author = std::move(author);
  command.names = {name};
  return Run(*ledger_, std::move(command), name, std::move(decide));
}

absl::StatusOr<Account> Bank::Open(const std::string& name, int64_t balance_fen, const std::string& city) {
  Account account;
  account.set_name(name);
  account.set_balance_fen(balance_fen);
  account.set_state(ledger_test::ACCOUNT_STATE_OPEN);
  account.set_city(city);
  account.mutable_owner()->set_owner_name(absl::StrCat("户主 ", name));
  account.mutable_opened_date()->set_year(2022);
  account.mutable_opened_date()->set_month(3);
  account.mutable_opened_date()->set_day(5);
  account.add_notes("带\"引号\"与\n换行 𠮷");
  Command command;
  command.new_names = {name};
  return Run(*ledger_, std::move(command), name, [account](Draft& draft) { return draft.Create(account); });
}

absl::StatusOr<Account> Bank::Pay(const std::string& name, int64_t amount_fen, const std::string& etag,
                                  const std::string& request_id) {
  Command command;
  command.author = {"keys/test", "test/Pay", request_id};
  command.names = {name};
  auto request = std::make_shared<ledger_test::PayRequest>();
  request->set_name(name);
  request->set_amount_fen(amount_fen);
  request->set_request_id(request_id);
  command.request = request;
  command.decide = [=](Draft& draft) -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(Account account, draft.Get<Account>(name, etag));
    if (account.balance_fen() + amount_fen < 0) {
      return Refuse(absl::StatusCode::kFailedPrecondition, api::v1::FIELD_OUT_OF_RANGE)
          .About(name)
          .Says("too little", "余额不足");
    }
    account.set_balance_fen(account.balance_fen() + amount_fen);
    ASSIGN_OR_RETURN(account, draft.Put(account));
    return account.SerializeAsString();
  };
  ASSIGN_OR_RETURN(const Answer answer, ledger_->Run(std::move(command), Soon()));
  Account account;
  account.ParseFromString(answer.bytes);
  return account;
}

void Bank::Tamper(const std::string& sql) {
  Require(database_->Transact(Soon(),
                              [&](mysql::Transaction& transaction) { return transaction.Execute(sql, {}).status(); }));
}

std::vector<std::string> Bank::Findings() {
  std::vector<std::string> findings;
  const auto note = [&](const Finding& finding) {
    findings.push_back(absl::StrCat(finding.kind, " ", finding.subject, " ", finding.field));
  };
  Require(ledger_->Verify(Soon(), note).status());
  Require(ledger_->VerifyJournal(Soon(), note).status());
  return findings;
}

int64_t Bank::SelectsSoFar() {
  int64_t selects = 0;
  const absl::Status status = database().Read(Soon(), [&](mysql::Session& session) {
    return session.Query("SHOW GLOBAL STATUS LIKE 'Com_select'", {}, [&](const mysql::Row& row) {
      EXPECT_TRUE(absl::SimpleAtoi(row.Text(1), &selects));
      return absl::OkStatus();
    });
  });
  EXPECT_TRUE(status.ok()) << status;
  return selects;
}

Command Creating(const std::string& name) {
  Command command;
  command.decide = [name](Draft& draft) -> absl::StatusOr<std::string> {
    Account account;
    account.set_name(name);
    RETURN_IF_ERROR(draft.Create(account).status());
    return std::string();
  };
  return command;
}

}  // namespace kechuang::ledger::testing
