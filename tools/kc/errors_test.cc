#include "tools/kc/errors.h"

#include "gmock/gmock.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::kc {
namespace {

using testing::HasSubstr;
using testing::Not;

const ErrorPlace kPlace = {"127.0.0.1:7100", "var/bureau.key", absl::Seconds(30)};

std::string English(const absl::Status& status) { return ErrorText(status, Language::kEnglish, kPlace, false); }
std::string Chinese(const absl::Status& status) { return ErrorText(status, Language::kChinese, kPlace, false); }

absl::Status TwoFaults() {
  Faults faults;
  faults.Add("contract.total_amount_fen", api::v1::FIELD_OUT_OF_RANGE, "must be at least 0", "不得小于 0");
  faults.Add("contract.name", api::v1::FIELD_REQUIRED, "is required", "必填");
  return faults.status();
}

TEST(ErrorText, SaysTheSentenceInTheLanguageAskedFor) {
  const absl::Status status =
      Refuse(absl::StatusCode::kNotFound, api::v1::RECORD_NOT_FOUND).Says("there is no loans/1", "没有 loans/1");
  EXPECT_EQ(English(status), "kc: there is no loans/1\n");
  EXPECT_EQ(Chinese(status), "kc：没有 loans/1\n");
}

TEST(ErrorText, PutsEachFieldOnALine) {
  EXPECT_EQ(
      English(TwoFaults()),
      "kc: these fields are wrong:\n  contract.total_amount_fen: must be at least 0\n  contract.name: is required\n");
  EXPECT_EQ(Chinese(TwoFaults()),
            "kc：以下字段有误：\n  contract.total_amount_fen：不得小于 0\n  contract.name：必填\n");
}

TEST(ErrorText, SaysHowManyFieldsWereCut) {
  absl::Status status = TwoFaults();
  auto info = *DetailOf<google::rpc::ErrorInfo>(status);
  (*info.mutable_metadata())["more_violations"] = "7";
  SetDetail(status, info);
  EXPECT_THAT(English(status), HasSubstr("and 7 more"));
  EXPECT_THAT(Chinese(status), HasSubstr("另有 7 处"));
}

TEST(ErrorText, SaysWhatToDoNext) {
  EXPECT_THAT(English(absl::UnavailableError("connect failed")), HasSubstr("deploy/up"));
  EXPECT_THAT(English(absl::UnavailableError("connect failed")), HasSubstr("127.0.0.1:7100"));
  EXPECT_THAT(Chinese(absl::UnavailableError("connect failed")), HasSubstr("deploy/up"));
  const absl::Status busy = Refuse(absl::StatusCode::kUnavailable, api::v1::DATABASE_UNAVAILABLE)
                                .RetryAfter(absl::Milliseconds(1500))
                                .Says("the database is away", "数据库暂不可用");
  EXPECT_EQ(English(busy), "kc: the database is away\nTry again in 1.5 s.\n");
  const absl::Status stranger = Refuse(absl::StatusCode::kUnauthenticated, api::v1::UNAUTHENTICATED_CALLER)
                                    .Says("the call carries no valid key", "密钥无效");
  EXPECT_THAT(English(stranger), HasSubstr("var/bureau.key"));
  EXPECT_THAT(Chinese(stranger), HasSubstr("KC_KEY_FILE"));
  EXPECT_THAT(English(absl::DeadlineExceededError("x")), HasSubstr("within 30 s"));
}

TEST(ErrorText, LetsNoTextSteerTheTerminal) {
  const std::string text = English(absl::InternalError("a\x1b[2Jb\r\nc\xff"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, Not(HasSubstr("\r")));
  EXPECT_THAT(ErrorText(absl::InternalError("a"), Language::kEnglish, kPlace, true), HasSubstr("\x1b[31m"));
}

TEST(ErrorJson, IsOneLineWithEveryDetail) {
  const absl::Status status =
      Refuse(absl::StatusCode::kNotFound, api::v1::RECORD_NOT_FOUND).Says("there is no \"a\nb\"", "没有");
  EXPECT_EQ(
      ErrorJson(status, kPlace),
      R"({"error":{"code":5,"message":"there is no \"a\nb\"","status":"NOT_FOUND","details":[)"
      R"({"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"RECORD_NOT_FOUND","domain":"api.kechuang",)"
      R"("metadata":{}},)"
      R"({"@type":"type.googleapis.com/google.rpc.LocalizedMessage","locale":"zh-CN","message":"没有"}]}})"
      "\n");
  const std::string usage = ErrorJson(AsWrongUsage(TwoFaults()), kPlace);
  EXPECT_THAT(usage, HasSubstr(R"("field":"contract.name")"));
  EXPECT_THAT(usage, HasSubstr(R"("reason":"FIELD_REQUIRED")"));
  EXPECT_THAT(usage, Not(HasSubstr("usage")));
}

TEST(ErrorJson, SaysWhatHappenedOnTheWay) {
  const std::string text = ErrorJson(absl::UnavailableError("connect failed"), kPlace);
  EXPECT_THAT(text, HasSubstr(R"("status":"UNAVAILABLE")"));
  EXPECT_THAT(text, HasSubstr("nothing answers at 127.0.0.1:7100"));
  EXPECT_THAT(text, HasSubstr("无法连接"));
}

TEST(ExitCodeOf, TellsUsageFromFailure) {
  EXPECT_EQ(ExitCodeOf(absl::OkStatus()), kDone);
  EXPECT_EQ(ExitCodeOf(WrongUsage("a", "甲")), kUsage);
  EXPECT_EQ(ExitCodeOf(Failure(absl::StatusCode::kInternal, "a", "甲")), kFailed);
}

TEST(FromWire, BringsTheDetails) {
  google::rpc::Status wire;
  wire.set_code(5);
  wire.set_message("gone");
  google::rpc::LocalizedMessage message;
  message.set_message("没有了");
  wire.add_details()->PackFrom(message);
  const absl::Status status = FromWire(grpc::Status(grpc::StatusCode::NOT_FOUND, "gone", wire.SerializeAsString()));
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ChineseOf(status), "没有了");
  EXPECT_EQ(FromWire(grpc::Status(grpc::StatusCode::UNAVAILABLE, "no")).code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(FromWire(grpc::Status::OK).ok());
}

}  // namespace
}  // namespace kechuang::kc
