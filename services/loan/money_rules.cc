#include "services/loan/money_rules.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

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

constexpr absl::StatusCode kRefused = absl::StatusCode::kFailedPrecondition;

std::string Yuan(int64_t fen) { return ToYuan(Fen(fen)); }

absl::Status AboveApproved(const v1::Loan& loan, int64_t amount) {
  const int64_t left = UndrawnFen(loan);
  return Refuse(kRefused, v1::LOAN_ABOVE_APPROVED)
      .About(loan.name())
      .With("left_fen", left)
      .Says(absl::StrCat("disbursing ", Yuan(amount), " yuan would exceed the ", Yuan(left), " yuan left of ",
                         loan.name()),
            absl::StrCat("本次放款 ", Yuan(amount), " 元，超过 ", loan.name(), " 剩余可放款 ", Yuan(left), " 元"));
}

absl::Status ConsentExpired(const v1::Loan& loan, Day day, Day expiry) {
  return Refuse(kRefused, v1::CONSENT_EXPIRED)
      .About(loan.name())
      .With("expiry_date", expiry.ToString())
      .Says(absl::StrCat("a first pay-out on ", day.ToString(), " lies after the consent letter's expiry, ",
                         expiry.ToString()),
            absl::StrCat("首次放款日期 ", day.ToString(), " 晚于同意函有效期 ", expiry.ToString()));
}

absl::Status TooEarly(const v1::Loan& loan, Day day, Day least) {
  return Refuse(kRefused, v1::DATE_TOO_EARLY)
      .About(loan.name())
      .With("earliest", least.ToString())
      .Says(absl::StrCat(day.ToString(), " lies before ", least.ToString(), ", the earliest day allowed for ",
                         loan.name()),
            absl::StrCat("日期 ", day.ToString(), " 早于 ", loan.name(), " 允许的最早日期 ", least.ToString()));
}

absl::Status AfterDue(const v1::Loan& loan, Day day, Day due) {
  return Refuse(kRefused, v1::DATE_AFTER_DUE)
      .About(loan.name())
      .With("due_date", due.ToString())
      .Says(absl::StrCat("a pay-out on ", day.ToString(), " lies after the due date of ", loan.name(), ", ",
                         due.ToString()),
            absl::StrCat("放款日期 ", day.ToString(), " 晚于 ", loan.name(), " 的到期日 ", due.ToString()));
}

absl::Status DueAboveTerm(const v1::Loan& loan, Day due, Day limit) {
  return Refuse(kRefused, v1::TERM_ABOVE_LIMIT)
      .About(loan.name())
      .With("latest_due_date", limit.ToString())
      .Says(absl::StrCat("a due date of ", due.ToString(), " is past the approved term, which ends on ",
                         limit.ToString()),
            absl::StrCat("到期日 ", due.ToString(), " 超过批准期限（至 ", limit.ToString(), "）"));
}

absl::Status DueGivenAgain() {
  Faults faults;
  faults.Add("due_date", api::v1::FIELD_NOT_WRITABLE, "is fixed by the first pay-out",
             "到期日由首次放款确定，不能再改");
  return faults.status();
}

absl::Status AlreadyReversed(const v1::Disbursement& disbursement) {
  return Refuse(kRefused, v1::DISBURSEMENT_REVERSED)
      .About(disbursement.name())
      .Says(absl::StrCat(disbursement.name(), " was reversed before"), absl::StrCat(disbursement.name(), " 已冲正"));
}

absl::Status BelowRepaid(const v1::Loan& loan, const v1::Disbursement& disbursement) {
  return Refuse(kRefused, v1::REVERSAL_BELOW_REPAID)
      .About(disbursement.name())
      .With("outstanding_fen", loan.outstanding_fen())
      .Says(absl::StrCat("reversing ", Yuan(disbursement.amount_fen()), " yuan would leave less paid out than the ",
                         Yuan(loan.repaid_fen()), " yuan repaid of ", loan.name()),
            absl::StrCat("冲正 ", Yuan(disbursement.amount_fen()), " 元后，放款额将低于已还本金 ",
                         Yuan(loan.repaid_fen()), " 元"));
}

