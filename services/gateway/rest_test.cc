#include "services/gateway/rest.h"

#include <string>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "services/gateway/rest_call.h"
#include "services/gateway/test_rest.h"

namespace kechuang::gateway {
namespace {

using rpc::Wire;
using rpc::WireAnswer;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;

using RestTest = RestFixture;

// gRPC rounds the time that travels up, the more the longer it is.
constexpr absl::Duration kRounding = absl::Seconds(1);

TEST_F(RestTest, AnswersWithTheMessageInJson) {
  const WireAnswer answer = Ask("GET /v1/loanJournal/head");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.Header("content-type"), "application/json");
  EXPECT_THAT(answer.body, HasSubstr("\"sequence\":\"7\""));
  EXPECT_EQ(answer.Header("kc-replayed"), "true");
  EXPECT_EQ(answer.Header("cache-control"), "no-store");
  EXPECT_THAT(metrics_.Text(), HasSubstr("/kechuang.loan.v1.LoanJournal/GetJournalHead"));
}

TEST_F(RestTest, LetsInOnlyWhoHasTheKey) {
  Wire wire(port());
  for (const char* authorization : {"", "Authorization: Bearer wrong\r\n", "Authorization: Basic x\r\n"}) {
    const WireAnswer answer =
        wire.Ask(absl::StrCat("GET /v1/loanJournal/head HTTP/1.1\r\nHost: x\r\n", authorization, "\r\n"));
    EXPECT_EQ(answer.status, 401);
    EXPECT_EQ(answer.Header("www-authenticate"), "Bearer realm=\"kechuang\"");
    EXPECT_THAT(answer.body, HasSubstr("UNAUTHENTICATED_CALLER"));
  }
}

TEST_F(RestTest, PassesTheHeadersThatMayPassAndNoOthers) {
  Ask("GET /v1/loanJournal/head",
      "Accept-Language: zh\r\nTraceparent: 00-1\r\nX-Goog-Fieldmask: sequence\r\nKc-Actor: keys/root\r\n"
      "Grpc-Metadata-Kc-Actor: keys/root\r\nX-Forwarded-For: 1\r\nCookie: a\r\n");
  const auto arrived = journal_.metadata();
  EXPECT_THAT(arrived, AllOf(Contains(Pair("authorization", absl::StrCat("Bearer ", kRestKey))),
                             Contains(Pair("accept-language", "zh")), Contains(Pair("traceparent", "00-1")),
                             Contains(Pair("x-goog-fieldmask", "sequence"))));
  EXPECT_THAT(arrived, Not(Contains(Key(AnyOf("kc-actor", "grpc-metadata-kc-actor", "x-forwarded-for", "cookie")))));
  // What cannot travel as metadata stays behind, and breaks nothing.
  EXPECT_EQ(Ask("GET /v1/loanJournal/head", "Accept-Language: 中文\r\n").status, 200);
  EXPECT_THAT(journal_.metadata(), Not(Contains(Key("accept-language"))));
}

TEST_F(RestTest, TakesTheTimeThatTheCallerGives) {
  EXPECT_EQ(Ask("GET /v1/loanJournal/head", "Request-Timeout: 2s\r\n").status, 200);
  EXPECT_LE(journal_.left(), absl::Seconds(2) + kRounding);
  EXPECT_EQ(Ask("GET /v1/loanJournal/head", "Request-Timeout: 9\r\nGrpc-Timeout: 5000m\r\n").status, 200);
  EXPECT_LE(journal_.left(), absl::Seconds(5) + kRounding);
  EXPECT_EQ(Ask("GET /v1/loanJournal/head").status, 200);
  EXPECT_LE(journal_.left(), kRestTimeMax + kRounding);
  EXPECT_GT(journal_.left(), kRestTimeMax / 2);

  const WireAnswer late = Ask("GET /v1/loanJournal:readAt?record=hang", "Grpc-Timeout: 50m\r\n");
  EXPECT_EQ(late.status, 504);
  EXPECT_THAT(late.body, HasSubstr("\"DEADLINE\""));
  EXPECT_TRUE(journal_.cancelled().WaitForNotificationWithTimeout(kRestPatience));

  const WireAnswer bad = Ask("GET /v1/loanJournal/head", "Request-Timeout: soon\r\n");
  EXPECT_EQ(bad.status, 400);
  EXPECT_THAT(bad.body, AllOf(HasSubstr("Request-Timeout"), HasSubstr("soon"), HasSubstr("请求头")));
}

TEST_F(RestTest, CancelsTheCallOfAClientThatGoes) {
  Wire wire(port());
  wire.Send(Request("GET /v1/loanJournal:readAt?record=hang"));
  // The call is on its way once it is counted.
  while (metrics_.Text().find("kechuang_calls_in_flight{method=\"/kechuang.loan.v1.LoanJournal/ReadRecordAt\"} 1") ==
         std::string::npos) {
    std::this_thread::yield();
  }
  wire.Close();
  while (metrics_.Text().find("code=\"CANCELLED\"") == std::string::npos) std::this_thread::yield();
  EXPECT_THAT(metrics_.Text(), HasSubstr("ReadRecordAt\"} 0"));
}

TEST_F(RestTest, GivesRefusalsAsTheServiceMadeThem) {
  const WireAnswer answer = Ask("GET /v1/loanJournal:readAt?record=loans/7");
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(answer.body, AllOf(HasSubstr("\"code\":9"), HasSubstr("\"status\":\"FAILED_PRECONDITION\""),
                                 HasSubstr("loans/7 is deleted"), HasSubstr("loans/7 已删除"),
                                 HasSubstr("type.googleapis.com/google.rpc.ErrorInfo"), HasSubstr("RECORD_DELETED")));
}

TEST_F(RestTest, SaysWhenToAskAgainForAServiceThatIsAway) {
  StopBackend();
  const WireAnswer answer = Ask("GET /v1/loanJournal/head");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.Header("retry-after"), "1");
  EXPECT_THAT(answer.body, HasSubstr("SERVICE_UNAVAILABLE"));
}

