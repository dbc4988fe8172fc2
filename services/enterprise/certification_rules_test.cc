#include "services/enterprise/certification_rules.h"

#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "services/enterprise/policy.h"
#include "services/enterprise/rules.h"
#include "services/enterprise/testing.h"

namespace kechuang::enterprise {
namespace {

using enum v1::CertificationClass;

const Day kToday = DayOf("2023-02-20");

std::string EndOf(const v1::Certification& certification) {
  return certification.has_end_date() ? Day::FromProto(certification.end_date())->ToString() : "";
}

Certified Granted(const v1::Certification& asked) { return Grant(MadeEnterprise("甲"), asked, kToday).value(); }

TEST(Policy, GivesTheLastDayByClassAndDay) {
  EXPECT_EQ(ExpireDateByPolicy(CERTIFICATION_CLASS_HNTE, DayOf("2022-11-04"))->ToString(), "2025-11-03");
  EXPECT_EQ(ExpireDateByPolicy(CERTIFICATION_CLASS_HNTE, DayOf("2021-01-01"))->ToString(), "2023-12-31");
  EXPECT_EQ(ExpireDateByPolicy(CERTIFICATION_CLASS_TECH_SME, DayOf("2022-01-01"))->ToString(), "2023-03-31");
  EXPECT_EQ(ExpireDateByPolicy(CERTIFICATION_CLASS_TECH_SME, DayOf("2022-12-31"))->ToString(), "2023-03-31");
  EXPECT_FALSE(ExpireDateByPolicy(CERTIFICATION_CLASS_GAZELLE, DayOf("2022-12-31")).has_value());
  EXPECT_FALSE(ExpireDateByPolicy(CERTIFICATION_CLASS_INNOVATIVE_SME, DayOf("2022-07-31")).has_value());
  EXPECT_TRUE(ExpireDateByPolicy(CERTIFICATION_CLASS_INNOVATIVE_SME, DayOf("2022-08-01")).has_value());
}

TEST(Policy, EveryRuleNamesItsDocument) {
  for (const ValidityPolicy& policy : ValidityPolicies()) EXPECT_FALSE(policy.source_document.empty());
}

TEST(Grant, GivesNameEndAndPeriod) {
  const Certified granted = Granted(AskedCertification(CERTIFICATION_CLASS_HNTE, "2022-11-04", "", "ｇｒ202264000001"));
  EXPECT_EQ(granted.certification.name(), granted.enterprise.name() + "/certifications/hnte-20221104");
  EXPECT_EQ(granted.certification.certificate_number(), "GR202264000001");
  EXPECT_EQ(granted.certification.state(), v1::CERTIFICATION_STATE_VALID);
  EXPECT_EQ(EndOf(granted.certification), "2025-11-03");
  ASSERT_EQ(granted.enterprise.certification_periods_size(), 1);
  const v1::CertificationPeriod& period = granted.enterprise.certification_periods(0);
  EXPECT_EQ(period.certification(), granted.certification.name());
  EXPECT_EQ(Day::FromProto(period.valid_to())->ToString(), "2025-11-03");
}

TEST(Grant, ADateGivenGoesBeforeThePolicy) {
  EXPECT_EQ(EndOf(Granted(AskedCertification(CERTIFICATION_CLASS_HNTE, "2022-11-04", "2025-11-04")).certification),
            "2025-11-04");
  EXPECT_EQ(EndOf(Granted(AskedCertification(CERTIFICATION_CLASS_GAZELLE, "2022-11-04")).certification), "");
}

TEST(Grant, ChecksTheNumberOfAHighTechEnterprise) {
  const v1::Enterprise enterprise = MadeEnterprise("甲");
  for (const char* right : {"GR202264000001", "GF201464000001", ""}) {
    EXPECT_TRUE(Grant(enterprise, AskedCertification(CERTIFICATION_CLASS_HNTE, "2022-11-04", "", right), kToday).ok());
  }
  for (const char* wrong : {"GR20226400000", "GR2022640000011", "GX202264000001", "GR2022640000O1", "宁科发5号"}) {
    const auto granted =
        Grant(enterprise, AskedCertification(CERTIFICATION_CLASS_HNTE, "2022-11-04", "", wrong), kToday);
    EXPECT_EQ(Faulted(granted.status()), "CERTIFICATE_NUMBER_MALFORMED") << wrong;
  }
  EXPECT_TRUE(
      Grant(enterprise, AskedCertification(CERTIFICATION_CLASS_GAZELLE, "2022-11-04", "", "宁科发〔2022〕5号"), kToday)
          .ok());
}

TEST(Grant, RefusesDaysOutOfOrder) {
  const v1::Enterprise enterprise = MadeEnterprise("甲");
  const auto grant = [&](const char* issued, const char* expires) {
    return Faulted(Grant(enterprise, AskedCertification(CERTIFICATION_CLASS_HNTE, issued, expires), kToday).status());
  };
  EXPECT_EQ(grant("2023-02-20", ""), "");
  EXPECT_EQ(grant("2023-02-21", ""), "DATE_IN_FUTURE");
  EXPECT_EQ(grant("2022-01-02", "2022-01-02"), "");
  EXPECT_EQ(grant("2022-01-02", "2022-01-01"), "DATE_ORDER");
}

TEST(Grant, RefusesAnEnterpriseThatIsGone) {
  const v1::Certification asked = AskedCertification(CERTIFICATION_CLASS_HNTE, "2020-11-04");
  const v1::Enterprise gone = *MoveOut(MadeEnterprise("甲"), kToday, "", kToday);
  EXPECT_EQ(ReasonOf(Grant(gone, asked, kToday).status()), "ENTERPRISE_NOT_ACTIVE");
  EXPECT_TRUE(EnterPast(gone, asked, kToday).ok());
  const v1::Enterprise deleted = *Delete(MadeEnterprise("甲"), absl::UnixEpoch());
  EXPECT_EQ(ReasonOf(EnterPast(deleted, asked, kToday).status()), "RECORD_DELETED");
}

TEST(Grant, HoldsOnePeriodOfAClassAtATime) {
  const v1::Enterprise held =
      Granted(AskedCertification(CERTIFICATION_CLASS_HNTE, "2019-01-10", "2022-01-09")).enterprise;
  const auto grant = [&](v1::CertificationClass asked, const char* issued, const char* expires) {
    return ReasonOf(Grant(held, AskedCertification(asked, issued, expires), kToday).status());
  };
  EXPECT_EQ(grant(CERTIFICATION_CLASS_HNTE, "2022-01-09", ""), "CERTIFICATION_OVERLAPS");
  EXPECT_EQ(grant(CERTIFICATION_CLASS_HNTE, "2022-01-10", ""), "");
  EXPECT_EQ(grant(CERTIFICATION_CLASS_HNTE, "2016-01-10", "2019-01-10"), "CERTIFICATION_OVERLAPS");
  EXPECT_EQ(grant(CERTIFICATION_CLASS_HNTE, "2016-01-10", "2019-01-09"), "");
  EXPECT_EQ(grant(CERTIFICATION_CLASS_GAZELLE, "2020-01-10", ""), "");
}

TEST(Grant, APeriodWithoutEndMeetsEveryLaterOne) {
  const v1::Enterprise held = Granted(AskedCertification(CERTIFICATION_CLASS_GAZELLE, "2019-01-10")).enterprise;
  EXPECT_EQ(ReasonOf(Grant(held, AskedCertification(CERTIFICATION_CLASS_GAZELLE, "2022-01-10"), kToday).status()),
            "CERTIFICATION_OVERLAPS");
}

TEST(Renew, LinksBothAndEndsTheOldOneTheDayBefore) {
  const Certified old = Granted(AskedCertification(CERTIFICATION_CLASS_HNTE, "2019-11-05", "2022-11-04"));
  const auto renewed = Renew(old.enterprise, old.certification,
                             AskedCertification(CERTIFICATION_CLASS_HNTE, "2022-10-12", "", "GR202264000001"), kToday);
  ASSERT_TRUE(renewed.ok()) << renewed.status();
  EXPECT_EQ(renewed->old.state(), v1::CERTIFICATION_STATE_RENEWED);
  EXPECT_EQ(renewed->old.renewed_by(), renewed->renewal.name());
  EXPECT_EQ(EndOf(renewed->old), "2022-10-11");
  EXPECT_EQ(renewed->renewal.renewed_from(), renewed->old.name());
  EXPECT_TRUE(renewed->renewal.re_recognition());
  EXPECT_EQ(EndOf(renewed->renewal), "2025-10-11");
  EXPECT_EQ(renewed->enterprise.certification_periods_size(), 2);
  EXPECT_EQ(ReasonOf(Renew(renewed->enterprise, renewed->old,
                           AskedCertification(CERTIFICATION_CLASS_HNTE, "2023-01-01"), kToday)
                         .status()),
            "CERTIFICATION_CLOSED");
}

TEST(Renew, LeavesAnEndThatCameBefore) {
  const Certified old = Granted(AskedCertification(CERTIFICATION_CLASS_HNTE, "2019-01-10", "2022-01-09"));
  const auto renewed =
      Renew(old.enterprise, old.certification, AskedCertification(CERTIFICATION_CLASS_HNTE, "2022-10-12"), kToday);
  ASSERT_TRUE(renewed.ok()) << renewed.status();
  EXPECT_EQ(EndOf(renewed->old), "2022-01-09");
}

TEST(Renew, RefusesADayNotAfterTheOldOne) {
  const Certified old = Granted(AskedCertification(CERTIFICATION_CLASS_HNTE, "2019-01-10"));
  EXPECT_EQ(Faulted(Renew(old.enterprise, old.certification, AskedCertification(CERTIFICATION_CLASS_HNTE, "2019-01-10"),
                          kToday)
                        .status()),
            "DATE_ORDER");
  EXPECT_TRUE(
      Renew(old.enterprise, old.certification, AskedCertification(CERTIFICATION_CLASS_HNTE, "2019-01-11"), kToday)
          .ok());
}

TEST(Revoke, EndsTheDayBeforeEvenInThePast) {
  const Certified held = Granted(AskedCertification(CERTIFICATION_CLASS_HNTE, "2019-01-10", "2022-01-09"));
  const auto revoke = [&](const char* day) {
    return Revoke(held.enterprise, held.certification, DayOf(day), "造假", kToday);
  };
  EXPECT_EQ(Faulted(revoke("2019-01-09").status()), "DATE_ORDER");
  EXPECT_EQ(EndOf(revoke("2019-01-10")->certification), "2019-01-09");
  EXPECT_EQ(EndOf(revoke("2022-01-10")->certification), "2022-01-09");
  EXPECT_EQ(Faulted(revoke("2022-01-11").status()), "DATE_ORDER");
  EXPECT_EQ(Faulted(revoke("2023-02-21").status()), "DATE_IN_FUTURE");
  const auto revoked = revoke("2020-01-01");
  EXPECT_EQ(revoked->certification.revoke_reason(), "造假");
  EXPECT_EQ(Day::FromProto(revoked->enterprise.certification_periods(0).valid_to())->ToString(), "2019-12-31");
  EXPECT_EQ(ReasonOf(Revoke(revoked->enterprise, revoked->certification, kToday, "", kToday).status()),
            "CERTIFICATION_CLOSED");
}

TEST(Revoke, FromTheFirstDayLeavesRoomForTheRightOne) {
  const Certified wrong = Granted(AskedCertification(CERTIFICATION_CLASS_HNTE, "2022-11-04", "", "GR202264000001"));
  const auto revoked = Revoke(wrong.enterprise, wrong.certification, DayOf("2022-11-04"), "录错", kToday);
  ASSERT_TRUE(revoked.ok());
  const auto right = Grant(revoked->enterprise,
                           AskedCertification(CERTIFICATION_CLASS_HNTE, "2022-11-04", "", "GR202264000002"), kToday);
  ASSERT_TRUE(right.ok()) << right.status();
  EXPECT_EQ(right->certification.name(), wrong.certification.name() + "-2");
}

TEST(CertificateNumber, IsUniqueWhereNumbersAreGivenOutSingly) {
  v1::Certification mine = AskedCertification(CERTIFICATION_CLASS_HNTE, "2022-11-04", "", "GR202264000001");
  mine.set_name("enterprises/1/certifications/hnte-20221104");
  EXPECT_EQ(CertificateKey(mine), "certificate:HNTE|GR202264000001");
  EXPECT_TRUE(CheckNumberIsFree(mine, {}).ok());
  EXPECT_TRUE(CheckNumberIsFree(mine, {mine.name()}).ok());
  EXPECT_EQ(ReasonOf(CheckNumberIsFree(mine, {"enterprises/2/certifications/hnte-20221104"})),
            "CERTIFICATE_NUMBER_TAKEN");
  EXPECT_EQ(CertificateKey(AskedCertification(CERTIFICATION_CLASS_GAZELLE, "2022-11-04", "", "宁科发5号")), "");
}

TEST(HeldCertification, GoesByNumberOrElseByDay) {
  const Certified held = Granted(AskedCertification(CERTIFICATION_CLASS_HNTE, "2022-11-04", "", "GR202264000001"));
  const auto find = [&](v1::CertificationClass asked, const char* issued, const char* number) {
    return HeldCertification(held.enterprise, AskedCertification(asked, issued, "", number));
  };
  EXPECT_EQ(find(CERTIFICATION_CLASS_HNTE, "2022-11-05", "GR202264000001"), held.certification.name());
  EXPECT_EQ(find(CERTIFICATION_CLASS_HNTE, "2022-11-04", ""), held.certification.name());
  EXPECT_EQ(find(CERTIFICATION_CLASS_HNTE, "2022-11-05", ""), "");
  EXPECT_EQ(find(CERTIFICATION_CLASS_HNTE, "2022-11-04", "GR202264000002"), "");
  EXPECT_EQ(find(CERTIFICATION_CLASS_GAZELLE, "2022-11-04", ""), "");
}

TEST(HeldCertification, ANumberOfAListNeedsTheDayToo) {
  const Certified held =
      Granted(AskedCertification(CERTIFICATION_CLASS_FLEDGLING, "2020-11-04", "2021-11-03", "宁科发5号"));
  EXPECT_EQ(HeldCertification(held.enterprise,
                              AskedCertification(CERTIFICATION_CLASS_FLEDGLING, "2022-11-04", "", "宁科发5号")),
            "");
  EXPECT_EQ(HeldCertification(held.enterprise,
                              AskedCertification(CERTIFICATION_CLASS_FLEDGLING, "2020-11-04", "", "宁科发5号")),
            held.certification.name());
}

TEST(MergeRow, TheSameRowChangesNothing) {
  const v1::Certification row = AskedCertification(CERTIFICATION_CLASS_HNTE, "2022-11-04", "", "GR202264000001");
  const Certified held = Granted(row);
  const auto merged = MergeRow(held.enterprise, held.certification, held.certification, row, kToday);
  ASSERT_TRUE(merged.ok()) << merged.status();
  EXPECT_EQ(merged->certification.SerializeAsString(), held.certification.SerializeAsString());
  EXPECT_EQ(merged->enterprise.SerializeAsString(), held.enterprise.SerializeAsString());
}

TEST(MergeRow, TakesANumberAndDaysThatARowAdds) {
  const Certified held = Granted(AskedCertification(CERTIFICATION_CLASS_HNTE, "2022-11-04"));
  const auto merged =
      MergeRow(held.enterprise, held.certification, held.certification,
               AskedCertification(CERTIFICATION_CLASS_HNTE, "2022-11-04", "2025-11-04", "GR202264000001"), kToday);
  ASSERT_TRUE(merged.ok());
  EXPECT_EQ(merged->certification.certificate_number(), "GR202264000001");
  EXPECT_EQ(EndOf(merged->certification), "2025-11-04");
  EXPECT_EQ(merged->enterprise.certification_periods(0).certificate_number(), "GR202264000001");
}

TEST(MergeRow, LeavesTheDaysOfARevokedOneAlone) {
  const v1::Certification row = AskedCertification(CERTIFICATION_CLASS_HNTE, "2022-11-04", "", "GR202264000001");
  const Certified held = Granted(row);
  const Certified revoked = *Revoke(held.enterprise, held.certification, DayOf("2023-01-01"), "", kToday);
  const auto same = MergeRow(revoked.enterprise, revoked.certification, revoked.certification, row, kToday);
  ASSERT_TRUE(same.ok()) << same.status();
  EXPECT_EQ(same->certification.SerializeAsString(), revoked.certification.SerializeAsString());
  v1::Certification other = row;
  *other.mutable_expire_date() = DayOf("2024-01-01").ToProto();
  EXPECT_EQ(
      ReasonOf(MergeRow(revoked.enterprise, revoked.certification, revoked.certification, other, kToday).status()),
      "CERTIFICATION_CLOSED");
}

}  // namespace
}  // namespace kechuang::enterprise
