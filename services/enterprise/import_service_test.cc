#include <string>
#include <vector>

#include "kechuang/enterprise/v1/enterprise_journal_service.grpc.pb.h"
#include "services/enterprise/service_fixture.h"

namespace kechuang::enterprise {
namespace {

using ::kechuang::ledger::v1::KeptChange;
using ::kechuang::ledger::v1::RevertImportRequest;
using ::kechuang::ledger::v1::RevertImportResponse;
using ::kechuang::ledger::v1::RowOutcome;

v1::ImportEnterprisesRow EnterpriseRow(const v1::Enterprise& enterprise) {
  v1::ImportEnterprisesRow row;
  *row.mutable_enterprise() = enterprise;
  return row;
}

v1::ImportEnterprisesRow CertificationRow(int number, absl::string_view issued) {
  v1::ImportEnterprisesRow row;
  row.mutable_certification()->set_credit_code(CodeOf(number));
  *row.mutable_certification()->mutable_certification() =
      AskedCertification(v1::CERTIFICATION_CLASS_HNTE, issued, "2024-11-03", absl::StrCat("GR20216400000", number));
  return row;
}

class ImportServiceTest : public ServiceTest {
 protected:
  absl::StatusOr<RevertImportResponse> Revert(const std::string& import_id) {
    RevertImportRequest request;
    request.set_name("imports/" + import_id);
    request.set_reason("文件选错了");
    return served_.Ask<v1::EnterpriseJournal, RevertImportResponse>(request);
  }
};

TEST_F(ImportServiceTest, RevertOfCertificationsLeavesTheRestOfTheEnterprise) {
  Import({EnterpriseRow(AskedEnterprise("甲公司", 1)), EnterpriseRow(AskedEnterprise("乙公司", 2))}, "enterprises");
  Import({CertificationRow(1, "2021-11-04"), CertificationRow(2, "2021-11-04")}, "certifications");
  v1::UpdateEnterpriseRequest update;
  update.mutable_enterprise()->set_name(EnterpriseNameOf(CodeOf(1)));
  update.mutable_enterprise()->set_address("兴庆区");
  ASSERT_TRUE(Ask<v1::Enterprise>(update).ok());

  const auto reverted = Revert("certifications");
  ASSERT_TRUE(reverted.ok()) << reverted.status();
  EXPECT_EQ(reverted->import().removed_count(), 2);
  EXPECT_EQ(reverted->import().restored_count(), 2);
  EXPECT_EQ(reverted->kept_size(), 0);
  const v1::Enterprise enterprise = Get(EnterpriseNameOf(CodeOf(1))).value();
  EXPECT_EQ(enterprise.address(), "兴庆区");
  EXPECT_EQ(enterprise.certification_periods_size(), 0);
  EXPECT_EQ(StatisticsOn("2023-01-01").technology_enterprise_count(), 0);
}

TEST_F(ImportServiceTest, RevertOfEnterprisesLeavesAloneWhatHoldsACertification) {
  Import({EnterpriseRow(AskedEnterprise("甲公司", 1)), EnterpriseRow(AskedEnterprise("乙公司", 2))}, "enterprises");
  Import({CertificationRow(1, "2021-11-04")}, "certifications");
  const auto reverted = Revert("enterprises");
  ASSERT_TRUE(reverted.ok()) << reverted.status();
  EXPECT_EQ(reverted->import().removed_count(), 1);
  ASSERT_EQ(reverted->kept_size(), 1);
  EXPECT_EQ(reverted->kept(0).cause(), KeptChange::CAUSE_CHANGED_SINCE);
  EXPECT_TRUE(Get(EnterpriseNameOf(CodeOf(1))).ok());
  EXPECT_EQ(ReasonOf(Get(EnterpriseNameOf(CodeOf(2))).status()), "RECORD_NOT_FOUND");
}

TEST_F(ImportServiceTest, ClearsWhatARowSaysAndKeepsWhatItLeavesOut) {
  v1::Enterprise full = AskedEnterprise("甲公司", 1);
  full.set_address("兴庆区");
  full.set_remark("重点");
  Import({EnterpriseRow(full)}, "one");
  v1::ImportEnterprisesRow row = EnterpriseRow(AskedEnterprise("甲公司", 1));
  EXPECT_EQ(Import({row}, "sparse")[0].kind(), RowOutcome::KIND_UNCHANGED);
  row.mutable_clear_mask()->add_paths("address");
  const std::vector<RowOutcome> outcomes = Import({row}, "clearing");
  ASSERT_EQ(outcomes[0].kind(), RowOutcome::KIND_CHANGED) << outcomes[0].DebugString();
  EXPECT_EQ(Get(outcomes[0].name())->address(), "");
  EXPECT_EQ(Get(outcomes[0].name())->remark(), "重点");
  for (const char* const path : {"enterprise_name", "status", "credit_code", "nonsense"}) {
    v1::ImportEnterprisesRow bad = EnterpriseRow(AskedEnterprise("甲公司", 1));
    bad.mutable_clear_mask()->add_paths(path);
    EXPECT_EQ(Import({bad}, absl::StrCat("bad-", path))[0].kind(), RowOutcome::KIND_REJECTED) << path;
  }
}

TEST_F(ImportServiceTest, ConflictsWithWhatAPersonChanged) {
  Import({EnterpriseRow(AskedEnterprise("甲公司", 1))}, "one");
  v1::UpdateEnterpriseRequest update;
  update.mutable_enterprise()->set_name(EnterpriseNameOf(CodeOf(1)));
  update.mutable_enterprise()->set_address("兴庆区");
  ASSERT_TRUE(Ask<v1::Enterprise>(update).ok());
  EXPECT_EQ(Import({EnterpriseRow(AskedEnterprise("甲公司", 1))}, "same")[0].kind(), RowOutcome::KIND_UNCHANGED);
  v1::Enterprise other = AskedEnterprise("甲公司", 1);
  other.set_address("金凤区");
  EXPECT_EQ(Import({EnterpriseRow(other)}, "other")[0].kind(), RowOutcome::KIND_CONFLICT);
  EXPECT_EQ(Get(EnterpriseNameOf(CodeOf(1)))->address(), "兴庆区");
}

}  // namespace
}  // namespace kechuang::enterprise
