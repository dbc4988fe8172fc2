#include "common/rpc/authenticator.h"

#include <sys/stat.h>

#include <atomic>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "common/base/sha256.h"
#include "common/rpc/test_caller.h"
#include "tests/support/temp_folder.h"

namespace kechuang::rpc {
namespace {

using ::testing::HasSubstr;

TEST(Authenticator, KnowsTheKeyAndNothingElse) {
  const OneKeyAuthenticator authenticator("secret");
  EXPECT_EQ((*authenticator.Identify("Bearer secret"))->actor, "keys/test");
  for (const char* wrong : {"", "secret", "Bearer", "Bearer ", "Bearer Secret", "Bearer secret ", "bearer secret",
                            "Bearer secre", "Bearer secretx", "Basic secret", "Bearer  secret"}) {
    const absl::Status status = authenticator.Identify(wrong).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated) << wrong;
    EXPECT_EQ(ReasonOf(status), "UNAUTHENTICATED_CALLER") << wrong;
    EXPECT_FALSE(ChineseOf(status).empty());
  }
}

TEST(Authenticator, SaysSoWhileItKnowsNobody) {
  Authenticator authenticator("the suite's own");
  EXPECT_FALSE(authenticator.knows_callers());
  const absl::Status status = authenticator.Identify("Bearer secret").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReasonOf(status), "CALLERS_UNKNOWN");
  authenticator.Learn({});
  EXPECT_TRUE(authenticator.knows_callers());
  EXPECT_EQ(ReasonOf(authenticator.Identify("Bearer secret").status()), "UNAUTHENTICATED_CALLER");
}

TEST(Authenticator, KnowsTheSuiteFromTheStartAndLetsItFollowKeysOnly) {
  const Authenticator authenticator("the suite's own");
  const auto suite = authenticator.Identify("Bearer the suite's own");
  ASSERT_TRUE(suite.ok()) << suite.status();
  EXPECT_EQ((*suite)->actor, "services/suite");
  EXPECT_EQ((*suite)->permissions, access::Policy::Get().of_services());
  const Authenticator without("");
  EXPECT_FALSE(without.Identify("Bearer ").ok());
}

TEST(Authenticator, KnowsAMachineByTheCertificateThatTheSuiteVouchesFor) {
  Authenticator authenticator("the suite's own");
  const Authenticator stranger("a guess");
  const std::string fingerprint(64, 'a');
  CallersByDigest machines;
  machines[std::string(32, '\xaa')] = std::make_shared<const access::Caller>(access::CallerWith("keys/machine", {}));
  authenticator.Learn({{}, std::move(machines)});
  const auto machine = authenticator.Identify(authenticator.Vouch(fingerprint));
  ASSERT_TRUE(machine.ok()) << machine.status();
  EXPECT_EQ((*machine)->actor, "keys/machine");
  EXPECT_TRUE(authenticator.PermissionsNow(**machine).ok());
  for (const std::string& forged :
       {stranger.Vouch(fingerprint), authenticator.Vouch(std::string(64, 'b')), authenticator.Vouch("aa"),
        authenticator.Vouch(""), absl::StrCat("Certificate ", fingerprint),
        absl::StrCat("Certificate ", fingerprint, " "), absl::StrCat("Bearer ", fingerprint),
        absl::StrCat(authenticator.Vouch(fingerprint), std::string(5000, 'x'))}) {
    EXPECT_EQ(ReasonOf(authenticator.Identify(forged).status()), "UNAUTHENTICATED_CALLER") << forged.substr(0, 100);
  }
  authenticator.Learn({});
  EXPECT_EQ(ReasonOf(authenticator.Identify(authenticator.Vouch(fingerprint)).status()), "UNAUTHENTICATED_CALLER");
  EXPECT_EQ(ReasonOf(authenticator.PermissionsNow(**machine).status()), "UNAUTHENTICATED_CALLER");
}

