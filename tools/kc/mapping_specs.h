#ifndef KECHUANG_TOOLS_KC_MAPPING_SPECS_H_
#define KECHUANG_TOOLS_KC_MAPPING_SPECS_H_

#include "kechuang/contract/v1/contract_service.pb.h"
#include "kechuang/enterprise/v1/enterprise_service.pb.h"
#include "kechuang/loan/v1/loan_service.pb.h"
#include "tools/kc/mapping.h"

namespace kechuang::kc {

// The columns of each kind, and how its rows become messages.
KindSpec EnterprisesSpec();
KindSpec CertificationsSpec();
KindSpec PoolsSpec();
KindSpec BanksSpec();
KindSpec LoansSpec();
KindSpec ContractsSpec();

void FillEnterprise(const MappingOptions& options, MappingState& state, RowReader& reader,
                    enterprise::v1::Enterprise& enterprise);
void FillCertification(MappingState& state, RowReader& reader, enterprise::v1::ImportCertificationRow& row);
void FillPool(MappingState& state, RowReader& reader, loan::v1::ImportPool& pool);
void FillBank(RowReader& reader, loan::v1::ImportBank& bank);
void FillLoan(const MappingOptions& options, MappingState& state, RowReader& reader, loan::v1::ImportLoan& loan);
void FillContract(MappingState& state, RowReader& reader, contract::v1::Contract& contract);

// The names of columns that many kinds share.
std::vector<std::string> EnterpriseNameAliases();
std::vector<std::string> CreditCodeAliases();
std::vector<std::string> RemarkAliases();
std::vector<std::string> SerialAliases();
// Lets these columns take over what stands above.
void MarkInheriting(KindSpec& spec, const std::vector<std::string>& keys);
// Warns if an earlier row names another firm that differs by 有限公司, 有限责任公司 or the like only.
void WarnOfNearName(MappingState& state, RowReader& reader, absl::string_view key, absl::string_view name,
                    absl::string_view code);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_MAPPING_SPECS_H_
