#ifndef KECHUANG_SERVICES_LOAN_MONEY_RULES_H_
#define KECHUANG_SERVICES_LOAN_MONEY_RULES_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/repeated_ptr_field.h"

#include "common/domain/day.h"
#include "kechuang/loan/v1/borrower.pb.h"
#include "kechuang/loan/v1/disbursement.pb.h"
#include "kechuang/loan/v1/loan.pb.h"
#include "kechuang/loan/v1/repayment.pb.h"

// What may happen to a loan's money: pay-outs, their reversal, repayments, overdue. Pure functions: no clock, no store.
namespace kechuang::loan {

// What of the approved amount may still be drawn, in fen; 0 in states that reserve nothing.
int64_t UndrawnFen(const v1::Loan& loan);
// What the loan takes of the borrower's cap and of the pool's leverage: undrawn and outstanding, in fen.
int64_t ExposureFen(const v1::Loan& loan);
// Invariant 1 of every loan, in every state: outstanding = disbursed - repaid, 0 <= outstanding, and
// disbursed <= approved. An error (kInternal) that says which does not hold.
absl::Status CheckMoney(const v1::Loan& loan);

struct Paid {
  v1::Loan loan;
  v1::Disbursement disbursement;
};
struct Repaid {
  v1::Loan loan;
  v1::Repayment repayment;
};

// Pays out. due is for the first pay-out only; without it the principal is due after the loan's term.
// LOAN_WRONG_STATE, LOAN_ABOVE_APPROVED, CONSENT_EXPIRED, DATE_TOO_EARLY, DATE_AFTER_DUE, TERM_ABOVE_LIMIT, or
// INVALID_FIELDS with DATE_IN_FUTURE or FIELD_NOT_WRITABLE.
absl::StatusOr<Paid> Disburse(v1::Loan loan, int64_t amount_fen, Day day, std::optional<Day> due, Day today);

// Undoes a pay-out. A loan with nothing paid out any more goes back to CONFIRMED, an imported one becomes CANCELLED.
// LOAN_WRONG_STATE, DISBURSEMENT_REVERSED, REVERSAL_BELOW_REPAID, DATE_TOO_EARLY or DATE_IN_FUTURE.
absl::StatusOr<Paid> ReverseDisbursement(v1::Loan loan, v1::Disbursement disbursement, absl::string_view reason,
                                         Day day, Day today);

// A repayment as a caller gives it.
struct Payment {
  int64_t principal_fen = 0;
  int64_t interest_fen = 0;
  Day day;
  bool draw_closed = false;
  std::string remark = {};
};
// LOAN_WRONG_STATE, REPAID_ABOVE_OUTSTANDING, DATE_TOO_EARLY or DATE_IN_FUTURE.
absl::StatusOr<Repaid> Repay(v1::Loan loan, const Payment& payment, Day today);

// The loan as the daily command leaves it: OVERDUE if its due date lies before the day with principal unpaid, SETTLED
// if nothing is unpaid, and else as it is; so a repeat changes nothing.
v1::Loan MarkOverdue(v1::Loan loan, Day day);

// Names of a loan's children, from their numbers.
std::string DisbursementName(absl::string_view loan, int number);
std::string RepaymentName(absl::string_view loan, int number);
// The record that counts what was paid out to an enterprise.
std::string BorrowerName(absl::string_view enterprise);

// What a disbursement, as it stands now, did to the years; before is the same disbursement as it was, nothing if it is
// new. Both give the loan's and the borrower's counts by year.
v1::Loan NoteIssue(v1::Loan loan, const v1::Disbursement* before, const v1::Disbursement& after);
v1::Borrower NoteIssue(v1::Borrower borrower, const v1::Loan& loan, const v1::Disbursement* before,
                       const v1::Disbursement& after);

// Net count by year: what was posted less what was reversed.
using NetByYear = std::map<int, int64_t>;
void AddNet(const google::protobuf::RepeatedPtrField<v1::IssuedYear>& years, NetByYear& net);
// The years in which "something stands, counting all years up to this one" becomes true (+1) or false (-1). Their sum
// up to a year says whether something stands at its end; so sums over records count those with anything standing.
std::vector<std::pair<int, int>> StandingChanges(const NetByYear& net);

// Undoes what one imported row counted for a borrower that was changed since: makes borrower what it would be had
// before not become after. False if its counts would fall below nothing.
bool UndoIssue(v1::Borrower& borrower, const v1::Borrower& before, const v1::Borrower& after);

}  // namespace kechuang::loan

#endif  // KECHUANG_SERVICES_LOAN_MONEY_RULES_H_
