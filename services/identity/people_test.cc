// People through a real server, a real stub and a real database: users, logins, sessions, second factors.
#include <liboath/oath.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "common/register/testing.h"
#include "common/rpc/key_follower.h"
#include "kechuang/identity/v1/identity_service.grpc.pb.h"
#include "services/identity/one_time_code.h"
#include "services/identity/service.h"
#include "tests/support/private_mariadb.h"
#include "tests/support/temp_folder.h"

namespace kechuang::identity {
namespace {

using ::kechuang::testing::PrivateMariaDb;
using ::kechuang::testing::ServedRegister;
using ::kechuang::testing::TempFolder;
using ::testing::IsEmpty;

constexpr char kPasswordOfZhang[] = "Red-kite 7 flies";
constexpr char kNext[] = "Blue-kite 8 flies";

class PeopleTest : public ::testing::Test {
 protected:
  PeopleTest() {
    auto opened =
        Accounts::Open(PrivateMariaDb::Shared().Config(served_.schema()), folder_.path(), {}, served_.clock());
    EXPECT_TRUE(opened.ok()) << opened.status();
    if (opened.ok()) accounts_ = *std::move(opened);
    follower_ = std::make_unique<rpc::KeyFollower>(authenticator_, served_.channel(), ServedRegister::suite_key());
    own_server_ = std::make_unique<rpc::Server>(rpc::ServerOptions(), authenticator_, metrics_);
    for (const rpc::MethodTable* table : service_->methods()) own_server_->Add(*table);
    EXPECT_TRUE(own_server_->Start().ok());
    own_ = rpc::Channels({{"identity", absl::StrCat("127.0.0.1:", own_server_->port())}});
  }
  void TearDown() override { EXPECT_THAT(served_.Findings(), IsEmpty()); }

  // Asks as an administrator.
  template <class Response, class Request>
  absl::StatusOr<Response> Ask(const Request& request) {
    return served_.Ask<v1::IdentityService, Response>(request);
  }
  // Asks with an access token, at a server that knows callers from the directory alone.
  template <class Response, class Request>
  absl::StatusOr<Response> AskAs(const v1::SessionTokens& session, const Request& request) {
    rpc::Call call;
    call.credential = absl::StrCat("Bearer ", session.access_token());
    call.deadline = absl::Now() + absl::Seconds(60);
    return rpc::Ask<v1::IdentityService, Response>(own_, call, "identity", request);
  }

  absl::StatusOr<v1::CreateUserResponse> Create(const std::string& id, const std::string& request_id = "") {
    v1::CreateUserRequest request;
    request.set_user_id(id);
    request.mutable_user()->set_display_name("张伟");
    request.set_request_id(request_id);
    return Ask<v1::CreateUserResponse>(request);
  }
  // A user users/ID with this password, its own.
  void CreateReady(const std::string& id = "zhang", const std::string& password = kPasswordOfZhang) {
    const auto made = Create(id);
    ASSERT_TRUE(made.ok()) << made.status();
    EXPECT_EQ(ReasonOf(ChangePassword(absl::StrCat("users/", id), made->initial_password(), password)), "");
  }
  absl::Status ChangePassword(const std::string& user, const std::string& old, const std::string& next) {
    v1::ChangePasswordRequest request;
    request.set_user(user);
    request.set_password(old);
    request.set_new_password(next);
    return Ask<v1::ChangePasswordResponse>(request).status();
  }
  absl::StatusOr<v1::SessionTokens> Login(const std::string& password = kPasswordOfZhang, const std::string& code = "",
                                          const std::string& user = "users/zhang") {
    v1::LoginRequest request;
    request.set_user(user);
    request.set_password(password);
    request.set_totp_code(code);
    return Ask<v1::SessionTokens>(request);
  }
  absl::StatusOr<v1::SessionTokens> Refresh(const std::string& token) {
    v1::RefreshRequest request;
    request.set_refresh_token(token);
    return Ask<v1::SessionTokens>(request);
  }
  absl::Status Logout(const std::string& token) {
    v1::LogoutRequest request;
    request.set_refresh_token(token);
    return Ask<v1::LogoutResponse>(request).status();
  }
  v1::User Get(const std::string& name = "users/zhang") {
    v1::GetUserRequest request;
    request.set_name(name);
    const auto user = Ask<v1::User>(request);
    EXPECT_TRUE(user.ok()) << user.status();
    return user.value_or(v1::User());
  }
  absl::StatusOr<v1::User> SetRoles(const std::string& name, const std::vector<v1::Role>& roles) {
    v1::SetUserRolesRequest request;
    request.set_name(name);
    for (const v1::Role role : roles) request.add_roles(role);
    return Ask<v1::User>(request);
  }
  absl::StatusOr<v1::User> Disable(const std::string& name) {
    v1::DisableUserRequest request;
    request.set_name(name);
    request.set_reason("人员离职");
    return Ask<v1::User>(request);
  }

