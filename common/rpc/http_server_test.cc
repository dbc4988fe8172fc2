#include "common/rpc/http_server.h"

#include <sys/resource.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <random>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "common/rpc/test_http_client.h"

namespace kechuang::rpc {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

HttpServer::Routes TwoRoutes() {
  return {{"/healthz",
           [] {
             return HttpAnswer{503, "application/json", "{}\n"};
           }},
          {"/metrics", [] {
             return HttpAnswer{200, "text/plain", "counts\n"};
           }}};
}

class HttpServerTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(server_.Start(0), absl::OkStatus()); }
  std::string Ask(const std::string& request) const {
    Wire wire(server_.port());
    wire.Send(request);
    return wire.Rest();
  }

  HttpServer server_{TwoRoutes()};
};

constexpr char kClose[] = "Host: x\r\nConnection: close\r\n\r\n";
constexpr char kGet[] = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";

TEST_F(HttpServerTest, AnswersGet) {
  EXPECT_THAT(Ask(absl::StrCat("GET /metrics HTTP/1.1\r\n", kClose)),
              AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), HasSubstr("Content-Type: text/plain\r\n"),
                    HasSubstr("Content-Length: 7\r\n"), EndsWith("\r\n\r\ncounts\n")));
  EXPECT_THAT(Ask(absl::StrCat("GET /metrics?name=x HTTP/1.1\r\n", kClose)), StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(Ask(absl::StrCat("GET /healthz HTTP/1.1\r\n", kClose)),
              AllOf(StartsWith("HTTP/1.1 503"), HasSubstr("Content-Type: application/json\r\n")));
}

TEST_F(HttpServerTest, AnswersHeadWithTheLengthAndNoBody) {
  EXPECT_THAT(Ask(absl::StrCat("HEAD /metrics HTTP/1.1\r\n", kClose)),
              AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), HasSubstr("Content-Length: 7\r\n"), EndsWith("\r\n\r\n")));
}

TEST_F(HttpServerTest, KnowsNoOtherPathAndNoOtherVerb) {
  EXPECT_THAT(Ask(absl::StrCat("GET / HTTP/1.1\r\n", kClose)), StartsWith("HTTP/1.1 404 Not Found\r\n"));
  EXPECT_THAT(Ask(absl::StrCat("GET /metrics/ HTTP/1.1\r\n", kClose)), StartsWith("HTTP/1.1 404 Not Found\r\n"));
  EXPECT_THAT(Ask(absl::StrCat("DELETE /metrics HTTP/1.1\r\n", kClose)),
              AllOf(StartsWith("HTTP/1.1 405 Method Not Allowed\r\n"), HasSubstr("Allow: GET, HEAD\r\n")));
}

TEST_F(HttpServerTest, KeepsAConnectionForTheNextRequest) {
  Wire wire(server_.port());
  for (int i = 0; i < 50; ++i) {
    const WireAnswer answer = wire.Ask(kGet);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "counts\n");
  }
  wire.Send(absl::StrCat(kGet, "\r\n", "GET / HTTP/1.1\r\n", kClose));
  EXPECT_THAT(wire.Rest(), AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("HTTP/1.1 404")));
}

