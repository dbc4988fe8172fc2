#include "services/enterprise/service.h"

#include "common/register/looks.h"
#include "services/enterprise/certification_rules.h"
#include "services/enterprise/schema.h"
#include "services/enterprise/totals.h"

namespace kechuang::enterprise {

std::vector<ledger::Kind> EnterpriseKinds() {
  return {
      ledger::WithUndo<v1::Enterprise>(ledger::MakeKind<v1::Enterprise>(&EnterpriseTotals, &EnterpriseKeys),
                                       &UndoPeriods),
      ledger::MakeKind<v1::Certification>(nullptr, &CertificationKeys),
      ledger::MakeKind<v1::AnnualStatement>(),
      LookKind(),
  };
}

EnterpriseService::EnterpriseService(ledger::Register& ledger)
    : dependencies_{ledger}, service_("kechuang.enterprise.v1.EnterpriseService", dependencies_) {
  service_.OnGet<v1::GetEnterpriseRequest, v1::Enterprise>()
      .OnList<v1::ListEnterprisesRequest, v1::ListEnterprisesResponse>()
      .OnBatchGet<v1::BatchGetEnterprisesRequest, v1::BatchGetEnterprisesResponse>()
      .OnChange(&CreateEnterprise)
      .OnChange(&UpdateEnterprise)
      .OnChange(&DeleteEnterprise)
      .OnChange(&UndeleteEnterprise)
      .OnChange(&MoveOutEnterprise)
      .OnChange(&DeregisterEnterprise)
      .OnChange(&ReinstateEnterprise)
      .OnGet<v1::GetCertificationRequest, v1::Certification>()
      .OnList<v1::ListCertificationsRequest, v1::ListCertificationsResponse>()
      .OnChange(&GrantCertification)
      .OnChange(&RenewCertification)
      .OnChange(&RevokeCertification)
      .OnGet<v1::GetAnnualStatementRequest, v1::AnnualStatement>()
      .OnList<v1::ListAnnualStatementsRequest, v1::ListAnnualStatementsResponse>()
      .OnChange(&PutAnnualStatement)
      .OnImport<v1::ImportEnterprisesRequest, v1::ImportEnterprisesResponse>(&ImportEnterpriseRow)
      .OnExport<v1::ExportEnterprisesRequest, v1::ExportEnterprisesResponse>()
      .OnExport<v1::ExportCertificationsRequest, v1::ExportCertificationsResponse>()
      .OnExport<v1::ExportAnnualStatementsRequest, v1::ExportAnnualStatementsResponse>();
  service_.On(&SearchEnterprises).On(&ResolveEnterprises).On(&GetEnterpriseStatistics);
}

RegisterProgram EnterpriseProgram(std::unique_ptr<EnterpriseService>& service) {
  RegisterProgram program;
  program.area = "enterprise";
  program.journal_service = "kechuang.enterprise.v1.EnterpriseJournal";
  program.migrations = EnterpriseMigrations();
  program.versions = {4, 4};
  program.kinds = EnterpriseKinds();
  program.make_services = [&service](ledger::Register& ledger, rpc::Channels&) {
    service = std::make_unique<EnterpriseService>(ledger);
    return std::vector<rpc::MethodTable*>{&service->table()};
  };
  return program;
}

}  // namespace kechuang::enterprise