  // What every service makes of a token.
  std::string Verdict(const v1::SessionTokens& session) {
    const auto caller = authenticator_.Identify(absl::StrCat("Bearer ", session.access_token()));
    if (!caller.ok()) return ReasonOf(caller.status());
    std::string verdict = (*caller)->actor;
    if (!(*caller)->scope.empty()) absl::StrAppend(&verdict, " ", (*caller)->scope);
    for (const v1::Role role : (*caller)->roles) absl::StrAppend(&verdict, " ", v1::Role_Name(role));
    return absl::StrCat(verdict, (*caller)->second_factor ? " otp" : "");
  }
  void AwaitVerdict(const v1::SessionTokens& session, const std::string& verdict) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(2);
    while (Verdict(session) != verdict && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    EXPECT_EQ(Verdict(session), verdict);
  }

  // The code that a second factor shows so many steps from now.
  std::string Code(const std::string& secret, int64_t steps = 0) {
    const std::string bytes = *BytesOfBase32(secret);
    char code[7] = {};
    const int64_t at = absl::ToUnixSeconds(served_.clock().Now()) + steps * 30;
    EXPECT_EQ(oath_totp_generate(bytes.data(), bytes.size(), at, 30, 0, 6, code), OATH_OK);
    return code;
  }
  // Sets up a second factor for users/zhang; its secret.
  std::string SetUpSecondFactor() {
    const auto session = Login();
    EXPECT_TRUE(session.ok()) << session.status();
    EXPECT_TRUE(SetRoles("users/zhang", {v1::READER}).ok());
    AwaitVerdict(*session, "users/zhang READER");
    const auto shown = AskAs<v1::SetUpSecondFactorResponse>(*session, v1::SetUpSecondFactorRequest());
    EXPECT_TRUE(shown.ok()) << shown.status();
    EXPECT_FALSE(Get().second_factor()) << "not before it is confirmed";
    v1::ConfirmSecondFactorRequest confirm;
    confirm.set_code(Code(shown->secret(), 5));
    EXPECT_EQ(ReasonOf(AskAs<v1::User>(*session, confirm).status()), "SECOND_FACTOR_WRONG");
    confirm.set_code(Code(shown->secret(), -1));
    EXPECT_TRUE(AskAs<v1::User>(*session, confirm)->second_factor());
    return shown->secret();
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
    EXPECT_TRUE(served_.database().Read(absl::Now() + absl::Seconds(20), read).ok()) << table;
    return holds;
  }
  bool StandsAnywhere(const std::string& text) {
    return Holds("journal", "record", text) || Holds("journal", "reason", text) || Holds("request", "answer", text) ||
           Holds("session", "refresh_sha256", text) || Holds("credential", "secret", text);
  }

  const TempFolder folder_;
  std::unique_ptr<Accounts> accounts_;
  std::unique_ptr<IdentityService> service_;
  ServedRegister served_{IdentityProgram(service_, accounts_)};
  rpc::Authenticator authenticator_{"", served_.clock()};
  rpc::Metrics metrics_;
  std::unique_ptr<rpc::KeyFollower> follower_;
  std::unique_ptr<rpc::Server> own_server_;
  rpc::Channels own_{std::map<std::string, std::string>()};
};

TEST_F(PeopleTest, ShowAFirstPasswordOnce) {
  const auto made = Create("zhang", "make-1");
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->initial_password().size(), 19U);
  EXPECT_TRUE(made->user().password_initial());
  const auto again = Create("zhang", "make-1");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->user().SerializeAsString(), made->user().SerializeAsString());
  EXPECT_EQ(again->initial_password(), "");
  EXPECT_EQ(ReasonOf(Create("zhang").status()), "RECORD_EXISTS");
  EXPECT_FALSE(StandsAnywhere(made->initial_password()));
  EXPECT_EQ(ReasonOf(Login(made->initial_password()).status()), "PASSWORD_MUST_CHANGE");
  EXPECT_EQ(ReasonOf(ChangePassword("users/zhang", made->initial_password(), kPasswordOfZhang)), "");
  EXPECT_EQ(ReasonOf(Login(made->initial_password()).status()), "LOGIN_REFUSED");
  EXPECT_TRUE(Login().ok());
}

