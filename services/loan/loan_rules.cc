#include "services/loan/loan_rules.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/domain/fen.h"
#include "common/domain/resource_name.h"
#include "kechuang/api/v1/reasons.pb.h"
#include "kechuang/loan/v1/reasons.pb.h"
#include "services/loan/loan_states.h"
#include "services/loan/pool_rules.h"

namespace kechuang::loan {
namespace {

using enterprise::v1::Enterprise;

constexpr absl::string_view kBankPattern = "banks/{bank}";
constexpr absl::string_view kEnterprisePattern = "enterprises/{enterprise}";
constexpr absl::StatusCode kRefused = absl::StatusCode::kFailedPrecondition;

std::string Yuan(int64_t fen) { return ToYuan(Fen(fen)); }

absl::Status NotActive(const Enterprise& borrower) {
  return Refuse(kRefused, v1::ENTERPRISE_NOT_ACTIVE)
      .About(borrower.name())
      .With("status", enterprise::v1::EnterpriseStatus_Name(borrower.status()))
      .Says(absl::StrCat(borrower.enterprise_name(), " is not in business and cannot borrow"),
            absl::StrCat(borrower.enterprise_name(), " 已注销、吊销或迁出，不能申请贷款"));
}

absl::Status OutsideDivision(const Enterprise& borrower, const v1::PoolPolicy& policy) {
  return Refuse(kRefused, v1::ENTERPRISE_OUTSIDE_DIVISION)
      .About(borrower.name())
      .With("division_code", borrower.located_division_code())
      .Says(absl::StrCat(borrower.enterprise_name(), " lies in division ", borrower.located_division_code(),
                         "; the pool serves ", policy.division_code()),
            absl::StrCat(borrower.enterprise_name(), " 所在区划 ", borrower.located_division_code(),
                         " 不属于资金池服务区划 ", policy.division_code()));
}

absl::Status ClassMissing(const Enterprise& borrower, Day day) {
  return Refuse(kRefused, v1::ENTERPRISE_CLASS_MISSING)
      .About(borrower.name())
      .With("day", day.ToString())
      .Says(absl::StrCat(borrower.enterprise_name(), " holds none of the pool's eligible classes on ", day.ToString()),
            absl::StrCat(borrower.enterprise_name(), " 在 ", day.ToString(), " 不具备资金池要求的任何一类资质"));
}

absl::Status HasOverdue(const Enterprise& borrower, int64_t loans) {
  return Refuse(kRefused, v1::ENTERPRISE_HAS_OVERDUE)
      .About(borrower.name())
      .With("overdue_loans", loans)
      .Says(absl::StrCat(borrower.enterprise_name(), " has ", loans, " overdue loan(s) under the scheme"),
            absl::StrCat(borrower.enterprise_name(), " 有 ", loans, " 笔逾期贷款"));
}

absl::Status OpinionMissing(const v1::Loan& loan) {
  return Refuse(kRefused, v1::BANK_OPINION_MISSING)
      .About(loan.name())
      .Says(absl::StrCat(loan.name(),
                         " goes by route BANK_FIRST and needs a positive bank opinion with amount, rate and term"),
            absl::StrCat(loan.name(), " 为银行先行模式，须附同意放款的银行意见（金额、利率、期限）"));
}

absl::Status AboveApplied(const v1::Loan& loan, int64_t amount) {
  return Refuse(kRefused, v1::LOAN_ABOVE_APPLIED)
      .About(loan.name())
      .With("applied_amount_fen", loan.applied_amount_fen())
      .Says(absl::StrCat("approving ", Yuan(amount), " yuan would exceed the ", Yuan(loan.applied_amount_fen()),
                         " yuan applied for by ", loan.name()),
            absl::StrCat("批准金额 ", Yuan(amount), " 元超过申请金额 ", Yuan(loan.applied_amount_fen()), " 元"));
}

absl::Status RateAboveCeiling(const v1::Loan& loan, int32_t rate_ppm, const v1::PoolPolicy& policy) {
  return Refuse(kRefused, v1::RATE_ABOVE_CEILING)
      .About(loan.name())
      .With("rate_ceiling_ppm", policy.rate_ceiling_ppm())
      .Says(absl::StrCat("a rate of ", rate_ppm, " ppm is above the ceiling of ", policy.rate_ceiling_ppm(), " ppm"),
            absl::StrCat("年利率 ", rate_ppm, "（百万分比）超过上限 ", policy.rate_ceiling_ppm()));
}

absl::Status TermAboveLimit(const v1::Loan& loan, int32_t term_months, const v1::PoolPolicy& policy) {
  return Refuse(kRefused, v1::TERM_ABOVE_LIMIT)
      .About(loan.name())
      .With("term_max_months", policy.term_max_months())
      .Says(absl::StrCat("a term of ", term_months, " months is above the limit of ", policy.term_max_months(),
                         " months"),
            absl::StrCat("期限 ", term_months, " 个月超过上限 ", policy.term_max_months(), " 个月"));
}

absl::Status CapExceeded(const v1::Loan& loan, int64_t amount, int64_t cap, const Room& room) {
  if (!room.tell_exposure) {
    return Refuse(kRefused, v1::ENTERPRISE_CAP_EXCEEDED)
        .About(loan.name())
        .With("cap_fen", cap)
        .Says(absl::StrCat(Yuan(amount), " yuan more would pass the cap of ", Yuan(cap), " yuan of ",
                           loan.enterprise_name()),
              absl::StrCat("再增加 ", Yuan(amount), " 元将超过 ", loan.enterprise_name(), " 的单户限额 ", Yuan(cap),
                           " 元"));
  }
  const int64_t exposure = room.enterprise_exposure_fen;
  return Refuse(kRefused, v1::ENTERPRISE_CAP_EXCEEDED)
      .About(loan.name())
      .With("cap_fen", cap)
      .With("exposure_fen", exposure)
      .Says(absl::StrCat(Yuan(amount), " yuan more would pass the cap of ", Yuan(cap), " yuan of ",
                         loan.enterprise_name(), ", who has ", Yuan(exposure), " yuan in all banks"),
            absl::StrCat("再增加 ", Yuan(amount), " 元将超过 ", loan.enterprise_name(), " 的单户限额 ", Yuan(cap),
                         " 元（各银行合计已占用 ", Yuan(exposure), " 元）"));
}

absl::Status LeverageExceeded(const v1::Loan& loan, int64_t amount, int64_t capacity, int64_t committed) {
  return Refuse(kRefused, v1::POOL_LEVERAGE_EXCEEDED)
      .About(loan.name())
      .With("pool", loan.pool())
      .With("capacity_fen", capacity)
      .With("committed_fen", committed)
      .Says(absl::StrCat(Yuan(amount), " yuan more would pass the capacity of ", Yuan(capacity), " yuan of ",
                         loan.pool(), ", which stands behind ", Yuan(committed), " yuan"),
            absl::StrCat("再增加 ", Yuan(amount), " 元将超过 ", loan.pool(), " 的放大额度 ", Yuan(capacity),
                         " 元（已占用 ", Yuan(committed), " 元）"));
}

absl::Status Suspended(v1::Reason reason, const v1::Loan& loan, absl::string_view holder) {
  return Refuse(kRefused, reason)
      .About(loan.name())
      .With("suspended", holder)
      .Says(absl::StrCat(holder, " is suspended and takes no new confirmations"),
            absl::StrCat(holder, " 已暂停，不再新增备案确认"));
}

absl::Status NotExpired(const v1::Loan& loan, Day expiry) {
  return Refuse(kRefused, v1::CONSENT_NOT_EXPIRED)
      .About(loan.name())
      .With("expiry_date", expiry.ToString())
      .Says(absl::StrCat("the consent letter of ", loan.name(), " holds until ", expiry.ToString()),
            absl::StrCat(loan.name(), " 的同意函有效期至 ", expiry.ToString(), "，尚未到期"));
}

bool Holds(const Enterprise& borrower, absl::string_view text, Day day) {
  for (const enterprise::v1::CertificationPeriod& period : borrower.certification_periods()) {
    if (ClassText(period.certification_class()) != text) continue;
    const absl::StatusOr<Day> from = Day::FromProto(period.valid_from());
    if (!from.ok() || *from > day) continue;
    if (!Day::IsSet(period.valid_to())) return true;
    const absl::StatusOr<Day> to = Day::FromProto(period.valid_to());
    if (to.ok() && day <= *to) return true;
  }
  return false;
}

void CheckName(absl::string_view field, absl::string_view pattern, absl::string_view name, Faults& faults) {
  if (FitsPattern(pattern, name)) return;
  faults.Add(field, api::v1::FIELD_MALFORMED, absl::StrCat("must be a name of the form ", pattern),
             absl::StrCat("须为 ", pattern, " 形式的名称"));
}

int64_t CapFen(const v1::Loan& loan, const v1::PoolPolicy& policy) {
  return loan.enterprise_class() == kHighTechClass ? policy.hnte_cap_fen() : policy.per_enterprise_cap_fen();
}

absl::Status CheckCap(const v1::Loan& loan, int64_t amount, const v1::PoolPolicy& policy, const Room& room) {
  const int64_t cap = CapFen(loan, policy);
  if (amount > cap - room.enterprise_exposure_fen) {
    return CapExceeded(loan, amount, cap, room);
  }
  return absl::OkStatus();
}

bool IsComplete(const v1::BankOpinion& opinion) {
  return opinion.positive() && opinion.amount_fen() > 0 && opinion.rate_ppm() > 0 && opinion.term_months() > 0;
}

absl::Status CheckApproval(const v1::Loan& loan, const Approval& approval, const v1::PoolPolicy& policy,
                           const Room& room) {
  if (approval.amount_fen > loan.applied_amount_fen()) return AboveApplied(loan, approval.amount_fen);
  if (approval.rate_ppm > policy.rate_ceiling_ppm()) return RateAboveCeiling(loan, approval.rate_ppm, policy);
  if (approval.term_months > policy.term_max_months()) return TermAboveLimit(loan, approval.term_months, policy);
  return CheckCap(loan, approval.amount_fen, policy, room);
}

void SetApproval(v1::Loan& loan, const Approval& approval, const v1::PoolPolicy& policy) {
  loan.set_approved_amount_fen(approval.amount_fen);
  loan.set_rate_ppm(approval.rate_ppm);
  loan.set_term_months(approval.term_months);
  *loan.mutable_policy_valid_from() = policy.valid_from();
}

void SetBorrower(v1::Loan& loan, const Enterprise& borrower) {
  loan.set_enterprise_name(borrower.enterprise_name());
  loan.set_credit_code(borrower.credit_code());
}

// Looks again whether the borrower is eligible, and notes what was found.
absl::StatusOr<v1::Loan> Examine(v1::Loan loan, const Enterprise& borrower, const v1::PoolPolicy& policy,
                                 const Room& room, Day today) {
  ASSIGN_OR_RETURN(const std::string found, EligibleClass(borrower, policy, room.overdue_loans, today));
  SetBorrower(loan, borrower);
  loan.set_enterprise_class(found);
  *loan.mutable_eligibility_date() = today.ToProto();
  *loan.mutable_policy_valid_from() = policy.valid_from();
  return loan;
}

absl::StatusOr<v1::Loan> End(v1::Loan loan, LoanEvent event, absl::string_view reason) {
  ASSIGN_OR_RETURN(const v1::LoanState next, NextState(loan, event));
  loan.set_state(next);
  loan.set_state_reason(std::string(reason));
  return loan;
}

}  // namespace

std::string ClassOn(const Enterprise& borrower, const v1::PoolPolicy& policy, Day day) {
  for (const std::string& text : policy.eligible_classes()) {
    if (text == kHighTechClass && Holds(borrower, text, day)) return text;
  }
  for (const std::string& text : policy.eligible_classes()) {
    if (Holds(borrower, text, day)) return text;
  }
  return "";
}

absl::StatusOr<std::string> EligibleClass(const Enterprise& borrower, const v1::PoolPolicy& policy,
                                          int64_t overdue_loans, Day day) {
  if (borrower.status() != enterprise::v1::ENTERPRISE_STATUS_ACTIVE || borrower.has_delete_time()) {
    return NotActive(borrower);
  }
  if (!policy.division_code().empty() && borrower.located_division_code() != policy.division_code()) {
    return OutsideDivision(borrower, policy);
  }
  const std::string found = ClassOn(borrower, policy, day);
  if (found.empty()) return ClassMissing(borrower, day);
  if (overdue_loans > 0) return HasOverdue(borrower, overdue_loans);
  return found;
}

absl::Status CheckPartners(const v1::Loan& loan) {
  Faults faults;
  CheckName("loan.enterprise", kEnterprisePattern, loan.enterprise(), faults);
  CheckName("loan.bank", kBankPattern, loan.bank(), faults);
  return faults.status();
}

absl::StatusOr<v1::Loan> Draft(v1::Loan loan, const Enterprise& borrower, const v1::PoolPolicy& policy, Day today) {
  SetBorrower(loan, borrower);
  loan.set_state(v1::LOAN_STATE_DRAFT);
  loan.set_source(v1::LOAN_SOURCE_CALL);
  if (loan.route() == v1::LOAN_ROUTE_UNSPECIFIED) loan.set_route(policy.route());
  if (loan.mode() == v1::LOAN_MODE_UNSPECIFIED) loan.set_mode(v1::LOAN_MODE_BANK_POOL);
  if (!Day::IsSet(loan.application_date())) *loan.mutable_application_date() = today.ToProto();
  return CheckDraft(std::move(loan), today);
}

absl::StatusOr<v1::Loan> CheckDraft(v1::Loan loan, Day today) {
  Faults faults;
  CheckName("loan.bank", kBankPattern, loan.bank(), faults);
  if (loan.pool().empty()) faults.Add("loan.pool", api::v1::FIELD_REQUIRED, "is required", "必填");
  if (loan.route() == v1::LOAN_ROUTE_UNSPECIFIED) {
    faults.Add("loan.route", api::v1::FIELD_REQUIRED, "cannot be cleared", "不能清空");
  }
  if (loan.applied_amount_fen() <= 0) {
    faults.Add("loan.applied_amount_fen", api::v1::FIELD_REQUIRED, "must be at least 1", "须不小于 1");
  }
  const Day applied = faults.Take("loan.application_date", Day::FromProto(loan.application_date()));
  if (applied > today) {
    faults.Add("loan.application_date", v1::DATE_IN_FUTURE, "lies after today", "晚于今天");
  }
  if (faults.any()) return faults.status();
  return loan;
}

absl::StatusOr<v1::Loan> Submit(v1::Loan loan, const Enterprise& borrower, const v1::PoolPolicy& policy,
                                const Room& room, Day today) {
  ASSIGN_OR_RETURN(const v1::LoanState next, NextState(loan, LoanEvent::kSubmit));
  if (loan.route() == v1::LOAN_ROUTE_BANK_FIRST && !IsComplete(loan.bank_opinion())) return OpinionMissing(loan);
  ASSIGN_OR_RETURN(loan, Examine(std::move(loan), borrower, policy, room, today));
  loan.set_state(next);
  loan.clear_state_reason();
  return loan;
}

absl::StatusOr<v1::Loan> Return(v1::Loan loan, absl::string_view reason) {
  return End(std::move(loan), LoanEvent::kReturn, reason);
}

absl::StatusOr<v1::Loan> Recommend(v1::Loan loan, const Enterprise& borrower, const v1::PoolPolicy& policy,
                                   const Room& room, Day today) {
  const bool by_opinion = loan.route() == v1::LOAN_ROUTE_BANK_FIRST;
  ASSIGN_OR_RETURN(const v1::LoanState next,
                   NextState(loan, by_opinion ? LoanEvent::kRecommendByOpinion : LoanEvent::kRecommend));
  if (by_opinion && !IsComplete(loan.bank_opinion())) return OpinionMissing(loan);
  ASSIGN_OR_RETURN(loan, Examine(std::move(loan), borrower, policy, room, today));
  if (by_opinion) {
    const v1::BankOpinion& opinion = loan.bank_opinion();
    const Approval approval = {opinion.amount_fen(), opinion.rate_ppm(), opinion.term_months()};
    RETURN_IF_ERROR(CheckApproval(loan, approval, policy, room));
    SetApproval(loan, approval, policy);
  }
  loan.set_state(next);
  return loan;
}

absl::StatusOr<v1::Loan> Reject(v1::Loan loan, absl::string_view reason) {
  return End(std::move(loan), LoanEvent::kReject, reason);
}

absl::StatusOr<v1::Loan> Withdraw(v1::Loan loan, absl::string_view reason) {
  return End(std::move(loan), LoanEvent::kWithdraw, reason);
}

absl::StatusOr<v1::Loan> BankApprove(v1::Loan loan, const Approval& approval, const v1::PoolPolicy& policy,
                                     const Room& room) {
  ASSIGN_OR_RETURN(const v1::LoanState next, NextState(loan, LoanEvent::kBankApprove));
  RETURN_IF_ERROR(CheckApproval(loan, approval, policy, room));
  SetApproval(loan, approval, policy);
  loan.set_state(next);
  return loan;
}

absl::StatusOr<v1::Loan> Confirm(v1::Loan loan, const v1::ConsentLetter& consent, const v1::Bank& bank,
                                 const v1::Pool& pool, const v1::PoolPolicy& policy, const Room& room, Day today) {
  ASSIGN_OR_RETURN(const v1::LoanState next, NextState(loan, LoanEvent::kConfirm));
  ASSIGN_OR_RETURN(const Day issued, Day::FromProto(consent.issue_date()));
  ASSIGN_OR_RETURN(const Day expiry, Day::FromProto(consent.expiry_date()));
  RETURN_IF_ERROR(NotInFuture("consent.issue_date", issued, today));
  if (expiry < issued) {
    Faults faults;
    faults.Add("consent.expiry_date", v1::CONSENT_DATES, "lies before the letter's day", "早于同意函日期");
    return faults.status();
  }
  if (bank.suspended()) return Suspended(v1::BANK_SUSPENDED, loan, bank.name());
  if (pool.suspended()) return Suspended(v1::POOL_SUSPENDED, loan, pool.name());
  const int64_t amount = loan.approved_amount_fen();
  RETURN_IF_ERROR(CheckCap(loan, amount, policy, room));
  const int64_t capacity = CapacityFen(policy, room.pool_balance_fen);
  if (amount > capacity - room.pool_exposure_fen) {
    return LeverageExceeded(loan, amount, capacity, room.pool_exposure_fen);
  }
  *loan.mutable_consent() = consent;
  *loan.mutable_policy_valid_from() = policy.valid_from();
  loan.set_state(next);
  return loan;
}

absl::StatusOr<v1::Loan> Cancel(v1::Loan loan, bool expired, absl::string_view reason, Day today) {
  ASSIGN_OR_RETURN(const v1::LoanState next, NextState(loan, LoanEvent::kCancel));
  if (expired) {
    ASSIGN_OR_RETURN(const Day expiry, Day::FromProto(loan.consent().expiry_date()));
    if (today <= expiry) return NotExpired(loan, expiry);
  }
  loan.set_state(next);
  loan.set_state_reason(expired && reason.empty() ? "the consent letter expired" : std::string(reason));
  return loan;
}

}  // namespace kechuang::loan
