#ifndef KECHUANG_SERVICES_LOAN_LOAN_RULES_H_
#define KECHUANG_SERVICES_LOAN_LOAN_RULES_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "common/domain/day.h"
#include "kechuang/enterprise/v1/enterprise.pb.h"
#include "kechuang/loan/v1/bank.pb.h"
#include "kechuang/loan/v1/loan.pb.h"
#include "kechuang/loan/v1/pool.pb.h"

// What may happen to a loan before money moves: from application to the consent letter. Pure functions: no clock, no
// store. Each refuses with LOAN_WRONG_STATE in a state that does not allow it, before anything else is looked at.
namespace kechuang::loan {

// What the register knows about the borrower and the pool beside the loan itself.
struct Room {
  int64_t enterprise_exposure_fen =
      0;                          // undrawn and outstanding of the borrower's loans in all banks, this one left out
  int64_t pool_exposure_fen = 0;  // the same over the pool's loans
  int64_t pool_balance_fen = 0;
  int64_t overdue_loans = 0;  // of the borrower
  bool tell_exposure = true;  // whether a refusal may say what the borrower owes in all banks
};

// The borrower's class on a day: the first that it holds of HNTE and then the policy's eligible classes in order; empty
// if it holds none of them.
std::string ClassOn(const enterprise::v1::Enterprise& borrower, const v1::PoolPolicy& policy, Day day);

// OK if the enterprise may borrow under the policy on that day, with its class; else ENTERPRISE_NOT_ACTIVE,
// ENTERPRISE_OUTSIDE_DIVISION, ENTERPRISE_CLASS_MISSING or ENTERPRISE_HAS_OVERDUE (kFailedPrecondition).
absl::StatusOr<std::string> EligibleClass(const enterprise::v1::Enterprise& borrower, const v1::PoolPolicy& policy,
                                          int64_t overdue_loans, Day day);

// INVALID_FIELDS with FIELD_MALFORMED for a borrower or a bank whose name has not the form of one.
absl::Status CheckPartners(const v1::Loan& loan);

// A new application in state DRAFT; policy is the pool's of today. DATE_IN_FUTURE for an application_date after today.
absl::StatusOr<v1::Loan> Draft(v1::Loan loan, const enterprise::v1::Enterprise& borrower, const v1::PoolPolicy& policy,
                               Day today);
// A draft after changes: INVALID_FIELDS with FIELD_REQUIRED, FIELD_MALFORMED or DATE_IN_FUTURE.
absl::StatusOr<v1::Loan> CheckDraft(v1::Loan loan, Day today);

// Notes the class and the policy. BANK_OPINION_MISSING on route BANK_FIRST, and what EligibleClass refuses.
absl::StatusOr<v1::Loan> Submit(v1::Loan loan, const enterprise::v1::Enterprise& borrower, const v1::PoolPolicy& policy,
                                const Room& room, Day today);
absl::StatusOr<v1::Loan> Return(v1::Loan loan, absl::string_view reason);
// On route BANK_FIRST approves by the bank opinion too, as BankApprove does.
absl::StatusOr<v1::Loan> Recommend(v1::Loan loan, const enterprise::v1::Enterprise& borrower,
                                   const v1::PoolPolicy& policy, const Room& room, Day today);
absl::StatusOr<v1::Loan> Reject(v1::Loan loan, absl::string_view reason);
absl::StatusOr<v1::Loan> Withdraw(v1::Loan loan, absl::string_view reason);

// What a bank will lend.
struct Approval {
  int64_t amount_fen = 0;
  int32_t rate_ppm = 0;
  int32_t term_months = 0;
};
// LOAN_ABOVE_APPLIED, RATE_ABOVE_CEILING, TERM_ABOVE_LIMIT or ENTERPRISE_CAP_EXCEEDED.
absl::StatusOr<v1::Loan> BankApprove(v1::Loan loan, const Approval& approval, const v1::PoolPolicy& policy,
                                     const Room& room);

// Reserves room. CONSENT_DATES, DATE_IN_FUTURE, BANK_SUSPENDED, POOL_SUSPENDED, ENTERPRISE_CAP_EXCEEDED or
// POOL_LEVERAGE_EXCEEDED.
absl::StatusOr<v1::Loan> Confirm(v1::Loan loan, const v1::ConsentLetter& consent, const v1::Bank& bank,
                                 const v1::Pool& pool, const v1::PoolPolicy& policy, const Room& room, Day today);
// Releases the room. CONSENT_NOT_EXPIRED if expired is said of a letter that has not expired.
absl::StatusOr<v1::Loan> Cancel(v1::Loan loan, bool expired, absl::string_view reason, Day today);

}  // namespace kechuang::loan

#endif  // KECHUANG_SERVICES_LOAN_LOAN_RULES_H_
