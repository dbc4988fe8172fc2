#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/rpc/http_server.h"
#include "common/rpc/test_http_client.h"

namespace kechuang::rpc {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using Exchange = std::shared_ptr<HttpExchange>;

constexpr absl::Duration kPatience = absl::Seconds(20);
constexpr uint64_t kBodyBytesMax = 1000;

// A server whose handler is given by each test.
class HttpExchangeTest : public ::testing::Test {
 protected:
  void Serve(HttpServer::Handler handler, HttpOptions options = {.threads = 2}) {
    server_ = std::make_unique<HttpServer>(HttpServer::Routes(), std::move(handler), options);
    ASSERT_EQ(server_->Start(0), absl::OkStatus());
  }
  // One that answers with the body that it got.
  void ServeEcho(HttpOptions options = {.threads = 2}) {
    Serve(
        [](const Exchange& exchange) {
          exchange->ReadWhole(kBodyBytesMax, [exchange](HttpPiece body) {
            exchange->Answer(body.fault.ok() ? HttpAnswer{.body = body.bytes}
                                             : FaultAnswer(body.http_status, body.fault));
          });
        },
        options);
  }
  int port() const { return server_->port(); }

  std::unique_ptr<HttpServer> server_;
};

std::string Post(const std::string& body, const std::string& headers = "") {
  return absl::StrCat("POST /x HTTP/1.1\r\nHost: x\r\n", headers, "Content-Length: ", body.size(), "\r\n\r\n", body);
}

TEST_F(HttpExchangeTest, GivesTheHeadOfARequest) {
  Serve([](const Exchange& exchange) {
    const HttpRequest& request = exchange->request();
    exchange->Answer({.body = absl::StrCat(request.verb, " ", request.target, " ", request.Path(), " ",
                                           request.Header("x-two"), "|", request.Header("x-none"))});
  });
  Wire wire(port());
  EXPECT_EQ(wire.Ask("PATCH /v1/loans/7?a=%20b HTTP/1.1\r\nHost: x\r\nX-Two: 1\r\nx-tWO:  2 \r\n\r\n").body,
            "PATCH /v1/loans/7?a=%20b /v1/loans/7 1, 2|");
}

TEST_F(HttpExchangeTest, ReadsBodiesOfEitherFraming) {
  ServeEcho();
  Wire wire(port());
  EXPECT_EQ(wire.Ask(Post("hello")).body, "hello");
  EXPECT_EQ(wire.Ask(Post("")).body, "");
  EXPECT_EQ(wire.Ask("POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                     "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
                .body,
            "abcde");
  EXPECT_EQ(wire.Ask("GET /x HTTP/1.1\r\nHost: x\r\n\r\n").status, 200);
}

TEST_F(HttpExchangeTest, SaysHowLargeABodyMayBe) {
  ServeEcho();
  const std::string large(kBodyBytesMax + 1, 'x');
  for (const std::string& request :
       {Post(large),
        absl::StrCat("POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", "3e9\r\n", large,
                     "\r\n0\r\n\r\n"),
        std::string("POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 18446744073709551615\r\n\r\n")}) {
    Wire wire(port());
    const WireAnswer answer = wire.Ask(request);
    EXPECT_EQ(answer.status, 413);
    EXPECT_EQ(answer.Header("connection"), "close");
    EXPECT_THAT(answer.body, AllOf(HasSubstr("\"bytes_max\":\"1000\""), HasSubstr("FIELD_TOO_LONG")));
  }
  Wire wire(port());
  EXPECT_EQ(wire.Ask(Post(large.substr(1))).status, 200);
}

TEST_F(HttpExchangeTest, GivesUpOnABodyThatNeverComes) {
  ServeEcho({.read_max = absl::Milliseconds(50)});
  Wire wire(port());
  wire.Send("POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhe");
  EXPECT_THAT(wire.Rest(), AllOf(StartsWith("HTTP/1.1 408 "), HasSubstr("50ms")));
}

TEST_F(HttpExchangeTest, RefusesABodyThatIsMalformed) {
  ServeEcho();
  Wire wire(port());
  wire.Send("POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nnothing\r\n");
  EXPECT_THAT(wire.Rest(), StartsWith("HTTP/1.1 400 "));
}

TEST_F(HttpExchangeTest, SaysContinueToAClientThatWaitsForIt) {
  ServeEcho();
  Wire wire(port());
  wire.Send("POST /x HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  EXPECT_EQ(wire.Head(), "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_EQ(wire.Ask("hello").body, "hello");
  // One that would be too large is not asked for.
  wire.Send("POST /x HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5000\r\n\r\n");
  EXPECT_EQ(wire.Answer().status, 413);
}

TEST_F(HttpExchangeTest, AnswersPipelinedRequestsInTheirOrder) {
  // Each answer comes from a thread of its own, the first one last if it could.
  std::atomic<int> threads = 0;
  Serve([&threads](const Exchange& exchange) {
    ++threads;
    std::thread([exchange] { exchange->Answer({.body = std::string(exchange->request().Path())}); }).detach();
  });
  Wire wire(port());
  std::string requests;
  for (int i = 0; i < 500; ++i) absl::StrAppend(&requests, "GET /", i, " HTTP/1.1\r\nHost: x\r\n\r\n");
  ASSERT_TRUE(wire.Send(requests));
  for (int i = 0; i < 500; ++i) ASSERT_EQ(wire.Answer().body, absl::StrCat("/", i));
  EXPECT_EQ(threads, 500);
}

TEST_F(HttpExchangeTest, CompressesLongTextsForWhoAdmitsIt) {
  const std::string text(5000, 'x');
  Serve([&text](const Exchange& exchange) { exchange->Answer({.content_type = "application/json", .body = text}); });
  Wire wire(port());
  const WireAnswer packed = wire.Ask("GET /x HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n");
  EXPECT_EQ(packed.Header("content-encoding"), "gzip");
  EXPECT_EQ(packed.Header("vary"), "Accept-Encoding");
  EXPECT_TRUE(packed.body == Gzip(text));
  const WireAnswer head = wire.Ask("HEAD /x HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n");
  EXPECT_EQ(head.Header("content-length"), absl::StrCat(packed.body.size()));
  const WireAnswer plain = wire.Ask("GET /x HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(plain.Header("content-encoding"), "");
  EXPECT_EQ(plain.Header("vary"), "Accept-Encoding");
  EXPECT_EQ(plain.body, text);
}

TEST_F(HttpExchangeTest, SendsEachPieceAsItIsWritten) {
  absl::Notification seen;
  Serve([&seen](const Exchange& exchange) {
    exchange->Begin({.content_type = "application/x-ndjson"});
    exchange->Write("first\n", [exchange, &seen](bool sent) {
      EXPECT_TRUE(sent);
      std::thread([exchange, &seen] {
        EXPECT_TRUE(seen.WaitForNotificationWithTimeout(kPatience));
        exchange->Write("second\n", [exchange](bool) { exchange->End(); });
      }).detach();
    });
  });
  Wire wire(port());
  wire.Send("GET /x HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(wire.Head(), AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("Transfer-Encoding: chunked\r\n"),
                                 HasSubstr("Content-Type: application/x-ndjson\r\n")));
  EXPECT_EQ(wire.Chunk(), "first\n");
  seen.Notify();
  EXPECT_EQ(wire.Chunk(), "second\n");
  EXPECT_EQ(wire.Chunk(), "");
  EXPECT_TRUE(wire.Ask("HEAD /x HTTP/1.1\r\nHost: x\r\n\r\n").body.empty());
  wire.Send("GET /x HTTP/1.0\r\n\r\n");
  EXPECT_THAT(wire.Rest(), AllOf(StartsWith("HTTP/1.0 200"), ::testing::EndsWith("\r\n\r\nfirst\nsecond\n")));
}

// Writes pieces one after another until the client has gone or all are sent.
struct Stream : public std::enable_shared_from_this<Stream> {
  Stream(Exchange on, int count) : exchange(std::move(on)), left(count) {}
  void Next() {
    if (left-- == 0) return exchange->End();
    exchange->Write(std::string(64 * 1024, 'x'), [self = shared_from_this()](bool taken) {
      if (!taken) return;
      ++self->sent;
      self->Next();
    });
  }
  const Exchange exchange;
  int left;
  std::atomic<int> sent = 0;
};

TEST_F(HttpExchangeTest, WaitsForASlowClientAndHoldsNoMoreThanOnePiece) {
  constexpr int kPieces = 1600;  // 100 MiB
  std::shared_ptr<Stream> stream;
  absl::Notification begun;
  Serve([&](const Exchange& exchange) {
    exchange->Begin({});
    stream = std::make_shared<Stream>(exchange, kPieces);
    stream->Next();
    begun.Notify();
  });
  Wire wire(port());
  wire.Send("GET /x HTTP/1.1\r\nHost: x\r\n\r\n");
  ASSERT_TRUE(begun.WaitForNotificationWithTimeout(kPatience));
  EXPECT_THAT(wire.Head(), StartsWith("HTTP/1.1 200"));
  // Half of it cannot fit into the kernel's buffers: the writer stands still until the client reads.
  EXPECT_EQ(wire.Bytes(1).size(), 1U);
  Wire other(port());
  EXPECT_LT(stream->sent, kPieces / 2);
  size_t total = 1;
  for (std::string more = wire.Bytes(1 << 20); !more.empty(); more = wire.Bytes(1 << 20)) {
    total += more.size();
    if (total > kPieces * 64 * 1024) break;
  }
  EXPECT_GE(total, kPieces * 64 * 1024);
  stream.reset();
}

TEST_F(HttpExchangeTest, CutsOffAClientThatTakesNothing) {
  absl::Notification gone;
  Serve(
      [&gone](const Exchange& exchange) {
        exchange->OnGone([exchange, &gone] { gone.Notify(); });
        exchange->Begin({});
        std::make_shared<Stream>(exchange, 16000)->Next();
      },
      {.write_max = absl::Milliseconds(100)});
  Wire wire(port());
  wire.Send("GET /x HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(gone.WaitForNotificationWithTimeout(kPatience));
}

// Reads a body chunk by chunk, each when it is told to.
struct Upload : public std::enable_shared_from_this<Upload> {
  explicit Upload(Exchange on) : exchange(std::move(on)) {}
  void Next() {
    EXPECT_EQ(in_flight++, 0);
    exchange->ReadChunk(uint64_t{1} << 30, [self = shared_from_this()](HttpPiece piece) {
      --self->in_flight;
      self->largest = std::max(self->largest, piece.bytes.size());
      self->total += piece.bytes.size();
      if (!piece.fault.ok() || piece.bytes.empty()) {
        return self->exchange->Answer({.body = absl::StrCat(self->total, " ", piece.fault.ok())});
      }
      self->Next();
    });
  }
  const Exchange exchange;
  std::atomic<int> in_flight = 0;
  size_t largest = 0;
  uint64_t total = 0;
};

TEST_F(HttpExchangeTest, TakesAnUploadOfAnySizeInPiecesAndOnlyWhenAsked) {
  constexpr size_t kBytes = 200'000'000;
  absl::Notification arrived;
  absl::Notification go;
  std::shared_ptr<Upload> upload;
  Serve([&](const Exchange& exchange) {
    upload = std::make_shared<Upload>(exchange);
    arrived.Notify();
    std::thread([upload, &go] {
      EXPECT_TRUE(go.WaitForNotificationWithTimeout(kPatience));
      upload->Next();
    }).detach();
  });
  Wire wire(port());
  wire.Send(absl::StrCat("POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: ", kBytes, "\r\n\r\n"));
  ASSERT_TRUE(arrived.WaitForNotificationWithTimeout(kPatience));
  // Nobody reads: the client is held up before long.
  const size_t fitted = wire.SendWhatFits(kBytes);
  EXPECT_LT(fitted, kBytes / 4);
  go.Notify();
  const std::string block(1 << 20, 'x');
  for (size_t sent = fitted; sent < kBytes; sent += block.size()) {
    ASSERT_TRUE(wire.Send(absl::string_view(block).substr(0, kBytes - sent)));
  }
  EXPECT_EQ(wire.Answer().body, absl::StrCat(kBytes, " 1"));
  EXPECT_LE(upload->largest, 128U * 1024);
  upload.reset();
}

TEST_F(HttpExchangeTest, TellsThatTheClientHasGone) {
  absl::Notification handled;
  absl::Notification gone;
  Exchange held;
  Serve([&](const Exchange& exchange) {
    exchange->OnGone([&gone] { gone.Notify(); });
    held = exchange;
    handled.Notify();
  });
  Wire wire(port());
  wire.Send("GET /x HTTP/1.1\r\nHost: x\r\n\r\n");
  ASSERT_TRUE(handled.WaitForNotificationWithTimeout(kPatience));
  EXPECT_FALSE(gone.HasBeenNotified());
  wire.Close();
  EXPECT_TRUE(gone.WaitForNotificationWithTimeout(kPatience));
  absl::Notification told;
  held->ReadChunk(1, [&told](HttpPiece piece) {
    EXPECT_EQ(piece.fault.code(), absl::StatusCode::kCancelled);
    told.Notify();
  });
  EXPECT_TRUE(told.WaitForNotificationWithTimeout(kPatience));
  held.reset();
}

TEST_F(HttpExchangeTest, ClosesWhenNobodyAnswers) {
  Serve([](const Exchange&) {});
  Wire wire(port());
  EXPECT_EQ(wire.Ask("GET /x HTTP/1.1\r\nHost: x\r\n\r\n").status, 0);
}

TEST_F(HttpExchangeTest, CompletesTheAnswersUnderWayWhenItStops) {
  absl::Notification handled;
  Exchange held;
  Serve([&](const Exchange& exchange) {
    held = exchange;
    handled.Notify();
  });
  Wire wire(port());
  wire.Send("GET /x HTTP/1.1\r\nHost: x\r\n\r\n");
  ASSERT_TRUE(handled.WaitForNotificationWithTimeout(kPatience));
  std::thread stop([this] { server_->Stop(kPatience); });
  // Its port is closed first.
  while (Wire(port()).is_open()) std::this_thread::yield();
  held->Answer({.body = "late"});
  held.reset();
  const WireAnswer answer = wire.Answer();
  EXPECT_EQ(answer.body, "late");
  EXPECT_EQ(answer.Header("connection"), "close");
  wire.Close();
  stop.join();
}

TEST_F(HttpExchangeTest, CutsOffWhatTakesLongerWhenItStops) {
  absl::Notification handled;
  absl::Notification gone;
  Exchange held;
  Serve([&](const Exchange& exchange) {
    exchange->OnGone([&] {
      held.reset();
      gone.Notify();
    });
    held = exchange;
    handled.Notify();
  });
  Wire wire(port());
  wire.Send("GET /x HTTP/1.1\r\nHost: x\r\n\r\n");
  ASSERT_TRUE(handled.WaitForNotificationWithTimeout(kPatience));
  server_.reset();
  EXPECT_TRUE(gone.HasBeenNotified());
  EXPECT_EQ(wire.Rest(), "");
}

}  // namespace
}  // namespace kechuang::rpc
