#include <map>
#include <string>
#include <vector>

#include "kechuang/loan/v1/loan_journal_service.grpc.pb.h"
#include "services/loan/service_test_fixture.h"

namespace kechuang::loan {
namespace {

using ledger::v1::RowOutcome;
using ::testing::Each;
using ::testing::ElementsAre;

constexpr auto kInserted = RowOutcome::KIND_INSERTED;
constexpr auto kChanged = RowOutcome::KIND_CHANGED;
constexpr auto kUnchanged = RowOutcome::KIND_UNCHANGED;
constexpr auto kRejected = RowOutcome::KIND_REJECTED;

std::vector<RowOutcome::Kind> KindsOf(const std::vector<RowOutcome>& outcomes) {
  std::vector<RowOutcome::Kind> kinds;
  for (const RowOutcome& outcome : outcomes) kinds.push_back(outcome.kind());
  return kinds;
}

// The reason of a rejected row.
std::string ReasonIn(const RowOutcome& outcome) {
  for (const google::protobuf::Any& detail : outcome.error().details()) {
    google::rpc::ErrorInfo info;
    if (detail.UnpackTo(&info)) return info.reason();
  }
  return "";
}

v1::ImportLoanRow PoolRow(const std::string& contributor, int64_t amount) {
  v1::ImportLoanRow row;
  row.mutable_pool()->set_pool_name("宁科贷资金池");
  row.mutable_pool()->set_pool_id("ningke");
  row.mutable_pool()->set_contributor(contributor);
  row.mutable_pool()->set_amount_fen(amount);
  *row.mutable_pool()->mutable_contribution_date() = On("2019-05-01").ToProto();
  return row;
}

v1::ImportLoanRow BankRow(const std::string& bank_name) {
  v1::ImportLoanRow row;
  row.mutable_bank()->set_bank_name(bank_name + "股份有限公司");
  row.mutable_bank()->add_short_names(bank_name);
  return row;
}

v1::ImportLoanRow LoanRow(int enterprise, int64_t amount, absl::string_view day) {
  v1::ImportLoanRow row;
  v1::ImportLoan& loan = *row.mutable_loan();
  loan.set_credit_code(testing::EnterpriseProcess::CodeOf(enterprise));
  loan.set_bank_name("宁夏银行");
  loan.set_pool("pools/ningke");
  loan.set_amount_fen(amount);
  if (!day.empty()) *loan.mutable_disburse_date() = On(day).ToProto();
  return row;
}

class LoanImport : public LoanServiceTest {
 protected:
  void SetUp() override {
    LoanServiceTest::SetUp();
    for (int i = 1; i <= 8; ++i) HighTech(i);
  }
  // The pool and the bank that the rows of most tests speak of.
  void MakeParents() {
    ASSERT_THAT(
        KindsOf(Import({PoolRow("西夏区财政局", 300 * kWan), PoolRow("自治区科技厅", 300 * kWan), BankRow("宁夏银行")},
                       "parents")),
        Each(kInserted));
  }
};

TEST_F(LoanImport, GivesTheFiguresOfTheDistrictAndChangesNothingTheSecondTime) {
  MakeParents();
  EXPECT_EQ(StatementOf("pools/ningke").balance_fen(), 600 * kWan);
  std::vector<v1::ImportLoanRow> rows;
  const int64_t amounts[] = {300, 300, 200, 200, 100, 90};
  for (int i = 0; i < 6; ++i) rows.push_back(LoanRow(i + 1, amounts[i] * kWan, "2022-06-15"));
  rows.push_back(LoanRow(7, 1520 * kWan, "2020-04-01"));
  rows.push_back(LoanRow(8, 1000 * kWan, "2021-04-01"));
  rows[0].mutable_loan()->set_outstanding_fen(100 * kWan);
  rows[6].mutable_loan()->set_outstanding_fen(0);
  rows.push_back(LoanRow(1, 500 * kWan, ""));
  rows.back().mutable_loan()->set_state(v1::LOAN_STATE_REJECTED);
  rows.push_back(LoanRow(2, 500 * kWan, ""));
  rows.back().mutable_loan()->set_state(v1::LOAN_STATE_CANCELLED);
  rows.push_back(LoanRow(7, 400 * kWan, "2022-07-01"));
  *rows.back().mutable_loan()->mutable_reverse_date() = On("2022-07-08").ToProto();
  rows.push_back(LoanRow(8, 250 * kWan, "2023-01-16"));
  const auto first = Import(rows, "first");
  ASSERT_THAT(KindsOf(first), Each(kInserted)) << first[0].error().message();

  const v1::LoanTotals totals = TotalsOf(2022);
  EXPECT_EQ(totals.issued().enterprise_count(), 6);
  EXPECT_EQ(totals.issued().amount_fen(), 1190 * kWan);
  EXPECT_EQ(totals.cumulative().amount_fen(), 3710 * kWan);
  EXPECT_EQ(totals.cumulative().enterprise_count(), 8);
  EXPECT_EQ(Get(first[0].name()).outstanding_fen(), 100 * kWan);
  EXPECT_EQ(Get(first[6].name()).state(), v1::LOAN_STATE_SETTLED);
  EXPECT_EQ(Get(first[8].name()).state(), v1::LOAN_STATE_REJECTED);
  EXPECT_EQ(Get(first[10].name()).state(), v1::LOAN_STATE_CANCELLED);

  const int64_t head = JournalLength();
  EXPECT_THAT(KindsOf(Import(rows, "first")), Each(kUnchanged));
  EXPECT_THAT(KindsOf(Import(rows, "second")), Each(kUnchanged));
  EXPECT_EQ(JournalLength(), head);
}

TEST_F(LoanImport, RejectsWhatHasNoParentAndSaysWhich) {
  MakeParents();
  std::vector<v1::ImportLoanRow> rows(4, LoanRow(1, kWan, "2022-06-15"));
  rows[0].mutable_loan()->set_credit_code(testing::EnterpriseProcess::CodeOf(999'999));
  rows[1].mutable_loan()->set_bank_name("无名银行");
  rows[2].mutable_loan()->set_pool("pools/none");
  rows[3].mutable_loan()->clear_credit_code();
  rows[3].mutable_loan()->set_enterprise_name("宁夏第1科技有限公司");
  const auto outcomes = Import(rows, "orphans");
  EXPECT_THAT(KindsOf(outcomes), ElementsAre(kRejected, kRejected, kRejected, kInserted));
  EXPECT_EQ(ReasonIn(outcomes[0]), "ENTERPRISE_UNKNOWN");
  EXPECT_EQ(ReasonIn(outcomes[1]), "BANK_UNKNOWN");
  EXPECT_EQ(ReasonIn(outcomes[2]), "POOL_UNKNOWN");
}

TEST_F(LoanImport, MakesBanksAndPoolsWhereTheRowAllowsIt) {
  std::vector<v1::ImportLoanRow> rows = {LoanRow(1, kWan, "2022-06-15"), LoanRow(2, kWan, "2022-06-16")};
  for (v1::ImportLoanRow& row : rows) row.mutable_loan()->set_create_missing(true);
  ASSERT_THAT(KindsOf(Import(rows, "dry", /*validate_only=*/true)), Each(kInserted));
  EXPECT_EQ(JournalLength(), 0);
  ASSERT_THAT(KindsOf(Import(rows, "make")), Each(kInserted));
  EXPECT_EQ(Ask<v1::ListBanksResponse>(v1::ListBanksRequest())->banks_size(), 1);
  v1::GetPoolRequest request;
  request.set_name("pools/ningke");
  const auto pool = Ask<v1::Pool>(request);
  ASSERT_TRUE(pool.ok()) << pool.status();
  EXPECT_EQ(pool->policies(0).leverage_multiple(), 10);
  EXPECT_FALSE(pool->policies(0).verified());
}

TEST_F(LoanImport, NeverChangesMoneyAndTakesNewWords) {
  MakeParents();
  v1::ImportLoanRow row = LoanRow(1, 300 * kWan, "2022-06-15");
  const auto first = Import({row}, "a");
  row.mutable_loan()->set_guarantee_type("信用");
  const auto words = Import({row}, "b");
  EXPECT_THAT(KindsOf(words), ElementsAre(kChanged));
  EXPECT_EQ(Get(first[0].name()).guarantee_type(), "信用");
  row.mutable_loan()->set_amount_fen(400 * kWan);
  const auto money = Import({row}, "c");
  ASSERT_THAT(KindsOf(money), ElementsAre(kRejected));
  EXPECT_EQ(ReasonIn(money[0]), "IMPORT_MONEY_CHANGED");
  EXPECT_EQ(Get(first[0].name()).disbursed_fen(), 300 * kWan);
}

TEST_F(LoanImport, KeepsEqualRowsApartByTheirOrdinal) {
  MakeParents();
  std::vector<v1::ImportLoanRow> rows(2, LoanRow(1, 300 * kWan, "2022-06-15"));
  rows[1].mutable_loan()->set_ordinal(1);
  const auto outcomes = Import(rows, "twins");
  EXPECT_THAT(KindsOf(outcomes), Each(kInserted));
  EXPECT_EQ(TotalsOf(2022).issued().amount_fen(), 600 * kWan);
  EXPECT_EQ(TotalsOf(2022).issued().enterprise_count(), 1);
}

TEST_F(LoanImport, NamesEveryFaultOfARow) {
  MakeParents();
  v1::ImportLoanRow row = LoanRow(1, 300 * kWan, "2022-06-15");
  row.mutable_loan()->set_amount_fen(-5);
  row.mutable_loan()->set_credit_code("91640105MA0000009X");
  row.mutable_loan()->mutable_disburse_date()->set_day(31);
  const auto outcomes = Import({row, v1::ImportLoanRow()}, "bad");
  ASSERT_THAT(KindsOf(outcomes), ElementsAre(kRejected, kRejected));
  google::rpc::BadRequest bad;
  for (const google::protobuf::Any& detail : outcomes[0].error().details()) detail.UnpackTo(&bad);
  EXPECT_EQ(bad.field_violations_size(), 3);
}

TEST_F(LoanImport, RevertsWithMoneyBorrowersAndParents) {
  MakeParents();
  const v1::LoanTotals before = TotalsOf(2022);
  v1::ImportLoanRow elsewhere = LoanRow(3, 20 * kWan, "2022-06-01");
  elsewhere.mutable_loan()->set_bank_name("银川银行");
  elsewhere.mutable_loan()->set_create_missing(true);
  const std::vector<RowOutcome> outcomes =
      Import({LoanRow(1, 100 * kWan, "2022-03-01"), LoanRow(1, 50 * kWan, "2022-04-01"),
              LoanRow(2, 80 * kWan, "2022-05-01"), elsewhere},
             "loans");
  ASSERT_THAT(KindsOf(outcomes), Each(kInserted));
  ASSERT_TRUE(Repay(outcomes[0].name(), 10 * kWan, "2022-12-01").ok());

  ledger::v1::RevertImportRequest request;
  request.set_name("imports/loans");
  request.set_reason("文件选错了");
  request.set_validate_only(true);
  const auto expected = served_.Ask<v1::LoanJournal, ledger::v1::RevertImportResponse>(request);
  request.set_validate_only(false);
  const auto reverted = served_.Ask<v1::LoanJournal, ledger::v1::RevertImportResponse>(request);
  ASSERT_TRUE(reverted.ok()) << reverted.status();
  ASSERT_TRUE(expected.ok()) << expected.status();
  EXPECT_EQ(expected->import().kept_count(), reverted->import().kept_count());
  EXPECT_EQ(expected->import().removed_count(), reverted->import().removed_count());
  // The first loan was repaid in part, so its row stays whole; the other loan of the same borrower goes.
  std::vector<std::string> kept;
  for (const auto& change : reverted->kept()) kept.push_back(change.record());
  EXPECT_THAT(kept, ::testing::UnorderedElementsAre(outcomes[0].name(), outcomes[0].name() + "/disbursements/0001",
                                                    ::testing::StartsWith("borrowers/")));
  const v1::LoanTotals after = TotalsOf(2022);
  EXPECT_EQ(after.issued().amount_fen() - before.issued().amount_fen(), 100 * kWan);
  EXPECT_EQ(after.issued().enterprise_count() - before.issued().enterprise_count(), 1);
  v1::GetLoanRequest gone;
  gone.set_name(outcomes[1].name());
  EXPECT_EQ(ReasonOf(Ask<v1::Loan>(gone).status()), "RECORD_NOT_FOUND");
  v1::ListBanksRequest banks;
  EXPECT_EQ(Ask<v1::ListBanksResponse>(banks)->banks_size(), 1) << "the bank that only the import needed is gone";
}

TEST_F(LoanImport, RevertOfParentsLeavesAloneWhatIsInUse) {
  MakeParents();
  ASSERT_THAT(KindsOf(Import({LoanRow(1, 100 * kWan, "2022-03-01")}, "loans")), Each(kInserted));
  ledger::v1::RevertImportRequest request;
  request.set_name("imports/parents");
  request.set_reason("文件选错了");
  const auto reverted = served_.Ask<v1::LoanJournal, ledger::v1::RevertImportResponse>(request);
  ASSERT_TRUE(reverted.ok()) << reverted.status();
  std::vector<std::string> in_use;
  for (const auto& change : reverted->kept()) {
    if (change.cause() == ledger::v1::KeptChange::CAUSE_IN_USE) in_use.push_back(change.record());
  }
  EXPECT_THAT(in_use, ::testing::UnorderedElementsAre("pools/ningke", ::testing::StartsWith("banks/")));
}

TEST_F(LoanImport, KeepsWhatARowLeavesOutAndClearsWhatItSays) {
  MakeParents();
  v1::ImportLoanRow full = LoanRow(1, 100 * kWan, "2022-03-01");
  full.mutable_loan()->set_guarantee_type("信用");
  full.mutable_loan()->set_remark("首贷");
  *full.mutable_loan()->mutable_due_date() = On("2023-03-01").ToProto();
  const std::string name = Import({full}, "one")[0].name();
  EXPECT_THAT(KindsOf(Import({LoanRow(1, 100 * kWan, "2022-03-01")}, "sparse")), ElementsAre(kUnchanged));
  v1::ImportLoanRow clearing = LoanRow(1, 100 * kWan, "2022-03-01");
  clearing.mutable_clear_mask()->add_paths("remark");
  EXPECT_THAT(KindsOf(Import({clearing}, "clearing")), ElementsAre(kChanged));
  EXPECT_EQ(Get(name).remark(), "");
  EXPECT_EQ(Get(name).guarantee_type(), "信用");
  clearing.mutable_clear_mask()->add_paths("due_date");
  EXPECT_THAT(KindsOf(Import({clearing}, "bad")), ElementsAre(kRejected));
}

}  // namespace
}  // namespace kechuang::loan