TEST_F(HttpServerTest, SpeaksHttp10) {
  EXPECT_THAT(Ask("GET /metrics HTTP/1.0\r\n\r\n"), AllOf(StartsWith("HTTP/1.0 200"), EndsWith("counts\n")));
  Wire wire(server_.port());
  for (int i = 0; i < 2; ++i) {
    const WireAnswer answer = wire.Ask("GET /metrics HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_EQ(answer.Header("connection"), "keep-alive");
    EXPECT_EQ(answer.body, "counts\n");
  }
}

TEST_F(HttpServerTest, SaysWhichLimitOfTheHeadersARequestBreaks) {
  const std::string bytes_max = absl::StrCat(Limits().header_bytes);
  const std::string large(static_cast<size_t>(Limits().header_bytes), 'x');
  for (const std::string& request :
       {absl::StrCat("GET /metrics HTTP/1.1\r\nX-Large: ", large, "\r\n", kClose), absl::StrCat("GET /", large)}) {
    EXPECT_THAT(Ask(request), AllOf(StartsWith("HTTP/1.1 431 "), HasSubstr("Connection: close"), HasSubstr(bytes_max),
                                    HasSubstr("FIELD_TOO_LONG")));
  }
}

TEST_F(HttpServerTest, TakesOnlySoManyHeaders) {
  const auto with_headers = [](size_t count) {
    std::string request = "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
    for (size_t i = 2; i < count; ++i) absl::StrAppend(&request, "X: y\r\n");
    return request + "\r\n";
  };
  const size_t most = HttpOptions().headers_max;
  EXPECT_THAT(Ask(with_headers(most)), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(Ask(with_headers(most + 1)),
              AllOf(StartsWith("HTTP/1.1 431 "), HasSubstr(absl::StrCat("more than the ", most, " headers"))));
}

TEST_F(HttpServerTest, RefusesWhatIsNoHttpAndServesOn) {
  for (const std::string& request :
       {std::string("\x16\x03\x01 no http\r\n\r\n"), std::string("get /metrics HTTP/1.1\r\nHost: x\r\n\r\n"),
        std::string("GET /metrics\r\n\r\n"), std::string("GET /metrics HTTP/2.0\r\nHost: x\r\n\r\n"),
        std::string("GET /metrics HTTP/1.1\r\n\r\n"), std::string("GET /metrics HTTP/1.1\r\nHost x\r\n\r\n"),
        std::string("GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n"),
        std::string("GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"),
        std::string("GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n")}) {
    EXPECT_THAT(Ask(request), AllOf(StartsWith("HTTP/1.1 400 "), HasSubstr("Connection: close"))) << request;
  }
  EXPECT_THAT(Ask("GET /metrics HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"),
              StartsWith("HTTP/1.1 501 "));
  EXPECT_THAT(Ask(absl::StrCat("GET /metrics HTTP/1.1\r\n", kClose)), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_F(HttpServerTest, ReadsOverABodyThatNobodyWants) {
  Wire wire(server_.port());
  EXPECT_EQ(wire.Ask("POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello").status, 405);
  EXPECT_EQ(wire.Ask(kGet).status, 200);
  // The rest of this one may take long: the connection ends instead.
  const WireAnswer answer = wire.Ask("POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 90000\r\n\r\n");
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.Header("connection"), "close");
  EXPECT_EQ(wire.Rest(), "");
}

TEST_F(HttpServerTest, SaysThatItsPortIsTaken) {
  HttpServer second({});
  const absl::Status status = second.Start(server_.port());
  EXPECT_EQ(ReasonOf(status), "SERVICE_UNAVAILABLE");
  EXPECT_THAT(std::string(status.message()), HasSubstr(absl::StrCat("127.0.0.1:", server_.port())));
}

TEST_F(HttpServerTest, EndsKeptConnectionsWhenItStops) {
  Wire wire(server_.port());
  EXPECT_EQ(wire.Ask(kGet).status, 200);
  server_.Stop(absl::Seconds(10));
  EXPECT_EQ(wire.Rest(), "");
  Wire late(server_.port());
  EXPECT_EQ(late.Ask(kGet).status, 0);
}

// A thousand sockets need twice as many files, both ends being in this process.
void AllowFiles(rlim_t count) {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = std::min(files.rlim_max, std::max(files.rlim_cur, count));
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &files), 0);
}

TEST(HttpServerLimits, ServesBesideAThousandIdleConnectionsAndLetsTheLongestIdleGo) {
  ASSERT_NO_FATAL_FAILURE(AllowFiles(4096));
  HttpServer server(TwoRoutes(), nullptr, {.threads = 1, .connections_max = 1001});
  ASSERT_EQ(server.Start(0), absl::OkStatus());
  std::vector<std::unique_ptr<Wire>> idle;
  for (int i = 0; i < 1000; ++i) {
    idle.push_back(std::make_unique<Wire>(server.port()));
    // Some have asked before, some are in the midst of a request, some never say anything.
    if (i % 3 == 2) {
      ASSERT_EQ(idle.back()->Ask(kGet).status, 200);
    }
    if (i % 3 == 1) {
      ASSERT_TRUE(idle.back()->Send("GET /metr"));
    }
  }
  Wire live(server.port());
  for (int i = 0; i < 100; ++i) ASSERT_EQ(live.Ask(kGet).status, 200);
  Wire one_more(server.port());
  EXPECT_EQ(one_more.Ask(kGet).status, 200);
  EXPECT_EQ(idle[0]->Rest(), "") << "the one that has waited longest";
  EXPECT_EQ(live.Ask(kGet).status, 200);
}

TEST(HttpServerLimits, RefusesAConnectionWhileRequestsAreUnderWayOnAllOthers) {
  std::mutex mutex;
  std::vector<std::shared_ptr<HttpExchange>> held;
  absl::Notification all_held;
  HttpServer server(TwoRoutes(),
                    [&](const std::shared_ptr<HttpExchange>& exchange) {
                      const std::lock_guard<std::mutex> lock(mutex);
                      held.push_back(exchange);
                      if (held.size() == 3) all_held.Notify();
                    },
                    {.threads = 1, .connections_max = 3});
  ASSERT_EQ(server.Start(0), absl::OkStatus());
  std::vector<std::unique_ptr<Wire>> busy;
  for (int i = 0; i < 3; ++i) {
    busy.push_back(std::make_unique<Wire>(server.port()));
    ASSERT_TRUE(busy.back()->Send("GET /held HTTP/1.1\r\nHost: x\r\n\r\n"));
  }
  ASSERT_TRUE(all_held.WaitForNotificationWithTimeout(absl::Seconds(20)));
  Wire one_too_many(server.port());
  const WireAnswer refused = one_too_many.Answer();
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.Header("retry-after"), "1");
  EXPECT_THAT(refused.body, HasSubstr("all 3 connections"));
  for (const auto& exchange : std::exchange(held, {})) exchange->Answer({.body = "done\n"});
  for (const auto& wire : busy) EXPECT_EQ(wire->Answer().body, "done\n");
}

