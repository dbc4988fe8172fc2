#include "common/rpc/listening.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "common/rpc/test_certificates.h"
#include "tests/support/temp_folder.h"

namespace kechuang::rpc {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string Fault(const ListenFlags& flags) {
  const auto listening = CheckListening(flags);
  EXPECT_EQ(ReasonOf(listening.status()), "INVALID_FIELDS");
  return absl::StrCat(listening.status().message(), " / ", ChineseOf(listening.status()));
}

TEST(Listening, IsPlainOnLoopbackUnlessToldOtherwise) {
  for (const char* ip : {"127.0.0.1", "127.0.0.9", "::1"}) {
    const auto listening = CheckListening({ip, {}, "none", {{"loan", "127.0.0.1:7102"}}});
    ASSERT_TRUE(listening.ok()) << listening.status();
    EXPECT_EQ(listening->tls, nullptr);
  }
}

TEST(Listening, NeedsACertificateBeyondLoopback) {
  for (const char* ip : {"0.0.0.0", "::", "10.0.0.5", "fe80::1"}) {
    EXPECT_THAT(Fault({ip, {}, "none", {}}), AllOf(HasSubstr("--tls_certificate"), HasSubstr("必须使用 TLS"))) << ip;
  }
  const kechuang::testing::TempFolder folder;
  TestAuthority authority(folder.path());
  const auto listening = CheckListening({"0.0.0.0", authority.Sign("server"), "require", {}});
  ASSERT_TRUE(listening.ok()) << listening.status();
  EXPECT_TRUE(listening->tls->serves());
  EXPECT_EQ(listening->clients, TlsClients::kRequire);
  EXPECT_EQ(listening->gateway_clients(), TlsClients::kAsk);
  EXPECT_EQ(CheckListening({"0.0.0.0", authority.Sign("server"), "ask", {}})->clients, TlsClients::kAsk);
}

TEST(Listening, SendsNoKeyInPlainTextToAnotherMachine) {
  for (const char* address : {"10.0.0.5:7102", "loan.example:7102", "127.0.0.1:7102,10.0.0.5:7102", "[fe80::1]:7102"}) {
    EXPECT_THAT(Fault({"127.0.0.1", {}, "none", {{"loan", address}}}),
                AllOf(HasSubstr("loan_address: "), HasSubstr("--tls_authority"), HasSubstr("不得以明文传输")))
        << address;
  }
  for (const char* address : {"localhost:7102", "[::1]:7102,[::1]:7103", "127.0.0.1:7102,127.0.0.2:7102"}) {
    EXPECT_TRUE(CheckListening({"127.0.0.1", {}, "none", {{"loan", address}}}).ok()) << address;
  }
}

TEST(Listening, TellsEveryFaultAtOnce) {
  EXPECT_THAT(
      Fault({"localhost", {"", "", "/absent"}, "some", {}}),
      AllOf(HasSubstr("is no IP address"), HasSubstr("none, ask or require"), HasSubstr("/absent cannot be read")));
  for (const char* clients : {"ask", "require"}) {
    EXPECT_THAT(Fault({"127.0.0.1", {}, clients, {}}), HasSubstr("--tls_certificate"));
  }
}

TEST(Listening, WritesAddresses) {
  EXPECT_EQ(Listening{"127.0.0.1"}.AddressOf(7100), "127.0.0.1:7100");
  EXPECT_EQ(Listening{"::"}.AddressOf(7100), "[::]:7100");
}

}  // namespace
}  // namespace kechuang::rpc