TEST_F(PeopleTest, AreToldNothingOfWhatIsWrong) {
  CreateReady();
  std::vector<absl::Status> refused = {Login("wrong").status(), Login(kPasswordOfZhang, "", "users/nobody").status(),
                                       Login(kPasswordOfZhang, "", "keys/zhang").status(),
                                       ChangePassword("users/nobody", kPasswordOfZhang, kNext)};
  ASSERT_TRUE(Disable("users/zhang").ok());
  refused.push_back(Login().status());
  for (const absl::Status& status : refused) {
    EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated);
    EXPECT_EQ(ReasonOf(status), "LOGIN_REFUSED");
    EXPECT_EQ(status.message(), refused[0].message());
  }
}

TEST_F(PeopleTest, WaitAsLongForAWrongNameAsForAWrongPassword) {
  CreateReady();
  const auto time = [this](const std::string& user) {
    const absl::Time began = absl::Now();
    EXPECT_EQ(ReasonOf(Login("wrong", "", user).status()), "LOGIN_REFUSED");
    return absl::Now() - began;
  };
  absl::Duration known = absl::InfiniteDuration();
  absl::Duration unknown = absl::InfiniteDuration();
  for (int i = 0; i < 4; ++i) {
    known = std::min(known, time("users/zhang"));
    unknown = std::min(unknown, time("users/nobody"));
  }
  EXPECT_GT(unknown, known / 2);
}

TEST_F(PeopleTest, AreLockedForAWhileAfterFiveWrongPasswords) {
  CreateReady();
  for (int i = 0; i < 4; ++i) EXPECT_EQ(ReasonOf(Login("wrong").status()), "LOGIN_REFUSED");
  EXPECT_EQ(Get().state(), v1::USER_STATE_ACTIVE);
  EXPECT_TRUE(Holds("login_failure", "failures", "4")) << "where a restart finds it";
  EXPECT_EQ(ReasonOf(Login("wrong").status()), "LOGIN_REFUSED");
  EXPECT_EQ(Get().state(), v1::USER_STATE_LOCKED);
  served_.clock().Advance(absl::Minutes(15) - absl::Seconds(2));
  EXPECT_EQ(ReasonOf(Login().status()), "LOGIN_REFUSED");
  served_.clock().Advance(absl::Seconds(2));
  EXPECT_TRUE(Login().ok());
  EXPECT_EQ(Get().state(), v1::USER_STATE_ACTIVE);
}

TEST_F(PeopleTest, BeginCountingAnewAfterARightPassword) {
  CreateReady();
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 4; ++i) EXPECT_EQ(ReasonOf(Login("wrong").status()), "LOGIN_REFUSED");
    EXPECT_TRUE(Login().ok());
  }
}

TEST_F(PeopleTest, AreLetInAgainByAnAdministrator) {
  CreateReady();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(ReasonOf(Login("wrong").status()), "LOGIN_REFUSED");
  v1::EnableUserRequest request;
  request.set_name("users/zhang");
  ASSERT_TRUE(Ask<v1::User>(request).ok());
  EXPECT_TRUE(Login().ok());
}

TEST_F(PeopleTest, ChangeAPasswordThatIsOld) {
  CreateReady();
  served_.clock().Advance(absl::Hours(90 * 24));
  EXPECT_EQ(ReasonOf(Login().status()), "PASSWORD_MUST_CHANGE");
  EXPECT_EQ(ReasonOf(ChangePassword("users/zhang", kPasswordOfZhang, kNext)), "");
  EXPECT_TRUE(Login(kNext).ok());
}

TEST_F(PeopleTest, ChooseNoWeakPasswordAndNoneOfTheLastFive) {
  CreateReady();
  EXPECT_EQ(ReasonOf(ChangePassword("users/zhang", kPasswordOfZhang, "short")), "INVALID_FIELDS");
  EXPECT_EQ(ReasonOf(ChangePassword("users/zhang", kPasswordOfZhang, kPasswordOfZhang)), "INVALID_FIELDS");
  std::string old = kPasswordOfZhang;
  for (int i = 0; i < 4; ++i) {
    served_.clock().Advance(absl::Seconds(1));
    const std::string next = absl::StrCat(kNext, i);
    EXPECT_EQ(ReasonOf(ChangePassword("users/zhang", old, next)), "") << i;
    old = next;
  }
  const absl::Status reused = ChangePassword("users/zhang", old, kPasswordOfZhang);
  EXPECT_EQ(DetailOf<google::rpc::BadRequest>(reused)->field_violations(0).reason(), "PASSWORD_REUSED");
  served_.clock().Advance(absl::Seconds(1));
  EXPECT_EQ(ReasonOf(ChangePassword("users/zhang", old, absl::StrCat(kNext, 4))), "");
  served_.clock().Advance(absl::Seconds(1));
  EXPECT_EQ(ReasonOf(ChangePassword("users/zhang", absl::StrCat(kNext, 4), kPasswordOfZhang)), "") << "the sixth last";
}