TEST_F(RestTest, SaysWhenACallerWhoCallsTooOftenMayComeBack) {
  limits_->Set({.caller = {.rate = 1, .burst = 2}});
  EXPECT_EQ(Ask("GET /v1/loans/7").status, 200);
  EXPECT_EQ(Ask("GET /v1/loans/7").status, 200);
  const rpc::WireAnswer refused = Ask("GET /v1/loans/7");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.Header("retry-after"), "1");
  EXPECT_THAT(refused.body, HasSubstr("RATE_LIMITED"));
  EXPECT_EQ(Ask("POST /v1/files:import?kind=loans&fileName=a.csv", "", "x").status, 429);
  limits_->Set({.caller = {.rate = 0, .burst = 1}});
  EXPECT_EQ(Ask("GET /v1/loans/7").status, 200);
}

TEST_F(RestTest, RefusesGuessedKeysAndNotTheRightOne) {
  limits_->Set({.unknown_keys = 2});
  const auto guess = [this](const char* key) {
    rpc::Wire wire(port());
    return wire.Ask(absl::StrCat("GET /v1/loans/7 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ", key, "\r\n\r\n"));
  };
  EXPECT_EQ(guess("a").status, 401);
  EXPECT_EQ(guess("b").status, 401);
  const rpc::WireAnswer refused = guess("c");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.Header("retry-after"), "60");
  EXPECT_THAT(refused.body, HasSubstr("TOO_MANY_UNKNOWN_KEYS"));
  EXPECT_EQ(Ask("GET /v1/loans/7").status, 200);
}

TEST_F(RestTest, KnowsItsPathsAndTheirVerbs) {
  EXPECT_EQ(Ask("GET /v1/nothing").status, 404);
  const WireAnswer wrong = Ask("DELETE /v1/loanJournal/head");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.Header("allow"), "GET, HEAD, OPTIONS");
  const WireAnswer options = Ask("OPTIONS /v1/loanJournal/head");
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.Header("allow"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(Ask("OPTIONS /v1/nothing").status, 404);
  Wire wire(port());
  const WireAnswer head = wire.Ask(Request("HEAD /v1/loanJournal/head"));
  EXPECT_EQ(head.status, 200);
  const WireAnswer get = wire.Ask(Request("GET /v1/loanJournal/head"));
  EXPECT_EQ(head.Header("content-length"), absl::StrCat(get.body.size()));
}