absl::Status AboveOutstanding(const v1::Loan& loan, int64_t principal) {
  return Refuse(kRefused, v1::REPAID_ABOVE_OUTSTANDING)
      .About(loan.name())
      .With("outstanding_fen", loan.outstanding_fen())
      .Says(absl::StrCat("repaying ", Yuan(principal), " yuan would exceed the ", Yuan(loan.outstanding_fen()),
                         " yuan outstanding of ", loan.name()),
            absl::StrCat("还本 ", Yuan(principal), " 元，超过 ", loan.name(), " 的贷款余额 ",
                         Yuan(loan.outstanding_fen()), " 元"));
}

absl::Status Broken(const v1::Loan& loan, absl::string_view what) {
  return absl::InternalError(absl::StrCat(loan.name(), ": ", what));
}

// A loan on which nothing is owed and nothing can be drawn is settled, whatever led there.
void SettleIfDone(v1::Loan& loan) {
  const bool past_due = loan.state() == v1::LOAN_STATE_OVERDUE;
  const bool drawable = !past_due && UndrawnFen(loan) > 0;
  if (loan.outstanding_fen() > 0 || drawable) return;
  loan.set_state(v1::LOAN_STATE_SETTLED);
  loan.set_draw_closed(true);
  loan.clear_overdue_since();
}

void SetDisbursed(v1::Loan& loan, int64_t disbursed) {
  loan.set_disbursed_fen(disbursed);
  loan.set_outstanding_fen(disbursed - loan.repaid_fen());
}

// The due date that the first pay-out gives the loan.
absl::StatusOr<Day> FirstDue(const v1::Loan& loan, Day day, std::optional<Day> due) {
  const Day limit = day.AddMonths(loan.term_months());
  if (!due.has_value()) return limit;
  if (*due <= day) return TooEarly(loan, *due, day.AddDays(1));
  if (*due > limit) return DueAboveTerm(loan, *due, limit);
  return *due;
}

// Nothing is paid out any more: the confirmation stands again. An imported loan never had one here, so it ends.
void TakeBackPayOut(v1::Loan& loan) {
  loan.set_state(loan.source() == v1::LOAN_SOURCE_IMPORT ? v1::LOAN_STATE_CANCELLED : v1::LOAN_STATE_CONFIRMED);
  loan.clear_first_disburse_date();
  loan.clear_due_date();
  loan.clear_overdue_since();
}

v1::IssuedYear& YearOf(google::protobuf::RepeatedPtrField<v1::IssuedYear>& years, int year) {
  for (v1::IssuedYear& entry : years) {
    if (entry.year() == year) return entry;
  }
  v1::IssuedYear* added = years.Add();
  added->set_year(year);
  for (int i = years.size() - 1; i > 0 && years.Get(i - 1).year() > year; --i) years.SwapElements(i - 1, i);
  for (v1::IssuedYear& entry : years) {
    if (entry.year() == year) return entry;
  }
  return *added;
}

void DropEmptyYears(google::protobuf::RepeatedPtrField<v1::IssuedYear>& years) {
  for (int i = years.size() - 1; i >= 0; --i) {
    if (years.Get(i).posted_count() == 0 && years.Get(i).reversed_count() == 0) years.DeleteSubrange(i, 1);
  }
}

// Adds sign times what a disbursement means for the years.
void CountYears(google::protobuf::RepeatedPtrField<v1::IssuedYear>& years, const v1::Disbursement& disbursement,
                int sign) {
  const int posted = disbursement.disburse_date().year();
  const bool reversed = disbursement.state() == v1::DISBURSEMENT_STATE_REVERSED;
  if (reversed && disbursement.reverse_date().year() == posted) return;
  v1::IssuedYear& first = YearOf(years, posted);
  first.set_posted_count(first.posted_count() + sign);
  if (!reversed) return;
  v1::IssuedYear& second = YearOf(years, disbursement.reverse_date().year());
  second.set_reversed_count(second.reversed_count() + sign);
}

