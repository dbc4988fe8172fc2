#include "common/rpc/wire_status.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "common/rpc/test_desk.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::rpc {
namespace {

absl::Status Sample() {
  return Refuse(absl::StatusCode::kFailedPrecondition, api::v1::RECORD_DELETED)
      .About("things/7")
      .With("left_fen", 200)
      .RetryAfter(absl::Milliseconds(1500))
      .Says("things/7 is deleted", "things/7 已删除");
}

TEST(WireStatus, ComesBackAsItWent) {
  for (const absl::Status& status : {absl::OkStatus(), Sample()}) {
    EXPECT_EQ(FromRpcStatus(ToRpcStatus(status)), status);
    EXPECT_EQ(FromGrpc(ToGrpc(status)), status);
  }
}

TEST(WireStatus, GivesAStatusWithoutAReasonOne) {
  const absl::Status status = FromGrpc(ToGrpc(absl::InternalError("x")));
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_EQ(ReasonOf(status), "INTERNAL_FAULT");
}

TEST(WireStatus, KeepsAForeignStatusWithoutDetails) {
  EXPECT_EQ(FromGrpc(grpc::Status(grpc::StatusCode::UNIMPLEMENTED, "no")), absl::UnimplementedError("no"));
  EXPECT_EQ(FromGrpc(grpc::Status(grpc::StatusCode::ABORTED, "no", "\xff no status")), absl::AbortedError("no"));
}

TEST(WireStatus, CutsAMessageBetweenCharacters) {
  std::string chinese;
  for (int i = 0; i < 2000; ++i) absl::StrAppend(&chinese, "值");
  const std::string message = ToRpcStatus(absl::AbortedError(absl::StrCat("x", chinese))).message();
  EXPECT_LT(message.size(), 1010u);
  EXPECT_TRUE(absl::EndsWith(message, "值 ..."));
}

// Whole means whole for a client with gRPC's defaults, which takes 8 KiB of trailers.
TEST(ErrorDetails, ReachTheClientWhole) {
  ServedDesk served;
  rpc_test::RefuseRequest request;
  const absl::Status status = served.Ask<rpc_test::RefuseResponse>(request).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(status.message(), "no: ");
  const auto info = DetailOf<google::rpc::ErrorInfo>(status);
  ASSERT_TRUE(info.has_value());
  EXPECT_EQ(info->reason(), "RECORD_DELETED");
  EXPECT_EQ(info->domain(), "api.kechuang");
  EXPECT_EQ(info->metadata().at("word"), "值");
  EXPECT_EQ(DetailOf<google::rpc::LocalizedMessage>(status)->locale(), "zh-CN");
  EXPECT_EQ(DetailOf<google::rpc::LocalizedMessage>(status)->message(), "不行：");
  EXPECT_EQ(DetailOf<google::rpc::ResourceInfo>(status)->resource_name(), "things/7");
  EXPECT_EQ(DetailOf<google::rpc::PreconditionFailure>(status)->violations(0).subject(), "things/7");
  EXPECT_EQ(DetailOf<google::rpc::RetryInfo>(status)->retry_delay().nanos(), 500'000'000);
}

TEST(ErrorDetails, FitTheTrailersHoweverManyAndLongTheFaultsAre) {
  ServedDesk served;
  for (const int violations : {0, 1, 2, 5, 8, 12, 20, 40, 100, 500, 1000}) {
    for (const int length : {0, 1, 5, 20, 60, 300, 2000}) {
      rpc_test::RefuseRequest request;
      request.set_violations(violations);
      request.set_length(length);
      const absl::Status status = served.Ask<rpc_test::RefuseResponse>(request).status();
      ASSERT_EQ(ReasonOf(status), violations == 0 ? "RECORD_DELETED" : "INVALID_FIELDS")
          << violations << " " << length << ": " << status;
      EXPECT_FALSE(ChineseOf(status).empty());
      if (violations == 0) continue;
      const int shown = DetailOf<google::rpc::BadRequest>(status)->field_violations_size();
      const auto metadata = DetailOf<google::rpc::ErrorInfo>(status)->metadata();
      EXPECT_GE(shown, 1);
      if (shown < violations) {
        ASSERT_TRUE(metadata.contains("more_violations"));
        EXPECT_EQ(metadata.at("more_violations"), absl::StrCat(violations - shown));
      }
    }
  }
}

}  // namespace
}  // namespace kechuang::rpc
