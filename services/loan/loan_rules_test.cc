#include "services/loan/loan_rules.h"

#include "gtest/gtest.h"

#include "common/base/error.h"
#include "services/loan/pool_rules.h"
#include "services/loan/test_data.h"

namespace kechuang::loan {
namespace {

using testing::BankFirst;
using testing::BureauFirst;
using testing::HighTech;
using testing::kWan;
using testing::Letter;
using testing::On;
using testing::Plain;
using testing::SomeBank;
using testing::SomePolicy;
using testing::SomePool;
using testing::WideRoom;

const Day kToday = On("2022-03-01");

v1::Loan Submitted(v1::Loan loan) { return Submit(loan, HighTech(), SomePolicy(), WideRoom(), kToday).value(); }
v1::Loan BankApproved(int64_t amount) {
  return Recommend(Submitted(BankFirst(amount)), HighTech(), SomePolicy(), WideRoom(), kToday).value();
}
absl::StatusOr<v1::Loan> ConfirmIn(const v1::Loan& loan, const Room& room) {
  return Confirm(loan, Letter("2022-03-01", "2022-06-30"), SomeBank(), SomePool(), SomePolicy(), room, kToday);
}

TEST(Eligibility, TakesHighTechFirstWhateverThePolicysOrder) {
  enterprise::v1::Enterprise both = HighTech();
  enterprise::v1::CertificationPeriod* sme = both.add_certification_periods();
  sme->set_certification_class(enterprise::v1::CERTIFICATION_CLASS_TECH_SME);
  *sme->mutable_valid_from() = On("2020-01-01").ToProto();
  v1::PoolPolicy policy = SomePolicy();
  policy.clear_eligible_classes();
  policy.add_eligible_classes("TECH_SME");
  policy.add_eligible_classes("HNTE");
  EXPECT_EQ(ClassOn(both, policy, kToday), "HNTE");
  EXPECT_EQ(ClassOn(both, policy, On("2021-11-03")), "TECH_SME");
}

TEST(Eligibility, HoldsFromTheFirstToTheLastDayOfTheCertificate) {
  EXPECT_EQ(ClassOn(HighTech(), SomePolicy(), On("2021-11-03")), "");
  EXPECT_EQ(ClassOn(HighTech(), SomePolicy(), On("2021-11-04")), "HNTE");
  EXPECT_EQ(ClassOn(HighTech(), SomePolicy(), On("2024-11-03")), "HNTE");
  EXPECT_EQ(ClassOn(HighTech(), SomePolicy(), On("2024-11-04")), "");
}

TEST(Eligibility, RefusesEachFault) {
  enterprise::v1::Enterprise moved = HighTech();
  moved.set_status(enterprise::v1::ENTERPRISE_STATUS_MOVED_OUT);
  EXPECT_EQ(ReasonOf(EligibleClass(moved, SomePolicy(), 0, kToday).status()), "ENTERPRISE_NOT_ACTIVE");
  v1::PoolPolicy elsewhere = SomePolicy();
  elsewhere.set_division_code("640106");
  EXPECT_EQ(ReasonOf(EligibleClass(HighTech(), elsewhere, 0, kToday).status()), "ENTERPRISE_OUTSIDE_DIVISION");
  EXPECT_EQ(ReasonOf(EligibleClass(Plain(), SomePolicy(), 0, kToday).status()), "ENTERPRISE_CLASS_MISSING");
  EXPECT_EQ(ReasonOf(EligibleClass(HighTech(), SomePolicy(), 1, kToday).status()), "ENTERPRISE_HAS_OVERDUE");
  EXPECT_TRUE(EligibleClass(HighTech(), SomePolicy(), 0, kToday).ok());
}

TEST(Draft, TakesRouteModeAndDayWhereNoneIsSaid) {
  v1::Loan asked = BureauFirst(300 * kWan);
  asked.clear_route();
  asked.clear_mode();
  asked.clear_application_date();
  const v1::Loan loan = Draft(asked, HighTech(), SomePolicy(), kToday).value();
  EXPECT_EQ(loan.route(), v1::LOAN_ROUTE_BANK_FIRST);
  EXPECT_EQ(loan.mode(), v1::LOAN_MODE_BANK_POOL);
  EXPECT_EQ(Day::FromProto(loan.application_date()).value(), kToday);
  EXPECT_EQ(loan.state(), v1::LOAN_STATE_DRAFT);
  EXPECT_EQ(loan.enterprise_name(), HighTech().enterprise_name());
}

TEST(Draft, NamesEveryFaultAtOnce) {
  v1::Loan loan = BureauFirst(300 * kWan);
  loan.clear_bank();
  loan.set_applied_amount_fen(0);
  *loan.mutable_application_date() = On("2022-03-02").ToProto();
  const auto bad = DetailOf<google::rpc::BadRequest>(CheckDraft(loan, kToday).status());
  ASSERT_TRUE(bad.has_value());
  EXPECT_EQ(bad->field_violations_size(), 3);
}

TEST(Submit, NeedsACompleteOpinionOnlyOnRouteBankFirst) {
  v1::Loan loan = BankFirst(300 * kWan);
  loan.mutable_bank_opinion()->set_rate_ppm(0);
  EXPECT_EQ(ReasonOf(Submit(loan, HighTech(), SomePolicy(), WideRoom(), kToday).status()), "BANK_OPINION_MISSING");
  loan.mutable_bank_opinion()->set_rate_ppm(36'500);
  loan.mutable_bank_opinion()->set_positive(false);
  EXPECT_EQ(ReasonOf(Submit(loan, HighTech(), SomePolicy(), WideRoom(), kToday).status()), "BANK_OPINION_MISSING");
  EXPECT_TRUE(Submit(BureauFirst(300 * kWan), HighTech(), SomePolicy(), WideRoom(), kToday).ok());
}

TEST(Submit, KeepsTheClassAndThePolicyItWasDecidedUnder) {
  const v1::Loan loan = Submitted(BankFirst(300 * kWan));
  EXPECT_EQ(loan.state(), v1::LOAN_STATE_SUBMITTED);
  EXPECT_EQ(loan.enterprise_class(), "HNTE");
  EXPECT_EQ(Day::FromProto(loan.eligibility_date()).value(), kToday);
  EXPECT_EQ(Day::FromProto(loan.policy_valid_from()).value(), On("2020-01-01"));
}

TEST(Recommend, LeadsToTheBankOrPastItByRoute) {
  const v1::Loan bureau =
      Recommend(Submitted(BureauFirst(300 * kWan)), HighTech(), SomePolicy(), WideRoom(), kToday).value();
  EXPECT_EQ(bureau.state(), v1::LOAN_STATE_RECOMMENDED);
  EXPECT_EQ(bureau.approved_amount_fen(), 0);
  const v1::Loan bank = BankApproved(300 * kWan);
  EXPECT_EQ(bank.state(), v1::LOAN_STATE_BANK_APPROVED);
  EXPECT_EQ(bank.approved_amount_fen(), 300 * kWan);
  EXPECT_EQ(bank.term_months(), 12);
}

TEST(Recommend, LooksAgainWhetherTheBorrowerIsEligible) {
  const auto late = Recommend(Submitted(BankFirst(300 * kWan)), HighTech(), SomePolicy(), WideRoom(), On("2024-11-04"));
  EXPECT_EQ(ReasonOf(late.status()), "ENTERPRISE_CLASS_MISSING");
}

TEST(Return, GivesTheDraftBackAndKeepsTheReason) {
  const v1::Loan loan = Return(Submitted(BankFirst(kWan)), "缺少财务报表").value();
  EXPECT_EQ(loan.state(), v1::LOAN_STATE_DRAFT);
  EXPECT_EQ(loan.state_reason(), "缺少财务报表");
  EXPECT_EQ(Submitted(loan).state_reason(), "");
}

TEST(BankApprove, RefusesMoreThanAppliedOrAllowed) {
  const v1::Loan loan =
      Recommend(Submitted(BureauFirst(300 * kWan)), HighTech(), SomePolicy(), WideRoom(), kToday).value();
  const auto reason = [&](const Approval& approval, const Room& room) {
    return ReasonOf(BankApprove(loan, approval, SomePolicy(), room).status());
  };
  EXPECT_EQ(reason({300 * kWan + 1, 36'500, 12}, WideRoom()), "LOAN_ABOVE_APPLIED");
  EXPECT_EQ(reason({300 * kWan, 65'001, 12}, WideRoom()), "RATE_ABOVE_CEILING");
  EXPECT_EQ(reason({300 * kWan, 65'000, 13}, WideRoom()), "TERM_ABOVE_LIMIT");
  EXPECT_EQ(reason({300 * kWan, 65'000, 12}, {700 * kWan + 1, 0, 0, 0}), "ENTERPRISE_CAP_EXCEEDED");
  EXPECT_EQ(reason({300 * kWan, 65'000, 12}, {700 * kWan, 0, 0, 0}), "");
}

TEST(Confirm, HoldsTheCapToTheFenByClass) {
  const v1::Loan high = BankApproved(300 * kWan);
  EXPECT_TRUE(ConfirmIn(high, {700 * kWan, 0, 6000 * kWan, 0}).ok());
  EXPECT_EQ(ReasonOf(ConfirmIn(high, {700 * kWan + 1, 0, 6000 * kWan, 0}).status()), "ENTERPRISE_CAP_EXCEEDED");
  v1::Loan other = high;
  other.set_enterprise_class("TECH_SME");
  EXPECT_TRUE(ConfirmIn(other, {200 * kWan, 0, 6000 * kWan, 0}).ok());
  EXPECT_EQ(ReasonOf(ConfirmIn(other, {200 * kWan + 1, 0, 6000 * kWan, 0}).status()), "ENTERPRISE_CAP_EXCEEDED");
}

TEST(Confirm, HoldsTheLeverageToTheFen) {
  const v1::Loan loan = BankApproved(300 * kWan);
  EXPECT_TRUE(ConfirmIn(loan, {0, 5700 * kWan, 600 * kWan, 0}).ok());
  EXPECT_EQ(ReasonOf(ConfirmIn(loan, {0, 5700 * kWan + 1, 600 * kWan, 0}).status()), "POOL_LEVERAGE_EXCEEDED");
  EXPECT_EQ(ReasonOf(ConfirmIn(loan, {0, 0, 0, 0}).status()), "POOL_LEVERAGE_EXCEEDED");
}

TEST(Confirm, RefusesSuspendedPartnersAndLettersOutOfOrder) {
  const v1::Loan loan = BankApproved(300 * kWan);
  v1::Bank bank = SomeBank();
  bank.set_suspended(true);
  v1::Pool pool = SomePool();
  pool.set_suspended(true);
  const v1::ConsentLetter letter = Letter("2022-03-01", "2022-06-30");
  const auto reason = [&](const v1::ConsentLetter& sent, const v1::Bank& lender, const v1::Pool& behind) {
    return Confirm(loan, sent, lender, behind, SomePolicy(), WideRoom(), kToday).status();
  };
  EXPECT_EQ(ReasonOf(reason(letter, bank, SomePool())), "BANK_SUSPENDED");
  EXPECT_EQ(ReasonOf(reason(letter, SomeBank(), pool)), "POOL_SUSPENDED");
  EXPECT_EQ(reason(Letter("2022-03-02", "2022-06-30"), SomeBank(), SomePool()).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(reason(Letter("2022-03-01", "2022-02-28"), SomeBank(), SomePool()).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(reason(Letter("2022-03-01", "2022-03-01"), SomeBank(), SomePool()).ok());
}

TEST(Cancel, TakesAnExpiredLetterOnlyAfterItsLastDay) {
  const v1::Loan loan = testing::Confirmed(300 * kWan);
  EXPECT_EQ(ReasonOf(Cancel(loan, true, "", On("2022-06-30")).status()), "CONSENT_NOT_EXPIRED");
  EXPECT_EQ(Cancel(loan, true, "", On("2022-07-01")).value().state(), v1::LOAN_STATE_CANCELLED);
  EXPECT_EQ(Cancel(loan, false, "企业放弃", kToday).value().state_reason(), "企业放弃");
}

TEST(RejectAndWithdraw, EndAnApplicationThatIsUnderWay) {
  EXPECT_EQ(Reject(Submitted(BankFirst(kWan)), "不符合条件").value().state(), v1::LOAN_STATE_REJECTED);
  EXPECT_EQ(Withdraw(BankApproved(kWan), "").value().state(), v1::LOAN_STATE_WITHDRAWN);
  EXPECT_EQ(ReasonOf(Reject(BankFirst(kWan), "x").status()), "LOAN_WRONG_STATE");
  EXPECT_EQ(ReasonOf(Withdraw(testing::Confirmed(kWan), "x").status()), "LOAN_WRONG_STATE");
}

}  // namespace
}  // namespace kechuang::loan
