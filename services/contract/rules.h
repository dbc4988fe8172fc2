#ifndef KECHUANG_SERVICES_CONTRACT_RULES_H_
#define KECHUANG_SERVICES_CONTRACT_RULES_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "common/domain/day.h"
#include "kechuang/contract/v1/contract.pb.h"
#include "kechuang/contract/v1/contract_service.pb.h"

namespace kechuang::contract {

// What the regulation leaves to the place and the time: settings of the service, none of them law.
struct Policy {
  // The registry that this service runs for.
  std::string registry_division_code = "640105";
  // First day on which filings are accepted under RS2026.
  Day rs2026_from = *Day::Of(2026, 1, 23);
  // Most days between a refusal and the objection; 0 sets no limit.
  int objection_days_max = 0;
  // Technical amount from which a contract accepted under RS2026 needs expert review; 0 asks for none.
  int64_t expert_review_from_fen = 0;
};

// Registration of technology contracts 技术合同认定登记, step by step. Pure functions: the contract before and what the
// step says give the contract after, or the one refusal that the regulation puts first. today is the day of the step in
// UTC+8. Every step refuses with CONTRACT_WRONG_STATE where the state table has no line for it.
namespace rules {

// The name of a new contract: under the id asked for, or under a new one if none is. FIELD_MALFORMED unless the id is a
// lower-case letter and then lower-case letters, digits and hyphens; ids of digits are left to imported numbers.
absl::StatusOr<std::string> NewName(absl::string_view contract_id);
// A new draft. Faults of CheckConsistent and NUMBER_NOT_YOURS; FIELD_REQUIRED without a title.
absl::StatusOr<v1::Contract> Create(v1::Contract contract, const Policy& policy);
// The contract as edited, in place of the contract as held. Faults as in Create; the registry is fixed after a draft.
absl::StatusOr<v1::Contract> Edit(const v1::Contract& held, v1::Contract edited);
absl::StatusOr<v1::Contract> Submit(v1::Contract contract, Day today);
absl::StatusOr<v1::Contract> Accept(v1::Contract contract, const Policy& policy, Day today);
absl::StatusOr<v1::Contract> Refuse(v1::Contract contract, const v1::RefuseContractRequest& request, Day today);
absl::StatusOr<v1::Contract> RequestSupplement(v1::Contract contract, const v1::RequestSupplementRequest& request,
                                               Day today);
absl::StatusOr<v1::Contract> Supplement(v1::Contract contract, Day today);
absl::StatusOr<v1::Contract> TimeoutSupplement(v1::Contract contract, Day today);
absl::StatusOr<v1::Contract> SendToExpertReview(v1::Contract contract);

// The contract with the reviewer's adjustments, ready to be registered. REASON_MISSING, TECHNICAL_AMOUNT_RAISED,
// EXPERT_REVIEW_NEEDED, and faults of CheckConsistent.
absl::StatusOr<v1::Contract> Review(const v1::Contract& contract, const v1::RegisterContractRequest& request,
                                    const Policy& policy);
// The number after the greatest key that begins with NumberPrefix, or the first if that is empty. SERIALS_EXHAUSTED.
absl::StatusOr<std::string> NextNumber(int year, absl::string_view registry_division_code,
                                       absl::string_view greatest_key);
// The reviewed contract under its number. look_alike names a contract with a number that looks the same; empty if there
// is none. SUSPECTED_DUPLICATE unless the request confirms that it is another.
absl::StatusOr<v1::Contract> Register(v1::Contract reviewed, const v1::RegisterContractRequest& request,
                                      absl::string_view number, absl::string_view look_alike, Day today);

absl::StatusOr<v1::Contract> NotRegister(v1::Contract contract, const v1::NotRegisterContractRequest& request,
                                         Day today);
absl::StatusOr<v1::Contract> Object(v1::Contract contract, const v1::ObjectContractRequest& request,
                                    const Policy& policy, Day today);
// The contract as amended, in place of the contract as held, as the next version.
absl::StatusOr<v1::Contract> Amend(const v1::Contract& held, v1::Contract amended,
                                   const v1::AmendContractRequest& request, const Policy& policy, Day today);
absl::StatusOr<v1::Contract> Cancel(v1::Contract contract, const v1::CancelContractRequest& request,
                                    const Policy& policy, Day today);
absl::StatusOr<v1::Contract> Revoke(v1::Contract contract, const v1::RevokeContractRequest& request,
                                    const Policy& policy, Day today);
absl::StatusOr<v1::Contract> RecordIncome(v1::Contract contract, const v1::RecordIncomeRequest& request, Day today);

}  // namespace rules
}  // namespace kechuang::contract

#endif  // KECHUANG_SERVICES_CONTRACT_RULES_H_
