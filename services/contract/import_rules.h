#ifndef KECHUANG_SERVICES_CONTRACT_IMPORT_RULES_H_
#define KECHUANG_SERVICES_CONTRACT_IMPORT_RULES_H_

#include "absl/status/statusor.h"

#include "common/domain/day.h"
#include "kechuang/contract/v1/contract.pb.h"
#include "services/contract/rules.h"

// What a bureau's list says is history and is taken as fact: the life cycle is not applied to it, the amounts' rules
// are. Pure functions. row is the row's contract without its output only fields.
namespace kechuang::contract::rules {

// OK if the row states a registration number, which every row needs; ROW_NOT_REGISTERED otherwise.
absl::Status CheckRowNumber(const v1::Contract& row);

// The contract that a row with a new number makes, in state REGISTERED. ROW_NOT_REGISTERED without a registration date;
// faults of CheckRegistered and CheckConsistent; DATE_IN_FUTURE.
absl::StatusOr<v1::Contract> ImportNew(v1::Contract row, const Policy& policy, Day today);

// The contract held under the row's number with the fields that the row states, on top of cleared, which is held
// without the fields that the row clears; equal to held if that is nothing new. ROW_CONTRACT_CLOSED if it would change
// one that was cancelled or revoked; faults as in ImportNew.
absl::StatusOr<v1::Contract> ImportAgain(const v1::Contract& held, const v1::Contract& cleared, v1::Contract row,
                                         const Policy& policy, Day today);

}  // namespace kechuang::contract::rules

#endif  // KECHUANG_SERVICES_CONTRACT_IMPORT_RULES_H_
