#include "services/loan/loan_states.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include "common/base/error.h"
#include "kechuang/loan/v1/reasons.pb.h"

namespace kechuang::loan {
namespace {

constexpr LoanTransition kTransitions[] = {
    {v1::LOAN_STATE_DRAFT, LoanEvent::kUpdate, v1::LOAN_STATE_DRAFT},
    {v1::LOAN_STATE_DRAFT, LoanEvent::kSubmit, v1::LOAN_STATE_SUBMITTED},
    {v1::LOAN_STATE_SUBMITTED, LoanEvent::kReturn, v1::LOAN_STATE_DRAFT},
    {v1::LOAN_STATE_SUBMITTED, LoanEvent::kRecommend, v1::LOAN_STATE_RECOMMENDED},
    {v1::LOAN_STATE_SUBMITTED, LoanEvent::kRecommendByOpinion, v1::LOAN_STATE_BANK_APPROVED},
    {v1::LOAN_STATE_RECOMMENDED, LoanEvent::kBankApprove, v1::LOAN_STATE_BANK_APPROVED},
    {v1::LOAN_STATE_BANK_APPROVED, LoanEvent::kConfirm, v1::LOAN_STATE_CONFIRMED},
    {v1::LOAN_STATE_SUBMITTED, LoanEvent::kReject, v1::LOAN_STATE_REJECTED},
    {v1::LOAN_STATE_RECOMMENDED, LoanEvent::kReject, v1::LOAN_STATE_REJECTED},
    {v1::LOAN_STATE_BANK_APPROVED, LoanEvent::kReject, v1::LOAN_STATE_REJECTED},
    {v1::LOAN_STATE_SUBMITTED, LoanEvent::kWithdraw, v1::LOAN_STATE_WITHDRAWN},
    {v1::LOAN_STATE_RECOMMENDED, LoanEvent::kWithdraw, v1::LOAN_STATE_WITHDRAWN},
    {v1::LOAN_STATE_BANK_APPROVED, LoanEvent::kWithdraw, v1::LOAN_STATE_WITHDRAWN},
    {v1::LOAN_STATE_CONFIRMED, LoanEvent::kCancel, v1::LOAN_STATE_CANCELLED},
    {v1::LOAN_STATE_CONFIRMED, LoanEvent::kDisburse, v1::LOAN_STATE_ACTIVE},
    {v1::LOAN_STATE_ACTIVE, LoanEvent::kDisburse, v1::LOAN_STATE_ACTIVE},
    {v1::LOAN_STATE_ACTIVE, LoanEvent::kReverseDisbursement, v1::LOAN_STATE_ACTIVE},
    {v1::LOAN_STATE_OVERDUE, LoanEvent::kReverseDisbursement, v1::LOAN_STATE_OVERDUE},
    {v1::LOAN_STATE_ACTIVE, LoanEvent::kRepay, v1::LOAN_STATE_ACTIVE},
    {v1::LOAN_STATE_OVERDUE, LoanEvent::kRepay, v1::LOAN_STATE_OVERDUE},
    {v1::LOAN_STATE_ACTIVE, LoanEvent::kMarkOverdue, v1::LOAN_STATE_OVERDUE},
};

struct EventText {
  absl::string_view english;
  absl::string_view chinese;
};

EventText TextOf(LoanEvent event) {
  switch (event) {
    case LoanEvent::kUpdate:
      return {"changed", "修改"};
    case LoanEvent::kSubmit:
      return {"submitted", "提交"};
    case LoanEvent::kReturn:
      return {"returned", "退回"};
    case LoanEvent::kRecommend:
    case LoanEvent::kRecommendByOpinion:
      return {"recommended", "推荐"};
    case LoanEvent::kBankApprove:
      return {"approved by the bank", "由银行批准"};
    case LoanEvent::kConfirm:
      return {"confirmed", "备案确认"};
    case LoanEvent::kReject:
      return {"rejected", "驳回"};
    case LoanEvent::kWithdraw:
      return {"withdrawn", "撤回"};
    case LoanEvent::kCancel:
      return {"cancelled", "取消"};
    case LoanEvent::kDisburse:
      return {"disbursed", "放款"};
    case LoanEvent::kReverseDisbursement:
      return {"reversed", "冲正"};
    case LoanEvent::kRepay:
      return {"repaid", "还款"};
    case LoanEvent::kMarkOverdue:
      return {"marked overdue", "标记逾期"};
  }
  return {"changed", "修改"};
}

absl::Status WrongState(const v1::Loan& loan, LoanEvent event) {
  const std::string state = StateText(loan.state());
  const EventText text = TextOf(event);
  return Refuse(absl::StatusCode::kFailedPrecondition, v1::LOAN_WRONG_STATE)
      .About(loan.name())
      .With("state", state)
      .Says(absl::StrCat(loan.name(), " is ", state, " and cannot be ", text.english),
            absl::StrCat(loan.name(), " 的状态为 ", state, "，不能", text.chinese));
}

}  // namespace

absl::Span<const LoanTransition> LoanTransitions() { return kTransitions; }

std::optional<v1::LoanState> NextState(v1::LoanState from, LoanEvent event) {
  for (const LoanTransition& line : kTransitions) {
    if (line.from == from && line.event == event) return line.to;
  }
  return std::nullopt;
}

absl::StatusOr<v1::LoanState> NextState(const v1::Loan& loan, LoanEvent event) {
  const std::optional<v1::LoanState> next = NextState(loan.state(), event);
  if (!next.has_value()) return WrongState(loan, event);
  return *next;
}

std::string StateText(v1::LoanState state) {
  return std::string(absl::StripPrefix(v1::LoanState_Name(state), "LOAN_STATE_"));
}

bool TakesRoom(v1::LoanState state) {
  return state == v1::LOAN_STATE_CONFIRMED || state == v1::LOAN_STATE_ACTIVE || state == v1::LOAN_STATE_OVERDUE;
}

}  // namespace kechuang::loan