TEST_F(PeopleTest, RefreshTheirSession) {
  CreateReady();
  const auto session = Login();
  ASSERT_TRUE(session.ok()) << session.status();
  AwaitVerdict(*session, "users/zhang");
  served_.clock().Advance(absl::Minutes(10));
  EXPECT_EQ(Verdict(*session), "UNAUTHENTICATED_CALLER") << "ten minutes are over";
  const auto next = Refresh(session->refresh_token());
  ASSERT_TRUE(next.ok()) << next.status();
  EXPECT_EQ(Verdict(*next), "users/zhang");
  EXPECT_EQ(next->session_expire_time().seconds(), session->session_expire_time().seconds());
  served_.clock().Advance(absl::Hours(12) - absl::Minutes(11));
  const auto last = Refresh(next->refresh_token());
  ASSERT_TRUE(last.ok()) << last.status();
  EXPECT_EQ(last->access_expire_time().seconds(), session->session_expire_time().seconds());
  served_.clock().Advance(absl::Minutes(1));
  EXPECT_EQ(ReasonOf(Refresh(last->refresh_token()).status()), "SESSION_ENDED");
}

TEST_F(PeopleTest, LoseASessionWhoseRefreshTokenIsUsedTwice) {
  CreateReady();
  const v1::SessionTokens session = *Login();
  const v1::SessionTokens next = *Refresh(session.refresh_token());
  AwaitVerdict(next, "users/zhang");
  EXPECT_EQ(ReasonOf(Refresh(session.refresh_token()).status()), "SESSION_ENDED");
  AwaitVerdict(next, "UNAUTHENTICATED_CALLER");
  EXPECT_EQ(ReasonOf(Refresh(next.refresh_token()).status()), "SESSION_ENDED") << "whoever has it";
  for (const char* wrong : {"x", "x.y", ".", "a.b.c"}) {
    EXPECT_EQ(ReasonOf(Refresh(wrong).status()), "SESSION_ENDED") << wrong;
  }
}

TEST_F(PeopleTest, LogOutOfOneSession) {
  CreateReady();
  const v1::SessionTokens one = *Login();
  const v1::SessionTokens other = *Login();
  AwaitVerdict(one, "users/zhang");
  EXPECT_TRUE(Logout(one.refresh_token()).ok());
  AwaitVerdict(one, "UNAUTHENTICATED_CALLER");
  EXPECT_EQ(Verdict(other), "users/zhang");
  EXPECT_EQ(ReasonOf(Logout(one.refresh_token())), "SESSION_ENDED");
}

TEST_F(PeopleTest, MayDoWhatTheDirectorySaysAndNotWhatTheTokenOnceMeant) {
  CreateReady();
  const v1::SessionTokens session = *Login();
  AwaitVerdict(session, "users/zhang");
  ASSERT_TRUE(SetRoles("users/zhang", {v1::READER, v1::FINANCE}).ok());
  AwaitVerdict(session, "users/zhang READER FINANCE");
  ASSERT_TRUE(SetRoles("users/zhang", {}).ok());
  AwaitVerdict(session, "users/zhang");
  ASSERT_TRUE(Disable("users/zhang").ok());
  AwaitVerdict(session, "UNAUTHENTICATED_CALLER");
  v1::EnableUserRequest enable;
  enable.set_name("users/zhang");
  ASSERT_TRUE(Ask<v1::User>(enable).ok());
  EXPECT_EQ(ReasonOf(Refresh(session.refresh_token()).status()), "SESSION_ENDED") << "not even after that";
}

TEST_F(PeopleTest, LoseTheirSessionsWithTheirPassword) {
  CreateReady();
  const v1::SessionTokens session = *Login();
  AwaitVerdict(session, "users/zhang");
  v1::ResetPasswordRequest request;
  request.set_name("users/zhang");
  const auto reset = Ask<v1::ResetPasswordResponse>(request);
  ASSERT_TRUE(reset.ok()) << reset.status();
  EXPECT_FALSE(StandsAnywhere(reset->initial_password()));
  AwaitVerdict(session, "UNAUTHENTICATED_CALLER");
  EXPECT_EQ(ReasonOf(Login().status()), "LOGIN_REFUSED");
  EXPECT_EQ(ReasonOf(ChangePassword("users/zhang", reset->initial_password(), kNext)), "");
  EXPECT_TRUE(Login(kNext).ok());
}

