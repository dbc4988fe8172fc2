// Several addresses of one database: two gates before one server stand for two nodes.
#include <memory>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/mysql/database.h"
#include "common/mysql/test_helpers.h"
#include "common/mysql/test_row.h"
#include "tests/support/database_gate.h"

namespace kechuang::mysql {
namespace {

using ::kechuang::testing::DatabaseGate;

// What a node of a Galera cluster says while it is cut off from the others.
constexpr char kTurnAway[] = "BEGIN NOT ATOMIC SIGNAL SQLSTATE '08S01' SET MYSQL_ERRNO = 1047; END";

class FailoverTest : public RowTest {
 protected:
  FailoverTest() : config_(server_.Config(server_.NewSchema())) {
    config_.endpoints = {first_->endpoint(), second_->endpoint()};
    EXPECT_EQ(Change(direct_, kMakeTable), absl::OkStatus());
  }

  int64_t Rows() { return Number(direct_, "SELECT COUNT(*) FROM t"); }

  std::unique_ptr<DatabaseGate> first_ = std::make_unique<DatabaseGate>(server_.socket());
  std::unique_ptr<DatabaseGate> second_ = std::make_unique<DatabaseGate>(server_.socket());
  DatabaseConfig config_;
  Database direct_{server_.Config(config_.schema)};
};

TEST_F(FailoverTest, TheFirstThatWorksIsUsed) {
  config_.endpoints = {"unix:///nobody/listens.sock", "tcp://127.0.0.1:1", second_->endpoint()};
  Database database(config_);
  EXPECT_EQ(Number(database, "SELECT 1"), 1);
  EXPECT_EQ(database.Transact(Soon(), [&](Transaction& transaction) { return Insert(transaction); }), absl::OkStatus());
  EXPECT_EQ(Rows(), 1);
}

TEST_F(FailoverTest, ANodeLostInTheMiddleOfATransactionIsFollowedByTheNext) {
  Database database(config_);
  EXPECT_EQ(database.Transact(Soon(),
                              [&](Transaction& transaction) -> absl::Status {
                                RETURN_IF_ERROR(Insert(transaction));
                                first_.reset();
                                return transaction.Execute("UPDATE t SET id = id", {}).status();
                              }),
            absl::OkStatus());
  EXPECT_EQ(runs_, 2);
  EXPECT_EQ(Rows(), 1);
}

TEST_F(FailoverTest, ConnectionsAtRestToALostNodeAreReplacedUnseen) {
  Database database(config_);
  ASSERT_EQ(Number(database, "SELECT 1"), 1);
  first_.reset();
  EXPECT_EQ(Number(database, "SELECT 1"), 1);
  EXPECT_EQ(database.Snapshot(Soon(),
                              [](Session& session) {
                                return session.Query("SELECT 1", {}, [](const Row&) { return absl::OkStatus(); });
                              }),
            absl::OkStatus());
}

TEST_F(FailoverTest, ACommitLostWithItsNodeIsSettledOnTheNext) {
  first_->AtNextCommit(DatabaseGate::AtCommit::kCutAfter);
  Database database(config_, SystemClock(), [&](absl::Duration) { first_.reset(); });
  EXPECT_EQ(database.Transact(
                Soon(), [&](Transaction& transaction) { return Insert(transaction); },
                [&](Transaction& transaction) { return Settle(transaction); }),
            absl::OkStatus());
  EXPECT_EQ(runs_, 1);
  EXPECT_EQ(settled_, 1);
}

TEST_F(FailoverTest, ANodeThatTurnsAWriterAwayIsFollowedByTheNext) {
  Database database(config_);
  EXPECT_EQ(database.Transact(Soon(),
                              [&](Transaction& transaction) -> absl::Status {
                                RETURN_IF_ERROR(Insert(transaction));
                                if (runs_ > 1) return absl::OkStatus();
                                return transaction.Execute(kTurnAway, {}).status();
                              }),
            absl::OkStatus());
  EXPECT_EQ(runs_, 2);
  first_.reset();  // by now nothing leads there
  EXPECT_EQ(Rows(), Number(database, "SELECT COUNT(*) FROM t"));
}

TEST_F(FailoverTest, NodesThatAllTurnAWriterAwayAreToldAtOnce) {
  Database database(config_);
  const auto turned_away = [&](Transaction& transaction) -> absl::Status {
    ++runs_;
    return transaction.Execute(kTurnAway, {}).status();
  };
  EXPECT_EQ(ReasonOf(database.Transact(Soon(), turned_away)), "DATABASE_UNAVAILABLE");
  EXPECT_EQ(runs_, 2);
  EXPECT_EQ(ReasonOf(direct_.Transact(Soon(), turned_away)), "DATABASE_UNAVAILABLE");
  EXPECT_EQ(runs_, 3);
  EXPECT_EQ(database.Ping(absl::Seconds(30)), absl::OkStatus());
}

TEST_F(FailoverTest, NodesThatAreAllGoneAreToldAtOnce) {
  Database database(config_);
  first_.reset();
  second_.reset();
  const absl::Time start = absl::Now();
  EXPECT_EQ(ReasonOf(database.Transact(Soon(), [&](Transaction& transaction) { return Insert(transaction); })),
            "DATABASE_UNAVAILABLE");
  EXPECT_LT(absl::Now() - start, absl::Seconds(15));
  EXPECT_EQ(runs_, 0);
}

TEST_F(FailoverTest, StatementsOfSeveralNodesEndInTimeForTheNext) {
  config_.cluster_statement_limit = absl::Seconds(1);
  Database database(config_);
  EXPECT_EQ(ReasonOf(Ask(database, "SELECT SLEEP(20)", {}, [](const Row&) { return absl::OkStatus(); })), "DEADLINE");
  // One that shows a moment as a whole has the longer limit.
  EXPECT_EQ(database.Snapshot(Soon(),
                              [](Session& session) {
                                return session.Query("SELECT SLEEP(1.5)", {}, [](const Row& row) {
                                  EXPECT_EQ(row.Int(0), 0);
                                  return absl::OkStatus();
                                });
                              }),
            absl::OkStatus());
}

}  // namespace
}  // namespace kechuang::mysql