void RecountYears(google::protobuf::RepeatedPtrField<v1::IssuedYear>& years, const v1::Disbursement* before,
                  const v1::Disbursement& after) {
  if (before != nullptr) CountYears(years, *before, -1);
  CountYears(years, after, 1);
  DropEmptyYears(years);
}

}  // namespace

int64_t UndrawnFen(const v1::Loan& loan) {
  if (!TakesRoom(loan.state()) || loan.draw_closed()) return 0;
  return loan.approved_amount_fen() - loan.disbursed_fen();
}

int64_t ExposureFen(const v1::Loan& loan) {
  return TakesRoom(loan.state()) ? UndrawnFen(loan) + loan.outstanding_fen() : 0;
}

absl::Status CheckMoney(const v1::Loan& loan) {
  if (loan.outstanding_fen() != loan.disbursed_fen() - loan.repaid_fen()) {
    return Broken(loan, "outstanding is not disbursed less repaid");
  }
  if (loan.outstanding_fen() < 0) return Broken(loan, "outstanding is negative");
  if (loan.disbursed_fen() > loan.approved_amount_fen()) return Broken(loan, "more is disbursed than approved");
  if (loan.repaid_fen() < 0) return Broken(loan, "repaid is negative");
  return absl::OkStatus();
}

absl::StatusOr<Paid> Disburse(v1::Loan loan, int64_t amount_fen, Day day, std::optional<Day> due, Day today) {
  ASSIGN_OR_RETURN(const v1::LoanState next, NextState(loan, LoanEvent::kDisburse));
  RETURN_IF_ERROR(NotInFuture("disburse_date", day, today));
  if (Day::IsSet(loan.consent().issue_date())) {
    ASSIGN_OR_RETURN(const Day issued, Day::FromProto(loan.consent().issue_date()));
    if (day < issued) return TooEarly(loan, day, issued);
  }
  if (amount_fen > UndrawnFen(loan)) return AboveApproved(loan, amount_fen);
  if (loan.state() == v1::LOAN_STATE_CONFIRMED) {
    ASSIGN_OR_RETURN(const Day expiry, Day::FromProto(loan.consent().expiry_date()));
    if (day > expiry) return ConsentExpired(loan, day, expiry);
    ASSIGN_OR_RETURN(const Day first_due, FirstDue(loan, day, due));
    *loan.mutable_first_disburse_date() = day.ToProto();
    *loan.mutable_due_date() = first_due.ToProto();
  } else {
    if (due.has_value()) return DueGivenAgain();
    if (Day::IsSet(loan.due_date())) {
      ASSIGN_OR_RETURN(const Day last, Day::FromProto(loan.due_date()));
      if (day > last) return AfterDue(loan, day, last);
    }
    ASSIGN_OR_RETURN(const Day first, Day::FromProto(loan.first_disburse_date()));
    if (day < first) *loan.mutable_first_disburse_date() = day.ToProto();
  }
  loan.set_state(next);
  SetDisbursed(loan, loan.disbursed_fen() + amount_fen);
  loan.set_disbursement_count(loan.disbursement_count() + 1);

  v1::Disbursement paid;
  paid.set_name(DisbursementName(loan.name(), loan.disbursement_count()));
  paid.set_amount_fen(amount_fen);
  *paid.mutable_disburse_date() = day.ToProto();
  paid.set_state(v1::DISBURSEMENT_STATE_POSTED);
  paid.set_loan(loan.name());
  paid.set_enterprise(loan.enterprise());
  paid.set_bank(loan.bank());
  paid.set_pool(loan.pool());
  paid.set_enterprise_class(loan.enterprise_class().empty() ? std::string(kNoClass) : loan.enterprise_class());
  loan = NoteIssue(std::move(loan), nullptr, paid);
  return Paid{std::move(loan), std::move(paid)};
}

