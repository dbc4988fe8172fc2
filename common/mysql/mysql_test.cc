#include <atomic>
#include <latch>
#include <thread>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/mysql/database.h"
#include "common/mysql/pool.h"
#include "common/mysql/test_helpers.h"
#include "tests/support/private_mariadb.h"

namespace kechuang::mysql {
namespace {

using ::kechuang::testing::PrivateMariaDb;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kInsert[] = "INSERT INTO t (id, n) VALUES (?, ?)";

class MysqlTest : public ::testing::Test {
 protected:
  void SetUp() override {
    schema_ = server_.NewSchema();
    ASSERT_EQ(Change(database(), "CREATE TABLE t (id BIGINT PRIMARY KEY, n BIGINT) ENGINE=InnoDB"), absl::OkStatus());
  }
  Database& database() {
    if (database_ == nullptr) database_ = std::make_unique<Database>(server_.Config(schema_));
    return *database_;
  }
  DatabaseConfig Config() { return server_.Config(schema_); }
  int64_t Count() { return Number(database(), "SELECT COUNT(*) FROM t"); }

  PrivateMariaDb& server_ = PrivateMariaDb::Shared();
  std::string schema_;
  std::unique_ptr<Database> database_;
};

TEST_F(MysqlTest, AnErrorAfterTheFirstRowsIsAnError) {
  for (int64_t id = 1; id <= 10; ++id) ASSERT_EQ(Change(database(), kInsert, {Value(id), Value(id)}), absl::OkStatus());
  // The rows are made one by one as they are sent; the fifth cannot be made.
  const absl::Status status =
      Ask(database(), "SELECT id, IF(id = 5, (SELECT u.n FROM t u WHERE u.id >= t.id), n) FROM t ORDER BY id", {},
          [](const Row&) { return absl::OkStatus(); });
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal) << status;
}

TEST_F(MysqlTest, ValuesComeBackAsTheyWent) {
  ASSERT_EQ(Change(database(),
                   "CREATE TABLE v (id INT PRIMARY KEY, n BIGINT NULL, s VARCHAR(40) NULL, d DATE NULL, t DATETIME(6) "
                   "NULL, b LONGBLOB NULL, m MEDIUMTEXT NULL) CHARSET=utf8mb4"),
            absl::OkStatus());
  const std::string binary("a\0b\xff\x00", 5);
  const std::string large(1 << 20, 'x');
  const auto insert = [&](const std::vector<Value>& values) {
    return Change(database(), "INSERT INTO v VALUES (?, ?, ?, ?, ?, ?, ?)", values);
  };
  ASSERT_EQ(insert({Value(int64_t{1}), Value(INT64_MIN), Value("𠮷'; DROP"), Value("2022-03-05"),
                    Value("2022-03-05 01:02:03.123456"), Value(binary), Value(large)}),
            absl::OkStatus());
  // The same statement again, with NULL after a long value and a fraction of zero.
  ASSERT_EQ(insert({Value(int64_t{2}), Value(), Value(), Value(), Value(), Value(), Value()}), absl::OkStatus());
  ASSERT_EQ(insert({Value(int64_t{3}), Value(INT64_MAX), Value(""), Value("0001-01-01"),
                    Value("2022-03-05 01:02:03.000000"), Value(""), Value("2022-03-05 01:02:03")}),
            absl::OkStatus());
  int rows = 0;
  ASSERT_EQ(Ask(database(), "SELECT n, s, d, t, b, m FROM v ORDER BY id", {},
                [&](const Row& row) {
                  ++rows;
                  if (rows == 1) {
                    EXPECT_EQ(row.Int(0), INT64_MIN);
                    EXPECT_EQ(row.Text(1), "𠮷'; DROP");
                    EXPECT_EQ(row.Text(2), "2022-03-05");
                    EXPECT_EQ(row.Text(3), "2022-03-05 01:02:03.123456");
                    EXPECT_EQ(row.Text(4), binary);
                    EXPECT_EQ(row.Text(5), large);
                  } else if (rows == 2) {
                    for (int i = 0; i < 6; ++i) EXPECT_TRUE(row.IsNull(i)) << i;
                    EXPECT_EQ(row.Int(0), 0);
                    EXPECT_EQ(row.Text(1), "");
                    EXPECT_EQ(row.Text(3), "");
                  } else {
                    EXPECT_EQ(row.Int(0), INT64_MAX);
                    EXPECT_FALSE(row.IsNull(1));
                    EXPECT_EQ(row.Text(2), "0001-01-01");
                    EXPECT_EQ(row.Text(3), "2022-03-05 01:02:03.000000");
                    EXPECT_EQ(row.Text(5), "2022-03-05 01:02:03");
                  }
                  return absl::OkStatus();
                }),
            absl::OkStatus());
  EXPECT_EQ(rows, 3);
}

TEST_F(MysqlTest, SumsAndCountsReadAsNumbers) {
  ASSERT_EQ(Change(database(), "INSERT INTO t VALUES (1, ?), (2, 8)", {Value(int64_t{9'000'000'000'000'000'000})}),
            absl::OkStatus());
  EXPECT_EQ(Number(database(), "SELECT SUM(n) FROM t"), 9'000'000'000'000'000'008);
  EXPECT_EQ(Number(database(), "SELECT COUNT(*) FROM t"), 2);
}

TEST_F(MysqlTest, SessionIsStrictReadCommittedBinaryAndUtc) {
  std::vector<std::string> settings;
  ASSERT_EQ(Ask(database(), "SELECT @@tx_isolation, @@collation_connection, @@time_zone, @@sql_mode, @@autocommit", {},
                [&](const Row& row) {
                  for (int i = 0; i < 5; ++i) settings.push_back(row.Text(i));
                  return absl::OkStatus();
                }),
            absl::OkStatus());
  EXPECT_THAT(settings, ElementsAre("READ-COMMITTED", "utf8mb4_bin", "+00:00", HasSubstr("STRICT_TRANS_TABLES"), "1"));
}

TEST_F(MysqlTest, ServerLetsGoOfTransactionsWhoseClientIsGoneButNotOfSnapshots) {
  int64_t seconds = -1;
  const auto read = [&](Session& session) {
    return session.Query("SELECT @@idle_transaction_timeout", {}, [&](const Row& row) {
      seconds = row.Int(0);
      return absl::OkStatus();
    });
  };
  for (int i = 0; i < 2; ++i) {  // the same pooled connection serves both in turn
    ASSERT_EQ(database().Transact(absl::Now() + absl::Seconds(10), read), absl::OkStatus());
    EXPECT_EQ(seconds, 15);
    ASSERT_EQ(database().Snapshot(absl::Now() + absl::Seconds(10), read), absl::OkStatus());
    EXPECT_EQ(seconds, 0);
  }
}

TEST_F(MysqlTest, RefusesTwoStatementsInOneAndFilesOfTheClient) {
  EXPECT_TRUE(absl::IsInternal(Change(database(), "DELETE FROM t; DELETE FROM t")));
  EXPECT_FALSE(Change(database(), "LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE t").ok());
  EXPECT_TRUE(absl::IsInternal(Change(database(), "SELECT 1")));
}

TEST_F(MysqlTest, StaysInStepWhenAReaderStopsEarly) {
  ASSERT_EQ(Change(database(), "INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)"), absl::OkStatus());
  const absl::Status stopped = database().Read(Soon(), [&](Session& session) {
    EXPECT_EQ(session.Query("SELECT id FROM t", {}, [](const Row&) { return absl::CancelledError("enough"); }).code(),
              absl::StatusCode::kCancelled);
    int rows = 0;
    // The same statement, nested in itself.
    return session.Query("SELECT id FROM t", {}, [&](const Row&) {
      return session.Query("SELECT id FROM t", {}, [&](const Row&) {
        return ++rows > 9 ? absl::OutOfRangeError("more than nine") : absl::OkStatus();
      });
    });
  });
  EXPECT_EQ(stopped, absl::OkStatus());
}

TEST_F(MysqlTest, WrongColumnIsAnInternalFaultNotAnException) {
  const absl::Status status = Ask(database(), "SELECT 1", {}, [](const Row& row) {
    EXPECT_EQ(row.Int(7), 0);
    return absl::OkStatus();
  });
  EXPECT_EQ(ReasonOf(status), "INTERNAL_FAULT");
  EXPECT_EQ(Count(), 0);
}

TEST_F(MysqlTest, KeepsNoMoreStatementsThanItsLimit) {
  DatabaseConfig config = Config();
  config.pool_size = 1;
  Database one(config);
  for (int i = 0; i < 600; ++i) ASSERT_EQ(Number(one, absl::StrCat("SELECT ", i % 300)), i % 300);
  int64_t prepared = 0;
  ASSERT_EQ(Ask(one, "SHOW STATUS LIKE 'Prepared_stmt_count'", {},
                [&](const Row& row) {
                  prepared = std::stoll(row.Text(1));
                  return absl::OkStatus();
                }),
            absl::OkStatus());
  EXPECT_LE(prepared, 256 + 8);
}

TEST_F(MysqlTest, DuplicateKeyIsToldAndTransactionGoesOn) {
  ASSERT_EQ(Change(database(), kInsert, {Value(int64_t{1}), Value(int64_t{1})}), absl::OkStatus());
  const absl::Status status = database().Transact(Soon(), [](Transaction& transaction) {
    const absl::Status again = transaction.Execute(kInsert, {Value(int64_t{1}), Value()}).status();
    EXPECT_TRUE(absl::IsAlreadyExists(again));
    EXPECT_EQ(ReasonOf(again), "RECORD_EXISTS");
    return transaction.Execute(kInsert, {Value(int64_t{2}), Value()}).status();
  });
  EXPECT_EQ(status, absl::OkStatus());
  EXPECT_EQ(Count(), 2);
}

TEST_F(MysqlTest, FaultOfOurOwnHidesTheDriversWords) {
  const absl::Status status = Change(database(), "INSERT INTO secret_table VALUES (1)");
  EXPECT_EQ(ReasonOf(status), "INTERNAL_FAULT");
  EXPECT_THAT(std::string(status.message()), ::testing::Not(HasSubstr("secret_table")));
}

TEST_F(MysqlTest, RefusedBodyLeavesNothingBehind) {
  const absl::Status status = database().Transact(Soon(), [](Transaction& transaction) -> absl::Status {
    RETURN_IF_ERROR(transaction.Execute(kInsert, {Value(int64_t{1}), Value()}).status());
    return absl::FailedPreconditionError("no");
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Count(), 0);
}

TEST_F(MysqlTest, SnapshotSeesNoLaterCommits) {
  const absl::Status status = database().Snapshot(Soon(), [&](Session& session) -> absl::Status {
    RETURN_IF_ERROR(Change(database(), kInsert, {Value(int64_t{1}), Value()}));
    return session.Query("SELECT COUNT(*) FROM t", {}, [](const Row& row) {
      EXPECT_EQ(row.Int(0), 0);
      return absl::OkStatus();
    });
  });
  EXPECT_EQ(status, absl::OkStatus());
  EXPECT_EQ(Count(), 1);
}

TEST_F(MysqlTest, DeadlockRunsTheLoserAgain) {
  ASSERT_EQ(Change(database(), "INSERT INTO t VALUES (1, 0), (2, 0)"), absl::OkStatus());
  std::atomic<int> runs = 0;
  std::latch both_hold_one(2);
  const auto add = [&](int64_t first, int64_t second) {
    bool waited = false;
    const absl::Status status = database().Transact(Soon(), [&](Transaction& transaction) -> absl::Status {
      ++runs;
      RETURN_IF_ERROR(transaction.Execute("UPDATE t SET n = n + 1 WHERE id = ?", {Value(first)}).status());
      if (!std::exchange(waited, true)) both_hold_one.arrive_and_wait();
      // Body may even make light of the conflict.
      transaction.Execute("UPDATE t SET n = n + 1 WHERE id = ?", {Value(second)}).status().IgnoreError();
      return absl::OkStatus();
    });
    EXPECT_EQ(status, absl::OkStatus());
  };
  std::thread other([&] { add(2, 1); });
  add(1, 2);
  other.join();
  EXPECT_EQ(runs, 3);
  EXPECT_EQ(Number(database(), "SELECT SUM(n) FROM t"), 4);
}

TEST_F(MysqlTest, LockWaitEndsByDeadlineAndHoldsNothing) {
  ASSERT_EQ(Change(database(), "INSERT INTO t VALUES (1, 0)"), absl::OkStatus());
  const absl::Status holder = database().Transact(Soon(), [&](Transaction& transaction) -> absl::Status {
    RETURN_IF_ERROR(transaction.Execute("UPDATE t SET n = 1 WHERE id = 1", {}).status());
    const absl::Time start = absl::Now();
    const absl::Status waiter =
        database().Transact(start + absl::Milliseconds(400), [&](Transaction& blocked) -> absl::Status {
          RETURN_IF_ERROR(blocked.Execute("INSERT INTO t VALUES (2, 2)", {}).status());
          return blocked.Execute("UPDATE t SET n = 2 WHERE id = 1", {}).status();
        });
    EXPECT_EQ(ReasonOf(waiter), "DEADLINE");
    EXPECT_LT(absl::Now() - start, absl::Seconds(3));
    return absl::OkStatus();
  });
  EXPECT_EQ(holder, absl::OkStatus());
  EXPECT_EQ(Number(database(), "SELECT n FROM t WHERE id = 1"), 1);
  EXPECT_EQ(Count(), 1);
}

TEST_F(MysqlTest, LockWaitTimeoutRunsAgainUntilDeadline) {
  ASSERT_EQ(Change(database(), "INSERT INTO t VALUES (1, 0)"), absl::OkStatus());
  std::vector<absl::Duration> waits;
  Database impatient(Config(), SystemClock(), [&](absl::Duration wait) { waits.push_back(wait); });
  int runs = 0;
  const absl::Status holder = database().Transact(Soon(), [&](Transaction& transaction) -> absl::Status {
    RETURN_IF_ERROR(transaction.Execute("UPDATE t SET n = 1 WHERE id = 1", {}).status());
    return impatient.Transact(Soon(), [&](Transaction& blocked) -> absl::Status {
      RETURN_IF_ERROR(blocked.Execute("SET SESSION innodb_lock_wait_timeout = 0", {}).status());
      RETURN_IF_ERROR(blocked.Execute("INSERT INTO t VALUES (2, 2)", {}).status());
      if (++runs == 4) return absl::OkStatus();
      return blocked.Execute("UPDATE t SET n = 2 WHERE id = 1", {}).status();
    });
  });
  EXPECT_EQ(holder, absl::OkStatus());
  EXPECT_EQ(runs, 4);
  ASSERT_EQ(waits.size(), 3);
  EXPECT_LE(waits[0], absl::Milliseconds(5));
  EXPECT_GE(waits[2], absl::Milliseconds(10));
  EXPECT_EQ(Count(), 2);
}

TEST_F(MysqlTest, ConflictThatLastsUntilDeadlineIsConflict) {
  struct StoppedClock : Clock {
    absl::Time Now() const override { return now; }
    absl::Time now = absl::Now();
  } clock;
  Database patient(Config(), clock, [](absl::Duration) {});
  const absl::Time deadline = clock.now + absl::Seconds(20);
  ASSERT_EQ(Change(database(), "INSERT INTO t VALUES (1, 0)"), absl::OkStatus());
  int runs = 0;
  const absl::Status holder = database().Transact(Soon(), [&](Transaction& transaction) -> absl::Status {
    RETURN_IF_ERROR(transaction.Execute("UPDATE t SET n = 1 WHERE id = 1", {}).status());
    return patient.Transact(deadline, [&](Transaction& blocked) -> absl::Status {
      RETURN_IF_ERROR(blocked.Execute("SET SESSION innodb_lock_wait_timeout = 0", {}).status());
      const absl::Status conflict = blocked.Execute("UPDATE t SET n = 2 WHERE id = 1", {}).status();
      if (++runs == 3) clock.now = deadline;
      return conflict;
    });
  });
  EXPECT_EQ(runs, 3);
  EXPECT_EQ(holder.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(ReasonOf(holder), "CONFLICT");
  EXPECT_TRUE(DetailOf<google::rpc::RetryInfo>(holder).has_value());
}

TEST_F(MysqlTest, ServerEndsAStatementAtTheDeadline) {
  const absl::Time start = absl::Now();
  const absl::Status status = Ask(
      database(), "SELECT SLEEP(20)", {}, [](const Row&) { return absl::OkStatus(); }, start + absl::Seconds(1));
  EXPECT_EQ(ReasonOf(status), "DEADLINE");
  EXPECT_LT(absl::Now() - start, absl::Seconds(5));
  EXPECT_EQ(Count(), 0);  // a later call has its own limit
  EXPECT_EQ(ReasonOf(Change(database(), "DELETE FROM t", {}, absl::Now() - absl::Seconds(1))), "DEADLINE");
}

TEST_F(MysqlTest, UsedUpPoolIsToldByDeadline) {
  DatabaseConfig config = Config();
  config.pool_size = 1;
  Database one(config);
  const absl::Status outer = one.Read(Soon(), [&](Session&) {
    const absl::Status inner = Ask(
        one, "SELECT 1", {}, [](const Row&) { return absl::OkStatus(); }, absl::Now() + absl::Milliseconds(50));
    EXPECT_EQ(ReasonOf(inner), "DEADLINE");
    EXPECT_THAT(std::string(inner.message()), HasSubstr("all 1 connections"));
    return absl::OkStatus();
  });
  EXPECT_EQ(outer, absl::OkStatus());
  EXPECT_EQ(one.Ping(absl::Seconds(5)), absl::OkStatus());
}

TEST_F(MysqlTest, ThreadsShareAPoolSmallerThanTheirNumber) {
  DatabaseConfig config = Config();
  config.pool_size = 3;
  Database shared(config);
  ASSERT_EQ(Change(shared, "INSERT INTO t VALUES (1, 0)"), absl::OkStatus());
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 20; ++k) {
        EXPECT_EQ(shared.Transact(Soon(),
                                  [](Transaction& transaction) {
                                    return transaction.Execute("UPDATE t SET n = n + 1 WHERE id = 1", {}).status();
                                  }),
                  absl::OkStatus());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Number(shared, "SELECT n FROM t"), 160);
}

TEST_F(MysqlTest, ServesFirstWhoAskedFirst) {
  DatabaseConfig config = Config();
  config.pool_size = 1;
  Pool pool(config, SystemClock());
  std::vector<std::string> order;  // guarded by the one connection
  std::thread other;
  {
    const absl::StatusOr<Pool::Lease> first = pool.Take(Soon(), Patience::kPrompt);
    ASSERT_TRUE(first.ok());
    other = std::thread([&] {
      const absl::StatusOr<Pool::Lease> lease = pool.Take(Soon(), Patience::kPrompt);
      order.emplace_back("waited");
    });
    while (pool.waiting() == 0) std::this_thread::yield();
  }
  {
    const absl::StatusOr<Pool::Lease> again = pool.Take(Soon(), Patience::kPrompt);
    order.emplace_back("came back");
  }
  other.join();
  EXPECT_THAT(order, ElementsAre("waited", "came back"));
  EXPECT_EQ(pool.waiting(), 0u);
}

TEST_F(MysqlTest, LetsTheNextOneInWhenOneGivesUp) {
  DatabaseConfig config = Config();
  config.pool_size = 1;
  Pool pool(config, SystemClock());
  std::vector<std::thread> others;
  {
    const absl::StatusOr<Pool::Lease> first = pool.Take(Soon(), Patience::kPrompt);
    ASSERT_TRUE(first.ok());
    others.emplace_back([&] {
      EXPECT_EQ(ReasonOf(pool.Take(absl::Now() + absl::Milliseconds(50), Patience::kPrompt).status()), "DEADLINE");
    });
    while (pool.waiting() == 0) std::this_thread::yield();
    others.emplace_back([&] { EXPECT_TRUE(pool.Take(Soon(), Patience::kPrompt).ok()); });
    others.front().join();
    while (pool.waiting() == 0) std::this_thread::yield();
  }
  others.back().join();
  EXPECT_EQ(pool.waiting(), 0u);
}

TEST_F(MysqlTest, RefusesUnverifiedConnectionToAnotherMachine) {
  DatabaseConfig config = Config();
  config.endpoints = {"tcp://192.0.2.1:3306"};
  EXPECT_EQ(ReasonOf(Database(config).Ping(absl::Seconds(1))), "INTERNAL_FAULT");
}

TEST(Placeholders, AreOnePerValueAndRow) {
  EXPECT_EQ(Placeholders(0), "");
  EXPECT_EQ(Placeholders(3), "?,?,?");
  EXPECT_EQ(PlaceholderRows(2, 2), "(?,?),(?,?)");
}

}  // namespace
}  // namespace kechuang::mysql
