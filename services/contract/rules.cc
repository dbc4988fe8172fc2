#include "services/contract/rules.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/domain/fen.h"
#include "common/domain/resource_name.h"
#include "kechuang/api/v1/reasons.pb.h"
#include "kechuang/contract/v1/reasons.pb.h"
#include "services/contract/content.h"
#include "services/contract/keys.h"
#include "services/contract/life_cycle.h"

namespace kechuang::contract::rules {
namespace {

constexpr int kSerialMax = 999'999;
constexpr int kIncomesMax = 1000;

absl::Status SupplementNotDue(const v1::Contract& contract, Day due, Day today) {
  return kechuang::Refuse(absl::StatusCode::kFailedPrecondition, v1::SUPPLEMENT_NOT_DUE)
      .About(contract.name())
      .With("due_date", due.ToString())
      .Says(absl::StrCat("the supplement of ", contract.name(), " may come until ", due.ToString(), "; today is ",
                         today.ToString()),
            absl::StrCat("合同 ", contract.name(), " 的补正期限为 ", due.ToString(), "，今天是 ", today.ToString()));
}

absl::Status ReasonMissing(const v1::Contract& contract) {
  return kechuang::Refuse(absl::StatusCode::kInvalidArgument, v1::REASON_MISSING)
      .About(contract.name())
      .Says(absl::StrCat("an adjustment or confirmation at the registration of ", contract.name(), " needs a reason"),
            absl::StrCat("登记合同 ", contract.name(), " 时的调整或确认须说明理由"));
}

absl::Status TechnicalRaised(const v1::Contract& contract, int64_t asked) {
  const std::string filed = ToYuan(Fen(contract.technical_amount_fen()));
  return kechuang::Refuse(absl::StatusCode::kFailedPrecondition, v1::TECHNICAL_AMOUNT_RAISED)
      .About(contract.name())
      .With("filed_fen", contract.technical_amount_fen())
      .Says(absl::StrCat("a technical amount of ", ToYuan(Fen(asked)), " yuan is above the ", filed, " yuan that ",
                         contract.name(), " was filed with"),
            absl::StrCat("核定的技术交易额 ", ToYuan(Fen(asked)), " 元高于合同 ", contract.name(), " 申报的 ", filed,
                         " 元"));
}

absl::Status ExpertReviewNeeded(const v1::Contract& contract, int64_t from_fen) {
  const std::string from = ToYuan(Fen(from_fen));
  return kechuang::Refuse(absl::StatusCode::kFailedPrecondition, v1::EXPERT_REVIEW_NEEDED)
      .About(contract.name())
      .With("expert_review_from_fen", from_fen)
      .Says(absl::StrCat(contract.name(), " needs expert review: its technical amount is ", from, " yuan or more"),
            absl::StrCat("合同 ", contract.name(), " 的技术交易额达到 ", from, " 元，须经专家评审"));
}

absl::Status SerialsExhausted(int year, absl::string_view registry) {
  return kechuang::Refuse(absl::StatusCode::kResourceExhausted, v1::SERIALS_EXHAUSTED)
      .With("registry_division_code", registry)
      .Says(absl::StrCat("registry ", registry, " has issued serial ", kSerialMax, " of ", year),
            absl::StrCat("登记机构 ", registry, " ", year, " 年的流水号 ", kSerialMax, " 已用完"));
}

absl::Status SuspectedDuplicate(const v1::Contract& contract, absl::string_view look_alike) {
  return kechuang::Refuse(absl::StatusCode::kFailedPrecondition, v1::SUSPECTED_DUPLICATE)
      .About(contract.name())
      .With("look_alike", look_alike)
      .Says(absl::StrCat(contract.name(), " looks like ", look_alike,
                         ", which has a number; confirm_distinct with a reason registers it all the same"),
            absl::StrCat("合同 ", contract.name(), " 疑似与已登记的 ", look_alike,
                         " 重复；如确为不同合同，请确认并说明理由"));
}

absl::Status ObjectionMade(const v1::Contract& contract) {
  return kechuang::Refuse(absl::StatusCode::kFailedPrecondition, v1::OBJECTION_MADE)
      .About(contract.name())
      .Says(absl::StrCat("an objection for ", contract.name(), " was made before; there is one only"),
            absl::StrCat("合同 ", contract.name(), " 已提出过异议，只能提出一次"));
}

absl::Status ObjectionTooLate(const v1::Contract& contract, int64_t days, int days_max) {
  return kechuang::Refuse(absl::StatusCode::kFailedPrecondition, v1::OBJECTION_TOO_LATE)
      .About(contract.name())
      .With("days_max", days_max)
      .Says(
          absl::StrCat("the objection for ", contract.name(), " comes ", days, " days after the decision; at most ",
                       days_max, " are allowed"),
          absl::StrCat("合同 ", contract.name(), " 的异议在决定作出 ", days, " 天后提出，超过 ", days_max, " 天期限"));
}

absl::Status NotOriginalRegistry(const v1::Contract& contract, absl::string_view registry) {
  return kechuang::Refuse(absl::StatusCode::kFailedPrecondition, v1::NOT_ORIGINAL_REGISTRY)
      .About(contract.name())
      .With("registry_division_code", contract.registry_division_code())
      .Says(absl::StrCat(contract.name(), " was registered by registry ", contract.registry_division_code(),
                         "; registry ", registry, " cannot change it"),
            absl::StrCat("合同 ", contract.name(), " 由登记机构 ", contract.registry_division_code(), " 登记，",
                         registry, " 不能变更"));
}

absl::Status NothingAmended(const v1::Contract& contract) {
  return kechuang::Refuse(absl::StatusCode::kInvalidArgument, v1::NOTHING_AMENDED)
      .About(contract.name())
      .Says(absl::StrCat("the amendment leaves ", contract.name(), " as it is"),
            absl::StrCat("变更内容与合同 ", contract.name(), " 现有内容相同"));
}

absl::Status TechnicalAmountMissing(const v1::Contract& contract) {
  return kechuang::Refuse(absl::StatusCode::kFailedPrecondition, v1::TECHNICAL_AMOUNT_MISSING)
      .About(contract.name())
      .Says(absl::StrCat("the technical amount of ", contract.name(), " is not known; amend it first"),
            absl::StrCat("合同 ", contract.name(), " 没有技术交易额，请先变更补录"));
}

absl::Status IncomeAboveTechnical(const v1::Contract& contract, int64_t amount) {
  const int64_t left = contract.technical_amount_fen() - contract.technical_income_fen();
  return kechuang::Refuse(absl::StatusCode::kFailedPrecondition, v1::INCOME_ABOVE_TECHNICAL)
      .About(contract.name())
      .With("left_fen", left)
      .Says(absl::StrCat("income of ", ToYuan(Fen(amount)), " yuan is above the ", ToYuan(Fen(left)),
                         " yuan left of the technical amount of ", contract.name()),
            absl::StrCat("本次技术性收入 ", ToYuan(Fen(amount)), " 元超过合同 ", contract.name(), " 剩余的技术交易额 ",
                         ToYuan(Fen(left)), " 元"));
}

absl::Status IncomesFull(const v1::Contract& contract) {
  return kechuang::Refuse(absl::StatusCode::kResourceExhausted, v1::INCOMES_FULL)
      .About(contract.name())
      .Says(absl::StrCat(contract.name(), " holds ", kIncomesMax, " incomes, and no more fit"),
            absl::StrCat("合同 ", contract.name(), " 已登记 ", kIncomesMax, " 笔收入，不能再增加"));
}

// Notes the fault if the day is not from first to last.
void CheckWithin(absl::string_view field, Day day, Day first, Day last, Faults& faults) {
  if (day < first) {
    faults.Add(field, v1::DATES_OUT_OF_ORDER,
               absl::StrCat(day.ToString(), " is before ", first.ToString(), ", the first day it can be"),
               absl::StrCat(day.ToString(), " 早于允许的最早日期 ", first.ToString()));
  } else if (day > last) {
    faults.Add(field, v1::DATE_IN_FUTURE, absl::StrCat(day.ToString(), " is after today, ", last.ToString()),
               absl::StrCat(day.ToString(), " 晚于今天 ", last.ToString()));
  }
}

// Notes the fault if number or registration date differ from what is held: this service issues them.
void CheckNumberUntouched(const v1::Contract& held, const v1::Contract& edited, Faults& faults) {
  const auto note = [&faults](absl::string_view field) {
    faults.Add(absl::StrCat("contract.", field), v1::NUMBER_NOT_YOURS,
               "the registration issues this; it cannot be stated", "由登记时自动生成，不能填写");
  };
  if (held.registration_number() != edited.registration_number()) note("registration_number");
  const google::type::Date& before = held.registration_date();
  const google::type::Date& after = edited.registration_date();
  if (before.year() != after.year() || before.month() != after.month() || before.day() != after.day()) {
    note("registration_date");
  }
}

void CheckRegistryUntouched(const v1::Contract& held, const v1::Contract& edited, Faults& faults) {
  if (held.registry_division_code() == edited.registry_division_code()) return;
  faults.Add("contract.registry_division_code", api::v1::FIELD_NOT_WRITABLE,
             absl::StrCat("the registry is fixed once the contract is filed: ", held.registry_division_code()),
             absl::StrCat("合同提交后登记机构不能更改：", held.registry_division_code()));
}

// OK if the registry that acts, by default this service's own, is the one that registered the contract.
absl::Status CheckRegistry(const v1::Contract& contract, absl::string_view acting, const Policy& policy) {
  const absl::string_view registry = acting.empty() ? absl::string_view(policy.registry_division_code) : acting;
  if (registry != contract.registry_division_code()) return NotOriginalRegistry(contract, registry);
  return absl::OkStatus();
}

v1::RuleSet RuleSetOn(Day day, const Policy& policy) {
  return day < policy.rs2026_from ? v1::RULE_SET_RS2000 : v1::RULE_SET_RS2026;
}

void StartClock(v1::Contract& contract, const Policy& policy, Day today) {
  *contract.mutable_accept_date() = today.ToProto();
  contract.set_clock_stopped_days(0);
  contract.set_rule_set(RuleSetOn(today, policy));
}

}  // namespace

absl::StatusOr<std::string> NewName(absl::string_view contract_id) {
  if (contract_id.empty()) return absl::StrCat("contracts/d-", NewId());
  const bool well_formed = absl::ascii_islower(static_cast<unsigned char>(contract_id[0])) &&
                           std::all_of(contract_id.begin(), contract_id.end(), [](unsigned char c) {
                             return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-';
                           });
  if (well_formed) return absl::StrCat("contracts/", contract_id);
  Faults faults;
  faults.Add(
      "contract_id", api::v1::FIELD_MALFORMED,
      absl::StrCat("\"", contract_id, "\" is no id: a lower-case letter, then lower-case letters, digits, hyphens"),
      absl::StrCat("“", contract_id, "”不是有效的编号：须以小写字母开头，只含小写字母、数字和连字符"));
  return faults.status();
}

absl::StatusOr<v1::Contract> Create(v1::Contract contract, const Policy& policy) {
  contract = Tidy(std::move(contract));
  Faults faults;
  if (contract.contract_name().empty()) {
    faults.Add("contract.contract_name", api::v1::FIELD_REQUIRED, "a contract needs its title", "请填写合同名称");
  }
  CheckNumberUntouched(v1::Contract::default_instance(), contract, faults);
  CheckConsistent(contract, faults);
  if (faults.any()) return faults.status();
  contract.set_state(v1::CONTRACT_STATE_DRAFT);
  contract.set_source(v1::CONTRACT_SOURCE_FILED);
  if (contract.registry_division_code().empty()) {
    contract.set_registry_division_code(policy.registry_division_code);
  }
  return contract;
}

absl::StatusOr<v1::Contract> Edit(const v1::Contract& held, v1::Contract edited) {
  ASSIGN_OR_RETURN(const v1::ContractState state, Next(held, Event::kEdit));
  edited = Tidy(std::move(edited));
  Faults faults;
  if (edited.contract_name().empty()) {
    faults.Add("contract.contract_name", api::v1::FIELD_REQUIRED, "a contract needs its title", "请填写合同名称");
  }
  CheckNumberUntouched(held, edited, faults);
  if (state != v1::CONTRACT_STATE_DRAFT || edited.registry_division_code().empty()) {
    CheckRegistryUntouched(held, edited, faults);
  }
  CheckConsistent(edited, faults);
  if (faults.any()) return faults.status();
  return edited;
}

absl::StatusOr<v1::Contract> Submit(v1::Contract contract, Day today) {
  ASSIGN_OR_RETURN(const v1::ContractState state, Next(contract, Event::kSubmit));
  Faults faults;
  CheckComplete(contract, today, faults);
  if (faults.any()) return faults.status();
  contract.set_state(state);
  *contract.mutable_submit_date() = today.ToProto();
  return contract;
}

absl::StatusOr<v1::Contract> Accept(v1::Contract contract, const Policy& policy, Day today) {
  ASSIGN_OR_RETURN(const v1::ContractState state, Next(contract, Event::kAccept));
  contract.set_state(state);
  StartClock(contract, policy, today);
  return contract;
}

absl::StatusOr<v1::Contract> Refuse(v1::Contract contract, const v1::RefuseContractRequest& request, Day today) {
  ASSIGN_OR_RETURN(const v1::ContractState state, Next(contract, Event::kRefuse));
  contract.set_state(state);
  contract.set_refusal_reason(request.refusal_reason());
  contract.set_decision_note(request.reason());
  *contract.mutable_rejection_date() = today.ToProto();
  return contract;
}

absl::StatusOr<v1::Contract> RequestSupplement(v1::Contract contract, const v1::RequestSupplementRequest& request,
                                               Day today) {
  ASSIGN_OR_RETURN(const v1::ContractState state, Next(contract, Event::kRequestSupplement));
  ASSIGN_OR_RETURN(const Day due, Day::FromProto(request.due_date()));
  if (due < today) {
    Faults faults;
    faults.Add("due_date", v1::DATES_OUT_OF_ORDER,
               absl::StrCat("the last day ", due.ToString(), " is before today, ", today.ToString()),
               absl::StrCat("补正期限 ", due.ToString(), " 早于今天 ", today.ToString()));
    return faults.status();
  }
  contract.set_state(state);
  contract.set_supplement_wanted(request.supplement_wanted());
  *contract.mutable_supplement_request_date() = today.ToProto();
  *contract.mutable_supplement_due_date() = due.ToProto();
  return contract;
}

absl::StatusOr<v1::Contract> Supplement(v1::Contract contract, Day today) {
  ASSIGN_OR_RETURN(const v1::ContractState state, Next(contract, Event::kSupplement));
  Faults faults;
  CheckComplete(contract, today, faults);
  if (faults.any()) return faults.status();
  ASSIGN_OR_RETURN(const Day asked, Day::FromProto(contract.supplement_request_date()));
  contract.set_state(state);
  if (contract.rule_set() == v1::RULE_SET_RS2026) {
    *contract.mutable_accept_date() = today.ToProto();
  } else {
    contract.set_clock_stopped_days(contract.clock_stopped_days() + static_cast<int>(today - asked));
  }
  return contract;
}

absl::StatusOr<v1::Contract> TimeoutSupplement(v1::Contract contract, Day today) {
  ASSIGN_OR_RETURN(const v1::ContractState state, Next(contract, Event::kTimeout));
  ASSIGN_OR_RETURN(const Day due, Day::FromProto(contract.supplement_due_date()));
  if (today <= due) return SupplementNotDue(contract, due, today);
  contract.set_state(state);
  return contract;
}

absl::StatusOr<v1::Contract> SendToExpertReview(v1::Contract contract) {
  ASSIGN_OR_RETURN(const v1::ContractState state, Next(contract, Event::kExpertReview));
  contract.set_state(state);
  return contract;
}

absl::StatusOr<v1::Contract> Review(const v1::Contract& contract, const v1::RegisterContractRequest& request,
                                    const Policy& policy) {
  RETURN_IF_ERROR(Next(contract, Event::kRegister).status());
  v1::Contract reviewed = contract;
  if (request.contract_class() != v1::CONTRACT_CLASS_UNSPECIFIED &&
      request.contract_class() != contract.contract_class()) {
    reviewed.set_contract_class(request.contract_class());
    reviewed.clear_subclass();  // one of the old class would not fit
  }
  if (request.subclass() != v1::CONTRACT_SUBCLASS_UNSPECIFIED) reviewed.set_subclass(request.subclass());
  if (request.has_total_amount_fen()) reviewed.set_total_amount_fen(request.total_amount_fen());
  if (request.has_technical_amount_fen()) reviewed.set_technical_amount_fen(request.technical_amount_fen());
  reviewed = Tidy(std::move(reviewed));

  const bool adjusted = reviewed.contract_class() != contract.contract_class() ||
                        reviewed.subclass() != contract.subclass() ||
                        reviewed.total_amount_fen() != contract.total_amount_fen() ||
                        reviewed.technical_amount_fen() != contract.technical_amount_fen();
  if ((adjusted || request.confirm_distinct()) && request.reason().empty()) return ReasonMissing(contract);
  if (reviewed.technical_amount_fen() > contract.technical_amount_fen()) {
    return TechnicalRaised(contract, reviewed.technical_amount_fen());
  }
  Faults faults;
  CheckConsistent(reviewed, faults);
  if (faults.any()) return faults.status();
  if (reviewed.rule_set() == v1::RULE_SET_RS2026 && reviewed.state() != v1::CONTRACT_STATE_EXPERT_REVIEW &&
      policy.expert_review_from_fen > 0 && reviewed.technical_amount_fen() >= policy.expert_review_from_fen) {
    return ExpertReviewNeeded(contract, policy.expert_review_from_fen);
  }
  if (adjusted) reviewed.set_decision_note(request.reason());
  return reviewed;
}

absl::StatusOr<std::string> NextNumber(int year, absl::string_view registry_division_code,
                                       absl::string_view greatest_key) {
  int serial = 0;
  if (!greatest_key.empty()) {
    const absl::string_view digits = greatest_key.substr(NumberPrefix(year, registry_division_code).size());
    if (!absl::SimpleAtoi(digits, &serial)) {
      return absl::InternalError(absl::StrCat("key ", greatest_key, " ends in no serial"));
    }
  }
  if (serial >= kSerialMax) return SerialsExhausted(year, registry_division_code);
  return absl::StrFormat("%04d%s%06d", year, registry_division_code, serial + 1);
}

absl::StatusOr<v1::Contract> Register(v1::Contract reviewed, const v1::RegisterContractRequest& request,
                                      absl::string_view number, absl::string_view look_alike, Day today) {
  ASSIGN_OR_RETURN(const v1::ContractState state, Next(reviewed, Event::kRegister));
  if (!look_alike.empty()) {
    if (!request.confirm_distinct()) return SuspectedDuplicate(reviewed, look_alike);
    reviewed.set_distinct_confirmed(true);
    reviewed.set_decision_note(request.reason());
  }
  reviewed.set_state(state);
  reviewed.set_registration_number(std::string(number));
  *reviewed.mutable_registration_date() = today.ToProto();
  reviewed.set_version(1);
  return reviewed;
}

absl::StatusOr<v1::Contract> NotRegister(v1::Contract contract, const v1::NotRegisterContractRequest& request,
                                         Day today) {
  ASSIGN_OR_RETURN(const v1::ContractState state, Next(contract, Event::kNotRegister));
  contract.set_state(state);
  contract.set_non_registration_reason(request.non_registration_reason());
  contract.set_decision_note(request.reason());
  *contract.mutable_rejection_date() = today.ToProto();
  return contract;
}

absl::StatusOr<v1::Contract> Object(v1::Contract contract, const v1::ObjectContractRequest& request,
                                    const Policy& policy, Day today) {
  ASSIGN_OR_RETURN(const v1::ContractState state, Next(contract, Event::kObject));
  if (contract.has_objection_date()) return ObjectionMade(contract);
  ASSIGN_OR_RETURN(const Day rejected, Day::FromProto(contract.rejection_date()));
  if (policy.objection_days_max > 0 && today - rejected > policy.objection_days_max) {
    return ObjectionTooLate(contract, today - rejected, policy.objection_days_max);
  }
  contract.set_state(state);
  contract.clear_refusal_reason();
  contract.clear_non_registration_reason();
  contract.clear_rejection_date();
  contract.set_decision_note(request.reason());
  *contract.mutable_objection_date() = today.ToProto();
  StartClock(contract, policy, today);
  return contract;
}

absl::StatusOr<v1::Contract> Amend(const v1::Contract& held, v1::Contract amended,
                                   const v1::AmendContractRequest& request, const Policy& policy, Day today) {
  RETURN_IF_ERROR(Next(held, Event::kAmend).status());
  RETURN_IF_ERROR(CheckRegistry(held, request.registry_division_code(), policy));
  amended = Tidy(std::move(amended));
  Faults faults;
  CheckNumberUntouched(held, amended, faults);
  CheckRegistryUntouched(held, amended, faults);
  CheckRegistered(amended, faults);
  CheckConsistent(amended, faults);
  if (faults.any()) return faults.status();
  if (amended.SerializeAsString() == held.SerializeAsString()) return NothingAmended(held);
  amended.set_version(held.version() + 1);
  amended.set_decision_note(request.reason());
  *amended.mutable_amend_date() = today.ToProto();
  return amended;
}

absl::StatusOr<v1::Contract> Cancel(v1::Contract contract, const v1::CancelContractRequest& request,
                                    const Policy& policy, Day today) {
  ASSIGN_OR_RETURN(const v1::ContractState state, Next(contract, Event::kCancel));
  RETURN_IF_ERROR(CheckRegistry(contract, request.registry_division_code(), policy));
  ASSIGN_OR_RETURN(const Day registered, Day::FromProto(contract.registration_date()));
  ASSIGN_OR_RETURN(const Day cancelled, Day::FromProto(request.cancel_date()));
  Faults faults;
  CheckWithin("cancel_date", cancelled, registered, today, faults);
  if (faults.any()) return faults.status();
  contract.set_state(state);
  contract.set_decision_note(request.reason());
  *contract.mutable_cancel_date() = cancelled.ToProto();
  return contract;
}

absl::StatusOr<v1::Contract> Revoke(v1::Contract contract, const v1::RevokeContractRequest& request,
                                    const Policy& policy, Day today) {
  ASSIGN_OR_RETURN(const v1::ContractState state, Next(contract, Event::kRevoke));
  RETURN_IF_ERROR(CheckRegistry(contract, request.registry_division_code(), policy));
  contract.set_state(state);
  contract.set_decision_note(request.reason());
  *contract.mutable_revoke_date() = today.ToProto();
  return contract;
}

absl::StatusOr<v1::Contract> RecordIncome(v1::Contract contract, const v1::RecordIncomeRequest& request, Day today) {
  RETURN_IF_ERROR(Next(contract, Event::kRecordIncome).status());
  ASSIGN_OR_RETURN(const Day received, Day::FromProto(request.receive_date()));
  Faults faults;
  // An imported contract may lack its day of signing; then any past day will do.
  const absl::StatusOr<Day> signed_on = Day::FromProto(contract.signing_date());
  CheckWithin("receive_date", received, signed_on.ok() ? *signed_on : std::min(received, today), today, faults);
  if (faults.any()) return faults.status();
  if (!contract.has_technical_amount_fen()) return TechnicalAmountMissing(contract);
  if (request.amount_fen() > contract.technical_amount_fen() - contract.technical_income_fen()) {
    return IncomeAboveTechnical(contract, request.amount_fen());
  }
  if (contract.incomes_size() >= kIncomesMax) return IncomesFull(contract);
  v1::Income& income = *contract.add_incomes();
  *income.mutable_receive_date() = received.ToProto();
  income.set_amount_fen(request.amount_fen());
  contract.set_technical_income_fen(contract.technical_income_fen() + request.amount_fen());
  return contract;
}

}  // namespace kechuang::contract::rules