absl::StatusOr<Paid> ReverseDisbursement(v1::Loan loan, v1::Disbursement disbursement, absl::string_view reason,
                                         Day day, Day today) {
  if (disbursement.state() != v1::DISBURSEMENT_STATE_POSTED) return AlreadyReversed(disbursement);
  ASSIGN_OR_RETURN(const v1::LoanState next, NextState(loan, LoanEvent::kReverseDisbursement));
  RETURN_IF_ERROR(NotInFuture("reverse_date", day, today));
  ASSIGN_OR_RETURN(const Day posted, Day::FromProto(disbursement.disburse_date()));
  if (day < posted) return TooEarly(loan, day, posted);
  if (disbursement.amount_fen() > loan.outstanding_fen()) return BelowRepaid(loan, disbursement);

  const v1::Disbursement before = disbursement;
  disbursement.set_state(v1::DISBURSEMENT_STATE_REVERSED);
  *disbursement.mutable_reverse_date() = day.ToProto();
  disbursement.set_reverse_reason(std::string(reason));
  SetDisbursed(loan, loan.disbursed_fen() - disbursement.amount_fen());
  loan.set_state(next);
  if (loan.disbursed_fen() == 0) {
    TakeBackPayOut(loan);
  } else {
    SettleIfDone(loan);
  }
  loan = NoteIssue(std::move(loan), &before, disbursement);
  return Paid{std::move(loan), std::move(disbursement)};
}

absl::StatusOr<Repaid> Repay(v1::Loan loan, const Payment& payment, Day today) {
  ASSIGN_OR_RETURN(const v1::LoanState next, NextState(loan, LoanEvent::kRepay));
  RETURN_IF_ERROR(NotInFuture("repay_date", payment.day, today));
  ASSIGN_OR_RETURN(const Day first, Day::FromProto(loan.first_disburse_date()));
  if (payment.day < first) return TooEarly(loan, payment.day, first);
  if (payment.principal_fen > loan.outstanding_fen()) return AboveOutstanding(loan, payment.principal_fen);
  loan.set_state(next);
  loan.set_repaid_fen(loan.repaid_fen() + payment.principal_fen);
  loan.set_outstanding_fen(loan.disbursed_fen() - loan.repaid_fen());
  loan.set_draw_closed(loan.draw_closed() || payment.draw_closed);
  loan.set_repayment_count(loan.repayment_count() + 1);
  SettleIfDone(loan);

  v1::Repayment repayment;
  repayment.set_name(RepaymentName(loan.name(), loan.repayment_count()));
  repayment.set_principal_fen(payment.principal_fen);
  repayment.set_interest_fen(payment.interest_fen);
  *repayment.mutable_repay_date() = payment.day.ToProto();
  repayment.set_loan(loan.name());
  repayment.set_remark(payment.remark);
  return Repaid{std::move(loan), std::move(repayment)};
}

v1::Loan MarkOverdue(v1::Loan loan, Day day) {
  const std::optional<v1::LoanState> next = NextState(loan.state(), LoanEvent::kMarkOverdue);
  const absl::StatusOr<Day> due = Day::FromProto(loan.due_date());
  if (!next.has_value() || !due.ok() || *due >= day) return loan;
  loan.set_state(*next);
  *loan.mutable_overdue_since() = due->AddDays(1).ToProto();
  SettleIfDone(loan);
  return loan;
}

std::string DisbursementName(absl::string_view loan, int number) {
  return absl::StrCat(loan, "/disbursements/", absl::Dec(number, absl::kZeroPad4));
}

std::string RepaymentName(absl::string_view loan, int number) {
  return absl::StrCat(loan, "/repayments/", absl::Dec(number, absl::kZeroPad4));
}

