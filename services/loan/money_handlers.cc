#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

#include "common/base/status_macros.h"
#include "common/domain/hands.h"
#include "common/domain/resource_name.h"
#include "services/loan/handlers.h"
#include "services/loan/money_rules.h"
#include "services/loan/pool_rules.h"

namespace kechuang::loan {
namespace {

constexpr int kOverduePageDefault = 500;
constexpr int kOverduePageMax = 1000;

absl::StatusOr<Change<v1::Loan>> DisburseLoan(LoanDesk&, const rpc::Call&, const v1::DisburseLoanRequest& request) {
  ASSIGN_OR_RETURN(const Day day, Day::FromProto(request.disburse_date()));
  ASSIGN_OR_RETURN(const std::optional<Day> due, OptionalDay(request.due_date()));
  Change<v1::Loan> change;
  change.names = {request.name()};
  change.decide = [request, day, due](ledger::Draft& draft) -> absl::StatusOr<v1::Loan> {
    ASSIGN_OR_RETURN(v1::Loan loan, draft.Get<v1::Loan>(request.name(), request.etag()));
    RETURN_IF_ERROR(CheckHand(Hand::kPaying, draft.author().actor, loan.name(), loan.makers(), loan.checkers()));
    ASSIGN_OR_RETURN(const Paid paid, Disburse(std::move(loan), request.amount_fen(), day, due, Today(draft)));
    ASSIGN_OR_RETURN(const StoredPayOut stored, StorePayOut(draft, paid.loan, nullptr, paid.disbursement));
    return stored.loan;
  };
  return change;
}

absl::StatusOr<Change<v1::Disbursement>> Reverse(LoanDesk&, const rpc::Call&,
                                                 const v1::ReverseDisbursementRequest& request) {
  ASSIGN_OR_RETURN(const Day day, Day::FromProto(request.reverse_date()));
  const std::string loan_name = ParentOf(request.name());
  Change<v1::Disbursement> change;
  change.names = {loan_name, request.name()};
  change.decide = [request, day, loan_name](ledger::Draft& draft) -> absl::StatusOr<v1::Disbursement> {
    ASSIGN_OR_RETURN(const v1::Disbursement before, draft.Get<v1::Disbursement>(request.name(), request.etag()));
    ASSIGN_OR_RETURN(v1::Loan loan, draft.Get<v1::Loan>(loan_name));
    ASSIGN_OR_RETURN(const Paid undone,
                     ReverseDisbursement(std::move(loan), before, request.reason(), day, Today(draft)));
    ASSIGN_OR_RETURN(const StoredPayOut stored, StorePayOut(draft, undone.loan, &before, undone.disbursement));
    return stored.disbursement;
  };
  return change;
}

absl::StatusOr<Change<v1::Loan>> RepayLoan(LoanDesk&, const rpc::Call&, const v1::RepayLoanRequest& request) {
  ASSIGN_OR_RETURN(const Day day, Day::FromProto(request.repay_date()));
  const Payment payment = {request.principal_fen(), request.interest_fen(), day, request.draw_closed(),
                           request.remark()};
  Change<v1::Loan> change;
  change.names = {request.name()};
  change.decide = [request, payment](ledger::Draft& draft) -> absl::StatusOr<v1::Loan> {
    ASSIGN_OR_RETURN(v1::Loan loan, draft.Get<v1::Loan>(request.name(), request.etag()));
    ASSIGN_OR_RETURN(const Repaid repaid, Repay(std::move(loan), payment, Today(draft)));
    RETURN_IF_ERROR(CheckMoney(repaid.loan));
    RETURN_IF_ERROR(draft.Create(repaid.repayment).status());
    return draft.Put(repaid.loan);
  };
  return change;
}

// Marks each of these loans as the daily rule says, from what each is by now.
absl::StatusOr<v1::MarkOverdueLoansResponse> MarkAll(ledger::Draft& draft, const std::vector<std::string>& names,
                                                     Day day) {
  v1::MarkOverdueLoansResponse marked;
  for (const std::string& name : names) {
    ASSIGN_OR_RETURN(const v1::Loan loan, draft.Get<v1::Loan>(name));
    const v1::Loan after = MarkOverdue(loan, day);
    if (after.state() == loan.state()) continue;
    RETURN_IF_ERROR(draft.Put(after).status());
    (after.state() == v1::LOAN_STATE_OVERDUE ? marked.mutable_loans() : marked.mutable_settled_loans())
        ->Add()
        ->assign(name);
  }
  return marked;
}

absl::StatusOr<Change<v1::MarkOverdueLoansResponse>> MarkOverdueLoans(LoanDesk& desk, const rpc::Call& call,
                                                                      const v1::MarkOverdueLoansRequest& request) {
  ASSIGN_OR_RETURN(const Day day, Day::FromProto(request.day()));
  ledger::ListQuery query;
  query.filter = absl::StrCat("state = ACTIVE AND due_date < \"", day.ToString(), "\"");
  query.order_by = "due_date";
  query.page_size = std::min(request.page_size() > 0 ? request.page_size() : kOverduePageDefault, kOverduePageMax);
  ASSIGN_OR_RETURN(const ledger::ListPage<v1::Loan> page, desk.ledger.List<v1::Loan>(call.deadline, query));
  std::vector<std::string> names;
  names.reserve(page.records.size());
  for (const v1::Loan& loan : page.records) names.push_back(loan.name());
  Change<v1::MarkOverdueLoansResponse> change;
  change.names = names;
  change.decide = [names, day, complete = page.next_page_token.empty()](
                      ledger::Draft& draft) -> absl::StatusOr<v1::MarkOverdueLoansResponse> {
    RETURN_IF_ERROR(NotInFuture("day", day, Today(draft)));
    ASSIGN_OR_RETURN(v1::MarkOverdueLoansResponse marked, MarkAll(draft, names, day));
    marked.set_complete(complete);
    return marked;
  };
  return change;
}

}  // namespace

void AddMoneyHandlers(RegisterService<LoanDesk>& service) {
  service.OnChange(&DisburseLoan)
      .OnChange(&Reverse)
      .OnChange(&RepayLoan)
      .OnChangeAfterAsking(&MarkOverdueLoans)
      .OnList<v1::ListDisbursementsRequest, v1::ListDisbursementsResponse>()
      .OnList<v1::ListRepaymentsRequest, v1::ListRepaymentsResponse>()
      .OnGet<v1::GetBorrowerRequest, v1::Borrower>()
      .OnList<v1::ListBorrowersRequest, v1::ListBorrowersResponse>();
}

}  // namespace kechuang::loan
