#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/certificate.h"
#include "common/rpc/http_server.h"
#include "common/rpc/test_certificates.h"
#include "common/rpc/test_http_client.h"
#include "tests/support/temp_folder.h"

namespace kechuang::rpc {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using Exchange = std::shared_ptr<HttpExchange>;

constexpr char kGet[] = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr absl::Duration kReloadMax = absl::Seconds(10);
constexpr uint64_t kBodyBytesMax = uint64_t{64} * 1024 * 1024;

// An HTTP server with a certificate; what is no /metrics is answered with its own body.
class TlsHttpTest : public ::testing::Test {
 protected:
  void Serve(HttpOptions options = {}) {
    if (options.tls == nullptr) options.tls = *Tls::Open(files_);
    options.threads = 2;
    server_ = std::make_unique<HttpServer>(
        HttpServer::Routes{{"/metrics",
                            [] {
                              return HttpAnswer{200, "text/plain", "counts\n"};
                            }}},
        [](const Exchange& exchange) {
          exchange->ReadWhole(kBodyBytesMax, [exchange](HttpPiece body) {
            exchange->Answer({.content_type = "application/octet-stream", .body = std::move(body.bytes)});
          });
        },
        options);
    ASSERT_EQ(server_->Start(0), absl::OkStatus());
  }
  int port() const { return server_->port(); }
  TlsFiles Knowing() const { return {"", "", authority_.path()}; }

