#include "services/contract/life_cycle.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"

#include "common/base/error.h"
#include "kechuang/contract/v1/reasons.pb.h"

namespace kechuang::contract {
namespace {

struct EventWords {
  absl::string_view english;
  absl::string_view chinese;
};

EventWords WordsOf(Event event) {
  switch (event) {
    case Event::kEdit:
      return {"changed", "修改"};
    case Event::kSubmit:
      return {"submitted", "提交"};
    case Event::kAccept:
      return {"accepted", "受理"};
    case Event::kRefuse:
      return {"refused", "不予受理"};
    case Event::kRequestSupplement:
      return {"sent back for a supplement", "要求补正"};
    case Event::kSupplement:
      return {"supplemented", "补正"};
    case Event::kTimeout:
      return {"ended for a missing supplement", "因逾期未补正而撤回"};
    case Event::kExpertReview:
      return {"put before experts", "送专家评审"};
    case Event::kRegister:
      return {"registered", "登记"};
    case Event::kNotRegister:
      return {"turned down", "不予登记"};
    case Event::kObject:
      return {"objected for", "提出异议"};
    case Event::kAmend:
      return {"amended", "变更"};
    case Event::kCancel:
      return {"cancelled", "注销"};
    case Event::kRevoke:
      return {"revoked", "撤销"};
    case Event::kRecordIncome:
      return {"given income", "登记技术性收入"};
  }
  return {};
}

absl::Status WrongState(const v1::Contract& contract, Event event) {
  std::vector<absl::string_view> allowed;
  for (const Transition& transition : Transitions()) {
    if (transition.event == event) allowed.push_back(StateText(transition.from));
  }
  const EventWords words = WordsOf(event);
  const absl::string_view state = StateText(contract.state());
  return Refuse(absl::StatusCode::kFailedPrecondition, v1::CONTRACT_WRONG_STATE)
      .About(contract.name())
      .With("state", state)
      .With("allowed_states", absl::StrJoin(allowed, ","))
      .Says(absl::StrCat(contract.name(), " is ", state, "; it can be ", words.english, " only when it is ",
                         absl::StrJoin(allowed, " or ")),
            absl::StrCat("合同 ", contract.name(), " 当前状态为 ", state, "，仅在 ", absl::StrJoin(allowed, " 或 "),
                         " 状态下可以", words.chinese));
}

}  // namespace

const std::vector<Transition>& Transitions() {
  static const auto& table = *new std::vector<Transition>{
      {v1::CONTRACT_STATE_DRAFT, Event::kEdit, v1::CONTRACT_STATE_DRAFT},
      {v1::CONTRACT_STATE_SUPPLEMENTING, Event::kEdit, v1::CONTRACT_STATE_SUPPLEMENTING},
      {v1::CONTRACT_STATE_DRAFT, Event::kSubmit, v1::CONTRACT_STATE_SUBMITTED},
      {v1::CONTRACT_STATE_SUBMITTED, Event::kAccept, v1::CONTRACT_STATE_ACCEPTED},
      {v1::CONTRACT_STATE_SUBMITTED, Event::kRefuse, v1::CONTRACT_STATE_REFUSED},
      {v1::CONTRACT_STATE_ACCEPTED, Event::kRequestSupplement, v1::CONTRACT_STATE_SUPPLEMENTING},
      {v1::CONTRACT_STATE_SUPPLEMENTING, Event::kSupplement, v1::CONTRACT_STATE_ACCEPTED},
      {v1::CONTRACT_STATE_SUPPLEMENTING, Event::kTimeout, v1::CONTRACT_STATE_WITHDRAWN},
      {v1::CONTRACT_STATE_ACCEPTED, Event::kExpertReview, v1::CONTRACT_STATE_EXPERT_REVIEW},
      {v1::CONTRACT_STATE_ACCEPTED, Event::kRegister, v1::CONTRACT_STATE_REGISTERED},
      {v1::CONTRACT_STATE_EXPERT_REVIEW, Event::kRegister, v1::CONTRACT_STATE_REGISTERED},
      {v1::CONTRACT_STATE_ACCEPTED, Event::kNotRegister, v1::CONTRACT_STATE_NOT_REGISTERED},
      {v1::CONTRACT_STATE_EXPERT_REVIEW, Event::kNotRegister, v1::CONTRACT_STATE_NOT_REGISTERED},
      {v1::CONTRACT_STATE_NOT_REGISTERED, Event::kObject, v1::CONTRACT_STATE_ACCEPTED},
      {v1::CONTRACT_STATE_REFUSED, Event::kObject, v1::CONTRACT_STATE_ACCEPTED},
      {v1::CONTRACT_STATE_REGISTERED, Event::kAmend, v1::CONTRACT_STATE_REGISTERED},
      {v1::CONTRACT_STATE_REGISTERED, Event::kCancel, v1::CONTRACT_STATE_CANCELLED},
      {v1::CONTRACT_STATE_REGISTERED, Event::kRevoke, v1::CONTRACT_STATE_REVOKED},
      {v1::CONTRACT_STATE_REGISTERED, Event::kRecordIncome, v1::CONTRACT_STATE_REGISTERED},
  };
  return table;
}

absl::StatusOr<v1::ContractState> Next(const v1::Contract& contract, Event event) {
  for (const Transition& transition : Transitions()) {
    if (transition.from == contract.state() && transition.event == event) return transition.to;
  }
  return WrongState(contract, event);
}

absl::string_view StateText(v1::ContractState state) {
  return absl::StripPrefix(absl::string_view(v1::ContractState_Name(state)), "CONTRACT_STATE_");
}

}  // namespace kechuang::contract
