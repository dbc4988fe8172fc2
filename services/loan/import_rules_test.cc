#include "services/loan/import_rules.h"

#include "gtest/gtest.h"

#include "common/base/error.h"
#include "services/loan/money_rules.h"
#include "services/loan/test_data.h"

namespace kechuang::loan {
namespace {

using testing::HighTech;
using testing::kWan;
using testing::On;
using testing::Plain;
using testing::SomeBank;
using testing::SomePool;

const Day kToday = On("2023-02-20");

v1::ImportLoan Row() {
  v1::ImportLoan row;
  row.set_credit_code(HighTech().credit_code());
  row.set_bank_name("宁夏银行");
  row.set_pool("pools/ningke");
  row.set_amount_fen(300 * kWan);
  *row.mutable_disburse_date() = On("2022-03-05").ToProto();
  *row.mutable_due_date() = On("2023-03-04").ToProto();
  return row;
}
absl::StatusOr<ImportedLoan> Read(const v1::ImportLoan& row) {
  return ReadLoanRow(row, HighTech(), SomeBank(), SomePool(), kToday);
}
int FaultsIn(const v1::ImportLoan& row) {
  const auto bad = DetailOf<google::rpc::BadRequest>(Read(row).status());
  return bad.has_value() ? bad->field_violations_size() : 0;
}

TEST(LoanRow, WithAPayOutEntersActiveWithThatDisbursement) {
  const ImportedLoan read = Read(Row()).value();
  EXPECT_EQ(read.loan.state(), v1::LOAN_STATE_ACTIVE);
  EXPECT_EQ(read.loan.source(), v1::LOAN_SOURCE_IMPORT);
  EXPECT_EQ(read.loan.outstanding_fen(), 300 * kWan);
  EXPECT_EQ(read.loan.enterprise_class(), "HNTE");
  ASSERT_TRUE(read.disbursement.has_value());
  EXPECT_EQ(read.disbursement->amount_fen(), 300 * kWan);
  EXPECT_FALSE(read.repayment.has_value());
  EXPECT_TRUE(CheckMoney(read.loan).ok());
}

TEST(LoanRow, GetsTheClassOfItsDay) {
  v1::ImportLoan row = Row();
  *row.mutable_disburse_date() = On("2021-11-03").ToProto();
  EXPECT_EQ(Read(row)->loan.enterprise_class(), "NONE");
}

TEST(LoanRow, WithABalanceHasARepaymentAndWithoutAnyIsSettled) {
  v1::ImportLoan row = Row();
  row.set_outstanding_fen(100 * kWan);
  EXPECT_EQ(Read(row)->repayment->principal_fen(), 200 * kWan);
  row.set_outstanding_fen(0);
  EXPECT_EQ(Read(row)->loan.state(), v1::LOAN_STATE_SETTLED);
  EXPECT_EQ(ExposureFen(Read(row)->loan), 0);
}

TEST(LoanRow, ThatIsOverdueOrReversedSaysSo) {
  v1::ImportLoan late = Row();
  *late.mutable_due_date() = On("2022-12-31").ToProto();
  late.set_overdue(true);
  EXPECT_EQ(Read(late)->loan.state(), v1::LOAN_STATE_OVERDUE);
  EXPECT_EQ(Day::FromProto(Read(late)->loan.overdue_since()).value(), On("2023-01-01"));
  v1::ImportLoan reversed = Row();
  *reversed.mutable_reverse_date() = On("2022-03-08").ToProto();
  const ImportedLoan read = Read(reversed).value();
  EXPECT_EQ(read.loan.state(), v1::LOAN_STATE_CANCELLED);
  EXPECT_EQ(read.loan.disbursed_fen(), 0);
  EXPECT_EQ(read.disbursement->state(), v1::DISBURSEMENT_STATE_REVERSED);
}

TEST(LoanRow, WithoutAPayOutEntersInTheStateItSays) {
  v1::ImportLoan row = Row();
  row.clear_disburse_date();
  row.clear_due_date();
  EXPECT_EQ(FaultsIn(row), 1);
  row.set_state(v1::LOAN_STATE_REJECTED);
  const ImportedLoan read = Read(row).value();
  EXPECT_EQ(read.loan.state(), v1::LOAN_STATE_REJECTED);
  EXPECT_FALSE(read.disbursement.has_value());
  row.set_state(v1::LOAN_STATE_ACTIVE);
  EXPECT_EQ(FaultsIn(row), 1);
}

TEST(LoanRow, NamesEveryContradiction) {
  v1::ImportLoan row = Row();
  row.set_outstanding_fen(301 * kWan);
  *row.mutable_due_date() = On("2022-03-04").ToProto();
  row.set_state(v1::LOAN_STATE_REJECTED);
  EXPECT_EQ(FaultsIn(row), 3);
  row = Row();
  *row.mutable_disburse_date() = On("2023-02-21").ToProto();
  EXPECT_EQ(FaultsIn(row), 1);
  row = Row();
  *row.mutable_reverse_date() = On("2022-03-04").ToProto();
  EXPECT_EQ(FaultsIn(row), 1);
}

TEST(LoanRow, HasAnIdOfItsOwnKey) {
  const std::string name = Read(Row())->loan.name();
  v1::ImportLoan other = Row();
  other.set_remark("x");
  other.set_amount_fen(1);
  EXPECT_EQ(Read(other)->loan.name(), name);
  other.set_ordinal(1);
  EXPECT_NE(Read(other)->loan.name(), name);
  other = Row();
  other.set_batch("第二批");
  EXPECT_NE(Read(other)->loan.name(), name);
}

TEST(SameRow, IsKnownAgainAndMoneyIsNeverChanged) {
  const v1::Loan held = Read(Row())->loan;
  EXPECT_EQ(MeetAgain(held, held, Row(), Read(Row())->loan)->SerializeAsString(), held.SerializeAsString());
  v1::ImportLoan words = Row();
  words.set_guarantee_type("信用");
  EXPECT_EQ(MeetAgain(held, held, words, Read(words)->loan)->guarantee_type(), "信用");
  v1::ImportLoan money = Row();
  money.set_amount_fen(301 * kWan);
  EXPECT_EQ(ReasonOf(MeetAgain(held, held, money, Read(money)->loan).status()), "IMPORT_MONEY_CHANGED");
  money = Row();
  money.set_outstanding_fen(200 * kWan);
  EXPECT_EQ(ReasonOf(MeetAgain(held, held, money, Read(money)->loan).status()), "IMPORT_MONEY_CHANGED");
}

TEST(SameRow, IsKnownAgainAfterARepaymentByACall) {
  v1::Loan held = Read(Row())->loan;
  held = Repay(held, {100 * kWan, 0, On("2022-12-01")}, kToday)->loan;
  EXPECT_EQ(MeetAgain(held, held, Row(), Read(Row())->loan)->outstanding_fen(), 200 * kWan);
}

TEST(ImportedLoan, ThatIsReversedByACallEnds) {
  const ImportedLoan read = Read(Row()).value();
  const Paid undone = ReverseDisbursement(read.loan, *read.disbursement, "x", kToday, kToday).value();
  EXPECT_EQ(undone.loan.state(), v1::LOAN_STATE_CANCELLED);
}

TEST(PoolRow, GivesAContributionWithAnIdOfItsOwnKey) {
  v1::ImportPool row;
  row.set_pool_name("宁科贷资金池");
  EXPECT_FALSE(ReadPoolRow(row, "pools/a")->has_value());
  row.set_amount_fen(300 * kWan);
  EXPECT_EQ(ReadPoolRow(row, "pools/a").status().code(), absl::StatusCode::kInvalidArgument);
  row.set_contributor("西夏区财政局");
  *row.mutable_contribution_date() = On("2022-03-05").ToProto();
  const std::string name = ReadPoolRow(row, "pools/a").value()->name;
  EXPECT_EQ(ReadPoolRow(row, "pools/a").value()->name, name);
  row.set_ordinal(1);
  EXPECT_NE(ReadPoolRow(row, "pools/a").value()->name, name);
}

TEST(BankRow, AddsNamesAndTakesNoneAway) {
  v1::ImportBank row;
  row.set_bank_name("宁夏银行");
  row.add_short_names("宁银");
  const v1::Bank merged = MergeBank(SomeBank(), row);
  EXPECT_EQ(merged.bank_name(), "宁夏银行股份有限公司");
  ASSERT_EQ(merged.short_names_size(), 2);
  EXPECT_EQ(merged.short_names(1), "宁银");
  EXPECT_EQ(MergeBank(merged, row).SerializeAsString(), merged.SerializeAsString());
}

}  // namespace
}  // namespace kechuang::loan