  const kechuang::testing::TempFolder folder_;
  TestAuthority authority_{folder_.path()};
  const TlsFiles files_ = authority_.Sign("server");
  std::unique_ptr<HttpServer> server_;
};

std::string Post(const std::string& body) {
  return absl::StrCat("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: ", body.size(), "\r\n\r\n", body);
}

TEST_F(TlsHttpTest, AnswersManyRequestsOnOneConnection) {
  Serve();
  Wire wire(port(), Knowing());
  ASSERT_TRUE(wire.is_open());
  for (int i = 0; i < 100; ++i) EXPECT_EQ(wire.Ask(kGet).body, "counts\n");
  wire.Send(absl::StrCat(kGet, kGet));
  EXPECT_EQ(wire.Answer().body, "counts\n");
  EXPECT_EQ(wire.Answer().body, "counts\n");
}

TEST_F(TlsHttpTest, CarriesLargeBodiesBothWays) {
  Serve();
  std::string body(size_t{20} * 1024 * 1024, 'x');
  for (size_t i = 0; i < body.size(); i += 1000) body[i] = static_cast<char>('a' + i % 26);
  Wire wire(port(), Knowing());
  EXPECT_TRUE(wire.Ask(Post(body)).body == body);
  EXPECT_EQ(wire.Ask(kGet).body, "counts\n");
}

TEST_F(TlsHttpTest, SendsContinueAndSaysWhereItEnds) {
  Serve();
  Wire wire(port(), Knowing());
  wire.Send("POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nConnection: close\r\nContent-Length: 2\r\n\r\n");
  EXPECT_THAT(wire.Head(), StartsWith("HTTP/1.1 100 Continue"));
  wire.Send("ok");
  EXPECT_THAT(wire.Rest(), HasSubstr("\r\n\r\nok"));
}

TEST_F(TlsHttpTest, GivesPlainTextNothingAndGoesOn) {
  Serve();
  for (const char* plain : {kGet, "nonsense\r\n\r\n", "\x16\x03\x01\xff\xff", "\n"}) {
    Wire wire(port());
    wire.Send(plain);
    wire.HalfClose();
    EXPECT_THAT(wire.Rest(), Not(HasSubstr("HTTP"))) << plain;
  }
  EXPECT_EQ(Wire(port(), Knowing()).Ask(kGet).status, 200);
}

TEST_F(TlsHttpTest, WaitsForNoHandshakeForEver) {
  Serve({.head_max = absl::Milliseconds(200)});
  Wire silent(port());
  Wire slow(port());
  slow.Send("\x16\x03\x01");
  EXPECT_EQ(silent.Rest(), "");
  EXPECT_EQ(slow.Rest(), "");
}

TEST_F(TlsHttpTest, WaitsForNoRequestForEver) {
  Serve({.idle_max = absl::Milliseconds(200), .head_max = absl::Milliseconds(200)});
  Wire silent(port(), Knowing());
  Wire slow(port(), Knowing());
  slow.Send("GET /metrics HT");
  EXPECT_EQ(silent.Rest(), "");
  EXPECT_THAT(slow.Rest(), StartsWith("HTTP/1.1 408"));
}

TEST_F(TlsHttpTest, StopsWithConnectionsInTheMiddleOfAHandshake) {
  Serve();
  Wire silent(port());
  Wire idle(port(), Knowing());
  server_->Stop(absl::Seconds(20));
  EXPECT_EQ(silent.Rest(), "");
  EXPECT_EQ(idle.Rest(), "");
}

TEST_F(TlsHttpTest, IsRefusedByWhoKnowsAnotherAuthority) {
  Serve();
  const TestAuthority other(folder_.path(), "other");
  EXPECT_FALSE(Wire(port(), {"", "", other.path()}).is_open());
  EXPECT_EQ(Wire(port(), Knowing()).ServerName(), "server");
}

TEST_F(TlsHttpTest, TakesOnlyClientsWithACertificateIfItMust) {
  Serve({.tls_clients = TlsClients::kRequire});
  EXPECT_EQ(Wire(port(), authority_.Sign("client")).Ask(kGet).status, 200);
  EXPECT_EQ(Wire(port(), Knowing()).Ask(kGet).status, 0);
  TestAuthority other(folder_.path(), "other");
  TlsFiles stranger = other.Sign("stranger");
  stranger.authority = authority_.path();
  EXPECT_EQ(Wire(port(), stranger).Ask(kGet).status, 0);
}

TEST_F(TlsHttpTest, TellsWhichCertificateAClientShowed) {
  HttpServer server(
      {}, [](const Exchange& exchange) { exchange->Answer({.body = exchange->request().client_certificate}); },
      {.tls = *Tls::Open(files_), .tls_clients = TlsClients::kAsk});
  ASSERT_EQ(server.Start(0), absl::OkStatus());
  TestAuthority other(folder_.path(), "other");
  TlsFiles stranger = other.Sign("stranger");
  stranger.authority = authority_.path();
  Wire wire(server.port(), stranger);
  const std::string fingerprint = ReadCertificate((*Tls::Open(stranger))->Current()->material.certificate)->fingerprint;
  EXPECT_EQ(wire.Ask("GET /who HTTP/1.1\r\nHost: x\r\n\r\n").body, fingerprint);
  EXPECT_EQ(wire.Ask("GET /who HTTP/1.1\r\nHost: x\r\n\r\n").body, fingerprint);
  EXPECT_EQ(Wire(server.port(), Knowing()).Ask("GET /who HTTP/1.1\r\nHost: x\r\n\r\n").body, "");
}

TEST_F(TlsHttpTest, ShowsANewCertificateToNewConnectionsWhileOldOnesGoOn) {
  Serve();
  Wire before(port(), Knowing());
  Replace(files_, authority_.Sign("after"));
  const absl::Time until = absl::Now() + kReloadMax;
  std::string shown = "server";
  while (shown == "server" && absl::Now() < until) {
    shown = Wire(port(), Knowing()).ServerName();
    ASSERT_EQ(before.Ask(kGet).status, 200);
  }
  EXPECT_EQ(shown, "after");
  EXPECT_EQ(before.Ask(kGet).status, 200);
}

TEST_F(TlsHttpTest, TurnsAwayMoreConnectionsThanItMayHave) {
  Serve({.connections_max = 1});
  Wire first(port(), Knowing());
  first.Send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_THAT(first.Head(), StartsWith("HTTP/1.1 100 "));
  EXPECT_FALSE(Wire(port(), Knowing()).is_open()) << "a request is under way on the first";
  EXPECT_EQ(first.Ask("hello").body, "hello");
}

TEST_F(TlsHttpTest, LetsAnIdleConnectionGoForANewOne) {
  Serve({.connections_max = 1});
  Wire first(port(), Knowing());
  ASSERT_TRUE(first.is_open());
  Wire second(port(), Knowing());
  EXPECT_EQ(second.Ask(kGet).status, 200);
  EXPECT_EQ(first.Rest(), "");
}

}  // namespace
}  // namespace kechuang::rpc