TEST(Authenticator, WithoutASuiteKeyVouchesForNobody) {
  Authenticator authenticator("");
  CallersByDigest machines;
  machines[std::string(32, '\xaa')] = std::make_shared<const access::Caller>(access::CallerWith("keys/machine", {}));
  authenticator.Learn({{}, std::move(machines)});
  EXPECT_FALSE(authenticator.Identify(authenticator.Vouch(std::string(64, 'a'))).ok());
}

// A clock that the test moves.
class HandClock : public Clock {
 public:
  absl::Time Now() const override { return absl::FromUnixSeconds(seconds_); }
  void Set(int64_t seconds) { seconds_ = seconds; }

 private:
  std::atomic<int64_t> seconds_ = 1000;
};

TEST(Authenticator, TakesAKeyUntilItExpires) {
  HandClock clock;
  Authenticator authenticator("", clock);
  CallersByDigest callers;
  callers[Sha256("secret")] = std::make_shared<const access::Caller>(
      access::CallerWith("keys/a", {access::Role::READER}, absl::FromUnixSeconds(2000)));
  authenticator.Learn({std::move(callers)});
  clock.Set(1999);
  EXPECT_TRUE(authenticator.Identify("Bearer secret").ok());
  clock.Set(2000);
  EXPECT_EQ(ReasonOf(authenticator.Identify("Bearer secret").status()), "UNAUTHENTICATED_CALLER");
}

TEST(Authenticator, TellsWhatACallerMayDoNow) {
  HandClock clock;
  Authenticator authenticator("", clock);
  const auto learn = [&](std::vector<access::Role> roles) {
    CallersByDigest callers;
    callers[Sha256("secret")] = std::make_shared<const access::Caller>(
        access::CallerWith("keys/a", std::move(roles), absl::FromUnixSeconds(2000)));
    authenticator.Learn({std::move(callers)});
  };
  learn({access::Role::READER});
  const access::Caller caller = **authenticator.Identify("Bearer secret");
  EXPECT_EQ(*authenticator.PermissionsNow(caller), caller.permissions);
  clock.Set(2001);
  EXPECT_TRUE(authenticator.PermissionsNow(caller).ok()) << "what is under way outlives the key's time";
  learn({});
  EXPECT_TRUE(authenticator.PermissionsNow(caller)->none());
  authenticator.Learn({});
  EXPECT_EQ(ReasonOf(authenticator.PermissionsNow(caller).status()), "UNAUTHENTICATED_CALLER");
}

// A session of users/zhang, who is a reader, at the 1000th second.
class PeopleTest : public ::testing::Test {
 protected:
  PeopleTest() { Learn(people_); }

  void Learn(People people) { authenticator_.Learn({}, std::move(people)); }
  std::string Token(bool second_factor = false, const std::string& user = "users/zhang") {
    return signer_.Sign({user, "s1", clock_.Now(), clock_.Now() + absl::Seconds(600), second_factor, ""});
  }
  // Who calls with a token, or the reason why nobody does.
  std::string Verdict(const std::string& token) {
    const auto caller = authenticator_.Identify(absl::StrCat("Bearer ", token));
    if (!caller.ok()) return ReasonOf(caller.status());
    return absl::StrCat((*caller)->actor, " ", (*caller)->roles.size(), " ", (*caller)->scope,
                        (*caller)->second_factor ? " otp" : "");
  }
  static std::shared_ptr<const access::Caller> User(std::vector<access::Role> roles) {
    access::Caller user = access::CallerWith("users/zhang", std::move(roles));
    user.scope = "banks/icbc";
    return std::make_shared<const access::Caller>(std::move(user));
  }

  HandClock clock_;
  const TokenSigner signer_{std::string(kSeedBytes, 'a')};
  People people_{{{"users/zhang", User({access::Role::READER})}}, {{signer_.id(), signer_.public_key()}}, {}};
  Authenticator authenticator_{"", clock_};
};

