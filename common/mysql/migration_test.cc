#include "common/mysql/migration.h"

#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "common/mysql/schema.h"
#include "common/mysql/test_helpers.h"
#include "common/mysql/test_schema_text.h"
#include "tests/support/private_mariadb.h"

namespace kechuang::mysql {
namespace {

using ::kechuang::testing::PrivateMariaDb;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class MigrationTest : public ::testing::Test {
 protected:
  PrivateMariaDb& server_ = PrivateMariaDb::Shared();
  const std::string schema_ = server_.NewSchema();
  Database database_{server_.Config(schema_)};
};

TEST(Embedding, CarriesFilesOverUnharmed) {
  const std::vector<Migration> steps = TestMigrations();
  ASSERT_EQ(steps.size(), 2);
  EXPECT_EQ(steps[0].version, 1);
  EXPECT_EQ(steps[0].name, "0001_first");
  EXPECT_EQ(steps[1].version, 2);
  EXPECT_EQ(steps[0].sql, std::string(TestSchemaText()));
  EXPECT_THAT(steps[0].sql, StartsWith("-- What kechuang_schema"));
  EXPECT_THAT(steps[0].sql, HasSubstr("'a; b [c] \"d\" ${e} \\\\ #'"));
  EXPECT_THAT(steps[0].sql, EndsWith("VALUES ('钢;[1];${x}');\n"));
}

TEST_F(MigrationTest, BringsSchemaUpAndRepeatsWithoutHarm) {
  EXPECT_EQ(ReasonOf(CheckVersion(database_, Soon(), {1, 2})), "SCHEMA_VERSION");
  ASSERT_EQ(Migrate(database_, Soon(), {TestMigrations()[0]}), absl::OkStatus());
  EXPECT_EQ(CheckVersion(database_, Soon(), {1, 1}), absl::OkStatus());
  for (int i = 0; i < 2; ++i) ASSERT_EQ(Migrate(database_, Soon(), TestMigrations()), absl::OkStatus());
  EXPECT_EQ(Number(database_, "SELECT COUNT(*) FROM item WHERE name = '钢;[1];${x}' AND size = 0"), 1);
  EXPECT_EQ(Number(database_, "SELECT COUNT(*) FROM schema_version WHERE LENGTH(checksum) = 64"), 2);
}

TEST_F(MigrationTest, SeveralAtOnceApplyEachStepOnce) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      Database own(server_.Config(schema_));
      EXPECT_EQ(Migrate(own, Soon(), TestMigrations()), absl::OkStatus());
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Number(database_, "SELECT COUNT(*) FROM schema_version"), 2);
}

TEST_F(MigrationTest, GoesOnAfterAKillInTheMiddleOfAStep) {
  std::vector<Migration> steps = TestMigrations();
  const std::string whole = steps[0].sql;
  steps[0].sql = whole + "THIS IS NO SQL;\n";
  EXPECT_EQ(ReasonOf(Migrate(database_, Soon(), steps)), "INTERNAL_FAULT");
  EXPECT_EQ(Number(database_, "SELECT COUNT(*) FROM schema_version"), 0);
  steps[0].sql = whole;
  EXPECT_EQ(Migrate(database_, Soon(), steps), absl::OkStatus());
}

TEST_F(MigrationTest, RefusesAStepThatWasEdited) {
  std::vector<Migration> steps = TestMigrations();
  ASSERT_EQ(Migrate(database_, Soon(), steps), absl::OkStatus());
  steps[0].sql += "-- edited\n";
  const absl::Status status = Migrate(database_, Soon(), steps);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(status), "SCHEMA_VERSION");
  EXPECT_THAT(std::string(status.message()), HasSubstr("0001_first"));
}

TEST_F(MigrationTest, RefusesAGapInTheNumbers) {
  EXPECT_TRUE(absl::IsInternal(Migrate(database_, Soon(), {TestMigrations()[1]})));
}

TEST_F(MigrationTest, TellsVersionAndRangeWhenTheyDoNotFit) {
  ASSERT_EQ(Migrate(database_, Soon(), TestMigrations()), absl::OkStatus());
  EXPECT_EQ(CheckVersion(database_, Soon(), {1, 2}), absl::OkStatus());
  EXPECT_EQ(CheckVersion(database_, Soon(), {2, 5}), absl::OkStatus());
  for (const VersionRange range : {VersionRange{1, 1}, VersionRange{3, 4}}) {
    const absl::Status status = CheckVersion(database_, Soon(), range);
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(status)->metadata().at("version"), "2");
  }
}

TEST_F(MigrationTest, WaitsForTheLockNoLongerThanDeadline) {
  const absl::Status holder = database_.Read(Soon(), [&](Session& session) {
    return session.Query(
        "SELECT GET_LOCK(CONCAT('migrate ', LEFT(SHA2(DATABASE(), 256), 40)), 0)", {}, [&](const Row& row) {
          EXPECT_EQ(row.Int(0), 1);
          Database other(server_.Config(schema_));
          EXPECT_EQ(ReasonOf(Migrate(other, absl::Now() + absl::Milliseconds(500), TestMigrations())), "DEADLINE");
          return absl::OkStatus();
        });
  });
  EXPECT_EQ(holder, absl::OkStatus());
}

}  // namespace
}  // namespace kechuang::mysql
