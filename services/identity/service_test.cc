// Each RPC of the register of identities through a real server, a real stub and a real database.
#include "services/identity/service.h"

#include <sys/stat.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <string>
#include <thread>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "common/base/sha256.h"
#include "common/register/testing.h"
#include "common/rpc/key_follower.h"
#include "kechuang/identity/v1/identity_service.grpc.pb.h"
#include "services/identity/first_keys.h"
#include "tests/support/machine_certificate.h"
#include "tests/support/private_mariadb.h"
#include "tests/support/temp_folder.h"

namespace kechuang::identity {
namespace {

using ::kechuang::testing::kMachineCertificate;
using ::kechuang::testing::kMachineFingerprint;
using ::kechuang::testing::PrivateMariaDb;
using ::kechuang::testing::ServedRegister;
using ::kechuang::testing::TempFolder;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

class IdentityServiceTest : public ::testing::Test {
 protected:
  IdentityServiceTest() {
    auto opened =
        Accounts::Open(PrivateMariaDb::Shared().Config(served_.schema()), folder_.path(), {}, served_.clock());
    EXPECT_TRUE(opened.ok()) << opened.status();
    if (opened.ok()) accounts_ = *std::move(opened);
  }
  void TearDown() override { EXPECT_THAT(served_.Findings(), IsEmpty()); }

  template <class Response, class Request>
  absl::StatusOr<Response> Ask(const Request& request) {
    return served_.Ask<v1::IdentityService, Response>(request);
  }
  absl::StatusOr<v1::CreateKeyResponse> Create(const std::string& id, const std::string& request_id = "",
                                               bool validate_only = false) {
    v1::CreateKeyRequest request;
    request.set_key_id(id);
    request.mutable_key()->set_holder("统计局");
    request.set_request_id(request_id);
    request.set_validate_only(validate_only);
    return Ask<v1::CreateKeyResponse>(request);
  }
  absl::StatusOr<v1::Key> SetRoles(const std::string& name, const std::vector<v1::Role>& roles) {
    v1::SetKeyRolesRequest request;
    request.set_name(name);
    for (const v1::Role role : roles) request.add_roles(role);
    return Ask<v1::Key>(request);
  }
  absl::StatusOr<v1::Key> Revoke(const std::string& name) {
    v1::RevokeKeyRequest request;
    request.set_name(name);
    request.set_reason("人员离职");
    return Ask<v1::Key>(request);
  }
  absl::StatusOr<v1::Key> Get(const std::string& name) {
    v1::GetKeyRequest request;
    request.set_name(name);
    return Ask<v1::Key>(request);
  }
  // Whether any row of a table holds a text.
  bool Holds(const std::string& table, const std::string& column, const std::string& text) {
    bool holds = false;
    const auto read = [&](mysql::Session& session) {
      return session.Query(absl::StrCat("SELECT COUNT(*) FROM `", table, "` WHERE INSTR(", column, ", ?) > 0"), {text},
                           [&](const mysql::Row& row) {
                             holds = row.Int(0) > 0;
                             return absl::OkStatus();
                           });
    };
    EXPECT_TRUE(served_.database().Read(absl::Now() + absl::Seconds(20), read).ok());
    return holds;
  }

  const TempFolder folder_;
  std::unique_ptr<Accounts> accounts_;
  std::unique_ptr<IdentityService> service_;
  ServedRegister served_{IdentityProgram(service_, accounts_)};
};

TEST_F(IdentityServiceTest, ShowsASecretOnce) {
  const absl::StatusOr<v1::CreateKeyResponse> made = Create("office", "make-1");
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->secret().size(), 43U);
  EXPECT_EQ(made->key().name(), "keys/office");
  EXPECT_EQ(made->key().secret_sha256(), Sha256Hex(made->secret()));
  EXPECT_EQ(made->key().roles_size(), 0);
  const absl::StatusOr<v1::CreateKeyResponse> again = Create("office", "make-1");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->key().SerializeAsString(), made->key().SerializeAsString());
  EXPECT_EQ(again->secret(), "");
  EXPECT_TRUE(Holds("request", "answer", made->key().secret_sha256()));
  EXPECT_FALSE(Holds("request", "answer", made->secret()));
  EXPECT_TRUE(Holds("journal", "record", made->key().secret_sha256()));
  EXPECT_FALSE(Holds("journal", "record", made->secret()));
}

