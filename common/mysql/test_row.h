#ifndef KECHUANG_COMMON_MYSQL_TEST_ROW_H_
#define KECHUANG_COMMON_MYSQL_TEST_ROW_H_

#include "gtest/gtest.h"

#include "common/base/status_macros.h"
#include "common/mysql/database.h"
#include "tests/support/private_mariadb.h"

namespace kechuang::mysql {

// A transaction that inserts row 1 of a table t, tried again and settled however often its connection is lost.
class RowTest : public ::testing::Test {
 protected:
  static constexpr char kMakeTable[] = "CREATE TABLE t (id BIGINT PRIMARY KEY) ENGINE=InnoDB";

  // Inserts row 1, and counts how often.
  absl::Status Insert(Transaction& transaction) {
    ++runs_;
    return transaction.Execute("INSERT INTO t (id) VALUES (?)", {Value(int64_t{1})}).status();
  }
  // Looks for row 1, and counts how often.
  absl::StatusOr<Outcome> Settle(Transaction& transaction) {
    ++settled_;
    Outcome outcome = Outcome::kNotCommitted;
    RETURN_IF_ERROR(transaction.Query("SELECT id FROM t WHERE id = 1 FOR UPDATE", {}, [&](const Row&) {
      outcome = Outcome::kCommitted;
      return absl::OkStatus();
    }));
    return outcome;
  }

  kechuang::testing::PrivateMariaDb& server_ = kechuang::testing::PrivateMariaDb::Shared();
  int runs_ = 0;
  int settled_ = 0;
};

}  // namespace kechuang::mysql

#endif  // KECHUANG_COMMON_MYSQL_TEST_ROW_H_