TEST_F(RestTest, TakesJsonOnlyAndNotTooMuchOfIt) {
  EXPECT_EQ(Ask("POST /v1/loans/7:submit", "Content-Type: text/plain\r\n", "{}").status, 415);
  const WireAnswer large =
      Ask("POST /v1/loans/7:submit", "Content-Type: application/json\r\n", std::string(kMessageBytesMost + 1, ' '));
  EXPECT_EQ(large.status, 413);
  EXPECT_THAT(large.body, HasSubstr(absl::StrCat(kMessageBytesMost)));
  const WireAnswer misspelt = Ask("POST /v1/loans/7:submit", "Content-Type: application/json\r\n", "{\"reasn\":\"x\"}");
  EXPECT_EQ(misspelt.status, 400);
  EXPECT_THAT(misspelt.body, AllOf(HasSubstr("reasn"), HasSubstr("reason")));
}

TEST_F(RestTest, TellsWhoHasARecordAlreadyThatItIsUnchanged) {
  const WireAnswer first = Ask("GET /v1/loans/7");
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.Header("etag"), "\"e1\"");
  EXPECT_EQ(first.Header("cache-control"), "private, no-cache");
  for (const char* tags : {"\"e1\"", "W/\"e1\"", "\"e0\", \"e1\"", "*"}) {
    const WireAnswer again = Ask("GET /v1/loans/7", absl::StrCat("If-None-Match: ", tags, "\r\n"));
    EXPECT_EQ(again.status, 304) << tags;
    EXPECT_EQ(again.Header("etag"), "\"e1\"");
    EXPECT_EQ(again.Header("content-length"), "");
  }
  const WireAnswer changed = Ask("GET /v1/loans/7", "If-None-Match: \"e0\"\r\n");
  EXPECT_EQ(changed.status, 200);
  EXPECT_THAT(changed.body, HasSubstr("\"name\":\"loans/7\""));
}

TEST_F(RestTest, ChangesOnlyTheRecordThatIfMatchNames) {
  const std::string json = "Content-Type: application/json\r\n";
  EXPECT_EQ(Ask("PATCH /v1/loans/7", absl::StrCat(json, "If-Match: \"e1\"\r\n"), "{\"remark\":\"x\"}").status, 200);
  EXPECT_EQ(loans_.asked_etag(), "e1");
  EXPECT_EQ(Ask("POST /v1/loans/7:submit", absl::StrCat(json, "If-Match: W/\"e2\"\r\n"), "{}").status, 200);
  EXPECT_EQ(loans_.asked_etag(), "e2");
  EXPECT_EQ(Ask("POST /v1/loans/7:submit", absl::StrCat(json, "If-Match: *\r\n"), "{\"etag\":\"e3\"}").status, 200);
  EXPECT_EQ(loans_.asked_etag(), "e3");
  for (const char* tags : {"\"e1\", \"e2\"", "e1", "\"\""}) {
    EXPECT_EQ(Ask("POST /v1/loans/7:submit", absl::StrCat(json, "If-Match: ", tags, "\r\n"), "{}").status, 400) << tags;
  }
  EXPECT_EQ(Ask("POST /v1/loans/7:submit", absl::StrCat(json, "If-Match: \"e1\"\r\n"), "{\"etag\":\"e3\"}").status,
            400);
  const WireAnswer none = Ask("POST /v1/loans:markOverdue", absl::StrCat(json, "If-Match: \"e1\"\r\n"), "{}");
  EXPECT_EQ(none.status, 400);
  EXPECT_THAT(none.body, HasSubstr("If-Match"));
}

TEST_F(RestTest, DescribesItselfAndServesItsOwnPage) {
  const WireAnswer document = Ask("GET /openapi.json", "Accept-Encoding: gzip\r\n");
  EXPECT_EQ(document.status, 200);
  EXPECT_EQ(document.Header("content-encoding"), "gzip");
  EXPECT_EQ(Ask("GET /openapi.json", absl::StrCat("If-None-Match: ", document.Header("etag"), "\r\n")).status, 304);
  EXPECT_EQ(Ask("POST /openapi.json").status, 405);
  const WireAnswer page = Ask("GET /docs");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.Header("content-type"), HasSubstr("text/html"));
  EXPECT_THAT(page.Header("content-security-policy"), HasSubstr("default-src 'none'"));
  EXPECT_EQ(Ask("GET /healthz").Header("content-type"), "application/json");
}

}  // namespace
}  // namespace kechuang::gateway
