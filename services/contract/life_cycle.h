#ifndef KECHUANG_SERVICES_CONTRACT_LIFE_CYCLE_H_
#define KECHUANG_SERVICES_CONTRACT_LIFE_CYCLE_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "kechuang/contract/v1/contract.pb.h"

namespace kechuang::contract {

// What may happen to a contract after it was created.
enum class Event {
  kEdit,
  kSubmit,
  kAccept,
  kRefuse,
  kRequestSupplement,
  kSupplement,
  kTimeout,
  kExpertReview,
  kRegister,
  kNotRegister,
  kObject,
  kAmend,
  kCancel,
  kRevoke,
  kRecordIncome,
};

// One line of the regulation's state table.
struct Transition {
  v1::ContractState from;
  Event event;
  v1::ContractState to;
};

// Every step there is, in the order of the life cycle.
const std::vector<Transition>& Transitions();

// The state that the event leads to. CONTRACT_WRONG_STATE (kFailedPrecondition), naming the state the contract is in
// and the states the step starts from, if the table has no such line.
absl::StatusOr<v1::ContractState> Next(const v1::Contract& contract, Event event);

// The state's name without the enum's prefix: "REGISTERED".
absl::string_view StateText(v1::ContractState state);

}  // namespace kechuang::contract

#endif  // KECHUANG_SERVICES_CONTRACT_LIFE_CYCLE_H_