std::string BorrowerName(absl::string_view enterprise) { return absl::StrCat("borrowers/", IdOf(enterprise)); }

v1::Loan NoteIssue(v1::Loan loan, const v1::Disbursement* before, const v1::Disbursement& after) {
  RecountYears(*loan.mutable_issued_years(), before, after);
  return loan;
}

v1::Borrower NoteIssue(v1::Borrower borrower, const v1::Loan& loan, const v1::Disbursement* before,
                       const v1::Disbursement& after) {
  borrower.set_name(BorrowerName(after.enterprise()));
  borrower.set_enterprise(after.enterprise());
  borrower.set_enterprise_name(loan.enterprise_name());
  auto found = std::find_if(borrower.mutable_issues()->begin(), borrower.mutable_issues()->end(),
                            [&](const v1::BorrowerIssue& issue) {
                              return issue.bank() == after.bank() && issue.pool() == after.pool() &&
                                     issue.enterprise_class() == after.enterprise_class();
                            });
  v1::BorrowerIssue* issue = nullptr;
  if (found != borrower.mutable_issues()->end()) {
    issue = &*found;
  } else {
    issue = borrower.add_issues();
    issue->set_bank(after.bank());
    issue->set_pool(after.pool());
    issue->set_enterprise_class(after.enterprise_class());
  }
  RecountYears(*issue->mutable_years(), before, after);
  return borrower;
}

void AddNet(const google::protobuf::RepeatedPtrField<v1::IssuedYear>& years, NetByYear& net) {
  for (const v1::IssuedYear& entry : years) net[entry.year()] += entry.posted_count() - entry.reversed_count();
}

std::vector<std::pair<int, int>> StandingChanges(const NetByYear& net) {
  std::vector<std::pair<int, int>> changes;
  int64_t sum = 0;
  for (const auto& [year, count] : net) {
    const bool stood = sum > 0;
    sum += count;
    const bool stands = sum > 0;
    if (stood != stands) changes.emplace_back(year, stands ? 1 : -1);
  }
  return changes;
}

namespace {

// What was paid out by (bank, pool, class, year): posted and reversed.
using IssueKey = std::tuple<std::string, std::string, std::string, int32_t>;
using IssueCounts = std::map<IssueKey, std::pair<int64_t, int64_t>>;

void AddIssues(const v1::Borrower& borrower, int64_t sign, IssueCounts& counts) {
  for (const v1::BorrowerIssue& issue : borrower.issues()) {
    for (const v1::IssuedYear& year : issue.years()) {
      auto& [posted, reversed] = counts[{issue.bank(), issue.pool(), issue.enterprise_class(), year.year()}];
      posted += sign * year.posted_count();
      reversed += sign * year.reversed_count();
    }
  }
}

}  // namespace

bool UndoIssue(v1::Borrower& borrower, const v1::Borrower& before, const v1::Borrower& after) {
  IssueCounts counts;
  AddIssues(borrower, 1, counts);
  AddIssues(before, 1, counts);
  AddIssues(after, -1, counts);
  borrower.clear_issues();
  v1::BorrowerIssue* issue = nullptr;
  for (const auto& [key, numbers] : counts) {
    const auto& [bank, pool, enterprise_class, year] = key;
    if (numbers.first < 0 || numbers.second < 0) return false;
    if (numbers.first == 0 && numbers.second == 0) continue;
    const bool same = issue != nullptr && issue->bank() == bank && issue->pool() == pool &&
                      issue->enterprise_class() == enterprise_class;
    if (!same) {
      issue = borrower.add_issues();
      issue->set_bank(bank);
      issue->set_pool(pool);
      issue->set_enterprise_class(enterprise_class);
    }
    v1::IssuedYear& entry = *issue->add_years();
    entry.set_year(year);
    entry.set_posted_count(numbers.first);
    entry.set_reversed_count(numbers.second);
  }
  return true;
}

}  // namespace kechuang::loan
