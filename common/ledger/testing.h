#ifndef KECHUANG_COMMON_LEDGER_TESTING_H_
#define KECHUANG_COMMON_LEDGER_TESTING_H_

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/ledger/register.h"
#include "common/mysql/database.h"
#include "ledger_test/account.pb.h"
#include "tests/support/private_mariadb.h"

// A small register of accounts for the engine's own tests.
namespace kechuang::ledger::testing {

using ledger_test::Account;

// A clock that tests move.
class HandClock : public Clock {
 public:
  absl::Time Now() const override { return absl::FromUnixMicros(micros_.load()); }
  void Advance(absl::Duration by) { micros_ += absl::ToInt64Microseconds(by); }

 private:
  std::atomic<int64_t> micros_ = 1'647'000'000'000'000;  // 2022-03-11
};

// What an account adds: per city and in all, count and balance; distinct owners per city.
std::vector<Contribution> AccountContribution(const Account& account);
// "owner:<name>".
std::vector<std::string> AccountKeys(const Account& account);

// A register over a fresh schema of the process's MariaDB.
class Bank {
 public:
  explicit Bank(RegisterOptions options = {});
  explicit Bank(const std::string& schema, RegisterOptions options = {});

  Register& ledger() { return *ledger_; }
  mysql::Database& database() { return *database_; }
  HandClock& clock() { return clock_; }
  const std::string& schema() const { return schema_; }

  // Runs a typed decision; what it returns is the account of the answer.
  absl::StatusOr<Account> Change(const std::string& name, std::function<absl::StatusOr<Account>(Draft&)> decide,
                                 Author author = {"keys/test", "test/Change"});
  absl::StatusOr<Account> Open(const std::string& name, int64_t balance_fen, const std::string& city = "银川");
  // Adds to the balance; refuses to go below zero.
  absl::StatusOr<Account> Pay(const std::string& name, int64_t amount_fen, const std::string& etag = "",
                              const std::string& request_id = "");
  // Runs a statement past the engine, as an intruder would.
  void Tamper(const std::string& sql);
  // Everything that verification finds, as "KIND subject field" lines.
  std::vector<std::string> Findings();
  // How many SELECT statements the database has run.
  int64_t SelectsSoFar();

 private:
  std::string schema_;
  HandClock clock_;
  std::unique_ptr<mysql::Database> database_;
  std::unique_ptr<Register> ledger_;
};

// A command that makes an account of this name, and hints nothing yet.
Command Creating(const std::string& name);

inline absl::Time Soon() { return absl::Now() + absl::Seconds(20); }

}  // namespace kechuang::ledger::testing

#endif  // KECHUANG_COMMON_LEDGER_TESTING_H_
