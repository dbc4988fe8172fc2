#include <utility>

#include "absl/strings/str_cat.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/domain/hands.h"
#include "common/domain/resource_name.h"
#include "common/register/update_mask.h"
#include "kechuang/api/v1/reasons.pb.h"
#include "services/loan/handlers.h"
#include "services/loan/loan_rules.h"
#include "services/loan/loan_states.h"
#include "services/loan/pool_rules.h"

namespace kechuang::loan {
namespace {

// A change of one loan that needs nothing but the loan and the day.
template <class Request>
Change<v1::Loan> ChangeLoan(const Request& request, Hand hand,
                            absl::StatusOr<v1::Loan> (*rule)(v1::Loan, const Request&, Day)) {
  Change<v1::Loan> change;
  change.names = {request.name()};
  change.decide = [request, hand, rule](ledger::Draft& draft) -> absl::StatusOr<v1::Loan> {
    ASSIGN_OR_RETURN(v1::Loan loan, draft.Get<v1::Loan>(request.name(), request.etag()));
    ASSIGN_OR_RETURN(loan, ByHand(hand, draft.author().actor, loan, [&] { return rule(loan, request, Today(draft)); }));
    return draft.Put(loan);
  };
  return change;
}

absl::StatusOr<v1::PoolPolicy> PolicyFor(ledger::Draft& draft, const v1::Loan& loan) {
  ASSIGN_OR_RETURN(const v1::Pool pool, draft.Get<v1::Pool>(loan.pool()));
  return PolicyOn(pool, Today(draft));
}

// Whether an id is free tells of others' loans, so a caller who sees some rows only cannot choose one.
absl::Status CheckLoanId(const rpc::Call& call, const std::string& id) {
  if (call.scope().empty()) return CheckId("loan_id", id);
  Faults faults;
  faults.Add("loan_id", api::v1::FIELD_NOT_WRITABLE, "is given by the register to callers of one bank or enterprise",
             "由登记系统编定，银行或企业账号不能自定");
  return faults.status();
}

absl::StatusOr<Change<v1::Loan>> CreateLoan(LoanDesk& desk, const rpc::Call& call,
                                            const v1::CreateLoanRequest& request) {
  if (!request.loan_id().empty()) RETURN_IF_ERROR(CheckLoanId(call, request.loan_id()));
  v1::Loan loan = request.loan();
  ClearOutputOnly(loan);
  loan.set_name(absl::StrCat("loans/", request.loan_id().empty() ? NewId() : request.loan_id()));
  RETURN_IF_ERROR(CheckPartners(loan));
  ASSIGN_OR_RETURN(const enterprise::v1::Enterprise borrower, desk.enterprises.Get(call, loan.enterprise()));
  Change<v1::Loan> change;
  change.names = {loan.bank(), loan.pool()};
  change.new_names = {loan.name()};
  change.decide = [loan, borrower](ledger::Draft& draft) -> absl::StatusOr<v1::Loan> {
    RETURN_IF_ERROR(draft.Get<v1::Bank>(loan.bank()).status());
    ASSIGN_OR_RETURN(const v1::PoolPolicy policy, PolicyFor(draft, loan));
    ASSIGN_OR_RETURN(v1::Loan drafted, Draft(loan, borrower, policy, Today(draft)));
    NoteHand(Hand::kMaking, draft.author().actor, *drafted.mutable_makers(), *drafted.mutable_checkers());
    return draft.Create(drafted);
  };
  return change;
}

absl::StatusOr<Change<v1::Loan>> UpdateLoan(LoanDesk&, const rpc::Call&, const v1::UpdateLoanRequest& request) {
  Change<v1::Loan> change;
  change.names = {request.loan().name()};
  change.decide = [request](ledger::Draft& draft) -> absl::StatusOr<v1::Loan> {
    ASSIGN_OR_RETURN(v1::Loan loan, draft.Get<v1::Loan>(request.loan().name(), request.etag()));
    RETURN_IF_ERROR(NextState(loan, LoanEvent::kUpdate).status());
    RETURN_IF_ERROR(ApplyMask(loan, request.loan(), request.update_mask(), "loan"));
    ASSIGN_OR_RETURN(loan, CheckDraft(std::move(loan), Today(draft)));
    RETURN_IF_ERROR(draft.Get<v1::Bank>(loan.bank()).status());
    RETURN_IF_ERROR(draft.Get<v1::Pool>(loan.pool()).status());
    NoteHand(Hand::kMaking, draft.author().actor, *loan.mutable_makers(), *loan.mutable_checkers());
    return draft.Put(loan);
  };
  return change;
}

using ExamineRule = absl::StatusOr<v1::Loan> (*)(v1::Loan, const enterprise::v1::Enterprise&, const v1::PoolPolicy&,
                                                 const Room&, Day);

// A change for which the enterprise register is asked first. The borrower of a loan never changes, so what was asked
// before the change's turn is about the right enterprise.
template <class Request>
absl::StatusOr<Change<v1::Loan>> ExamineLoan(LoanDesk& desk, const rpc::Call& call, const Request& request, Hand hand,
                                             ExamineRule rule) {
  ASSIGN_OR_RETURN(const v1::Loan seen, desk.ledger.Read<v1::Loan>(call.deadline, request.name(), call.scope()));
  ASSIGN_OR_RETURN(const enterprise::v1::Enterprise borrower, desk.enterprises.Get(call, seen.enterprise()));
  Change<v1::Loan> change;
  change.names = {request.name(), seen.pool()};
  change.decide = [request, hand, rule, borrower](ledger::Draft& draft) -> absl::StatusOr<v1::Loan> {
    ASSIGN_OR_RETURN(v1::Loan loan, draft.Get<v1::Loan>(request.name(), request.etag()));
    ASSIGN_OR_RETURN(const v1::PoolPolicy policy, PolicyFor(draft, loan));
    ASSIGN_OR_RETURN(const Room room, RoomFor(draft, loan));
    ASSIGN_OR_RETURN(loan, ByHand(hand, draft.author().actor, loan,
                                  [&] { return rule(loan, borrower, policy, room, Today(draft)); }));
    return draft.Put(loan);
  };
  return change;
}

absl::StatusOr<Change<v1::Loan>> SubmitLoan(LoanDesk& desk, const rpc::Call& call,
                                            const v1::SubmitLoanRequest& request) {
  return ExamineLoan(desk, call, request, Hand::kMaking, &Submit);
}

absl::StatusOr<Change<v1::Loan>> RecommendLoan(LoanDesk& desk, const rpc::Call& call,
                                               const v1::RecommendLoanRequest& request) {
  return ExamineLoan(desk, call, request, Hand::kChecking, &Recommend);
}

absl::StatusOr<Change<v1::Loan>> ReturnLoan(LoanDesk&, const rpc::Call&, const v1::ReturnLoanRequest& request) {
  return ChangeLoan<v1::ReturnLoanRequest>(
      request, Hand::kChecking,
      [](v1::Loan loan, const v1::ReturnLoanRequest& asked, Day) { return Return(std::move(loan), asked.reason()); });
}

absl::StatusOr<Change<v1::Loan>> RejectLoan(LoanDesk&, const rpc::Call&, const v1::RejectLoanRequest& request) {
  return ChangeLoan<v1::RejectLoanRequest>(
      request, Hand::kChecking,
      [](v1::Loan loan, const v1::RejectLoanRequest& asked, Day) { return Reject(std::move(loan), asked.reason()); });
}

absl::StatusOr<Change<v1::Loan>> WithdrawLoan(LoanDesk&, const rpc::Call&, const v1::WithdrawLoanRequest& request) {
  return ChangeLoan<v1::WithdrawLoanRequest>(request, Hand::kNobodys,
                                             [](v1::Loan loan, const v1::WithdrawLoanRequest& asked, Day) {
                                               return Withdraw(std::move(loan), asked.reason());
                                             });
}

absl::StatusOr<Change<v1::Loan>> CancelLoan(LoanDesk&, const rpc::Call&, const v1::CancelLoanRequest& request) {
  return ChangeLoan<v1::CancelLoanRequest>(request, Hand::kNobodys,
                                           [](v1::Loan loan, const v1::CancelLoanRequest& asked, Day today) {
                                             return Cancel(std::move(loan), asked.expired(), asked.reason(), today);
                                           });
}

absl::StatusOr<Change<v1::Loan>> BankApproveLoan(LoanDesk&, const rpc::Call&,
                                                 const v1::BankApproveLoanRequest& request) {
  Change<v1::Loan> change;
  change.names = {request.name()};
  change.decide = [request](ledger::Draft& draft) -> absl::StatusOr<v1::Loan> {
    ASSIGN_OR_RETURN(v1::Loan loan, draft.Get<v1::Loan>(request.name(), request.etag()));
    ASSIGN_OR_RETURN(const v1::PoolPolicy policy, PolicyFor(draft, loan));
    ASSIGN_OR_RETURN(const Room room, RoomFor(draft, loan));
    const Approval approval = {request.amount_fen(), request.rate_ppm(), request.term_months()};
    ASSIGN_OR_RETURN(loan, ByHand(Hand::kChecking, draft.author().actor, loan,
                                  [&] { return BankApprove(loan, approval, policy, room); }));
    return draft.Put(loan);
  };
  return change;
}

absl::StatusOr<Change<v1::Loan>> ConfirmLoan(LoanDesk&, const rpc::Call&, const v1::ConfirmLoanRequest& request) {
  Change<v1::Loan> change;
  change.names = {request.name()};
  change.decide = [request](ledger::Draft& draft) -> absl::StatusOr<v1::Loan> {
    ASSIGN_OR_RETURN(v1::Loan loan, draft.Get<v1::Loan>(request.name(), request.etag()));
    ASSIGN_OR_RETURN(const v1::Bank bank, draft.Get<v1::Bank>(loan.bank()));
    ASSIGN_OR_RETURN(const v1::Pool pool, draft.Get<v1::Pool>(loan.pool()));
    ASSIGN_OR_RETURN(const v1::PoolPolicy policy, PolicyOn(pool, Today(draft)));
    ASSIGN_OR_RETURN(const Room room, RoomFor(draft, loan));
    ASSIGN_OR_RETURN(loan, ByHand(Hand::kDeciding, draft.author().actor, loan, [&] {
                       return Confirm(loan, request.consent(), bank, pool, policy, room, Today(draft));
                     }));
    return draft.Put(loan);
  };
  return change;
}

}  // namespace

void AddLoanHandlers(RegisterService<LoanDesk>& service) {
  service.OnGet<v1::GetLoanRequest, v1::Loan>()
      .OnList<v1::ListLoansRequest, v1::ListLoansResponse>()
      .OnBatchGet<v1::BatchGetLoansRequest, v1::BatchGetLoansResponse>()
      .OnChangeAfterAsking(&CreateLoan)
      .OnChange(&UpdateLoan)
      .OnChangeAfterAsking(&SubmitLoan)
      .OnChange(&ReturnLoan)
      .OnChangeAfterAsking(&RecommendLoan)
      .OnChange(&RejectLoan)
      .OnChange(&WithdrawLoan)
      .OnChange(&BankApproveLoan)
      .OnChange(&ConfirmLoan)
      .OnChange(&CancelLoan);
}

}  // namespace kechuang::loan
