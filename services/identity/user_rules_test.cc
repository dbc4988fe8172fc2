#include "services/identity/user_rules.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"

namespace kechuang::identity {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

v1::User Asked() {
  v1::User user;
  user.set_display_name("张伟");
  return user;
}

v1::User Made() { return *NewUser(Asked(), "zhang", "c1", kNow); }

google::protobuf::RepeatedField<int> Roles(const std::vector<v1::Role>& roles) { return {roles.begin(), roles.end()}; }

// The reason of the first field violation; that of the status if it has none.
std::string FaultOf(const absl::Status& status) {
  const auto faults = DetailOf<google::rpc::BadRequest>(status);
  return faults.has_value() ? faults->field_violations(0).reason() : ReasonOf(status);
}

TEST(NewUser, HasAFirstPasswordAndNoRole) {
  const v1::User user = Made();
  EXPECT_EQ(user.name(), "users/zhang");
  EXPECT_EQ(user.state(), v1::USER_STATE_ACTIVE);
  EXPECT_TRUE(user.password_initial());
  EXPECT_EQ(user.password_credential(), "c1");
  EXPECT_EQ(user.password_set_time().seconds(), 1'700'000'000);
  EXPECT_THAT(user.roles(), IsEmpty());
  EXPECT_FALSE(user.second_factor());
}

TEST(NewUser, NeedsASoundId) {
  EXPECT_EQ(FaultOf(NewUser(Asked(), "Zhang Wei", "c", kNow).status()), "FIELD_MALFORMED");
}

TEST(UserRoles, FollowTheRulesOfKeys) {
  EXPECT_THAT(WithRoles(Made(), Roles({v1::READER, v1::FINANCE}), "", "keys/security")->roles(),
              ElementsAre(v1::READER, v1::FINANCE));
  EXPECT_EQ(FaultOf(WithRoles(Made(), Roles({v1::READER, v1::AUDITOR}), "", "keys/security").status()),
            "ROLES_NOT_TOGETHER");
  EXPECT_EQ(FaultOf(WithRoles(Made(), Roles({v1::READER, v1::READER}), "", "keys/security").status()),
            "FIELD_MALFORMED");
  EXPECT_EQ(FaultOf(WithRoles(Made(), Roles({v1::PARTNER_BANK}), "", "keys/security").status()), "SCOPE_MISMATCH");
  EXPECT_EQ(WithRoles(Made(), Roles({v1::PARTNER_BANK}), "banks/icbc", "keys/security")->scope(), "banks/icbc");
  EXPECT_EQ(FaultOf(WithRoles(Made(), Roles({v1::READER}), "", "users/zhang").status()), "OWN_ROLES");
  EXPECT_EQ(FaultOf(WithRoles(*Disabled(Made(), "离职"), Roles({v1::READER}), "", "keys/security").status()),
            "USER_DISABLED");
}

TEST(UserRoles, CountAmongThoseWhoAdminister) {
  v1::User user = Made();
  user.add_roles(v1::SECURITY_ADMINISTRATOR);
  EXPECT_THAT(AdministrationKeys(user), ElementsAre("administers:SECURITY_ADMINISTRATOR"));
  EXPECT_THAT(AdministrationKeys(Locked(user, kNow)), ElementsAre("administers:SECURITY_ADMINISTRATOR"));
  EXPECT_THAT(AdministrationKeys(*Disabled(user, "离职")), IsEmpty());
}

TEST(UserState, GoesFromActiveToDisabledAndBack) {
  const v1::User disabled = *Disabled(Made(), "离职");
  EXPECT_EQ(disabled.disable_reason(), "离职");
  EXPECT_FALSE(MayTry(disabled, kNow));
  EXPECT_EQ(ReasonOf(Disabled(disabled, "又").status()), "USER_DISABLED");
  EXPECT_EQ(ReasonOf(WithFirstPassword(disabled, "c2", kNow, false).status()), "USER_DISABLED");
  EXPECT_EQ(Locked(disabled, kNow).state(), v1::USER_STATE_DISABLED) << "a wrong password lets nobody in";
  const v1::User enabled = Enabled(disabled);
  EXPECT_TRUE(MayTry(enabled, kNow));
  EXPECT_EQ(enabled.disable_reason(), "");
}

TEST(UserState, IsLockedForAWhile) {
  const v1::User locked = Locked(Made(), kNow + absl::Minutes(15));
  EXPECT_EQ(locked.state(), v1::USER_STATE_LOCKED);
  EXPECT_FALSE(MayTry(locked, kNow + absl::Minutes(15) - absl::Seconds(1)));
  EXPECT_TRUE(MayTry(locked, kNow + absl::Minutes(15)));
  EXPECT_FALSE(Enabled(locked).has_unlock_time());
}

TEST(UserPassword, MustBeChangedAtFirstAndWhenItIsOld) {
  const PeoplePolicy policy;
  EXPECT_TRUE(MustChangePassword(Made(), policy, kNow));
  const v1::User own = WithPassword(Made(), "c2", kNow);
  EXPECT_FALSE(MustChangePassword(own, policy, kNow + absl::Hours(90 * 24) - absl::Seconds(1)));
  EXPECT_TRUE(MustChangePassword(own, policy, kNow + absl::Hours(90 * 24)));
  EXPECT_TRUE(MustChangePassword(*WithFirstPassword(own, "c3", kNow, false), policy, kNow));
}

TEST(UserPassword, IsResetWithTheSecondFactorOrWithoutIt) {
  const v1::User user = WithSecondFactor(Locked(WithPassword(Made(), "c2", kNow), kNow), "f1");
  EXPECT_TRUE(user.second_factor());
  const v1::User kept = *WithFirstPassword(user, "c3", kNow, /*drop_second_factor=*/false);
  EXPECT_EQ(kept.state(), v1::USER_STATE_ACTIVE);
  EXPECT_EQ(kept.second_factor_credential(), "f1");
  const v1::User dropped = *WithFirstPassword(user, "c3", kNow, /*drop_second_factor=*/true);
  EXPECT_FALSE(dropped.second_factor());
  EXPECT_EQ(dropped.second_factor_credential(), "");
}

}  // namespace
}  // namespace kechuang::identity