TEST_F(PeopleTest, GetNoMoreOfACallOnceTheirSessionEnds) {
  const access::Caller caller = **authenticator_.Identify(absl::StrCat("Bearer ", Token()));
  EXPECT_EQ(*authenticator_.PermissionsNow(caller), caller.permissions);
  People ended = people_;
  ended.ended_sessions = {"s1"};
  Learn(ended);
  EXPECT_EQ(ReasonOf(authenticator_.PermissionsNow(caller).status()), "UNAUTHENTICATED_CALLER");
  People disabled = people_;
  disabled.users.clear();
  Learn(disabled);
  EXPECT_EQ(ReasonOf(authenticator_.PermissionsNow(caller).status()), "UNAUTHENTICATED_CALLER");
}

TEST_F(PeopleTest, AreKnownByTheirTokens) {
  EXPECT_EQ(Verdict(Token()), "users/zhang 1 banks/icbc");
  EXPECT_EQ(Verdict(Token(/*second_factor=*/true)), "users/zhang 1 banks/icbc otp");
  EXPECT_EQ(Verdict(Token(false, "users/li")), "UNAUTHENTICATED_CALLER");
  EXPECT_EQ(Verdict(Token() + "x"), "UNAUTHENTICATED_CALLER");
  EXPECT_EQ(Verdict(std::string(kTokenBytesMax + 1, '.')), "UNAUTHENTICATED_CALLER");
}

TEST_F(PeopleTest, AreTakenUntilTheTokenExpires) {
  const std::string token = Token();
  EXPECT_EQ(Verdict(token), "users/zhang 1 banks/icbc");
  clock_.Set(1600);
  EXPECT_EQ(Verdict(token), "UNAUTHENTICATED_CALLER") << "although it was verified before";
}

TEST_F(PeopleTest, LoseWhatTheDirectoryTakesFromThem) {
  const std::string token = Token();
  EXPECT_EQ(Verdict(token), "users/zhang 1 banks/icbc");
  people_.users["users/zhang"] = User({});
  Learn(people_);
  EXPECT_EQ(Verdict(token), "users/zhang 0 banks/icbc");
  People ended = people_;
  ended.ended_sessions.insert("s1");
  Learn(ended);
  EXPECT_EQ(Verdict(token), "UNAUTHENTICATED_CALLER");
  People withdrawn = people_;
  withdrawn.token_keys.clear();
  Learn(withdrawn);
  EXPECT_EQ(Verdict(token), "UNAUTHENTICATED_CALLER");
  Learn({});
  EXPECT_EQ(Verdict(token), "UNAUTHENTICATED_CALLER");
}

// A key file with this text and mode; its path.
std::string KeyFile(const kechuang::testing::TempFolder& folder, const std::string& text, mode_t mode) {
  const std::string path = folder.path() + "/bureau.key";
  chmod(path.c_str(), 0600);
  std::ofstream(path) << text;
  chmod(path.c_str(), mode);
  return path;
}

TEST(KeyFile, IsReadIfOnlyItsOwnerMayReadIt) {
  const kechuang::testing::TempFolder folder;
  for (const mode_t mode : {0600, 0400}) {
    EXPECT_EQ(*ReadKeyFile(KeyFile(folder, " secret\n", mode)), "secret");
  }
  for (const mode_t mode : {0644, 0640, 0604, 0620, 0601}) {
    const absl::Status status = ReadKeyFile(KeyFile(folder, "secret\n", mode)).status();
    EXPECT_THAT(std::string(status.message()), HasSubstr("must have mode 0600")) << mode;
  }
}

TEST(KeyFile, IsRefusedIfAbsentOrEmpty) {
  const kechuang::testing::TempFolder folder;
  EXPECT_THAT(std::string(ReadKeyFile(folder.path() + "/none").status().message()), HasSubstr("cannot be read"));
  EXPECT_THAT(std::string(ReadKeyFile(KeyFile(folder, "  \n", 0600)).status().message()), HasSubstr("is empty"));
}

}  // namespace
}  // namespace kechuang::rpc
