#include "common/rpc/tls.h"

#include <filesystem>
#include <memory>
#include <string>
#include <thread>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"

#include "common/base/certificate.h"
#include "common/base/error.h"
#include "common/rpc/test_certificates.h"
#include "common/rpc/test_desk.h"
#include "common/rpc/test_http_client.h"
#include "tests/support/temp_folder.h"

namespace kechuang::rpc {
namespace {

using rpc_test::ChatRequest;
using rpc_test::ChatResponse;
using rpc_test::EchoRequest;
using rpc_test::EchoResponse;

// What a running process must have taken up new certificates within.
constexpr absl::Duration kReloadMax = absl::Seconds(10);

class TlsTest : public ::testing::Test {
 protected:
  static std::shared_ptr<const Tls> Opened(const TlsFiles& files) {
    auto tls = Tls::Open(files);
    EXPECT_TRUE(tls.ok()) << tls.status();
    return *std::move(tls);
  }
  static ServerOptions Serving(const TlsFiles& files, TlsClients clients = TlsClients::kAny) {
    return {.tls = Opened(files), .tls_clients = clients};
  }
  // Asks by channels of their own, at a server that is at this address.
  static absl::Status Echo(const std::string& address, const std::shared_ptr<const Tls>& tls) {
    Channels channels({{"desk", address}}, tls);
    EchoRequest request;
    request.set_text("你好");
    return Ask<rpc_test::DeskService, EchoResponse>(channels, ServedDesk::KnownCall(absl::Seconds(5)), "desk", request)
        .status();
  }
  // The name in the certificate that a new connection is shown.
  std::string NameShown(int port) const { return Wire(port, {"", "", authority_.path()}).ServerName(); }