TEST(HttpServerLimits, EndsAConnectionThatIsIdleAndARequestThatNeverCompletes) {
  HttpServer server(TwoRoutes(), nullptr, {.idle_max = absl::Milliseconds(200), .head_max = absl::Milliseconds(100)});
  ASSERT_EQ(server.Start(0), absl::OkStatus());
  Wire idle(server.port());
  Wire slow(server.port());
  EXPECT_TRUE(slow.Send("GET /metrics HTTP/1.1\r\nHo"));
  EXPECT_THAT(slow.Rest(), AllOf(StartsWith("HTTP/1.1 408 "), HasSubstr("100ms"), HasSubstr("DEADLINE")));
  EXPECT_EQ(idle.Rest(), "");
}

// A request with some of its bytes changed, doubled, cut out or cut off.
std::string Mutated(std::string request, std::mt19937& random) {
  const auto below = [&](size_t most) { return std::uniform_int_distribution<size_t>(0, most - 1)(random); };
  for (size_t changes = 1 + below(4); changes > 0 && !request.empty(); --changes) {
    const size_t at = below(request.size());
    const size_t size = 1 + below(8);
    switch (below(5)) {
      case 0:
        request[at] = static_cast<char>(below(256));
        break;
      case 1:
        request.insert(at, request.substr(at, size));
        break;
      case 2:
        request.erase(at, size);
        break;
      case 3:
        request.resize(at);
        break;
      default:
        request.insert(at, std::string(size, "\r\n:, 0fF;\0"[below(10)]));
    }
  }
  return request;
}

TEST(HttpServerLimits, SurvivesTwoThousandMalformedRequests) {
  constexpr unsigned kSeed = 20221231;
  HttpServer server(TwoRoutes(), [](const std::shared_ptr<HttpExchange>& exchange) {
    exchange->ReadWhole(1000, [exchange](const HttpPiece& body) {
      exchange->Answer(body.fault.ok() ? HttpAnswer{.body = body.bytes} : FaultAnswer(body.http_status, body.fault));
    });
  });
  ASSERT_EQ(server.Start(0), absl::OkStatus());
  const std::vector<std::string> originals = {
      kGet, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello",
      "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\nT: x\r\n\r\n",
      "PATCH /v1/loans/7?updateMask=a,b HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip;q=0.5, *\r\nConnection: "
      "close\r\n\r\n"};
  std::mt19937 random(kSeed);
  int answered = 0;
  for (int i = 0; i < 2000; ++i) {
    Wire wire(server.port());
    wire.Send(Mutated(originals[static_cast<size_t>(i) % originals.size()], random));
    wire.HalfClose();
    const std::string answer = wire.Rest();
    ASSERT_TRUE(answer.empty() || answer.rfind("HTTP/1.", 0) == 0) << "seed " << kSeed << ", request " << i;
    if (!answer.empty()) ++answered;
  }
  EXPECT_GT(answered, 200);
  Wire wire(server.port());
  EXPECT_EQ(wire.Ask(kGet).status, 200);
}

}  // namespace
}  // namespace kechuang::rpc
