#include "services/loan/totals.h"

#include "gtest/gtest.h"

#include "common/ledger/kind.h"
#include "services/loan/money_rules.h"
#include "services/loan/pool_rules.h"
#include "services/loan/test_data.h"

namespace kechuang::loan {
namespace {

using testing::kWan;
using testing::On;
using testing::TotalsInMemory;

const Day kToday = On("2024-12-31");

// One borrower's loan and what it did to the totals.
class Totals : public ::testing::Test {
 protected:
  // A confirmed loan of another id for an enterprise.
  v1::Loan Loan(absl::string_view id, absl::string_view enterprise) {
    v1::Loan loan = testing::Confirmed(300 * kWan);
    loan.set_name(absl::StrCat("loans/", id));
    loan.set_enterprise(absl::StrCat("enterprises/", enterprise));
    totals_.Replace<v1::Loan>(nullptr, loan, &ContributionOf);
    return loan;
  }
  v1::Disbursement PayOut(v1::Loan& loan, int64_t amount, absl::string_view day) {
    const Paid paid = Disburse(loan, amount, On(day), std::nullopt, kToday).value();
    Store(loan, nullptr, paid);
    return paid.disbursement;
  }
  void Undo(v1::Loan& loan, const v1::Disbursement& disbursement, absl::string_view day) {
    Store(loan, &disbursement, ReverseDisbursement(loan, disbursement, "x", On(day), kToday).value());
  }
  ledger::Amounts Issued(absl::string_view period, absl::string_view grouping = "", absl::string_view cell = "") {
    return totals_.At({std::string(kIssued), std::string(grouping), std::string(period), std::string(cell)});
  }
  int64_t Enterprises(absl::string_view last_year) {
    return totals_.UpTo(kStandingBorrower, kByAll, "", last_year).count;
  }
  int64_t Loans(absl::string_view last_year) { return totals_.UpTo(kStandingLoan, kByAll, "", last_year).count; }

  TotalsInMemory totals_;
  std::map<std::string, v1::Borrower> borrowers_;

