#include <utility>

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

// Each test ends by proving that the database serves again.
class LossTest : public RowTest {
 protected:
  LossTest() : gate_(server_.socket()), config_(server_.Config(server_.NewSchema())) {
    config_.endpoints = {gate_.endpoint()};
    database_ = std::make_unique<Database>(config_);
  }
  void SetUp() override { ASSERT_EQ(Change(*database_, kMakeTable), absl::OkStatus()); }
  void TearDown() override { EXPECT_EQ(Number(*database_, "SELECT COUNT(*) FROM t WHERE id = 1"), rows_); }

  absl::Status TransactWithSettle(absl::Time deadline = Soon()) {
    return database_->Transact(
        deadline, [&](Transaction& transaction) { return Insert(transaction); },
        [&](Transaction& transaction) { return Settle(transaction); });
  }

  DatabaseGate gate_;
  DatabaseConfig config_;
  std::unique_ptr<Database> database_;
  int rows_ = 1;
};

TEST_F(LossTest, LossBeforeCommitRunsAgain) {
  EXPECT_EQ(database_->Transact(Soon(),
                                [&](Transaction& transaction) -> absl::Status {
                                  RETURN_IF_ERROR(Insert(transaction));
                                  if (runs_ == 1) gate_.CutAll();
                                  return transaction.Execute("UPDATE t SET id = id", {}).status();
                                }),
            absl::OkStatus());
  EXPECT_EQ(runs_, 2);
}

TEST_F(LossTest, StaleConnectionsAreReplacedUnseen) {
  gate_.CutAll();
  EXPECT_EQ(TransactWithSettle(), absl::OkStatus());
  gate_.CutAll();
  EXPECT_EQ(Number(*database_, "SELECT COUNT(*) FROM t"), 1);
  gate_.CutAll();
  EXPECT_EQ(database_->Snapshot(Soon(),
                                [](Session& session) {
                                  return session.Query("SELECT 1", {}, [](const Row&) { return absl::OkStatus(); });
                                }),
            absl::OkStatus());
  EXPECT_EQ(runs_, 1);
  EXPECT_EQ(settled_, 0);
}

TEST_F(LossTest, LostCommitThatNeverArrivedRunsAgain) {
  gate_.AtNextCommit(DatabaseGate::AtCommit::kCutBefore);
  EXPECT_EQ(TransactWithSettle(), absl::OkStatus());
  EXPECT_EQ(settled_, 1);
  EXPECT_EQ(runs_, 2);
}

TEST_F(LossTest, SurvivesLostCommit) {
  gate_.AtNextCommit(DatabaseGate::AtCommit::kCutAfter);
  EXPECT_EQ(TransactWithSettle(), absl::OkStatus());
  EXPECT_EQ(settled_, 1);
  EXPECT_EQ(runs_, 1);
}

TEST_F(LossTest, LostCommitWithoutSettleIsUnavailable) {
  gate_.AtNextCommit(DatabaseGate::AtCommit::kCutAfter);
  const absl::Status status =
      database_->Transact(Soon(), [&](Transaction& transaction) { return Insert(transaction); });
  EXPECT_EQ(ReasonOf(status), "DATABASE_UNAVAILABLE");
  EXPECT_EQ(runs_, 1);
}

TEST_F(LossTest, SettlesAgainWhenSettlingIsLostToo) {
  gate_.AtNextCommit(DatabaseGate::AtCommit::kCutAfter);
  const absl::Status status = database_->Transact(
      Soon(), [&](Transaction& transaction) { return Insert(transaction); },
      [&](Transaction& transaction) {
        if (settled_ == 0) gate_.CutAll();
        return Settle(transaction);
      });
  EXPECT_EQ(status, absl::OkStatus());
  EXPECT_EQ(settled_, 2);
  EXPECT_EQ(runs_, 1);
}

TEST_F(LossTest, SettlesOnceAServerThatDiedAtCommitIsBack) {
  gate_.AtNextCommit(DatabaseGate::AtCommit::kCutAfter);
  bool down = false;
  // The wait before settling is the moment to take the server away, and the next one to bring it back.
  Database database(config_, SystemClock(), [&](absl::Duration) {
    if (!std::exchange(down, true)) {
      server_.Kill();
    } else {
      server_.Start();
    }
  });
  EXPECT_EQ(database.Transact(
                Soon(), [&](Transaction& transaction) { return Insert(transaction); },
                [&](Transaction& transaction) { return Settle(transaction); }),
            absl::OkStatus());
  EXPECT_EQ(settled_, 1);
  EXPECT_EQ(runs_, 1);
}

TEST_F(LossTest, CommitLostToAServerThatStaysAwayIsToldLongBeforeTheDeadline) {
  // Time passes only where the code would sleep.
  struct : Clock {
    absl::Time Now() const override { return now; }
    absl::Time now = absl::Now();
  } clock;
  gate_.AtNextCommit(DatabaseGate::AtCommit::kCutAfter);
  bool down = false;
  Database database(config_, clock, [&](absl::Duration wait) {
    clock.now += wait;
    if (!std::exchange(down, true)) server_.Kill();
  });
  const absl::Time start = clock.now;
  const absl::Status status = database.Transact(
      start + absl::Hours(1), [&](Transaction& transaction) { return Insert(transaction); },
      [&](Transaction& transaction) { return Settle(transaction); });
  EXPECT_EQ(ReasonOf(status), "DATABASE_UNAVAILABLE");
  EXPECT_TRUE(DetailOf<google::rpc::RetryInfo>(status).has_value());
  EXPECT_LE(clock.now - start, absl::Seconds(3));
  EXPECT_EQ(settled_, 0);
  server_.Start();
}

TEST_F(LossTest, KillInTheMiddleUndoesAndServerThatIsDownIsToldAtOnce) {
  rows_ = 0;
  const absl::Time start = absl::Now();
  const absl::Status status = database_->Transact(Soon(), [&](Transaction& transaction) -> absl::Status {
    RETURN_IF_ERROR(Insert(transaction));
    server_.Kill();
    return transaction.Execute("UPDATE t SET id = id", {}).status();
  });
  EXPECT_EQ(ReasonOf(status), "DATABASE_UNAVAILABLE");
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(DetailOf<google::rpc::RetryInfo>(status).has_value());
  Database direct(server_.Config(""));
  EXPECT_EQ(ReasonOf(direct.Ping(absl::Seconds(30))), "DATABASE_UNAVAILABLE");
  EXPECT_EQ(ReasonOf(Change(direct, "DO 1")), "DATABASE_UNAVAILABLE");
  EXPECT_LT(absl::Now() - start, absl::Seconds(15));
  server_.Start();
  EXPECT_EQ(direct.Ping(absl::Seconds(30)), absl::OkStatus());
}

TEST_F(LossTest, OrderlyRestartIsSurvivedByTheSamePool) {
  ASSERT_EQ(TransactWithSettle(), absl::OkStatus());
  server_.Stop();
  server_.Start();
}

TEST_F(LossTest, KilledConnectionIsReplaced) {
  EXPECT_EQ(database_->Transact(Soon(),
                                [&](Transaction& transaction) -> absl::Status {
                                  RETURN_IF_ERROR(Insert(transaction));
                                  if (runs_ > 1) return absl::OkStatus();
                                  return transaction.Execute("KILL CONNECTION_ID()", {}).status();
                                }),
            absl::OkStatus());
  EXPECT_EQ(runs_, 2);
}

}  // namespace
}  // namespace kechuang::mysql
