#ifndef KECHUANG_SERVICES_LOAN_LOAN_STATES_H_
#define KECHUANG_SERVICES_LOAN_LOAN_STATES_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

#include "kechuang/loan/v1/loan.pb.h"

namespace kechuang::loan {

// What may happen to a loan after it was made.
enum class LoanEvent {
  kUpdate,
  kSubmit,
  kReturn,
  kRecommend,           // route BUREAU_FIRST
  kRecommendByOpinion,  // route BANK_FIRST: the bank opinion handed in stands for the bank's approval
  kBankApprove,
  kConfirm,
  kReject,
  kWithdraw,
  kCancel,
  kDisburse,
  kReverseDisbursement,
  kRepay,
  kMarkOverdue,
};

// One line of the state machine. Events that move money may lead further, see money_rules.h: to SETTLED when no
// principal is left and nothing more can be drawn, back to CONFIRMED when the only disbursement is reversed.
struct LoanTransition {
  v1::LoanState from;
  LoanEvent event;
  v1::LoanState to;
};

// The whole state machine; a pair that stands in no line is not allowed.
absl::Span<const LoanTransition> LoanTransitions();

// The state to which the event leads; nothing if the state does not allow it.
std::optional<v1::LoanState> NextState(v1::LoanState from, LoanEvent event);

// The same for a loan; LOAN_WRONG_STATE (kFailedPrecondition), which names the loan's state, if it is not allowed.
absl::StatusOr<v1::LoanState> NextState(const v1::Loan& loan, LoanEvent event);

// "ACTIVE" of LOAN_STATE_ACTIVE.
std::string StateText(v1::LoanState state);

// True in the states in which the loan takes room of the enterprise's cap and of the pool's leverage.
bool TakesRoom(v1::LoanState state);

}  // namespace kechuang::loan

#endif  // KECHUANG_SERVICES_LOAN_LOAN_STATES_H_