TEST_F(PeopleTest, ProveThemselvesWithASecondFactor) {
  CreateReady();
  const std::string secret = SetUpSecondFactor();
  EXPECT_EQ(ReasonOf(Login().status()), "SECOND_FACTOR_NEEDED");
  EXPECT_EQ(ReasonOf(Login("wrong").status()), "LOGIN_REFUSED") << "and not what is missing besides";
  EXPECT_EQ(ReasonOf(Login(kPasswordOfZhang, Code(secret, -1)).status()), "LOGIN_REFUSED")
      << "it confirmed with this one";
  const auto session = Login(kPasswordOfZhang, Code(secret));
  ASSERT_TRUE(session.ok()) << session.status();
  AwaitVerdict(*session, "users/zhang READER otp");
  EXPECT_EQ(ReasonOf(Login(kPasswordOfZhang, Code(secret)).status()), "LOGIN_REFUSED") << "once";
  const auto caller = AskAs<v1::Caller>(*session, v1::GetCallerRequest());
  ASSERT_TRUE(caller.ok()) << caller.status();
  EXPECT_TRUE(caller->second_factor());
  EXPECT_EQ(caller->actor(), "users/zhang");
  EXPECT_EQ(Verdict(*Refresh(session->refresh_token())), "users/zhang READER otp");
}

TEST_F(PeopleTest, AloneHaveSecondFactors) {
  EXPECT_EQ(ReasonOf(Ask<v1::SetUpSecondFactorResponse>(v1::SetUpSecondFactorRequest()).status()), "NOT_A_PERSON");
}

TEST_F(PeopleTest, CountAmongTheAdministratorsWithKeys) {
  CreateReady("zhang");
  CreateReady("liang");
  ASSERT_TRUE(SetRoles("users/zhang", {v1::SECURITY_ADMINISTRATOR}).ok());
  EXPECT_EQ(ReasonOf(Disable("users/zhang").status()), "LAST_ADMINISTRATOR");
  v1::CreateKeyRequest key;
  key.set_key_id("other");
  key.mutable_key()->set_holder("安全管理员");
  ASSERT_TRUE(Ask<v1::CreateKeyResponse>(key).ok());
  v1::SetKeyRolesRequest grant;
  grant.set_name("keys/other");
  grant.add_roles(v1::SECURITY_ADMINISTRATOR);
  ASSERT_TRUE(Ask<v1::Key>(grant).ok());
  EXPECT_TRUE(Disable("users/zhang").ok());
  v1::RevokeKeyRequest revoke;
  revoke.set_name("keys/other");
  revoke.set_reason("停用");
  EXPECT_EQ(ReasonOf(Ask<v1::Key>(revoke).status()), "LAST_ADMINISTRATOR");
  ASSERT_TRUE(SetRoles("users/liang", {v1::SECURITY_ADMINISTRATOR}).ok());
  EXPECT_TRUE(Ask<v1::Key>(revoke).ok());
}

TEST_F(PeopleTest, TakeNothingFromTheCallerThatIsNotTheirs) {
  v1::CreateUserRequest request;
  request.set_user_id("zhang");
  request.mutable_user()->set_display_name("张伟");
  request.mutable_user()->add_roles(v1::SYSTEM_ADMINISTRATOR);
  request.mutable_user()->set_second_factor(true);
  request.mutable_user()->set_password_credential("mine");
  const auto made = Ask<v1::CreateUserResponse>(request);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_THAT(made->user().roles(), IsEmpty());
  EXPECT_FALSE(made->user().second_factor());
  EXPECT_NE(made->user().password_credential(), "mine");
}

TEST_F(PeopleTest, LeaveNoSecretBehind) {
  CreateReady();
  const std::string secret = SetUpSecondFactor();
  const v1::SessionTokens session = *Login(kPasswordOfZhang, Code(secret));
  for (const std::string& text : {std::string(kPasswordOfZhang), session.access_token(), session.refresh_token(),
                                  session.refresh_token().substr(session.refresh_token().find('.') + 1)}) {
    EXPECT_FALSE(StandsAnywhere(text));
  }
}

}  // namespace
}  // namespace kechuang::identity
