#ifndef KECHUANG_SERVICES_CONTRACT_KEYS_H_
#define KECHUANG_SERVICES_CONTRACT_KEYS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

#include "kechuang/contract/v1/contract.pb.h"

// The keys by which contracts are found. Pure functions.
namespace kechuang::contract {

// The key of a registration number, unique in the register. Numbers of 16 and of 14 digits have prefixes of their own,
// so that the greatest key of a registry and year is a number that this form issued.
std::string NumberKey(absl::string_view registration_number);
// What the keys of all 16-digit numbers of a registry (6 digits) and year (4 digits) begin with.
std::string NumberPrefix(int year, absl::string_view registry_division_code);

// Same seller, buyer, normalised title and signing date give the same key. A party is its credit code, or its
// normalised name where it has none. Empty if the contract lacks one of the four.
std::string TwinKey(const v1::Contract& contract);
// Same normalised title, total amount and signing date give the same key. Empty if the contract lacks one of the three.
std::string AlikeKey(const v1::Contract& contract);

// What a contract is found by: its number as long as it has one, whatever becomes of it; twin and alike while it is
// filed or registered, not in a draft and not after it was refused, turned down, withdrawn or revoked.
std::vector<std::string> ContractKeys(const v1::Contract& contract);

}  // namespace kechuang::contract

#endif  // KECHUANG_SERVICES_CONTRACT_KEYS_H_
