#include <atomic>
#include <string>
#include <vector>

#include "services/loan/service_test_fixture.h"

namespace kechuang::loan {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Money : public LoanServiceTest {
 protected:
  void SetUp() override {
    LoanServiceTest::SetUp();
    MakePool();
    MakeBank();
  }
};

TEST_F(Money, OfALoanWithRoomForTenIsPaidOutTenTimesByAThousandCallers) {
  const v1::Loan loan = Confirmed(HighTech(1), 100 * kWan);
  std::atomic<int> paid = 0, refused = 0;
  Concurrently(1000, 50, [&](int) {
    const auto answer = Disburse(loan.name(), 10 * kWan, "2022-03-05");
    if (answer.ok()) ++paid;
    if (ReasonOf(answer.status()) == "LOAN_ABOVE_APPROVED") ++refused;
  });
  EXPECT_EQ(paid, 10);
  EXPECT_EQ(refused, 990);
  EXPECT_EQ(Get(loan.name()).outstanding_fen(), 100 * kWan);
  EXPECT_EQ(TotalsOf(2022).issued().disbursement_count(), 10);
}

TEST_F(Money, OfARepeatedPayOutMovesOnce) {
  const v1::Loan loan = Confirmed(HighTech(1), 100 * kWan);
  v1::DisburseLoanRequest request;
  request.set_name(loan.name());
  request.set_amount_fen(10 * kWan);
  *request.mutable_disburse_date() = On("2022-03-05").ToProto();
  request.set_request_id("pay-1");
  const v1::Loan first = Ask<v1::Loan>(request).value();
  EXPECT_EQ(Ask<v1::Loan>(request)->SerializeAsString(), first.SerializeAsString());
  request.set_amount_fen(20 * kWan);
  EXPECT_EQ(ReasonOf(Ask<v1::Loan>(request).status()), "REQUEST_ID_REUSED");
  EXPECT_EQ(Get(loan.name()).disbursed_fen(), 10 * kWan);
}

TEST_F(Money, IsReversedInThePeriodOfTheReversal) {
  const v1::Loan a = Confirmed(HighTech(1), 300 * kWan);
  const v1::Loan b = Confirmed(HighTech(2), 300 * kWan);
  ASSERT_TRUE(Disburse(a.name(), 100 * kWan, "2022-03-05").ok());
  ASSERT_TRUE(Disburse(b.name(), 50 * kWan, "2022-05-05").ok());
  ASSERT_TRUE(Disburse(b.name(), 20 * kWan, "2023-01-05").ok());
  const auto reversed = ReversePayOut(a.name() + "/disbursements/0001", "2023-01-10");
  ASSERT_TRUE(reversed.ok()) << reversed.status();
  EXPECT_EQ(Get(a.name()).state(), v1::LOAN_STATE_CONFIRMED);
  EXPECT_EQ(ReasonOf(ReversePayOut(reversed->name(), "2023-01-11").status()), "DISBURSEMENT_REVERSED");
  const v1::LoanTotals year = TotalsOf(2022);
  EXPECT_EQ(year.issued().amount_fen(), 150 * kWan);
  EXPECT_EQ(year.issued().enterprise_count(), 2);
  EXPECT_EQ(year.cumulative().enterprise_count(), 2);
  const v1::LoanTotals next = TotalsOf(2023);
  EXPECT_EQ(next.issued().amount_fen(), -80 * kWan);
  EXPECT_EQ(next.issued().enterprise_count(), 1);
  EXPECT_EQ(next.cumulative().amount_fen(), 70 * kWan);
  EXPECT_EQ(next.cumulative().enterprise_count(), 1);
  EXPECT_EQ(next.cumulative().loan_count(), 1);
  EXPECT_EQ(TotalsOf(2021).cumulative().amount_fen(), 0);
}

TEST_F(Money, IsSaidByBankPoolAndClass) {
  const v1::Loan loan = Confirmed(HighTech(1), 300 * kWan);
  ASSERT_TRUE(Disburse(loan.name(), 100 * kWan, "2022-03-05").ok());
  ASSERT_TRUE(Repay(loan.name(), 40 * kWan, "2022-06-05").ok());
  const v1::LoanTotals totals = TotalsOf(2022);
  ASSERT_THAT(totals.banks(), SizeIs(1));
  EXPECT_EQ(totals.banks(0).key(), "banks/nxbank");
  EXPECT_EQ(totals.banks(0).issued().amount_fen(), 100 * kWan);
  EXPECT_EQ(totals.banks(0).outstanding_fen(), 60 * kWan);
  ASSERT_THAT(totals.classes(), SizeIs(1));
  EXPECT_EQ(totals.classes(0).key(), "HNTE");
  EXPECT_EQ(totals.classes(0).cumulative().enterprise_count(), 1);
  ASSERT_THAT(totals.pools(), SizeIs(1));
  EXPECT_EQ(totals.pools(0).issued().loan_count(), 1);
  EXPECT_EQ(totals.outstanding_loan_count(), 1);
  ASSERT_THAT(totals.states(), SizeIs(1));
  EXPECT_EQ(totals.states(0).state(), v1::LOAN_STATE_ACTIVE);
}

TEST_F(Money, ThatIsOverdueIsMarkedPageByPageAndOnce) {
  std::vector<std::string> names;
  for (int i = 1; i <= 5; ++i) {
    names.push_back(Confirmed(HighTech(i), 60 * kWan).name());
    v1::DisburseLoanRequest request;
    request.set_name(names.back());
    request.set_amount_fen(60 * kWan);
    *request.mutable_disburse_date() = On("2022-03-05").ToProto();
    *request.mutable_due_date() = On("2022-12-31").ToProto();
    ASSERT_TRUE(Ask<v1::Loan>(request).ok());
  }
  ASSERT_TRUE(Repay(names[0], 60 * kWan, "2022-12-30").ok());
  v1::MarkOverdueLoansRequest request;
  *request.mutable_day() = On("2023-01-01").ToProto();
  request.set_page_size(3);
  const auto first = Ask<v1::MarkOverdueLoansResponse>(request);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_THAT(first->loans(), SizeIs(3));
  EXPECT_FALSE(first->complete());
  const v1::MarkOverdueLoansResponse second = Ask<v1::MarkOverdueLoansResponse>(request).value();
  EXPECT_THAT(second.loans(), SizeIs(1));
  EXPECT_TRUE(second.complete());
  const int64_t before = JournalLength();
  EXPECT_THAT(Ask<v1::MarkOverdueLoansResponse>(request)->loans(), IsEmpty());
  EXPECT_EQ(JournalLength(), before);
  EXPECT_EQ(TotalsOf(2022).overdue_loan_count(), 4);
  EXPECT_EQ(StatementOf("pools/ningke").overdue_fen(), 240 * kWan);
  const std::string again = Ask<v1::Loan>(AskedLoan(HighTech(2), kWan))->name();
  EXPECT_EQ(ReasonOf(Verb<v1::SubmitLoanRequest>(again).status()), "ENTERPRISE_HAS_OVERDUE");
  EXPECT_EQ(Repay(names[1], 60 * kWan, "2023-02-01")->state(), v1::LOAN_STATE_SETTLED);
  EXPECT_TRUE(Verb<v1::SubmitLoanRequest>(again).ok());
  *request.mutable_day() = On("2023-02-21").ToProto();
  EXPECT_EQ(Ask<v1::MarkOverdueLoansResponse>(request).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(Money, OfAPoolIsPostedTwiceAndNeverNegative) {
  v1::RecordPoolInterestRequest interest;
  interest.set_pool("pools/ningke");
  interest.set_amount_fen(10 * kWan);
  *interest.mutable_posting_date() = On("2022-12-21").ToProto();
  const std::string posted = Ask<v1::Posting>(interest)->name();
  v1::RefundFromPoolRequest refund;
  refund.set_pool("pools/ningke");
  refund.set_contributor("西夏区财政局");
  refund.set_amount_fen(610 * kWan + 1);
  *refund.mutable_posting_date() = On("2022-12-22").ToProto();
  EXPECT_EQ(ReasonOf(Ask<v1::Posting>(refund).status()), "POOL_BALANCE_TOO_LOW");
  refund.set_amount_fen(100 * kWan);
  ASSERT_TRUE(Ask<v1::Posting>(refund).ok());
  const v1::PoolStatement statement = StatementOf("pools/ningke");
  EXPECT_EQ(statement.balance_fen(), 510 * kWan);
  EXPECT_EQ(statement.contributed_fen(), 500 * kWan);
  EXPECT_EQ(statement.interest_fen(), 10 * kWan);
  EXPECT_EQ(statement.capacity_fen(), 5100 * kWan);
  v1::ReversePostingRequest undo;
  undo.set_name(posted);
  undo.set_cause("重复入账");
  *undo.mutable_posting_date() = On("2022-12-23").ToProto();
  ASSERT_TRUE(Ask<v1::Posting>(undo).ok());
  EXPECT_EQ(ReasonOf(Ask<v1::Posting>(undo).status()), "POSTING_REVERSED");
  EXPECT_EQ(StatementOf("pools/ningke").balance_fen(), 500 * kWan);
  v1::ListPostingsRequest list;
  list.set_parent("pools/ningke");
  list.set_order_by("posting_date");
  const auto postings = Ask<v1::ListPostingsResponse>(list);
  ASSERT_TRUE(postings.ok()) << postings.status();
  EXPECT_THAT(postings->postings(), SizeIs(4));
  ledger::TotalsQuery accounts;
  accounts.measure = "account";
  accounts.grouping = "account";
  int64_t sum = 0;
  const auto totals = served_.ledger().Totals(absl::Now() + absl::Seconds(9), accounts);
  ASSERT_TRUE(totals.ok()) << totals.status();
  EXPECT_FALSE(totals->empty());
  for (const ledger::TotalRow& row : *totals) {
    sum += row.amounts.amount_fen;
  }
  EXPECT_EQ(sum, 0);
}

TEST_F(Money, OfALoanIsListedUnderIt) {
  const v1::Loan loan = Confirmed(HighTech(1), 300 * kWan);
  ASSERT_TRUE(Disburse(loan.name(), 100 * kWan, "2022-03-05").ok());
  ASSERT_TRUE(Repay(loan.name(), 40 * kWan, "2022-06-05").ok());
  v1::ListDisbursementsRequest paid;
  paid.set_parent(loan.name());
  EXPECT_THAT(Ask<v1::ListDisbursementsResponse>(paid)->disbursements(), SizeIs(1));
  v1::ListRepaymentsRequest repaid;
  repaid.set_parent("loans/-");
  EXPECT_THAT(Ask<v1::ListRepaymentsResponse>(repaid)->repayments(), SizeIs(1));
  v1::GetBorrowerRequest borrower;
  borrower.set_name("borrowers/" + testing::EnterpriseProcess::CodeOf(1));
  EXPECT_EQ(Ask<v1::Borrower>(borrower)->issues(0).years(0).posted_count(), 1);
}

TEST_F(Money, PartnersKeepTheirNamesToThemselves) {
  v1::CreateBankRequest bank;
  bank.set_bank_id("other");
  bank.mutable_bank()->set_bank_name("宁夏银行");
  EXPECT_EQ(ReasonOf(Ask<v1::Bank>(bank).status()), "NAME_TAKEN");
  bank.mutable_bank()->set_bank_name("石嘴山银行");
  EXPECT_TRUE(Ask<v1::Bank>(bank).ok());
  v1::CreatePoolRequest pool;
  pool.set_pool_id("other");
  pool.mutable_pool()->set_pool_name("资金池ningke");
  EXPECT_EQ(ReasonOf(Ask<v1::Pool>(pool).status()), "NAME_TAKEN");
  v1::UpdateBankRequest suspend;
  suspend.mutable_bank()->set_name("banks/nxbank");
  suspend.mutable_bank()->set_suspended(true);
  suspend.mutable_update_mask()->add_paths("suspended");
  ASSERT_TRUE(Ask<v1::Bank>(suspend).ok());
  const v1::Loan loan = BankApproved(HighTech(1), kWan);
  EXPECT_EQ(ReasonOf(Confirm(loan.name()).status()), "BANK_SUSPENDED");
}

}  // namespace
}  // namespace kechuang::loan
