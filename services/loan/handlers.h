#ifndef KECHUANG_SERVICES_LOAN_HANDLERS_H_
#define KECHUANG_SERVICES_LOAN_HANDLERS_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/type/date.pb.h"

#include "common/domain/day.h"
#include "common/register/register_service.h"
#include "kechuang/enterprise/v1/enterprise.pb.h"
#include "kechuang/loan/v1/loan.pb.h"
#include "kechuang/loan/v1/loan_service.pb.h"
#include "services/loan/loan_rules.h"
#include "services/loan/service.h"

// What the handler files share, and the handlers that each of them puts into the service's table.
namespace kechuang::loan {

// The day of a change, in UTC+8.
inline Day Today(const ledger::Draft& draft) { return Day::FromTime(draft.now()); }

// The day of a date that may be left out.
absl::StatusOr<std::optional<Day>> OptionalDay(const google::type::Date& date);

// What the totals say about a loan's borrower and pool, seen from within the change.
absl::StatusOr<Room> RoomFor(ledger::Draft& draft, const v1::Loan& loan);

// NAME_TAKEN if a record other than name carries one of these keys; text is the name to show.
absl::Status CheckNameFree(ledger::Draft& draft, absl::string_view key, absl::string_view text, absl::string_view name);

// Stores what a pay-out or a reversal did: the loan, the disbursement, and the borrower's count; gives the two back as
// stored. before is the disbursement as it was, nothing if it is new.
struct StoredPayOut {
  v1::Loan loan;
  v1::Disbursement disbursement;
};
absl::StatusOr<StoredPayOut> StorePayOut(ledger::Draft& draft, const v1::Loan& loan, const v1::Disbursement* before,
                                         const v1::Disbursement& after);

void AddPoolHandlers(RegisterService<LoanDesk>& service);
void AddBankHandlers(RegisterService<LoanDesk>& service);
void AddLoanHandlers(RegisterService<LoanDesk>& service);
void AddMoneyHandlers(RegisterService<LoanDesk>& service);
void AddTotalsHandlers(RegisterService<LoanDesk>& service);
void AddImportHandlers(RegisterService<LoanDesk>& service);

}  // namespace kechuang::loan

#endif  // KECHUANG_SERVICES_LOAN_HANDLERS_H_
