#include "services/identity/key_rules.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/time_util.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "services/identity/secret.h"
#include "tests/support/machine_certificate.h"

namespace kechuang::identity {
namespace {

using google::protobuf::RepeatedField;
using google::protobuf::util::TimeUtil;
using ::kechuang::testing::kMachineCertificate;
using ::kechuang::testing::kMachineCertificateEnds;
using ::kechuang::testing::kMachineFingerprint;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const absl::Time kNow = absl::FromUnixSeconds(1'667'275'200);

google::protobuf::Timestamp At(absl::Time time) { return TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(time)); }

v1::Key Held(const std::vector<v1::Role>& roles = {}) {
  v1::Key key;
  key.set_name("keys/a");
  key.set_holder("甲系统");
  key.set_state(v1::KEY_STATE_ACTIVE);
  for (const v1::Role role : roles) key.add_roles(role);
  return key;
}

RepeatedField<int> Roles(const std::vector<int>& roles) { return {roles.begin(), roles.end()}; }

// The reasons of all violations, in order.
std::vector<std::string> ViolationsOf(const absl::Status& status) {
  std::vector<std::string> reasons;
  const auto details = DetailOf<google::rpc::BadRequest>(status);
  for (int i = 0; details.has_value() && i < details->field_violations_size(); ++i) {
    reasons.push_back(details->field_violations(i).field());
  }
  return reasons;
}

TEST(NewKey, IsActiveAndMayDoNothing) {
  const absl::StatusOr<v1::Key> key = NewKey(Held(), "statistics-office", std::string(64, 'a'), kNow);
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ(key->name(), "keys/statistics-office");
  EXPECT_EQ(key->state(), v1::KEY_STATE_ACTIVE);
  EXPECT_EQ(key->secret_sha256(), std::string(64, 'a'));
  EXPECT_EQ(key->roles_size(), 0);
}

TEST(NewKey, IsRefusedWithABadIdOrATimeThatPassed) {
  EXPECT_FALSE(NewKey(Held(), "统计", "", kNow).ok());
  v1::Key expired = Held();
  *expired.mutable_expire_time() = At(kNow);
  EXPECT_THAT(ViolationsOf(NewKey(expired, "a", "", kNow).status()), ElementsAre("key.expire_time"));
  *expired.mutable_expire_time() = At(kNow + absl::Microseconds(1));
  EXPECT_TRUE(NewKey(expired, "a", "", kNow).ok());
}

v1::Key Naming(const std::string& certificate) {
  v1::Key key = Held();
  key.set_certificate(certificate);
  return key;
}

TEST(NewKey, WithACertificateHasNoSecretAndEndsWithIt) {
  const absl::StatusOr<v1::Key> key = NewKey(Naming(kMachineCertificate), "a", std::string(64, 'a'), kNow);
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ(key->secret_sha256(), "");
  EXPECT_EQ(key->certificate_sha256(), kMachineFingerprint);
  EXPECT_EQ(key->expire_time().seconds(), kMachineCertificateEnds);
  EXPECT_THAT(CertificateKeys(*key), ElementsAre(absl::StrCat("certificate:", kMachineFingerprint)));
  EXPECT_THAT(CertificateKeys(*Revoked(*key, "")), IsEmpty());
}

TEST(NewKey, MayEndBeforeItsCertificateButNotAfter) {
  v1::Key asked = Naming(kMachineCertificate);
  *asked.mutable_expire_time() = At(kNow + absl::Hours(1));
  EXPECT_EQ(NewKey(asked, "a", "", kNow)->expire_time().seconds(), absl::ToUnixSeconds(kNow) + 3600);
  *asked.mutable_expire_time() = At(absl::FromUnixSeconds(kMachineCertificateEnds + 1));
  EXPECT_THAT(ViolationsOf(NewKey(asked, "a", "", kNow).status()), ElementsAre("key.expire_time"));
}

TEST(NewKey, IsRefusedWithWhatIsNoCertificateToGoBy) {
  const absl::Time ended = absl::FromUnixSeconds(kMachineCertificateEnds);
  EXPECT_THAT(ViolationsOf(NewKey(Naming(kMachineCertificate), "a", "", ended).status()),
              ElementsAre("key.certificate"));
  for (const std::string& text :
       {std::string("nonsense"), absl::StrCat("-----BEGIN PRIVATE KEY-----\nx\n", kMachineCertificate)}) {
    EXPECT_THAT(ViolationsOf(NewKey(Naming(text), "a", "", kNow).status()), ElementsAre("key.certificate")) << text;
  }
}

TEST(Edited, EndsWithTheCertificateAtTheLatest) {
  const v1::Key held = *NewKey(Naming(kMachineCertificate), "a", "", kNow);
  v1::Key edited = held;
  edited.clear_expire_time();
  EXPECT_EQ(Edited(held, edited, kNow)->expire_time().seconds(), kMachineCertificateEnds);
  *edited.mutable_expire_time() = At(absl::FromUnixSeconds(kMachineCertificateEnds + 1));
  EXPECT_THAT(ViolationsOf(Edited(held, edited, kNow).status()), ElementsAre("key.expire_time"));
}

TEST(Edited, MindsTheTimeOnlyIfItIsChanged) {
  v1::Key held = Held();
  *held.mutable_expire_time() = At(kNow - absl::Hours(1));
  v1::Key edited = held;
  edited.set_holder("乙系统");
  EXPECT_EQ(Edited(held, edited, kNow)->holder(), "乙系统");
  *edited.mutable_expire_time() = At(kNow - absl::Hours(2));
  EXPECT_THAT(ViolationsOf(Edited(held, edited, kNow).status()), ElementsAre("key.expire_time"));
}

struct RolesCase {
  std::string what;
  std::vector<int> roles;
  std::vector<std::string> refused;  // the fields named
  std::string scope = {};
};

class WithRolesTest : public ::testing::TestWithParam<RolesCase> {};

TEST_P(WithRolesTest, TakesWhatMayBeHeldTogether) {
  const RolesCase& given = GetParam();
  const absl::StatusOr<v1::Key> key = WithRoles(Held({v1::READER}), Roles(given.roles), given.scope, "keys/security");
  EXPECT_THAT(ViolationsOf(key.status()), ::testing::ElementsAreArray(given.refused));
  if (!given.refused.empty()) return;
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_THAT(key->roles(), ::testing::ElementsAreArray(given.roles));
  EXPECT_EQ(key->scope(), given.scope);
}

INSTANTIATE_TEST_SUITE_P(
    , WithRolesTest,
    ::testing::Values(
        RolesCase{"none", {}, {}}, RolesCase{"one", {v1::AUDITOR}, {}},
        RolesCase{"business", {v1::REGISTRAR_ENTRY, v1::REGISTRAR_REVIEW, v1::IMPORTER}, {}},
        RolesCase{"auditor_and_reader", {v1::READER, v1::AUDITOR}, {"roles[1]"}},
        RolesCase{
            "both_administrators", {v1::SYSTEM_ADMINISTRATOR, v1::SECURITY_ADMINISTRATOR}, {"roles[0]", "roles[1]"}},
        RolesCase{"bank", {v1::PARTNER_BANK}, {}, "banks/icbc"},
        RolesCase{"enterprise", {v1::ENTERPRISE_SELF_SERVICE}, {}, "enterprises/91640100MA75A1B2X3"},
        RolesCase{"bank_of_nothing", {v1::PARTNER_BANK}, {"scope"}},
        RolesCase{"bank_of_an_enterprise", {v1::PARTNER_BANK}, {"scope"}, "enterprises/91640100MA75A1B2X3"},
        RolesCase{"bank_of_all_banks", {v1::PARTNER_BANK}, {"scope"}, "banks/%"},
        RolesCase{"bank_of_what_lies_below", {v1::PARTNER_BANK}, {"scope"}, "banks/icbc/branches/1"},
        RolesCase{"reader_of_a_bank", {v1::READER}, {"scope"}, "banks/icbc"},
        RolesCase{"nobody_of_a_bank", {}, {"scope"}, "banks/icbc"},
        RolesCase{"bank_and_reader", {v1::PARTNER_BANK, v1::READER}, {"roles[0]"}, "banks/icbc"},
        RolesCase{"twice_and_unknown", {v1::READER, v1::READER, 0, 99}, {"roles[1]", "roles[2]", "roles[3]"}}),
    [](const auto& tested) { return tested.param.what; });

TEST(WithRoles, RefusesOnesOwn) {
  EXPECT_EQ(ReasonOf(WithRoles(Held(), Roles({v1::READER}), "", "keys/a").status()), "OWN_ROLES");
}

TEST(Revoked, IsForGood) {
  const absl::StatusOr<v1::Key> revoked = Revoked(Held({v1::READER}), "人员离职");
  ASSERT_TRUE(revoked.ok());
  EXPECT_EQ(revoked->state(), v1::KEY_STATE_REVOKED);
  EXPECT_EQ(revoked->revoke_reason(), "人员离职");
  for (const absl::Status& after : {Revoked(*revoked, "").status(), Edited(*revoked, *revoked, kNow).status(),
                                    WithRoles(*revoked, Roles({v1::READER}), "", "keys/security").status()}) {
    EXPECT_EQ(ReasonOf(after), "KEY_REVOKED");
    EXPECT_THAT(ChineseOf(after), HasSubstr("已吊销"));
  }
}

TEST(AdministrationKeys, AreOfActiveKeysThatStay) {
  EXPECT_THAT(AdministrationKeys(Held({v1::SECURITY_ADMINISTRATOR})),
              ElementsAre("administers:SECURITY_ADMINISTRATOR"));
  EXPECT_THAT(AdministrationKeys(Held({v1::AUDITOR})), IsEmpty());
  EXPECT_THAT(AdministrationKeys(*Revoked(Held({v1::SYSTEM_ADMINISTRATOR}), "")), IsEmpty());
  v1::Key expiring = Held({v1::SYSTEM_ADMINISTRATOR});
  *expiring.mutable_expire_time() = At(kNow + absl::Hours(1));
  EXPECT_THAT(AdministrationKeys(expiring), IsEmpty());
}

TEST(NewSecret, IsLongAndNewEachTime) {
  EXPECT_EQ(NewSecret().size(), 43U);
  EXPECT_NE(NewSecret(), NewSecret());
}

}  // namespace
}  // namespace kechuang::identity