 private:
  void Store(v1::Loan& loan, const v1::Disbursement* before, const Paid& paid) {
    totals_.Replace(&loan, paid.loan, &ContributionOf);
    totals_.Replace(before, paid.disbursement, &ContributionOf);
    v1::Borrower& borrower = borrowers_[loan.enterprise()];
    const v1::Borrower counted = NoteIssue(borrower, paid.loan, before, paid.disbursement);
    totals_.Replace(&borrower, counted, &ContributionOf);
    borrower = counted;
    loan = paid.loan;
  }
};

TEST_F(Totals, CountPayOutsGrossByTheirDay) {
  v1::Loan loan = Loan("a", "A");
  PayOut(loan, 100 * kWan, "2022-03-05");
  PayOut(loan, 50 * kWan, "2022-04-05");
  const v1::Loan before = loan;
  loan = Repay(loan, {60 * kWan, 0, On("2022-05-05")}, kToday).value().loan;
  totals_.Replace(&before, loan, &ContributionOf);
  EXPECT_EQ(Issued("2022"), (ledger::Amounts{2, 150 * kWan, 0, 1}));
  EXPECT_EQ(Issued("2022-04"), (ledger::Amounts{1, 50 * kWan, 0, 1}));
  EXPECT_EQ(Issued("2022", kByBank, "banks/nxbank").amount_fen, 150 * kWan);
  EXPECT_EQ(Issued("2022", kByPool, "pools/ningke").amount_fen, 150 * kWan);
  EXPECT_EQ(Issued("2022", kByClass, "HNTE").amount_fen, 150 * kWan);
  EXPECT_EQ(totals_.At({std::string(kIssuedLoan), "", "2022", ""}).count, 1);
  EXPECT_EQ(totals_.At(CellOf(kOutstanding, kByAll, "")), (ledger::Amounts{1, 90 * kWan, 0, 0}));
  EXPECT_EQ(totals_.At(EnterpriseExposureCell("enterprises/A")).amount_fen, 240 * kWan);
}

TEST_F(Totals, OfAYearForgetWhatWasReversedWithinIt) {
  v1::Loan loan = Loan("a", "A");
  const v1::Disbursement paid = PayOut(loan, 100 * kWan, "2022-03-05");
  Undo(loan, paid, "2022-11-05");
  EXPECT_EQ(Issued("2022"), ledger::Amounts());
  EXPECT_EQ(Issued("2022-03"), (ledger::Amounts{1, 100 * kWan, 0, 1}));
  EXPECT_EQ(Issued("2022-11"), (ledger::Amounts{-1, -100 * kWan, 0, 0}));
  EXPECT_EQ(Enterprises("2022"), 0);
  EXPECT_EQ(Loans("2022"), 0);
}

TEST_F(Totals, OfAnEarlierYearStayWhenItIsReversedLater) {
  v1::Loan first = Loan("a", "A");
  v1::Loan second = Loan("b", "A");
  const v1::Disbursement paid = PayOut(first, 100 * kWan, "2022-03-05");
  PayOut(second, 10 * kWan, "2022-05-05");
  PayOut(second, 20 * kWan, "2023-03-05");
  Undo(first, paid, "2023-02-05");
  EXPECT_EQ(Issued("2022"), (ledger::Amounts{2, 110 * kWan, 0, 1}));
  EXPECT_EQ(Issued("2023"), (ledger::Amounts{0, -80 * kWan, 0, 1}));
  EXPECT_EQ(Loans("2022"), 2);
  EXPECT_EQ(Loans("2023"), 1);
  EXPECT_EQ(Enterprises("2022"), 1);
  EXPECT_EQ(Enterprises("2023"), 1);
}

TEST_F(Totals, CountAnEnterpriseOnceHoweverManyYears) {
  v1::Loan a = Loan("a", "A");
  v1::Loan b = Loan("b", "B");
  PayOut(a, kWan, "2022-03-05");
  PayOut(a, kWan, "2023-03-05");
  PayOut(b, kWan, "2022-06-05");
  EXPECT_EQ(Enterprises("2021"), 0);
  EXPECT_EQ(Enterprises("2022"), 2);
  EXPECT_EQ(Enterprises("2023"), 2);
  EXPECT_EQ(Issued("2023").distinct, 1);
}

TEST_F(Totals, SayWhatIsOverdue) {
  v1::Loan loan = Loan("a", "A");
  PayOut(loan, 100 * kWan, "2022-03-05");
  const v1::Loan late = MarkOverdue(loan, On("2023-03-06"));
  totals_.Replace(&loan, late, &ContributionOf);
  EXPECT_EQ(totals_.At(OverdueCell("enterprises/A")).count, 1);
  EXPECT_EQ(totals_.At(CellOf(kOutstanding, kByBank, "banks/nxbank")), (ledger::Amounts{1, 100 * kWan, 100 * kWan, 0}));
  EXPECT_EQ(totals_.At(CellOf(kLoanCount, kByState, "OVERDUE")).count, 1);
  EXPECT_EQ(totals_.At(CellOf(kLoanCount, kByState, "ACTIVE")).count, 0);
}

TEST(PostingTotals, OfAllAccountsComeToZero) {
  TotalsInMemory totals;
  const Movement movement = {"pools/a/postings/1", "pools/a", 300 * kWan, On("2022-03-05"), "西夏区财政局", ""};
  const v1::Posting paid_in = Contribute(movement, kToday).value();
  totals.Add(ContributionOf(paid_in), 1);
  totals.Add(ContributionOf(RecordInterest(movement, kToday).value()), 1);
  EXPECT_EQ(totals.At(PoolBalanceCell("pools/a")).amount_fen, 600 * kWan);
  EXPECT_EQ(totals.At(CellOf(kPoolMoney, kByPoolRole, "pools/a|CONTRIBUTOR")).amount_fen, -300 * kWan);
  EXPECT_EQ(totals.At(CellOf(kPoolMoney, kByPoolRole, "pools/a|INTEREST")).amount_fen, -300 * kWan);
  totals.Add(ContributionOf(Reverse(paid_in, "x", 600 * kWan, kToday, kToday).value()), 1);
  EXPECT_EQ(totals.At(PoolBalanceCell("pools/a")).amount_fen, 300 * kWan);
  EXPECT_EQ(totals.At(CellOf(kPoolMoney, kByPoolRole, "pools/a|CONTRIBUTOR")).amount_fen, 0);
}

TEST(Keys, FindABankByAnyOfItsNamesWhateverTheWidth) {
  const std::vector<std::string> keys = KeysOf(testing::SomeBank());
  EXPECT_EQ(keys.size(), 2u);
  EXPECT_EQ(BankNameKey("Ａ银行（西夏）"), BankNameKey("a银行(西夏) "));
  std::string long_name;
  for (int i = 0; i < 200; ++i) long_name += "行";
  EXPECT_LE(BankNameKey(long_name).size(), 190u);
}

}  // namespace
}  // namespace kechuang::loan
