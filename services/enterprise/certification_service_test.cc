#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "services/enterprise/service_fixture.h"

namespace kechuang::enterprise {
namespace {

using enum v1::CertificationClass;
using ::kechuang::ledger::v1::RowOutcome;

const v1::ClassFigures& FiguresOf(const v1::EnterpriseStatistics& statistics, v1::CertificationClass held) {
  return statistics.classes(static_cast<int>(held) - 1);
}

v1::ImportEnterprisesRow EnterpriseRow(const v1::Enterprise& enterprise) {
  v1::ImportEnterprisesRow row;
  *row.mutable_enterprise() = enterprise;
  return row;
}

v1::ImportEnterprisesRow CertificationRow(const std::string& code, const std::string& enterprise_name,
                                          const v1::Certification& certification) {
  v1::ImportEnterprisesRow row;
  row.mutable_certification()->set_credit_code(code);
  row.mutable_certification()->set_enterprise_name(enterprise_name);
  *row.mutable_certification()->mutable_certification() = certification;
  return row;
}

std::vector<RowOutcome::Kind> KindsOf(const std::vector<RowOutcome>& outcomes) {
  std::vector<RowOutcome::Kind> kinds;
  for (const RowOutcome& outcome : outcomes) kinds.push_back(outcome.kind());
  return kinds;
}

std::string Refused(const RowOutcome& outcome) { return Faulted(rpc::FromRpcStatus(outcome.error())); }

class CertificationServiceTest : public ServiceTest {
 protected:
  absl::StatusOr<v1::Certification> Revoke(const std::string& name, absl::string_view day) {
    v1::RevokeCertificationRequest request;
    request.set_name(name);
    *request.mutable_revoked_date() = DayOf(day).ToProto();
    request.set_reason("造假");
    return Ask<v1::Certification>(request);
  }
};

TEST_F(CertificationServiceTest, GrantsAndCountsOnBothSidesOfEachDay) {
  const v1::Enterprise made = CreateIn("640105", "甲", 1);
  const auto granted =
      GrantTo(made.name(), AskedCertification(CERTIFICATION_CLASS_HNTE, "2019-11-05", "2022-11-04", "GR201964000001"));
  ASSERT_TRUE(granted.ok()) << granted.status();
  EXPECT_EQ(Get(made.name())->certification_periods_size(), 1);
  EXPECT_EQ(StatisticsOn("2019-11-04", "640105").technology_enterprise_count(), 0);
  EXPECT_EQ(StatisticsOn("2019-11-05", "640105").technology_enterprise_count(), 1);
  EXPECT_EQ(StatisticsOn("2022-11-04", "640105").technology_enterprise_count(), 1);
  EXPECT_EQ(StatisticsOn("2022-11-05", "640105").technology_enterprise_count(), 0);
  EXPECT_EQ(StatisticsOn("2022-11-04", "640104").technology_enterprise_count(), 0);
  EXPECT_EQ(FiguresOf(StatisticsOn("2019-12-31"), CERTIFICATION_CLASS_HNTE).recognised_count(), 1);
  EXPECT_EQ(FiguresOf(StatisticsOn("2020-12-31"), CERTIFICATION_CLASS_HNTE).recognised_count(), 0);
}

TEST_F(CertificationServiceTest, RenewsIntoALinkedRecord) {
  const v1::Enterprise made = CreateIn("640105", "甲", 1);
  const auto old = GrantTo(made.name(), AskedCertification(CERTIFICATION_CLASS_HNTE, "2019-11-05", "2022-11-04"));
  v1::RenewCertificationRequest request;
  request.set_name(old->name());
  request.set_certificate_number("GR202264000001");
  *request.mutable_issue_date() = DayOf("2022-10-12").ToProto();
  const auto renewed = Ask<v1::Certification>(request);
  ASSERT_TRUE(renewed.ok()) << renewed.status();
  EXPECT_EQ(renewed->renewed_from(), old->name());
  v1::GetCertificationRequest get;
  get.set_name(old->name());
  EXPECT_EQ(Ask<v1::Certification>(get)->renewed_by(), renewed->name());
  const v1::EnterpriseStatistics with = StatisticsOn("2022-12-31");
  EXPECT_EQ(FiguresOf(with, CERTIFICATION_CLASS_HNTE).recognised_count(), 1);
  EXPECT_EQ(FiguresOf(with, CERTIFICATION_CLASS_HNTE).re_recognised_count(), 1);
  const v1::EnterpriseStatistics without = StatisticsOn("2022-12-31", "", /*include_re_recognition=*/false);
  EXPECT_EQ(FiguresOf(without, CERTIFICATION_CLASS_HNTE).recognised_count(), 0);
  EXPECT_EQ(FiguresOf(without, CERTIFICATION_CLASS_HNTE).re_recognised_count(), 1);
  EXPECT_EQ(without.technology_enterprise_count(), 1);
}

TEST_F(CertificationServiceTest, RevokesIntoThePast) {
  const v1::Enterprise made = CreateIn("640105", "甲", 1);
  const auto granted = GrantTo(made.name(), AskedCertification(CERTIFICATION_CLASS_HNTE, "2021-11-05"));
  ASSERT_TRUE(Revoke(granted->name(), "2022-06-01").ok());
  EXPECT_EQ(StatisticsOn("2022-05-31").technology_enterprise_count(), 1);
  EXPECT_EQ(StatisticsOn("2022-06-01").technology_enterprise_count(), 0);
  EXPECT_EQ(ReasonOf(Revoke(granted->name(), "2022-06-01").status()), "CERTIFICATION_CLOSED");
}

TEST_F(CertificationServiceTest, ANumberBelongsToOneEnterprise) {
  const v1::Enterprise first = CreateIn("640105", "甲", 1);
  const v1::Enterprise second = CreateIn("640105", "乙", 2);
  const v1::Certification asked = AskedCertification(CERTIFICATION_CLASS_HNTE, "2022-11-04", "", "GR202264000001");
  const auto granted = GrantTo(first.name(), asked);
  ASSERT_TRUE(granted.ok());
  EXPECT_EQ(ReasonOf(GrantTo(second.name(), asked).status()), "CERTIFICATE_NUMBER_TAKEN");
  EXPECT_EQ(Get(second.name())->certification_periods_size(), 0) << "a refused call leaves no trace";
  ASSERT_TRUE(Revoke(granted->name(), "2022-11-04").ok());
  EXPECT_TRUE(GrantTo(second.name(), asked).ok());
}

TEST_F(CertificationServiceTest, SumsClassesBesideDistinctEnterprises) {
  const v1::Enterprise first = CreateIn("640105", "甲", 1);
  const v1::Enterprise second = CreateIn("640105", "乙", 2);
  const v1::Enterprise third = CreateIn("640104", "丙", 3);
  for (const v1::CertificationClass held :
       {CERTIFICATION_CLASS_HNTE, CERTIFICATION_CLASS_TECH_SME, CERTIFICATION_CLASS_UNICORN}) {
    ASSERT_TRUE(GrantTo(first.name(), AskedCertification(held, "2022-05-01")).ok());
  }
  ASSERT_TRUE(GrantTo(second.name(), AskedCertification(CERTIFICATION_CLASS_GAZELLE, "2022-05-01")).ok());
  ASSERT_TRUE(GrantTo(third.name(), AskedCertification(CERTIFICATION_CLASS_GAZELLE, "2022-05-01")).ok());
  const v1::EnterpriseStatistics district = StatisticsOn("2022-12-31", "640105");
  EXPECT_EQ(district.technology_enterprise_count(), 2);
  EXPECT_EQ(district.technology_class_sum(), 3);
  EXPECT_EQ(district.classes_size(), v1::CertificationClass_MAX);
  EXPECT_EQ(StatisticsOn("2022-12-31", "640100").technology_enterprise_count(), 3);
  EXPECT_EQ(FiguresOf(StatisticsOn("2022-12-31"), CERTIFICATION_CLASS_GAZELLE).valid_count(), 2);
  v1::MoveOutEnterpriseRequest request;
  request.set_name(first.name());
  *request.mutable_move_out_date() = DayOf("2022-06-30").ToProto();
  ASSERT_TRUE(Ask<v1::Enterprise>(request).ok());
  EXPECT_EQ(StatisticsOn("2022-06-30", "640105").technology_enterprise_count(), 2);
  EXPECT_EQ(StatisticsOn("2022-07-01", "640105").technology_enterprise_count(), 1);
  v1::ReinstateEnterpriseRequest back;
  back.set_name(first.name());
  ASSERT_TRUE(Ask<v1::Enterprise>(back).ok());
  EXPECT_EQ(StatisticsOn("2022-07-01", "640105").technology_enterprise_count(), 2);
  v1::DeregisterEnterpriseRequest end;
  end.set_name(second.name());
  *end.mutable_deregister_date() = DayOf("2022-08-01").ToProto();
  ASSERT_TRUE(Ask<v1::Enterprise>(end).ok());
  EXPECT_EQ(StatisticsOn("2022-12-31", "640105").technology_enterprise_count(), 1);
}

TEST_F(CertificationServiceTest, ListsAcrossEnterprises) {
  const v1::Enterprise first = CreateIn("640105", "甲", 1);
  const v1::Enterprise second = CreateIn("640105", "乙", 2);
  ASSERT_TRUE(GrantTo(first.name(), AskedCertification(CERTIFICATION_CLASS_HNTE, "2022-05-01")).ok());
  ASSERT_TRUE(GrantTo(second.name(), AskedCertification(CERTIFICATION_CLASS_GAZELLE, "2022-06-01")).ok());
  v1::ListCertificationsRequest request;
  request.set_parent(first.name());
  EXPECT_EQ(Ask<v1::ListCertificationsResponse>(request)->certifications_size(), 1);
  request.set_parent("enterprises/-");
  EXPECT_EQ(Ask<v1::ListCertificationsResponse>(request)->certifications_size(), 2);
  request.set_filter("issue_date >= \"2022-06-01\"");
  EXPECT_EQ(Ask<v1::ListCertificationsResponse>(request)->certifications_size(), 1);
}

TEST_F(CertificationServiceTest, ImportTakesHistoryOnce) {
  v1::Enterprise gone = AskedEnterprise("旧名公司", 2);
  gone.set_located_division_code("640105");
  const std::vector<v1::ImportEnterprisesRow> rows = {
      EnterpriseRow(AskedEnterprise("甲公司", 1)),
      EnterpriseRow(gone),
      EnterpriseRow(AskedEnterprise("新名公司", 2)),
      CertificationRow("", "甲公司", AskedCertification(CERTIFICATION_CLASS_HNTE, "2022-11-04", "", "GR202264000001")),
      CertificationRow("", "旧名公司",
                       AskedCertification(CERTIFICATION_CLASS_HNTE, "2022-11-04", "", "GR202264000002")),
      CertificationRow(CodeOf(2), "", AskedCertification(CERTIFICATION_CLASS_HNTE, "2019-11-04", "", "GR201964000002")),
      CertificationRow(CodeOf(2), "", AskedCertification(CERTIFICATION_CLASS_GAZELLE, "2022-11-04")),
  };
  const std::vector<RowOutcome> outcomes = Import(rows, "import-1");
  for (const RowOutcome& outcome : outcomes) EXPECT_FALSE(outcome.has_error()) << outcome.error().message();
  EXPECT_THAT(KindsOf(outcomes),
              ::testing::ElementsAre(RowOutcome::KIND_INSERTED, RowOutcome::KIND_INSERTED, RowOutcome::KIND_CHANGED,
                                     RowOutcome::KIND_INSERTED, RowOutcome::KIND_INSERTED, RowOutcome::KIND_INSERTED,
                                     RowOutcome::KIND_INSERTED));
  const v1::EnterpriseStatistics statistics = StatisticsOn("2022-12-31");
  EXPECT_EQ(statistics.technology_enterprise_count(), 2);
  EXPECT_EQ(FiguresOf(statistics, CERTIFICATION_CLASS_HNTE).recognised_count(), 2);
  EXPECT_EQ(FiguresOf(statistics, CERTIFICATION_CLASS_HNTE).re_recognised_count(), 1)
      << "the earlier period came later in the file";
  const int64_t length = JournalLength();
  EXPECT_THAT(KindsOf(Import(rows, "import-1")), ::testing::Each(RowOutcome::KIND_UNCHANGED));
  EXPECT_THAT(KindsOf(Import(rows, "import-2")), ::testing::Each(RowOutcome::KIND_UNCHANGED));
  EXPECT_EQ(JournalLength(), length);
}

TEST_F(CertificationServiceTest, ImportRefusesRowByRow) {
  CreateIn("", "同名公司", 1);
  CreateIn("", "同名公司", 2);
  CreateIn("", "甲公司", 3);
  const v1::Certification certification =
      AskedCertification(CERTIFICATION_CLASS_HNTE, "2022-11-04", "", "GR202264000001");
  v1::Certification overlapping = certification;
  overlapping.set_certificate_number("GR202264000002");
  v1::Enterprise wrong = AskedEnterprise("乙公司", 4);
  wrong.set_credit_code("11640103010094039A");
  const std::vector<RowOutcome> outcomes = Import(
      {
          CertificationRow(CodeOf(9), "", certification),
          CertificationRow("", "没有的公司", certification),
          CertificationRow("", "同名公司", certification),
          CertificationRow("", "", certification),
          CertificationRow(CodeOf(3), "", certification),
          CertificationRow(CodeOf(3), "", overlapping),
          CertificationRow(CodeOf(1), "", certification),
          EnterpriseRow(wrong),
          v1::ImportEnterprisesRow(),
      },
      "import-1");
  ASSERT_EQ(outcomes.size(), 9u);
  EXPECT_EQ(outcomes[4].kind(), RowOutcome::KIND_INSERTED);
  std::vector<std::string> reasons;
  for (const RowOutcome& outcome : outcomes) {
    if (outcome.kind() == RowOutcome::KIND_REJECTED) reasons.push_back(Refused(outcome));
  }
  EXPECT_THAT(reasons, ::testing::ElementsAre("ENTERPRISE_UNKNOWN", "ENTERPRISE_UNKNOWN", "ENTERPRISE_AMBIGUOUS",
                                              "ROW_EMPTY", "CERTIFICATION_OVERLAPS", "CERTIFICATE_NUMBER_TAKEN",
                                              "CREDIT_CODE_CHECK_CHAR", "ROW_EMPTY"));
}

TEST_F(CertificationServiceTest, ImportValidateOnlyLeavesNoTrace) {
  const std::vector<v1::ImportEnterprisesRow> rows = {EnterpriseRow(AskedEnterprise("甲公司", 1))};
  EXPECT_THAT(KindsOf(Import(rows, "import-1", /*validate_only=*/true)),
              ::testing::ElementsAre(RowOutcome::KIND_INSERTED));
  EXPECT_EQ(JournalLength(), 0);
  EXPECT_THAT(KindsOf(Import(rows, "import-1")), ::testing::ElementsAre(RowOutcome::KIND_INSERTED));
}

}  // namespace
}  // namespace kechuang::enterprise
