#include "services/loan/money_rules.h"

#include "gtest/gtest.h"

#include "common/base/error.h"
#include "services/loan/test_data.h"

namespace kechuang::loan {
namespace {

using testing::Confirmed;
using testing::kWan;
using testing::On;

const Day kToday = On("2023-12-31");

Paid Pay(const v1::Loan& loan, int64_t amount, absl::string_view day) {
  return Disburse(loan, amount, On(day), std::nullopt, kToday).value();
}
std::string PayReason(const v1::Loan& loan, int64_t amount, absl::string_view day, std::optional<Day> due = {}) {
  return ReasonOf(Disburse(loan, amount, On(day), due, kToday).status());
}

TEST(Disburse, MayDrawSeveralTimesUpToTheApprovedAmount) {
  v1::Loan loan = Pay(Confirmed(300 * kWan), 100 * kWan, "2022-03-05").loan;
  EXPECT_EQ(loan.state(), v1::LOAN_STATE_ACTIVE);
  EXPECT_EQ(ExposureFen(loan), 300 * kWan);
  EXPECT_EQ(PayReason(loan, 200 * kWan + 1, "2022-04-05"), "LOAN_ABOVE_APPROVED");
  const Paid second = Pay(loan, 200 * kWan, "2022-04-05");
  EXPECT_EQ(second.disbursement.name(), "loans/a/disbursements/0002");
  EXPECT_EQ(second.loan.outstanding_fen(), 300 * kWan);
  EXPECT_TRUE(CheckMoney(second.loan).ok());
  EXPECT_EQ(PayReason(second.loan, 1, "2022-04-06"), "LOAN_ABOVE_APPROVED");
}

TEST(Disburse, KeepsToTheLettersDays) {
  const v1::Loan loan = Confirmed(300 * kWan);
  EXPECT_EQ(PayReason(loan, kWan, "2022-02-28"), "DATE_TOO_EARLY");
  EXPECT_EQ(PayReason(loan, kWan, "2022-03-01"), "");
  EXPECT_EQ(PayReason(loan, kWan, "2022-06-30"), "");
  EXPECT_EQ(PayReason(loan, kWan, "2022-07-01"), "CONSENT_EXPIRED");
  EXPECT_EQ(Disburse(loan, kWan, On("2022-03-05"), std::nullopt, On("2022-03-04")).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(Disburse, SetsTheDueDateOnceAndKeepsToIt) {
  const v1::Loan loan = Confirmed(300 * kWan);
  EXPECT_EQ(Day::FromProto(Pay(loan, kWan, "2022-03-31").loan.due_date()).value(), On("2023-03-31"));
  EXPECT_EQ(PayReason(loan, kWan, "2022-03-31", On("2023-04-01")), "TERM_ABOVE_LIMIT");
  EXPECT_EQ(PayReason(loan, kWan, "2022-03-31", On("2022-03-31")), "DATE_TOO_EARLY");
  const v1::Loan half_year = Disburse(loan, kWan, On("2022-03-31"), On("2022-09-30"), kToday).value().loan;
  EXPECT_EQ(PayReason(half_year, kWan, "2022-09-30"), "");
  EXPECT_EQ(PayReason(half_year, kWan, "2022-10-01"), "DATE_AFTER_DUE");
  EXPECT_EQ(Disburse(half_year, kWan, On("2022-04-01"), On("2022-12-31"), kToday).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(Repay, SettlesWhenNothingIsOwedAndNothingCanBeDrawn) {
  const v1::Loan full = Pay(Confirmed(300 * kWan), 300 * kWan, "2022-03-05").loan;
  const Repaid part = Repay(full, {100 * kWan, kWan, On("2022-09-05")}, kToday).value();
  EXPECT_EQ(part.loan.state(), v1::LOAN_STATE_ACTIVE);
  EXPECT_EQ(part.loan.outstanding_fen(), 200 * kWan);
  EXPECT_EQ(part.repayment.name(), "loans/a/repayments/0001");
  const v1::Loan done = Repay(part.loan, {200 * kWan, 0, On("2022-10-05")}, kToday).value().loan;
  EXPECT_EQ(done.state(), v1::LOAN_STATE_SETTLED);
  EXPECT_EQ(ExposureFen(done), 0);
}

TEST(Repay, LeavesALoanActiveWhileMoreCanBeDrawn) {
  const v1::Loan part = Pay(Confirmed(300 * kWan), 100 * kWan, "2022-03-05").loan;
  const v1::Loan open = Repay(part, {100 * kWan, 0, On("2022-04-05")}, kToday).value().loan;
  EXPECT_EQ(open.state(), v1::LOAN_STATE_ACTIVE);
  EXPECT_EQ(ExposureFen(open), 200 * kWan);
  const v1::Loan closed = Repay(part, {100 * kWan, 0, On("2022-04-05"), true}, kToday).value().loan;
  EXPECT_EQ(closed.state(), v1::LOAN_STATE_SETTLED);
}

TEST(Repay, RefusesMoreThanIsOwedAndDaysBeforeThePayOut) {
  const v1::Loan loan = Pay(Confirmed(300 * kWan), 100 * kWan, "2022-03-05").loan;
  EXPECT_EQ(ReasonOf(Repay(loan, {100 * kWan + 1, 0, On("2022-04-05")}, kToday).status()), "REPAID_ABOVE_OUTSTANDING");
  EXPECT_EQ(ReasonOf(Repay(loan, {kWan, 0, On("2022-03-04")}, kToday).status()), "DATE_TOO_EARLY");
  EXPECT_EQ(ReasonOf(Repay(Confirmed(kWan), {kWan, 0, On("2022-04-05")}, kToday).status()), "LOAN_WRONG_STATE");
}

TEST(ReverseDisbursement, PutsALoanWithoutAnyPayOutBackToConfirmed) {
  const Paid paid = Pay(Confirmed(300 * kWan), 300 * kWan, "2022-03-05");
  const Paid undone = ReverseDisbursement(paid.loan, paid.disbursement, "户名有误", On("2022-03-06"), kToday).value();
  EXPECT_EQ(undone.loan.state(), v1::LOAN_STATE_CONFIRMED);
  EXPECT_EQ(undone.loan.outstanding_fen(), 0);
  EXPECT_FALSE(Day::IsSet(undone.loan.due_date()));
  EXPECT_TRUE(undone.loan.issued_years().empty());
  EXPECT_EQ(undone.disbursement.state(), v1::DISBURSEMENT_STATE_REVERSED);
  EXPECT_EQ(Pay(undone.loan, kWan, "2022-03-07").disbursement.name(), "loans/a/disbursements/0002");
}

TEST(ReverseDisbursement, RefusesWhatWouldBreakTheMoney) {
  const Paid paid = Pay(Confirmed(300 * kWan), 300 * kWan, "2022-03-05");
  const v1::Loan repaid = Repay(paid.loan, {kWan, 0, On("2022-04-05")}, kToday).value().loan;
  const auto reason = [&](const v1::Loan& loan, const v1::Disbursement& disbursement, absl::string_view day) {
    return ReasonOf(ReverseDisbursement(loan, disbursement, "x", On(day), kToday).status());
  };
  EXPECT_EQ(reason(repaid, paid.disbursement, "2022-04-06"), "REVERSAL_BELOW_REPAID");
  EXPECT_EQ(reason(paid.loan, paid.disbursement, "2022-03-04"), "DATE_TOO_EARLY");
  v1::Disbursement reversed = paid.disbursement;
  reversed.set_state(v1::DISBURSEMENT_STATE_REVERSED);
  EXPECT_EQ(reason(paid.loan, reversed, "2022-04-06"), "DISBURSEMENT_REVERSED");
}

TEST(MarkOverdue, TakesTheDayAfterTheDueDateAndNothingTwice) {
  const v1::Loan loan = Pay(Confirmed(300 * kWan), 100 * kWan, "2022-03-05").loan;
  EXPECT_EQ(MarkOverdue(loan, On("2023-03-05")).state(), v1::LOAN_STATE_ACTIVE);
  const v1::Loan late = MarkOverdue(loan, On("2023-03-06"));
  EXPECT_EQ(late.state(), v1::LOAN_STATE_OVERDUE);
  EXPECT_EQ(Day::FromProto(late.overdue_since()).value(), On("2023-03-06"));
  EXPECT_EQ(MarkOverdue(late, On("2023-03-07")).SerializeAsString(), late.SerializeAsString());
  const v1::Loan cured = Repay(late, {100 * kWan, 0, On("2023-04-01")}, kToday).value().loan;
  EXPECT_EQ(cured.state(), v1::LOAN_STATE_SETTLED);
  EXPECT_FALSE(Day::IsSet(cured.overdue_since()));
}

TEST(MarkOverdue, SettlesALoanOnWhichNothingIsOwed) {
  const v1::Loan part = Pay(Confirmed(300 * kWan), 100 * kWan, "2022-03-05").loan;
  const v1::Loan open = Repay(part, {100 * kWan, 0, On("2022-04-05")}, kToday).value().loan;
  EXPECT_EQ(MarkOverdue(open, On("2023-03-06")).state(), v1::LOAN_STATE_SETTLED);
}

TEST(IssuedYears, CountAReversalOnceInItsOwnYear) {
  const Paid first = Pay(Confirmed(300 * kWan), 100 * kWan, "2022-03-05");
  const Paid second = Pay(first.loan, 100 * kWan, "2023-01-05");
  const Paid undone = ReverseDisbursement(second.loan, first.disbursement, "x", On("2023-02-05"), kToday).value();
  ASSERT_EQ(undone.loan.issued_years_size(), 2);
  EXPECT_EQ(undone.loan.issued_years(0).posted_count(), 1);
  EXPECT_EQ(undone.loan.issued_years(1).posted_count(), 1);
  EXPECT_EQ(undone.loan.issued_years(1).reversed_count(), 1);
}

TEST(StandingChanges, FollowTheRunningSum) {
  using Changes = std::vector<std::pair<int, int>>;
  EXPECT_EQ(StandingChanges({{2021, 1}, {2022, 2}}), (Changes{{2021, 1}}));
  EXPECT_EQ(StandingChanges({{2021, 1}, {2022, -1}}), (Changes{{2021, 1}, {2022, -1}}));
  EXPECT_EQ(StandingChanges({{2021, 1}, {2022, -1}, {2024, 1}}), (Changes{{2021, 1}, {2022, -1}, {2024, 1}}));
  EXPECT_EQ(StandingChanges({{2021, 0}}), Changes());
}

}  // namespace
}  // namespace kechuang::loan
