#ifndef KECHUANG_SERVICES_ENTERPRISE_HANDLERS_H_
#define KECHUANG_SERVICES_ENTERPRISE_HANDLERS_H_

#include "absl/status/statusor.h"

#include "common/domain/day.h"
#include "common/ledger/register.h"
#include "common/register/register_service.h"
#include "common/rpc/call.h"
#include "kechuang/enterprise/v1/enterprise_service.pb.h"
#include "services/enterprise/certification_rules.h"

namespace kechuang::enterprise {

// What the handlers of the enterprise service work on.
struct EnterpriseDependencies {
  ledger::Register& ledger;
};

// Today in UTC+8, by the time that the change carries.
inline Day Today(const ledger::Draft& draft) { return Day::FromTime(draft.now()); }

// Stores a certification and its enterprise. CERTIFICATE_NUMBER_TAKEN if another certification bears its number.
absl::StatusOr<v1::Certification> Store(ledger::Draft& draft, const Certified& certified);

// One function an RPC: from the request to the decision, or to the answer. What each does stands in
// enterprise_service.proto. enterprise_handlers.cc
absl::StatusOr<Change<v1::Enterprise>> CreateEnterprise(EnterpriseDependencies&, const rpc::Call&,
                                                        const v1::CreateEnterpriseRequest& request);
absl::StatusOr<Change<v1::Enterprise>> UpdateEnterprise(EnterpriseDependencies&, const rpc::Call&,
                                                        const v1::UpdateEnterpriseRequest& request);
absl::StatusOr<Change<v1::Enterprise>> DeleteEnterprise(EnterpriseDependencies&, const rpc::Call&,
                                                        const v1::DeleteEnterpriseRequest& request);
absl::StatusOr<Change<v1::Enterprise>> UndeleteEnterprise(EnterpriseDependencies&, const rpc::Call&,
                                                          const v1::UndeleteEnterpriseRequest& request);
absl::StatusOr<Change<v1::Enterprise>> MoveOutEnterprise(EnterpriseDependencies&, const rpc::Call&,
                                                         const v1::MoveOutEnterpriseRequest& request);
absl::StatusOr<Change<v1::Enterprise>> DeregisterEnterprise(EnterpriseDependencies&, const rpc::Call&,
                                                            const v1::DeregisterEnterpriseRequest& request);
absl::StatusOr<Change<v1::Enterprise>> ReinstateEnterprise(EnterpriseDependencies&, const rpc::Call&,
                                                           const v1::ReinstateEnterpriseRequest& request);
absl::StatusOr<Change<v1::AnnualStatement>> PutAnnualStatement(EnterpriseDependencies&, const rpc::Call&,
                                                               const v1::PutAnnualStatementRequest& request);
// certification_handlers.cc
absl::StatusOr<Change<v1::Certification>> GrantCertification(EnterpriseDependencies&, const rpc::Call&,
                                                             const v1::GrantCertificationRequest& request);
absl::StatusOr<Change<v1::Certification>> RenewCertification(EnterpriseDependencies&, const rpc::Call&,
                                                             const v1::RenewCertificationRequest& request);
absl::StatusOr<Change<v1::Certification>> RevokeCertification(EnterpriseDependencies&, const rpc::Call&,
                                                              const v1::RevokeCertificationRequest& request);
// find_handlers.cc
absl::StatusOr<v1::SearchEnterprisesResponse> SearchEnterprises(EnterpriseDependencies& dependencies,
                                                                const rpc::Call& call,
                                                                const v1::SearchEnterprisesRequest& request);
absl::StatusOr<v1::ResolveEnterprisesResponse> ResolveEnterprises(EnterpriseDependencies& dependencies,
                                                                  const rpc::Call& call,
                                                                  const v1::ResolveEnterprisesRequest& request);
// statistics_handlers.cc
absl::StatusOr<v1::EnterpriseStatistics> GetEnterpriseStatistics(EnterpriseDependencies& dependencies,
                                                                 const rpc::Call& call,
                                                                 const v1::GetEnterpriseStatisticsRequest& request);
// import_handlers.cc: one row.
absl::StatusOr<Change<::kechuang::ledger::v1::RowOutcome>> ImportEnterpriseRow(
    EnterpriseDependencies&, const rpc::Call&, const ::kechuang::ledger::v1::ImportSource&,
    const v1::ImportEnterprisesRow& row);

}  // namespace kechuang::enterprise

#endif  // KECHUANG_SERVICES_ENTERPRISE_HANDLERS_H_
