#include "common/mysql/errors.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"

namespace kechuang::mysql {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Case {
  int code;
  SqlFault fault;
  bool ends_transaction;
  bool ends_connection;
  absl::StatusCode told;
  std::string reason;
};

TEST(SqlFault, EachNumberMeansRerunLossOrAnswer) {
  const absl::StatusCode aborted = absl::StatusCode::kAborted;
  const absl::StatusCode unavailable = absl::StatusCode::kUnavailable;
  const Case cases[] = {
      {1213, SqlFault::kConflict, true, false, aborted, "CONFLICT"},
      {1205, SqlFault::kConflict, true, false, aborted, "CONFLICT"},
      {1305, SqlFault::kConflict, true, false, aborted, "CONFLICT"},
      {1615, SqlFault::kConflict, true, false, aborted, "CONFLICT"},
      {1053, SqlFault::kLost, true, true, unavailable, "DATABASE_UNAVAILABLE"},
      {1243, SqlFault::kLost, true, true, unavailable, "DATABASE_UNAVAILABLE"},
      {1927, SqlFault::kLost, true, true, unavailable, "DATABASE_UNAVAILABLE"},
      {2006, SqlFault::kLost, true, true, unavailable, "DATABASE_UNAVAILABLE"},
      {2013, SqlFault::kLost, true, true, unavailable, "DATABASE_UNAVAILABLE"},
      {2014, SqlFault::kLost, true, true, unavailable, "DATABASE_UNAVAILABLE"},
      {2030, SqlFault::kLost, true, true, unavailable, "DATABASE_UNAVAILABLE"},
      {2055, SqlFault::kLost, true, true, unavailable, "DATABASE_UNAVAILABLE"},
      {2002, SqlFault::kUnreachable, true, true, unavailable, "DATABASE_UNAVAILABLE"},
      {2003, SqlFault::kUnreachable, true, true, unavailable, "DATABASE_UNAVAILABLE"},
      {1040, SqlFault::kUnreachable, true, true, unavailable, "DATABASE_UNAVAILABLE"},
      {1047, SqlFault::kUnreachable, true, true, unavailable, "DATABASE_UNAVAILABLE"},
      {1290, SqlFault::kUnreachable, true, true, unavailable, "DATABASE_UNAVAILABLE"},
      {1062, SqlFault::kDuplicate, false, false, absl::StatusCode::kAlreadyExists, "RECORD_EXISTS"},
      {1969, SqlFault::kOutOfTime, false, false, absl::StatusCode::kDeadlineExceeded, "DEADLINE"},
      {3024, SqlFault::kOutOfTime, false, false, absl::StatusCode::kDeadlineExceeded, "DEADLINE"},
      {1452, SqlFault::kInternal, false, false, absl::StatusCode::kInternal, "INTERNAL_FAULT"},  // foreign key
      {1264, SqlFault::kInternal, false, false, absl::StatusCode::kInternal, "INTERNAL_FAULT"},  // out of range
      {4025, SqlFault::kInternal, false, false, absl::StatusCode::kInternal, "INTERNAL_FAULT"},  // check
      {1064, SqlFault::kInternal, false, false, absl::StatusCode::kInternal, "INTERNAL_FAULT"},  // syntax
      {1045, SqlFault::kInternal, false, false, absl::StatusCode::kInternal, "INTERNAL_FAULT"},  // access denied
      {2026, SqlFault::kInternal, false, false, absl::StatusCode::kInternal, "INTERNAL_FAULT"},  // TLS
      {999999, SqlFault::kInternal, false, false, absl::StatusCode::kInternal, "INTERNAL_FAULT"},
  };
  for (const Case& expected : cases) {
    SCOPED_TRACE(expected.code);
    const SqlFault fault = FaultOf(expected.code);
    EXPECT_EQ(fault, expected.fault);
    EXPECT_EQ(EndsTransaction(fault), expected.ends_transaction);
    EXPECT_EQ(EndsConnection(fault), expected.ends_connection);
    const absl::Status status = StatusOf(fault, "00ab");
    EXPECT_EQ(status.code(), expected.told);
    EXPECT_EQ(ReasonOf(status), expected.reason);
  }
}

TEST(SqlFault, TellsRetryableCallersHowLongToWait) {
  const auto unavailable = DetailOf<google::rpc::RetryInfo>(StatusOf(SqlFault::kLost, ""));
  ASSERT_TRUE(unavailable.has_value());
  EXPECT_EQ(unavailable->retry_delay().nanos(), 500'000'000);
  EXPECT_TRUE(DetailOf<google::rpc::RetryInfo>(StatusOf(SqlFault::kConflict, "")).has_value());
  EXPECT_FALSE(DetailOf<google::rpc::RetryInfo>(StatusOf(SqlFault::kDuplicate, "")).has_value());
}

TEST(SqlFault, ShowsErrorIdOfInternalFaultsOnly) {
  const absl::Status internal = StatusOf(SqlFault::kInternal, "00ab");
  EXPECT_THAT(std::string(internal.message()), HasSubstr("00ab"));
  EXPECT_THAT(ChineseOf(internal), HasSubstr("00ab"));
  EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(internal)->metadata().at("error_id"), "00ab");
  EXPECT_THAT(std::string(StatusOf(SqlFault::kLost, "00ab").message()), Not(HasSubstr("00ab")));
}

TEST(SqlFault, NoFaultIsOk) { EXPECT_TRUE(StatusOf(SqlFault::kNone, "").ok()); }

}  // namespace
}  // namespace kechuang::mysql
