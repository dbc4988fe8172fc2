#include "common/base/error.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang {
namespace {

TEST(Refuse, CarriesReasonDomainRecordWaitAndBothLanguages) {
  const absl::Status status = Refuse(absl::StatusCode::kFailedPrecondition, api::v1::RECORD_DELETED)
                                  .About("loans/7")
                                  .With("left_fen", 200)
                                  .RetryAfter(absl::Milliseconds(1500))
                                  .Says("deleted", "已删除");
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(status.message(), "deleted");
  EXPECT_EQ(ReasonOf(status), "RECORD_DELETED");
  EXPECT_EQ(ChineseOf(status), "已删除");
  const auto info = DetailOf<google::rpc::ErrorInfo>(status);
  ASSERT_TRUE(info.has_value());
  EXPECT_EQ(info->domain(), "api.kechuang");
  EXPECT_EQ(info->metadata().at("left_fen"), "200");
  EXPECT_EQ(DetailOf<google::rpc::ResourceInfo>(status)->resource_name(), "loans/7");
  EXPECT_EQ(DetailOf<google::rpc::PreconditionFailure>(status)->violations(0).type(), "RECORD_DELETED");
  EXPECT_EQ(DetailOf<google::rpc::RetryInfo>(status)->retry_delay().seconds(), 1);
  EXPECT_EQ(DetailOf<google::rpc::RetryInfo>(status)->retry_delay().nanos(), 500'000'000);
}

TEST(Faults, KeepsEveryFaultWithFieldReasonAndBothLanguages) {
  Faults faults;
  EXPECT_TRUE(faults.status().ok());
  faults.Add("a", api::v1::FIELD_REQUIRED, "is required", "必填");
  const int taken = faults.Take(
      "b.c",
      absl::StatusOr<int>(
          Refuse(absl::StatusCode::kInvalidArgument, api::v1::FIELD_MALFORMED).Says("is malformed", "格式不对")));
  EXPECT_EQ(taken, 0);
  EXPECT_EQ(faults.Take("d", absl::StatusOr<int>(3)), 3);
  const absl::Status status = faults.status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(), "a: is required; b.c: is malformed");
  const auto bad = DetailOf<google::rpc::BadRequest>(status);
  ASSERT_TRUE(bad.has_value());
  ASSERT_EQ(bad->field_violations_size(), 2);
  EXPECT_EQ(bad->field_violations(1).field(), "b.c");
  EXPECT_EQ(bad->field_violations(1).reason(), "FIELD_MALFORMED");
  EXPECT_EQ(bad->field_violations(1).localized_message().message(), "格式不对");
}

}  // namespace
}  // namespace kechuang