  const kechuang::testing::TempFolder folder_;
  TestAuthority authority_{folder_.path()};
};

TEST_F(TlsTest, ServesCallersWhoKnowTheAuthority) {
  const TlsFiles files = authority_.Sign("server");
  ServedDesk served(Serving(files));
  EXPECT_EQ(Echo(served.address(), Opened({"", "", authority_.path()})), absl::OkStatus());
}

TEST_F(TlsTest, RefusesPlainText) {
  ServedDesk served(Serving(authority_.Sign("server")));
  EXPECT_EQ(Echo(served.address(), nullptr).code(), absl::StatusCode::kUnavailable);
  Wire wire(served.server().port());
  wire.Send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  EXPECT_EQ(wire.Rest().find("HTTP"), std::string::npos);
}

TEST_F(TlsTest, CallersRefuseAServerOfAnotherAuthorityOrName) {
  ServedDesk served(Serving(authority_.Sign("server")));
  const TestAuthority other(folder_.path(), "other");
  EXPECT_EQ(Echo(served.address(), Opened({"", "", other.path()})).code(), absl::StatusCode::kUnavailable);
  ServedDesk elsewhere(Serving(authority_.Sign("elsewhere", "IP:10.0.0.1,DNS:elsewhere.example")));
  EXPECT_EQ(Echo(elsewhere.address(), Opened({"", "", authority_.path()})).code(), absl::StatusCode::kUnavailable);
}

TEST_F(TlsTest, CallersOfReplicasWantACertificateOfOneOfThem) {
  ServedDesk first(Serving(authority_.Sign("first", "IP:127.0.0.1")));
  ServedDesk second(Serving(authority_.Sign("second", "IP:10.0.0.1")));
  first.server().SetServing(true);
  second.server().SetServing(true);
  const auto caller = Opened({"", "", authority_.path()});
  EXPECT_EQ(Echo(absl::StrCat(first.address(), ",127.0.0.2:1"), caller), absl::OkStatus());
  EXPECT_FALSE(Echo(absl::StrCat(second.address(), ",127.0.0.2:1"), caller).ok());
}

TEST_F(TlsTest, TakesOnlyCallersWithACertificateIfItMust) {
  ServedDesk served(Serving(authority_.Sign("server"), TlsClients::kRequire));
  EchoRequest request;
  EXPECT_EQ(served.Ask<EchoResponse>(request).status(), absl::OkStatus());
  EXPECT_EQ(Echo(served.address(), Opened({"", "", authority_.path()})).code(), absl::StatusCode::kUnavailable);
  TestAuthority other(folder_.path(), "other");
  TlsFiles stranger = other.Sign("stranger");
  stranger.authority = authority_.path();
  EXPECT_EQ(Echo(served.address(), Opened(stranger)).code(), absl::StatusCode::kUnavailable);
}

TEST_F(TlsTest, KnowsACallerByTheCertificateThatItShows) {
  ServedDesk served(Serving(authority_.Sign("server"), TlsClients::kAsk));
  TestAuthority other(folder_.path(), "other");
  TlsFiles machine = other.Sign("machine");
  machine.authority = authority_.path();
  const auto ask = [&](const std::shared_ptr<const Tls>& tls, const std::string& credential) {
    Channels channels({{"desk", served.address()}}, tls);
    Call call;
    call.credential = credential;
    call.deadline = absl::Now() + absl::Seconds(5);
    return Ask<rpc_test::DeskService, EchoResponse>(channels, call, "desk", EchoRequest()).status();
  };
  const auto shown = Opened(machine);
  EXPECT_EQ(ReasonOf(ask(shown, "")), "UNAUTHENTICATED_CALLER") << "nobody has named it yet";
  const std::string digest =
      absl::HexStringToBytes(ReadCertificate(shown->Current()->material.certificate)->fingerprint);
  CallersByDigest machines;
  machines[digest] =
      std::make_shared<const access::Caller>(access::CallerWith("keys/machine", access::Policy::Get().roles()));
  served.authenticator().Learn({{}, machines});
  EXPECT_EQ(ask(shown, ""), absl::OkStatus());
  EXPECT_EQ(ReasonOf(ask(Opened({"", "", authority_.path()}), "")), "UNAUTHENTICATED_CALLER") << "it shows none";
  EXPECT_EQ(ReasonOf(ask(shown, "Bearer wrong")), "UNAUTHENTICATED_CALLER") << "what is said goes first";
  TlsFiles twin = other.Sign("machine");
  twin.authority = authority_.path();
  EXPECT_EQ(ReasonOf(ask(Opened(twin), "")), "UNAUTHENTICATED_CALLER") << "of the same name and authority";
}

TEST_F(TlsTest, ShowsANewCertificateToNewConnectionsWhileAStreamGoesOn) {
  const TlsFiles files = authority_.Sign("before");
  ServedDesk served(Serving(files));
  grpc::ClientContext context;
  ServedDesk::Authorize(context);
  const auto stub = served.stub();
  const auto stream = stub->Chat(&context);
  const auto say = [&stream] {
    ChatRequest request;
    request.set_text("你好");
    ChatResponse response;
    return stream->Write(request) && stream->Read(&response);
  };
  ASSERT_TRUE(say());
  ASSERT_EQ(NameShown(served.server().port()), "before");
  Replace(files, authority_.Sign("after"));
  const absl::Time until = absl::Now() + kReloadMax;
  std::string shown = "before";
  while (shown == "before" && absl::Now() < until) {
    shown = NameShown(served.server().port());
    ASSERT_TRUE(say());
  }
  EXPECT_EQ(shown, "after");
  EXPECT_TRUE(say());
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(TlsTest, CallsGoOnWhileBothSidesGetAnotherAuthority) {
  const TlsFiles files = authority_.Sign("before");
  ServedDesk served(Serving(files, TlsClients::kRequire));
  EchoRequest request;
  ASSERT_EQ(served.Ask<EchoResponse>(request).status(), absl::OkStatus());
  const kechuang::testing::TempFolder elsewhere;
  TestAuthority next(elsewhere.path());
  const TlsFiles replaced = next.Sign("after");
  const TlsFiles stranger = next.Sign("stranger");
  Replace(files, replaced);
  std::filesystem::rename(next.path(), authority_.path());
  const absl::Time until = absl::Now() + kReloadMax;
  bool taken_up = false;
  while (!taken_up && absl::Now() < until) {
    EXPECT_EQ(served.Ask<EchoResponse>(request).status(), absl::OkStatus());
    taken_up =
        Wire(served.server().port(), {stranger.certificate, stranger.key, authority_.path()}).ServerName() == "after";
  }
  EXPECT_TRUE(taken_up);
  EXPECT_EQ(Echo(served.address(), Opened(files)), absl::OkStatus());
}

TEST_F(TlsTest, KeepsTheOldCertificateUntilTheNewOneIsWhole) {
  const TlsFiles files = authority_.Sign("before");
  const auto tls = Opened(files);
  const TlsFiles after = authority_.Sign("after");
  const uint64_t number = tls->Current()->number;
  std::filesystem::rename(after.certificate, files.certificate);
  // Two looks at the files find a certificate without its key.
  const auto generation = [&] { return tls->Current()->number; };
  const absl::Time half = absl::Now() + absl::Seconds(2.5);
  while (absl::Now() < half) ASSERT_EQ(generation(), number);
  std::filesystem::rename(after.key, files.key);
  const absl::Time until = absl::Now() + kReloadMax;
  while (generation() == number && absl::Now() < until) std::this_thread::yield();
  EXPECT_EQ(generation(), number + 1);
}

}  // namespace
}  // namespace kechuang::rpc
