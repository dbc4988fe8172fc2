#include "services/identity/password.h"

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"

namespace kechuang::identity {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kGood[] = "Red-kite 7 flies";

absl::Time Soon() { return absl::Now() + absl::Seconds(60); }

// How many rules of the policy a password breaks.
int FaultsOf(const std::string& password) {
  const auto faults = DetailOf<google::rpc::BadRequest>(CheckPassword(password, "zhang", PeoplePolicy()));
  return faults.has_value() ? faults->field_violations_size() : 0;
}

TEST(PasswordPolicy, AsksForLengthAndKinds) {
  EXPECT_EQ(FaultsOf(kGood), 0);
  EXPECT_EQ(FaultsOf("Abcdefgh12"), 0);
  EXPECT_EQ(FaultsOf("Abcdefgh1"), 1) << "nine characters";
  EXPECT_EQ(FaultsOf("abcdefgh12"), 1) << "two kinds";
  EXPECT_EQ(FaultsOf("abc"), 2);
  EXPECT_EQ(FaultsOf("科技金融风险补偿Ab"), 0) << "characters, not bytes";
  EXPECT_EQ(FaultsOf("科技Ab"), 1);
}

TEST(PasswordPolicy, LetsNobodyUseTheirOwnId) {
  EXPECT_EQ(FaultsOf("ZHANG-2026-xyz"), 1);
  const absl::Status status = CheckPassword("my-zhang-2026-X", "zhang", PeoplePolicy());
  EXPECT_EQ(ReasonOf(status), "INVALID_FIELDS");
  EXPECT_EQ(DetailOf<google::rpc::BadRequest>(status)->field_violations(0).reason(), "PASSWORD_WEAK");
}

TEST(NewPassword, IsAnotherEachTimeAndFitsThePolicy) {
  std::set<std::string> seen;
  for (int i = 0; i < 200; ++i) {
    const std::string password = NewPassword();
    EXPECT_EQ(password.size(), 19U);
    EXPECT_TRUE(seen.insert(password).second);
  }
}

TEST(PasswordHasher, KnowsThePasswordAndNoOther) {
  PasswordHasher hasher;
  const auto hash = hasher.Hash(kGood, Soon());
  ASSERT_TRUE(hash.ok()) << hash.status();
  EXPECT_THAT(*hash, StartsWith("$argon2id$v=19$m=65536,t=2,p=1$"));
  EXPECT_THAT(*hash, ::testing::Not(HasSubstr(kGood)));
  EXPECT_NE(*hash, *hasher.Hash(kGood, Soon())) << "each has a salt of its own";
  EXPECT_TRUE(*hasher.Verify(*hash, kGood, Soon()));
  EXPECT_FALSE(*hasher.Verify(*hash, "Red-kite 7 flie", Soon()));
  EXPECT_FALSE(*hasher.Verify(*hash, "", Soon()));
  EXPECT_FALSE(*hasher.Verify(hasher.of_nobody(), kGood, Soon()));
  EXPECT_FALSE(*hasher.Verify("no hash", kGood, Soon()));
}

TEST(PasswordHasher, KnowsAHashOfOldParameters) {
  PasswordHasher hasher;
  EXPECT_FALSE(PasswordHasher::IsStale(*hasher.Hash(kGood, Soon())));
  EXPECT_TRUE(PasswordHasher::IsStale(
      "$argon2id$v=19$m=8192,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));
}

TEST(PasswordHasher, WaitsNoLongerThanTheCallerAndLetsFewWait) {
  PasswordHasher hasher;
  std::vector<std::string> reasons(40);
  std::vector<std::thread> threads;
  for (std::string& reason : reasons) {
    threads.emplace_back([&hasher, &reason] { reason = ReasonOf(hasher.Hash(kGood, Soon()).status()); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(reasons, ::testing::Each(::testing::AnyOf("", "OVERLOADED")));
  EXPECT_THAT(reasons, ::testing::Contains("").Times(::testing::Ge(10))) << "two at work and eight that wait";
  EXPECT_THAT(reasons, ::testing::Contains("OVERLOADED"));
}

}  // namespace
}  // namespace kechuang::identity