TEST_F(IdentityServiceTest, TakesACertificateInPlaceOfASecretOnce) {
  v1::CreateKeyRequest request;
  request.set_key_id("machine");
  request.mutable_key()->set_holder("统计局数据交换平台");
  request.mutable_key()->set_certificate(kMachineCertificate);
  const absl::StatusOr<v1::CreateKeyResponse> made = Ask<v1::CreateKeyResponse>(request);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->secret(), "");
  EXPECT_EQ(made->key().secret_sha256(), "");
  EXPECT_EQ(made->key().certificate_sha256(), kMachineFingerprint);
  EXPECT_EQ(Get("keys/machine")->certificate(), kMachineCertificate);
  request.set_key_id("twin");
  const absl::Status taken = Ask<v1::CreateKeyResponse>(request).status();
  EXPECT_EQ(ReasonOf(taken), "CERTIFICATE_TAKEN");
  EXPECT_TRUE(absl::StrContains(taken.message(), "keys/machine")) << taken;
  ASSERT_TRUE(Revoke("keys/machine").ok());
  EXPECT_TRUE(Ask<v1::CreateKeyResponse>(request).ok()) << "who replaces a key keeps the certificate";
}

TEST_F(IdentityServiceTest, TriesAKeyWithoutMakingIt) {
  const absl::StatusOr<v1::CreateKeyResponse> tried = Create("office", "", /*validate_only=*/true);
  ASSERT_TRUE(tried.ok()) << tried.status();
  EXPECT_EQ(tried->secret(), "");
  EXPECT_EQ(ReasonOf(Get("keys/office").status()), "RECORD_NOT_FOUND");
}

TEST_F(IdentityServiceTest, TakesNoRolesStateOrDigestFromTheCaller) {
  v1::CreateKeyRequest request;
  request.set_key_id("office");
  request.mutable_key()->set_holder("统计局");
  request.mutable_key()->add_roles(v1::SYSTEM_ADMINISTRATOR);
  request.mutable_key()->set_state(v1::KEY_STATE_REVOKED);
  request.mutable_key()->set_secret_sha256(std::string(64, '0'));
  const absl::StatusOr<v1::CreateKeyResponse> made = Ask<v1::CreateKeyResponse>(request);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_THAT(made->key().roles(), IsEmpty());
  EXPECT_EQ(made->key().state(), v1::KEY_STATE_ACTIVE);
  EXPECT_EQ(made->key().secret_sha256(), Sha256Hex(made->secret()));
}

TEST_F(IdentityServiceTest, SetsRolesAndRevokes) {
  ASSERT_TRUE(Create("office").ok());
  EXPECT_THAT(SetRoles("keys/office", {v1::READER, v1::IMPORTER})->roles(), ElementsAre(v1::READER, v1::IMPORTER));
  EXPECT_EQ(Revoke("keys/office")->state(), v1::KEY_STATE_REVOKED);
  EXPECT_EQ(ReasonOf(SetRoles("keys/office", {v1::READER}).status()), "KEY_REVOKED");
  v1::ListKeysRequest active;
  active.set_filter("state = ACTIVE");
  EXPECT_THAT(Ask<v1::ListKeysResponse>(active)->keys(), IsEmpty());
}

TEST_F(IdentityServiceTest, KeepsTheLastAdministrator) {
  for (const char* id : {"one", "two"}) {
    ASSERT_TRUE(Create(id).ok());
    ASSERT_TRUE(SetRoles(absl::StrCat("keys/", id), {v1::SECURITY_ADMINISTRATOR}).ok());
  }
  ASSERT_TRUE(Revoke("keys/one").ok());
  EXPECT_EQ(ReasonOf(Revoke("keys/two").status()), "LAST_ADMINISTRATOR");
  EXPECT_EQ(ReasonOf(SetRoles("keys/two", {v1::READER}).status()), "LAST_ADMINISTRATOR");
  v1::UpdateKeyRequest expire;
  expire.mutable_key()->set_name("keys/two");
  expire.mutable_key()->mutable_expire_time()->set_seconds(4'000'000'000);
  EXPECT_EQ(ReasonOf(Ask<v1::Key>(expire).status()), "LAST_ADMINISTRATOR");
}

TEST_F(IdentityServiceTest, TellsWhoCalls) {
  const absl::StatusOr<v1::Caller> caller = Ask<v1::Caller>(v1::GetCallerRequest());
  ASSERT_TRUE(caller.ok()) << caller.status();
  EXPECT_EQ(caller->actor(), "keys/test");
  EXPECT_THAT(caller->permissions(), Contains("identity.self"));
}

// What an authenticator makes of a secret.
std::string Verdict(const rpc::Authenticator& authenticator, const std::string& secret) {
  const auto caller = authenticator.Identify(absl::StrCat("Bearer ", secret));
  if (!caller.ok()) return ReasonOf(caller.status());
  std::string verdict = (*caller)->actor;
  for (const v1::Role role : (*caller)->roles) absl::StrAppend(&verdict, " ", v1::Role_Name(role));
  return verdict;
}

// Waits, for two seconds at most, until the authenticator says so of a secret.
void AwaitVerdict(const rpc::Authenticator& authenticator, const std::string& secret, const std::string& verdict) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(2);
  while (Verdict(authenticator, secret) != verdict && std::chrono::steady_clock::now() < end) std::this_thread::yield();
  EXPECT_EQ(Verdict(authenticator, secret), verdict);
}

