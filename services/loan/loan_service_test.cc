#include <atomic>
#include <string>
#include <vector>

#include "services/loan/service_test_fixture.h"

namespace kechuang::loan {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

std::vector<std::string> FaultyFields(const absl::Status& status) {
  std::vector<std::string> fields;
  const auto bad = DetailOf<google::rpc::BadRequest>(status);
  if (!bad.has_value()) return fields;
  for (const auto& violation : bad->field_violations()) fields.push_back(violation.field());
  return fields;
}

class Application : public LoanServiceTest {
 protected:
  void SetUp() override {
    LoanServiceTest::SetUp();
    MakePool();
    MakeBank();
  }
};

TEST_F(Application, GoesByTheBankFirst) {
  const auto draft = Ask<v1::Loan>(AskedLoan(HighTech(1), 300 * kWan));
  ASSERT_TRUE(draft.ok()) << draft.status();
  EXPECT_EQ(draft->state(), v1::LOAN_STATE_DRAFT);
  EXPECT_EQ(draft->enterprise_name(), "宁夏第1科技有限公司");
  EXPECT_EQ(Verb<v1::SubmitLoanRequest>(draft->name())->enterprise_class(), "HNTE");
  EXPECT_EQ(Verb<v1::RecommendLoanRequest>(draft->name())->state(), v1::LOAN_STATE_BANK_APPROVED);
  const auto confirmed = Confirm(draft->name());
  ASSERT_TRUE(confirmed.ok()) << confirmed.status();
  EXPECT_EQ(StatementOf("pools/ningke").committed_fen(), 300 * kWan);
  EXPECT_EQ(Disburse(draft->name(), 100 * kWan, "2022-03-05")->state(), v1::LOAN_STATE_ACTIVE);
  EXPECT_EQ(Disburse(draft->name(), 200 * kWan, "2022-04-05")->outstanding_fen(), 300 * kWan);
  const auto settled = Repay(draft->name(), 300 * kWan, "2022-12-05");
  ASSERT_TRUE(settled.ok()) << settled.status();
  EXPECT_EQ(settled->state(), v1::LOAN_STATE_SETTLED);
  EXPECT_EQ(Get(draft->name()).SerializeAsString(), settled->SerializeAsString());
  EXPECT_EQ(StatementOf("pools/ningke").committed_fen(), 0);
}

TEST_F(Application, GoesByTheBureauFirst) {
  v1::CreateLoanRequest request = AskedLoan(HighTech(1), 300 * kWan);
  request.set_loan_id("2022-0007");
  request.mutable_loan()->set_route(v1::LOAN_ROUTE_BUREAU_FIRST);
  request.mutable_loan()->clear_bank_opinion();
  const std::string name = Ask<v1::Loan>(request)->name();
  EXPECT_EQ(name, "loans/2022-0007");
  ASSERT_TRUE(Verb<v1::SubmitLoanRequest>(name).ok());
  EXPECT_EQ(Verb<v1::ReturnLoanRequest>(name, "缺少财务报表")->state(), v1::LOAN_STATE_DRAFT);
  ASSERT_TRUE(Verb<v1::SubmitLoanRequest>(name).ok());
  EXPECT_EQ(Verb<v1::RecommendLoanRequest>(name)->state(), v1::LOAN_STATE_RECOMMENDED);
  v1::BankApproveLoanRequest approve;
  approve.set_name(name);
  approve.set_amount_fen(200 * kWan);
  approve.set_rate_ppm(38'500);
  approve.set_term_months(6);
  EXPECT_EQ(Ask<v1::Loan>(approve)->approved_amount_fen(), 200 * kWan);
  ASSERT_TRUE(Confirm(name).ok());
  EXPECT_EQ(Verb<v1::CancelLoanRequest>(name, "企业放弃")->state(), v1::LOAN_STATE_CANCELLED);
  const auto late = Disburse(name, kWan, "2022-03-05");
  EXPECT_EQ(ReasonOf(late.status()), "LOAN_WRONG_STATE");
  EXPECT_NE(std::string(late.status().message()).find("CANCELLED"), std::string::npos);
}

TEST_F(Application, IsRefusedForBorrowersThatAreNotEligible) {
  EXPECT_EQ(ReasonOf(Ask<v1::Loan>(AskedLoan("enterprises/none", kWan)).status()), "ENTERPRISE_UNKNOWN");
  const std::string name = Ask<v1::Loan>(AskedLoan(WithoutClass(), kWan))->name();
  EXPECT_EQ(ReasonOf(Verb<v1::SubmitLoanRequest>(name).status()), "ENTERPRISE_CLASS_MISSING");
  EXPECT_EQ(Get(name).state(), v1::LOAN_STATE_DRAFT);
}

TEST_F(Application, NamesEveryFaultAtOnce) {
  v1::CreateLoanRequest request;
  request.mutable_loan()->set_applied_amount_fen(-1);
  request.mutable_loan()->set_route(static_cast<v1::LoanRoute>(17));
  request.mutable_loan()->mutable_application_date()->set_year(2022);
  EXPECT_THAT(FaultyFields(Ask<v1::Loan>(request).status()),
              UnorderedElementsAre("loan.enterprise", "loan.bank", "loan.pool", "loan.route", "loan.application_date",
                                   "loan.applied_amount_fen"));
  request = AskedLoan(HighTech(1), 9'100'000'000'000'000);
  EXPECT_THAT(FaultyFields(Ask<v1::Loan>(request).status()),
              UnorderedElementsAre("loan.applied_amount_fen", "loan.bank_opinion.amount_fen"));
  request = AskedLoan(HighTech(1), kWan);
  request.set_loan_id("Ä");
  EXPECT_THAT(FaultyFields(Ask<v1::Loan>(request).status()), ElementsAre("loan_id"));
  request.clear_loan_id();
  request.mutable_loan()->set_bank("nxbank");
  request.mutable_loan()->set_enterprise("91640105MA000001X");
  EXPECT_THAT(FaultyFields(Ask<v1::Loan>(request).status()), UnorderedElementsAre("loan.bank", "loan.enterprise"));
  request = AskedLoan(HighTech(1), kWan);
  request.mutable_loan()->set_bank("banks/none");
  EXPECT_EQ(ReasonOf(Ask<v1::Loan>(request).status()), "RECORD_NOT_FOUND");
}

TEST_F(Application, ChangesOnlyAsADraftAndOnlyWhatMayChange) {
  const v1::Loan draft = Ask<v1::Loan>(AskedLoan(HighTech(1), 300 * kWan)).value();
  v1::UpdateLoanRequest request;
  request.mutable_loan()->set_name(draft.name());
  request.mutable_loan()->set_applied_amount_fen(200 * kWan);
  request.mutable_loan()->mutable_bank_opinion()->set_amount_fen(200 * kWan);
  request.mutable_update_mask()->add_paths("applied_amount_fen");
  request.mutable_update_mask()->add_paths("bank_opinion.amount_fen");
  request.set_etag(draft.etag());
  const auto changed = Ask<v1::Loan>(request);
  ASSERT_TRUE(changed.ok()) << changed.status();
  EXPECT_EQ(changed->applied_amount_fen(), 200 * kWan);
  EXPECT_EQ(changed->bank_opinion().rate_ppm(), 36'500);
  EXPECT_EQ(ReasonOf(Ask<v1::Loan>(request).status()), "ETAG_MISMATCH");
  request.clear_etag();
  request.mutable_update_mask()->clear_paths();
  request.mutable_update_mask()->add_paths("state");
  request.mutable_loan()->set_state(v1::LOAN_STATE_ACTIVE);
  EXPECT_THAT(FaultyFields(Ask<v1::Loan>(request).status()), ElementsAre("loan.state"));
  request.mutable_update_mask()->set_paths(0, "enterprise");
  request.mutable_loan()->set_enterprise(HighTech(2));
  EXPECT_THAT(FaultyFields(Ask<v1::Loan>(request).status()), ElementsAre("loan.enterprise"));
  ASSERT_TRUE(Verb<v1::SubmitLoanRequest>(draft.name()).ok());
  request.mutable_update_mask()->set_paths(0, "remark");
  EXPECT_EQ(ReasonOf(Ask<v1::Loan>(request).status()), "LOAN_WRONG_STATE");
}

TEST_F(Application, RepeatGivesTheFirstAnswerAndValidateOnlyLeavesNoTrace) {
  v1::CreateLoanRequest request = AskedLoan(HighTech(1), 300 * kWan);
  request.set_validate_only(true);
  const int64_t before = JournalLength();
  ASSERT_TRUE(Ask<v1::Loan>(request).ok());
  EXPECT_EQ(JournalLength(), before);
  request.set_validate_only(false);
  request.set_request_id("r-1");
  const v1::Loan first = Ask<v1::Loan>(request).value();
  EXPECT_EQ(Ask<v1::Loan>(request)->SerializeAsString(), first.SerializeAsString());
  EXPECT_EQ(JournalLength(), before + 1);
}

TEST_F(Application, FailsWhileNobodyAnswersForEnterprises) {
  std::unique_ptr<LoanService> alone;
  ::kechuang::testing::ServedRegister served(LoanProgram(alone), {{"enterprise", "127.0.0.1:1"}});
  const auto refused = served.Ask<v1::LoanService, v1::Loan>(AskedLoan("enterprises/a", kWan));
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kUnavailable) << refused.status();
}

TEST_F(Application, ListsByStateAndBank) {
  const v1::Loan draft = Ask<v1::Loan>(AskedLoan(HighTech(1), 300 * kWan)).value();
  const v1::Loan confirmed = Confirmed(HighTech(2), 300 * kWan);
  v1::ListLoansRequest request;
  request.set_filter("state = CONFIRMED AND bank = \"banks/nxbank\"");
  const auto page = Ask<v1::ListLoansResponse>(request);
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->loans_size(), 1);
  EXPECT_EQ(page->loans(0).name(), confirmed.name());
  v1::BatchGetLoansRequest several;
  several.add_names(confirmed.name());
  several.add_names(draft.name());
  EXPECT_EQ(Ask<v1::BatchGetLoansResponse>(several)->loans(1).name(), draft.name());
}

TEST_F(Application, StopsAtTheCapHoweverManyConfirmAtOnce) {
  MakePool("wide", 100'000 * kWan);
  constexpr int kLoans = 40;
  std::vector<std::string> names;
  for (int i = 0; i < kLoans; ++i) {
    v1::CreateLoanRequest request = AskedLoan(HighTech(1), 100 * kWan);
    request.mutable_loan()->set_pool("pools/wide");
    const std::string name = Ask<v1::Loan>(request)->name();
    ASSERT_TRUE(Verb<v1::SubmitLoanRequest>(name).ok());
    ASSERT_TRUE(Verb<v1::RecommendLoanRequest>(name).ok());
    names.push_back(name);
  }
  std::atomic<int> confirmed = 0, refused = 0;
  Concurrently(kLoans, 20, [&](int i) {
    const auto answer = Confirm(names[static_cast<size_t>(i)]);
    if (answer.ok()) ++confirmed;
    if (ReasonOf(answer.status()) == "ENTERPRISE_CAP_EXCEEDED") ++refused;
  });
  EXPECT_EQ(confirmed, 10);
  EXPECT_EQ(refused, kLoans - 10);
  EXPECT_EQ(StatementOf("pools/wide").committed_fen(), 1000 * kWan);
}

TEST_F(Application, StopsAtTheLeverageOfThePool) {
  MakePool("small", 20 * kWan);
  int confirmed = 0;
  for (int i = 1; i <= 4; ++i) {
    v1::CreateLoanRequest request = AskedLoan(HighTech(i), 60 * kWan);
    request.mutable_loan()->set_pool("pools/small");
    const std::string name = Ask<v1::Loan>(request)->name();
    ASSERT_TRUE(Verb<v1::SubmitLoanRequest>(name).ok());
    ASSERT_TRUE(Verb<v1::RecommendLoanRequest>(name).ok());
    const auto answer = Confirm(name);
    if (answer.ok()) ++confirmed;
    EXPECT_EQ(ReasonOf(answer.status()), i <= 3 ? "" : "POOL_LEVERAGE_EXCEEDED");
  }
  EXPECT_EQ(confirmed, 3);
  EXPECT_EQ(StatementOf("pools/small").headroom_fen(), 20 * kWan);
}

}  // namespace
}  // namespace kechuang::loan
