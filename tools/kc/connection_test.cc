#include "tools/kc/connection.h"

#include <fstream>
#include <map>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "grpcpp/generic/async_generic_service.h"
#include "grpcpp/server_builder.h"
#include "gtest/gtest.h"

#include "common/rpc/test_certificates.h"
#include "common/rpc/tls_credentials.h"

namespace kechuang::kc {
namespace {

using testing::HasSubstr;
using testing::Not;

namespace fs = std::filesystem;

// A checkout with a program in build/bin.
class FindSuiteTest : public testing::Test {
 protected:
  FindSuiteTest() {
    fs::remove_all(root_);
    Write("deploy/up", "");
    fs::create_directories(root_ / "build/bin");
  }
  ~FindSuiteTest() override { fs::remove_all(root_); }

  void Write(const std::string& path, const std::string& text) {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text;
  }
  absl::StatusOr<SuitePlace> Find(const AskedPlace& asked = {}) {
    return FindSuite(
        asked, [this](const std::string& name) { return variables_[name]; }, root_ / "build/bin/kc");
  }

  const fs::path root_ = fs::path(testing::TempDir()) / testing::UnitTest::GetInstance()->current_test_info()->name();
  std::map<std::string, std::string> variables_;
};

TEST_F(FindSuiteTest, UsesTheCheckoutsOwn) {
  Write("var/port", "7300\n");
  Write("var/bureau.key", "secret\n");
  const auto place = Find();
  ASSERT_TRUE(place.ok()) << place.status();
  EXPECT_EQ(place->server, "127.0.0.1:7300");
  EXPECT_EQ(place->key, "secret");
}

TEST_F(FindSuiteTest, PrefersFlagsThenEnvironment) {
  Write("var/port", "7300\n");
  Write("var/bureau.key", "own\n");
  Write("other.key", "other");
  Write("third.key", "third");
  variables_["KC_SERVER"] = "127.0.0.1:7400";
  variables_["KC_KEY_FILE"] = (root_ / "other.key").string();
  EXPECT_EQ(Find()->server, "127.0.0.1:7400");
  EXPECT_EQ(Find()->key, "other");
  const auto asked = Find({"[::1]:7500", (root_ / "third.key").string()});
  EXPECT_EQ(asked->server, "[::1]:7500");
  EXPECT_EQ(asked->key, "third");
}

TEST_F(FindSuiteTest, KeepsTheCheckoutsKeyOnThisMachine) {
  Write("var/bureau.key", "own\n");
  EXPECT_EQ(Find({"localhost:7100", ""})->key, "own");
  EXPECT_EQ(ExitCodeOf(Find({"example.org:7100", ""}).status()), kUsage);
  EXPECT_EQ(ExitCodeOf(Find({"127.0.0.1.example.org:7100", ""}).status()), kUsage);
}

TEST_F(FindSuiteTest, SendsNoKeyToAnotherMachineInPlainText) {
  Write("other.key", "other");
  const std::string key = (root_ / "other.key").string();
  const auto plain = Find({"example.org:7100", key});
  EXPECT_EQ(ExitCodeOf(plain.status()), kUsage);
  EXPECT_THAT(std::string(plain.status().message()), HasSubstr("--ca-file"));
  const rpc::TestAuthority authority(root_.string());
  const auto place = Find({"example.org:7100", key, authority.path()});
  ASSERT_TRUE(place.ok()) << place.status();
  EXPECT_THAT(place->authority, HasSubstr("BEGIN CERTIFICATE"));
  variables_["KC_CA_FILE"] = authority.path();
  EXPECT_TRUE(Find({"example.org:7100", key}).ok());
}

TEST_F(FindSuiteTest, KnowsTheCheckoutsAuthority) {
  Write("var/port", "7300\n");
  Write("var/bureau.key", "own\n");
  Write("other.key", "other");
  fs::create_directories(root_ / "var/tls");
  const rpc::TestAuthority authority((root_ / "var/tls").string());
  EXPECT_EQ(Find()->ca_file, authority.path());
  EXPECT_EQ(Find({"", (root_ / "other.key").string()})->ca_file, authority.path());
  EXPECT_EQ(Find({"localhost:7300", ""})->ca_file, authority.path());
  EXPECT_EQ(Find({"localhost:7400", (root_ / "other.key").string()})->ca_file, "");
}

TEST_F(FindSuiteTest, RefusesAFileThatIsNoAuthority) {
  Write("var/port", "7300\n");
  Write("var/bureau.key", "own\n");
  Write("text.pem", "no certificate");
  EXPECT_THAT(std::string(Find({"", "", (root_ / "text.pem").string()}).status().message()),
              HasSubstr("no certificate"));
  EXPECT_THAT(std::string(Find({"", "", (root_ / "absent").string()}).status().message()), HasSubstr("cannot be read"));
}

TEST_F(FindSuiteTest, SpeaksTlsToWhoHasACertificateOfTheAuthority) {
  Write("var/bureau.key", "own\n");
  rpc::TestAuthority authority(root_.string());
  const rpc::TestAuthority other(root_.string(), "other");
  const auto credentials = rpc::ServerCredentialsOf(*rpc::Tls::Open(authority.Sign("server")), rpc::TlsClients::kAny);
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", credentials, &port);
  grpc::CallbackGenericService knows_nothing;
  builder.RegisterCallbackGenericService(&knows_nothing);
  const auto server = builder.BuildAndStart();
  const auto connects = [&](const std::string& ca_file) {
    auto place = Find({absl::StrCat("127.0.0.1:", port), "", ca_file});
    const Connection connection(*std::move(place), Language::kEnglish, absl::Seconds(5));
    grpc_connectivity_state state = connection.channel()->GetState(/*try_to_connect=*/true);
    const auto deadline = std::chrono::system_clock::now() + std::chrono::seconds(20);
    while (state != GRPC_CHANNEL_READY && state != GRPC_CHANNEL_TRANSIENT_FAILURE) {
      if (!connection.channel()->WaitForStateChange(state, deadline)) break;
      state = connection.channel()->GetState(/*try_to_connect=*/true);
    }
    return state == GRPC_CHANNEL_READY;
  };
  EXPECT_TRUE(connects(authority.path()));
  EXPECT_FALSE(connects(other.path()));
  EXPECT_FALSE(connects(""));
}

TEST_F(FindSuiteTest, ShowsACertificateInPlaceOfAKey) {
  Write("var/bureau.key", "own\n");
  rpc::TestAuthority authority(root_.string());
  const rpc::TlsFiles machine = authority.Sign("machine");
  AskedPlace asked{"localhost:7100", "", authority.path(), false, machine.certificate, machine.key};
  const auto place = Find(asked);
  ASSERT_TRUE(place.ok()) << place.status();
  EXPECT_EQ(place->key, "");
  EXPECT_THAT(place->certificate, HasSubstr("BEGIN CERTIFICATE"));
  EXPECT_THAT(place->certificate_key, HasSubstr("PRIVATE KEY"));
  asked.cert_key_file = authority.Sign("other").key;
  EXPECT_THAT(std::string(Find(asked).status().message()), HasSubstr("does not fit"));
  asked.cert_key_file = machine.key;
  asked.ca_file = "";
  EXPECT_THAT(std::string(Find(asked).status().message()), HasSubstr("--ca-file"));
  asked.cert_key_file = "";
  EXPECT_EQ(ExitCodeOf(Find(asked).status()), kUsage);
  variables_["KC_CERT_FILE"] = machine.certificate;
  variables_["KC_CERT_KEY_FILE"] = machine.key;
  EXPECT_THAT(Find({"localhost:7100", "", authority.path()})->certificate, HasSubstr("BEGIN CERTIFICATE"));
  const std::string key = (root_ / "var/bureau.key").string();
  EXPECT_EQ(Find({"localhost:7100", key, authority.path()})->key, "own") << "a key that is asked for goes first";
  fs::permissions(machine.key, fs::perms::group_read, fs::perm_options::add);
  EXPECT_THAT(std::string(Find({"localhost:7100", "", authority.path()}).status().message()), HasSubstr("0600"));
}

TEST_F(FindSuiteTest, SaysWhatIsMissing) {
  EXPECT_THAT(std::string(Find().status().message()), HasSubstr("deploy/up"));
  EXPECT_EQ(ExitCodeOf(Find().status()), kFailed);
  Write("var/port", "not a port");
  EXPECT_FALSE(Find().ok());
  Write("var/port", "7100");
  EXPECT_THAT(std::string(Find().status().message()), HasSubstr("bureau.key"));
}

TEST_F(FindSuiteTest, RefusesAFileThatIsNoKeyWithoutShowingIt) {
  Write("var/port", "7100");
  for (const std::string& text : {std::string(" \n"), std::string("two words"), std::string(5000, 'k')}) {
    Write("var/bureau.key", text);
    const auto place = Find();
    ASSERT_FALSE(place.ok());
    EXPECT_THAT(std::string(place.status().message()), Not(HasSubstr("two words")));
  }
}

TEST_F(FindSuiteTest, RefusesWhatIsNoAddress) {
  for (const char* server : {"localhost", ":7100", "host:", "host:0", "host:65536", "http://host:1", "host :1"}) {
    EXPECT_EQ(ExitCodeOf(Find({server, ""}).status()), kUsage) << server;
  }
}

TEST(LanguageOfLocale, TakesTheFirstVariableThatIsSet) {
  const auto of = [](std::map<std::string, std::string> variables) {
    return LanguageOfLocale([&](const std::string& name) { return variables[name]; });
  };
  EXPECT_EQ(of({{"LANG", "zh_CN.UTF-8"}}), Language::kChinese);
  EXPECT_EQ(of({{"LANG", "zh_CN.UTF-8"}, {"LC_ALL", "C.UTF-8"}}), Language::kEnglish);
  EXPECT_EQ(of({{"LANG", "en_US.UTF-8"}, {"LC_MESSAGES", "zh_CN"}}), Language::kChinese);
  EXPECT_EQ(of({}), Language::kEnglish);
}

}  // namespace
}  // namespace kechuang::kc
