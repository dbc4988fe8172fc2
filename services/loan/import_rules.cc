#include "services/loan/import_rules.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/domain/fen.h"
#include "common/domain/name_text.h"
#include "kechuang/api/v1/reasons.pb.h"
#include "kechuang/loan/v1/reasons.pb.h"
#include "services/loan/digest.h"
#include "services/loan/loan_rules.h"
#include "services/loan/loan_states.h"
#include "services/loan/money_rules.h"

namespace kechuang::loan {
namespace {

absl::Status MoneyChanged(const v1::Loan& held) {
  return Refuse(absl::StatusCode::kFailedPrecondition, v1::IMPORT_MONEY_CHANGED)
      .About(held.name())
      .With("disbursed_fen", held.disbursed_fen())
      .With("outstanding_fen", held.outstanding_fen())
      .Says(
          absl::StrCat("the row's money or days differ from those of ", held.name(),
                       ", imported before; reverse its disbursement, or record a repayment, and do not import it anew"),
          absl::StrCat("该行金额或日期与此前导入的 ", held.name(), " 不一致；请对原放款冲正或登记还款，不要重新导入"));
}

std::string DayText(const google::type::Date& date) {
  return Day::IsSet(date) ? absl::StrCat(date.year(), "-", date.month(), "-", date.day()) : "";
}

// Of money and days.
std::string FixedDigest(const v1::ImportLoan& row) {
  return Digest({absl::StrCat(row.amount_fen()), DayText(row.disburse_date()), DayText(row.due_date()),
                 row.has_outstanding_fen() ? absl::StrCat(row.outstanding_fen()) : "", row.overdue() ? "overdue" : "",
                 DayText(row.reverse_date()), absl::StrCat(row.state())});
}

std::string DigestOf(const v1::ImportLoan& row) {
  const std::string fixed = FixedDigest(row);
  const std::string words = Digest({DayText(row.application_date()), absl::StrCat(row.rate_ppm()),
                                    absl::StrCat(row.term_months()), row.guarantee_type(), row.remark()});
  return absl::StrCat(fixed, ".", words);
}

// Whether a row says of money and days what the one that made the loan said, by its digest; what it leaves out is taken
// from the loan.
bool SaysTheMoneyOf(const v1::Loan& held, const std::string& fixed, const v1::ImportLoan& row) {
  for (const bool with_due_date : {false, true}) {
    for (const bool with_balance : {false, true}) {
      v1::ImportLoan filled = row;
      if (with_due_date && !Day::IsSet(row.due_date()) && Day::IsSet(held.due_date())) {
        *filled.mutable_due_date() = held.due_date();
      }
      if (with_balance && !row.has_outstanding_fen()) filled.set_outstanding_fen(held.outstanding_fen());
      if (FixedDigest(filled) == fixed) return true;
    }
  }
  return false;
}

void Contradiction(Faults& faults, absl::string_view field, absl::string_view english, absl::string_view chinese) {
  faults.Add(absl::StrCat("loan.", field), v1::IMPORT_ROW_CONTRADICTION, english, chinese);
}

void CheckNotFuture(Faults& faults, absl::string_view field, const google::type::Date& date, Day today) {
  const std::optional<Day> day = Day::IfSet(date);
  if (!Day::IsSet(date) || (day.has_value() && *day <= today)) return;
  faults.Add(absl::StrCat("loan.", field), v1::DATE_IN_FUTURE, "lies after today", "晚于今天");
}

bool IsBefore(const google::type::Date& a, const google::type::Date& b) {
  const std::optional<Day> first = Day::IfSet(a);
  const std::optional<Day> second = Day::IfSet(b);
  return first.has_value() && second.has_value() && *first < *second;
}

void CheckPaidRow(const v1::ImportLoan& row, Faults& faults) {
  const bool reversed = Day::IsSet(row.reverse_date());
  if (row.outstanding_fen() > row.amount_fen()) {
    Contradiction(faults, "outstanding_fen", "the balance is above the amount paid out", "贷款余额大于放款金额");
  }
  if (IsBefore(row.due_date(), row.disburse_date())) {
    Contradiction(faults, "due_date", "lies before disburse_date", "到期日早于放款日期");
  }
  if (reversed && IsBefore(row.reverse_date(), row.disburse_date())) {
    Contradiction(faults, "reverse_date", "lies before disburse_date", "冲正日期早于放款日期");
  }
  if (reversed && row.outstanding_fen() > 0) {
    Contradiction(faults, "outstanding_fen", "a reversed pay-out has no balance", "已冲正的放款不应有余额");
  }
  if (row.state() != v1::LOAN_STATE_UNSPECIFIED && !(reversed && row.state() == v1::LOAN_STATE_CANCELLED)) {
    Contradiction(faults, "state", "a loan that was paid out cannot be rejected, withdrawn or cancelled",
                  "已有放款日期的贷款不能是未通过、已撤回或取消");
  }
}

void CheckUnpaidRow(const v1::ImportLoan& row, Faults& faults) {
  if (row.state() != v1::LOAN_STATE_REJECTED && row.state() != v1::LOAN_STATE_WITHDRAWN &&
      row.state() != v1::LOAN_STATE_CANCELLED) {
    Contradiction(faults, "disburse_date", "is needed unless the loan was rejected, withdrawn or cancelled",
                  "缺少放款日期；只有未通过、已撤回或取消的贷款可以没有放款日期");
  }
  if (Day::IsSet(row.reverse_date())) {
    Contradiction(faults, "reverse_date", "there is no pay-out to reverse", "没有放款，无从冲正");
  }
  if (row.outstanding_fen() > 0) {
    Contradiction(faults, "outstanding_fen", "a loan that was never paid out has no balance", "未放款的贷款不应有余额");
  }
  if (row.overdue())
    Contradiction(faults, "overdue", "a loan that was never paid out is not overdue", "未放款的贷款不会逾期");
}

absl::Status CheckLoanRow(const v1::ImportLoan& row, Day today) {
  Faults faults;
  CheckNotFuture(faults, "application_date", row.application_date(), today);
  CheckNotFuture(faults, "disburse_date", row.disburse_date(), today);
  CheckNotFuture(faults, "reverse_date", row.reverse_date(), today);
  if (Day::IsSet(row.disburse_date())) {
    CheckPaidRow(row, faults);
  } else {
    CheckUnpaidRow(row, faults);
  }
  return faults.status();
}

const google::type::Date& KeyDate(const v1::ImportLoan& row) {
  return Day::IsSet(row.disburse_date()) ? row.disburse_date() : row.application_date();
}

// The policy by which the row's class is chosen: that of its day, or the oldest one there is.
const v1::PoolPolicy& PolicyAbout(const v1::Pool& pool, Day day) {
  const v1::PoolPolicy* chosen = &pool.policies(0);
  for (const v1::PoolPolicy& policy : pool.policies()) {
    const absl::StatusOr<Day> from = Day::FromProto(policy.valid_from());
    if (from.ok() && *from <= day) chosen = &policy;
  }
  return *chosen;
}

v1::Loan FactsOf(const v1::ImportLoan& row, const enterprise::v1::Enterprise& borrower, const v1::Bank& bank,
                 const v1::Pool& pool, Day today) {
  v1::Loan loan;
  loan.set_name(absl::StrCat("loans/i", Digest({borrower.credit_code(), bank.name(), DayText(KeyDate(row)),
                                                absl::StrCat(row.ordinal()), row.batch()})));
  loan.set_enterprise(borrower.name());
  loan.set_enterprise_name(borrower.enterprise_name());
  loan.set_credit_code(borrower.credit_code());
  loan.set_bank(bank.name());
  loan.set_pool(pool.name());
  loan.set_mode(v1::LOAN_MODE_BANK_POOL);
  loan.set_source(v1::LOAN_SOURCE_IMPORT);
  loan.set_applied_amount_fen(row.amount_fen());
  if (Day::IsSet(row.application_date())) *loan.mutable_application_date() = row.application_date();
  loan.set_guarantee_type(row.guarantee_type());
  loan.set_batch(row.batch());
  loan.set_remark(row.remark());
  loan.set_rate_ppm(row.rate_ppm());
  loan.set_term_months(row.term_months());
  loan.set_import_digest(DigestOf(row));
  const Day day = Day::FromProto(KeyDate(row)).value_or(today);
  const v1::PoolPolicy& policy = PolicyAbout(pool, day);
  const std::string held = ClassOn(borrower, policy, day);
  loan.set_enterprise_class(held.empty() ? std::string(kNoClass) : held);
  *loan.mutable_eligibility_date() = day.ToProto();
  *loan.mutable_policy_valid_from() = policy.valid_from();
  return loan;
}

v1::Disbursement PayOutOf(const v1::ImportLoan& row, const v1::Loan& loan) {
  v1::Disbursement paid;
  paid.set_name(DisbursementName(loan.name(), 1));
  paid.set_amount_fen(row.amount_fen());
  *paid.mutable_disburse_date() = row.disburse_date();
  paid.set_state(v1::DISBURSEMENT_STATE_POSTED);
  if (Day::IsSet(row.reverse_date())) {
    paid.set_state(v1::DISBURSEMENT_STATE_REVERSED);
    *paid.mutable_reverse_date() = row.reverse_date();
  }
  paid.set_loan(loan.name());
  paid.set_enterprise(loan.enterprise());
  paid.set_bank(loan.bank());
  paid.set_pool(loan.pool());
  paid.set_enterprise_class(loan.enterprise_class());
  return paid;
}

void SetPaidState(const v1::ImportLoan& row, v1::Loan& loan) {
  if (Day::IsSet(row.due_date())) *loan.mutable_due_date() = row.due_date();
  if (loan.outstanding_fen() == 0) {
    loan.set_state(v1::LOAN_STATE_SETTLED);
    loan.set_draw_closed(true);
    return;
  }
  loan.set_state(row.overdue() ? v1::LOAN_STATE_OVERDUE : v1::LOAN_STATE_ACTIVE);
  const absl::StatusOr<Day> due = Day::FromProto(row.due_date());
  if (row.overdue() && due.ok()) *loan.mutable_overdue_since() = due->AddDays(1).ToProto();
}

}  // namespace

absl::StatusOr<ImportedLoan> ReadLoanRow(const v1::ImportLoan& row, const enterprise::v1::Enterprise& borrower,
                                         const v1::Bank& bank, const v1::Pool& pool, Day today) {
  RETURN_IF_ERROR(CheckLoanRow(row, today));
  ImportedLoan read;
  read.loan = FactsOf(row, borrower, bank, pool, today);
  v1::Loan& loan = read.loan;
  if (!Day::IsSet(row.disburse_date())) {
    loan.set_state(row.state());
    return read;
  }
  loan.set_approved_amount_fen(row.amount_fen());
  loan.set_disbursement_count(1);
  read.disbursement = PayOutOf(row, loan);
  loan = NoteIssue(std::move(loan), nullptr, *read.disbursement);
  if (Day::IsSet(row.reverse_date())) {
    loan.set_state(v1::LOAN_STATE_CANCELLED);
    return read;
  }
  const int64_t outstanding = row.has_outstanding_fen() ? row.outstanding_fen() : row.amount_fen();
  *loan.mutable_first_disburse_date() = row.disburse_date();
  loan.set_disbursed_fen(row.amount_fen());
  loan.set_repaid_fen(row.amount_fen() - outstanding);
  loan.set_outstanding_fen(outstanding);
  SetPaidState(row, loan);
  if (loan.repaid_fen() > 0) {
    loan.set_repayment_count(1);
    v1::Repayment& repayment = read.repayment.emplace();
    repayment.set_name(RepaymentName(loan.name(), 1));
    repayment.set_principal_fen(loan.repaid_fen());
    repayment.set_loan(loan.name());
  }
  RETURN_IF_ERROR(CheckMoney(loan));
  return read;
}

absl::StatusOr<v1::Loan> MeetAgain(const v1::Loan& held, const v1::Loan& cleared, const v1::ImportLoan& row,
                                   const v1::Loan& read) {
  const std::string fixed = held.import_digest().substr(0, held.import_digest().find('.'));
  if (!SaysTheMoneyOf(held, fixed, row) || held.pool() != read.pool()) return MoneyChanged(held);
  v1::Loan after = cleared;
  if (Day::IsSet(row.application_date())) *after.mutable_application_date() = row.application_date();
  if (row.rate_ppm() != 0) after.set_rate_ppm(row.rate_ppm());
  if (row.term_months() != 0) after.set_term_months(row.term_months());
  if (!row.guarantee_type().empty()) after.set_guarantee_type(row.guarantee_type());
  if (!row.remark().empty()) after.set_remark(row.remark());
  if (after.SerializeAsString() == held.SerializeAsString()) return held;
  after.set_import_digest(absl::StrCat(fixed, ".", read.import_digest().substr(read.import_digest().find('.') + 1)));
  return after;
}

absl::StatusOr<std::optional<Movement>> ReadPoolRow(const v1::ImportPool& row, absl::string_view pool) {
  if (row.amount_fen() == 0) return std::optional<Movement>();
  Faults faults;
  if (row.contributor().empty()) {
    faults.Add("pool.contributor", api::v1::FIELD_REQUIRED, "is required with an amount", "有金额时必填");
  }
  const Day day = faults.Take("pool.contribution_date", Day::FromProto(row.contribution_date()));
  if (faults.any()) return faults.status();
  const std::string id = Digest({std::string(pool), row.contributor(), day.ToString(), absl::StrCat(row.amount_fen()),
                                 absl::StrCat(row.ordinal())});
  return std::optional<Movement>(Movement{absl::StrCat(pool, "/postings/i", id), std::string(pool), row.amount_fen(),
                                          day, row.contributor(), row.remark()});
}

v1::Bank ReadBankRow(const v1::ImportBank& row) {
  v1::Bank bank;
  bank.set_name(row.bank_id().empty() ? ImportedBankName(row.bank_name()) : absl::StrCat("banks/", row.bank_id()));
  bank.set_bank_name(row.bank_name());
  return MergeBank(std::move(bank), row);
}

v1::Bank MergeBank(v1::Bank held, const v1::ImportBank& row) {
  const auto add = [&held](const std::string& text) {
    const bool known = text.empty() || NormaliseName(text) == NormaliseName(held.bank_name()) ||
                       std::any_of(held.short_names().begin(), held.short_names().end(),
                                   [&](const std::string& name) { return NormaliseName(name) == NormaliseName(text); });
    if (!known) held.add_short_names(text);
  };
  add(row.bank_name());
  for (const std::string& text : row.short_names()) add(text);
  if (!row.credit_code().empty()) held.set_credit_code(row.credit_code());
  if (!row.remark().empty()) held.set_remark(row.remark());
  return held;
}

std::string ImportedPoolName(absl::string_view pool_name) {
  return absl::StrCat("pools/i", Digest({NormaliseName(pool_name)}));
}

std::string ImportedBankName(absl::string_view bank_name) {
  return absl::StrCat("banks/i", Digest({NormaliseName(bank_name)}));
}

absl::Status BankUnknown(absl::string_view bank_name) {
  return Refuse(absl::StatusCode::kNotFound, v1::BANK_UNKNOWN)
      .With("bank", bank_name)
      .Says(absl::StrCat("no bank has the name or short name '", bank_name, "'"),
            absl::StrCat("没有名称或简称为“", bank_name, "”的合作银行"));
}

absl::Status PoolUnknown(absl::string_view pool) {
  return Refuse(absl::StatusCode::kNotFound, v1::POOL_UNKNOWN)
      .With("pool", pool)
      .Says(absl::StrCat("there is no pool '", pool, "'"), absl::StrCat("没有资金池“", pool, "”"));
}

absl::Status PoolMissing() {
  Faults faults;
  faults.Add("loan.pool", api::v1::FIELD_REQUIRED, "is required: the pool behind the loan, such as pools/ningke-2022",
             "必填：贷款所属资金池，例如 pools/ningke-2022");
  return faults.status();
}

}  // namespace kechuang::loan