TEST_F(IdentityServiceTest, TellsItsFollowersEveryChange) {
  rpc::Authenticator authenticator("");
  EXPECT_EQ(Verdict(authenticator, "anything"), "CALLERS_UNKNOWN");
  const std::string secret = Create("office")->secret();
  const rpc::KeyFollower follower(authenticator, served_.channel(), ServedRegister::suite_key());
  AwaitVerdict(authenticator, secret, "keys/office");
  EXPECT_EQ(Verdict(authenticator, "anything"), "UNAUTHENTICATED_CALLER");
  ASSERT_TRUE(SetRoles("keys/office", {v1::READER}).ok());
  AwaitVerdict(authenticator, secret, "keys/office READER");
  ASSERT_TRUE(Revoke("keys/office").ok());
  AwaitVerdict(authenticator, secret, "UNAUTHENTICATED_CALLER");
}

TEST_F(IdentityServiceTest, TellsFollowersThousandsOfKeysInParts) {
  served_.Tamper(
      "INSERT INTO `key` (book, name, holder, roles, state, secret_sha256, revoke_reason, revision, create_time, "
      "update_time) SELECT 'default', CONCAT('keys/k', seq), 'x', '[]', 'ACTIVE', "
      "SHA2(CONCAT('secret-', seq), 256), '', 1, NOW(6), NOW(6) FROM seq_1_to_2500");
  rpc::Authenticator authenticator("");
  {
    const rpc::KeyFollower follower(authenticator, served_.channel(), ServedRegister::suite_key());
    for (const char* number : {"1", "1000", "1001", "2500"}) {
      AwaitVerdict(authenticator, absl::StrCat("secret-", number), absl::StrCat("keys/k", number));
    }
  }
  served_.Tamper("DELETE FROM `key`");
}

TEST_F(IdentityServiceTest, TakesNoFirstKeyIfOthersMayReadOne) {
  const TempFolder state;
  const auto write = [&](const std::string& name, const std::string& text, mode_t mode) {
    const std::string path = absl::StrCat(state.path(), "/", name);
    std::ofstream(path) << text << "\n";
    ASSERT_EQ(chmod(path.c_str(), mode), 0);
  };
  write("security.key", "s-e-c", 0600);
  write("bureau.key", "b-u-r", 0644);
  EXPECT_EQ(ReasonOf(TakeFirstKeys(served_.ledger(), state.path())), "UNAUTHENTICATED_CALLER");
  EXPECT_EQ(ReasonOf(Get("keys/security").status()), "RECORD_NOT_FOUND") << "all or none";
}

TEST_F(IdentityServiceTest, TakesTheFirstKeysIntoAnEmptyRegisterOnly) {
  const TempFolder state;
  for (const char* name : {"system", "security", "bureau"}) {
    const std::string path = absl::StrCat(state.path(), "/", name, ".key");
    std::ofstream(path) << "secret of " << name << "\n";
    ASSERT_EQ(chmod(path.c_str(), 0600), 0);
  }
  ASSERT_TRUE(TakeFirstKeys(served_.ledger(), state.path()).ok());
  EXPECT_THAT(Get("keys/system")->roles(), ElementsAre(v1::SYSTEM_ADMINISTRATOR));
  EXPECT_THAT(Get("keys/security")->roles(), ElementsAre(v1::SECURITY_ADMINISTRATOR));
  EXPECT_THAT(Get("keys/bureau")->roles(), Not(Contains(v1::AUDITOR)));
  EXPECT_EQ(Get("keys/bureau")->secret_sha256(), Sha256Hex("secret of bureau"));
  ASSERT_TRUE(Revoke("keys/bureau").ok());
  ASSERT_TRUE(TakeFirstKeys(served_.ledger(), state.path()).ok());
  EXPECT_EQ(Get("keys/bureau")->state(), v1::KEY_STATE_REVOKED) << "a second start brings no key back";
}

}  // namespace
}  // namespace kechuang::identity
