#ifndef KECHUANG_SERVICES_CONTRACT_CONTENT_H_
#define KECHUANG_SERVICES_CONTRACT_CONTENT_H_

#include "absl/status/status.h"

#include "common/base/error.h"
#include "common/domain/day.h"
#include "kechuang/contract/v1/contract.pb.h"

// What a contract must say at each point of its life. Pure functions; the faults name fields below "contract.".
namespace kechuang::contract {

// The contract as it is stored: credit codes normalised, empty messages removed, legacy_class worked out from the
// class.
v1::Contract Tidy(v1::Contract contract);

// The class as four-class bulletins count it: licences under transfer.
v1::ContractClass LegacyClassOf(v1::ContractClass contract_class);

// Notes what holds at any time: the subtype is of the class, technical <= total, income <= technical, dates in order,
// codes in form, a foreign price whole.
void CheckConsistent(const v1::Contract& contract, Faults& faults);

// Notes what a filing lacks: title, class, parties, signing date, amounts, field, intellectual property, written
// contract.
void CheckComplete(const v1::Contract& contract, Day today, Faults& faults);

// Notes what a registered contract lacks at the least, imported history included: title, class, parties, total amount.
void CheckRegistered(const v1::Contract& contract, Faults& faults);

}  // namespace kechuang::contract

#endif  // KECHUANG_SERVICES_CONTRACT_CONTENT_H_
