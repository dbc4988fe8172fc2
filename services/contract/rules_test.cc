#include "services/contract/rules.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "services/contract/keys.h"
#include "services/contract/life_cycle.h"
#include "services/contract/test_contract.h"

namespace kechuang::contract {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const Day kToday = DayOf(2022, 3, 10);

v1::Contract InState(v1::ContractState state) {
  v1::Contract contract = CompleteDraft();
  contract.set_state(state);
  *contract.mutable_accept_date() = DayOf(2022, 3, 2).ToProto();
  contract.set_rule_set(v1::RULE_SET_RS2000);
  return contract;
}

v1::Contract Registered() {
  v1::Contract contract = InState(v1::CONTRACT_STATE_REGISTERED);
  contract.set_registration_number("2022640105000001");
  *contract.mutable_registration_date() = DayOf(2022, 3, 5).ToProto();
  contract.set_version(1);
  return contract;
}

TEST(Create, MakesADraftOfTheServicesRegistry) {
  v1::Contract asked = CompleteDraft();
  asked.clear_registry_division_code();
  asked.set_contract_class(v1::CONTRACT_CLASS_LICENSE);
  asked.set_subclass(v1::CONTRACT_SUBCLASS_PATENT_LICENSE);
  asked.mutable_seller()->set_credit_code("１１６４０１０３０１００９４０３９ｑ");
  asked.mutable_foreign_price();
  const auto draft = rules::Create(asked, {});
  ASSERT_TRUE(draft.ok()) << draft.status();
  EXPECT_EQ(draft->state(), v1::CONTRACT_STATE_DRAFT);
  EXPECT_EQ(draft->source(), v1::CONTRACT_SOURCE_FILED);
  EXPECT_EQ(draft->registry_division_code(), "640105");
  EXPECT_EQ(draft->legacy_class(), v1::CONTRACT_CLASS_TRANSFER);
  EXPECT_EQ(draft->seller().credit_code(), "11640103010094039Q");
  EXPECT_FALSE(draft->has_foreign_price());
}

TEST(Create, NamesEveryFaultAtOnce) {
  v1::Contract asked;
  asked.set_registration_number("2022640105000001");
  *asked.mutable_registration_date() = kToday.ToProto();
  asked.set_contract_class(v1::CONTRACT_CLASS_SERVICE);
  asked.set_subclass(v1::CONTRACT_SUBCLASS_PATENT_TRANSFER);
  asked.set_total_amount_fen(100);
  asked.set_technical_amount_fen(101);
  asked.mutable_seller()->set_party_type("2A");
  asked.mutable_buyer()->set_country_code("CHN");
  *asked.mutable_valid_from() = DayOf(2022, 5, 2).ToProto();
  *asked.mutable_valid_to() = DayOf(2022, 5, 1).ToProto();
  asked.mutable_foreign_price()->set_currency_code("USD");
  EXPECT_THAT(
      FaultsOf(rules::Create(asked, {}).status()),
      ElementsAre("contract.contract_name: FIELD_REQUIRED", "contract.registration_number: NUMBER_NOT_YOURS",
                  "contract.registration_date: NUMBER_NOT_YOURS", "contract.subclass: SUBCLASS_OF_OTHER_CLASS",
                  "contract.seller.party_type: FIELD_MALFORMED", "contract.buyer.country_code: FIELD_MALFORMED",
                  "contract.foreign_price: FOREIGN_PRICE_INCOMPLETE",
                  "contract.technical_amount_fen: TECHNICAL_ABOVE_TOTAL", "contract.valid_to: DATES_OUT_OF_ORDER"));
}

TEST(Create, AllowsATechnicalAmountEqualToTheTotal) {
  v1::Contract asked = CompleteDraft();
  asked.set_technical_amount_fen(asked.total_amount_fen());
  EXPECT_TRUE(rules::Create(asked, {}).ok());
}

TEST(NewName, TakesAnIdThatIsNoNumber) {
  EXPECT_EQ(*rules::NewName("d-2024-0815"), "contracts/d-2024-0815");
  EXPECT_THAT(*rules::NewName(""), HasSubstr("contracts/d-"));
  for (const absl::string_view bad : {"2022640105000001", "D1", "d_1", "-d", "d/1"}) {
    EXPECT_THAT(FaultsOf(rules::NewName(bad).status()), ElementsAre("contract_id: FIELD_MALFORMED")) << bad;
  }
}

TEST(Edit, FixesTheRegistryOnceFiled) {
  v1::Contract edited = CompleteDraft();
  edited.set_registry_division_code("640104");
  EXPECT_TRUE(rules::Edit(CompleteDraft(), edited).ok());
  const v1::Contract held = InState(v1::CONTRACT_STATE_SUPPLEMENTING);
  edited = held;
  edited.set_registry_division_code("640104");
  EXPECT_THAT(FaultsOf(rules::Edit(held, edited).status()),
              ElementsAre("contract.registry_division_code: FIELD_NOT_WRITABLE"));
}

TEST(Submit, NamesAllThatIsMissing) {
  v1::Contract draft;
  draft.set_state(v1::CONTRACT_STATE_DRAFT);
  EXPECT_THAT(FaultsOf(rules::Submit(draft, kToday).status()),
              ElementsAre("contract.contract_name: FIELD_REQUIRED", "contract.contract_class: FIELD_REQUIRED",
                          "contract.seller.party_name: FIELD_REQUIRED", "contract.buyer.party_name: FIELD_REQUIRED",
                          "contract.total_amount_fen: FIELD_REQUIRED", "contract.technical_amount_fen: FIELD_REQUIRED",
                          "contract.technology_field: FIELD_REQUIRED", "contract.ip_type: FIELD_REQUIRED",
                          "contract.signing_date: FIELD_REQUIRED", "contract.documents: CONTRACT_TEXT_MISSING"));
}

TEST(Submit, RefusesOralContractsAndSignaturesOfTomorrow) {
  v1::Contract draft = CompleteDraft();
  draft.mutable_documents(0)->set_kind(v1::DOCUMENT_KIND_OTHER);
  *draft.mutable_signing_date() = kToday.AddDays(1).ToProto();
  EXPECT_THAT(FaultsOf(rules::Submit(draft, kToday).status()),
              ElementsAre("contract.signing_date: DATE_IN_FUTURE", "contract.documents: CONTRACT_TEXT_MISSING"));
  *draft.mutable_signing_date() = kToday.ToProto();
  draft.mutable_documents(0)->set_kind(v1::DOCUMENT_KIND_CONTRACT_TEXT);
  EXPECT_TRUE(rules::Submit(draft, kToday).ok());
}

TEST(Accept, ChoosesTheRulesByTheDay) {
  const v1::Contract submitted = InState(v1::CONTRACT_STATE_SUBMITTED);
  Policy policy;
  policy.rs2026_from = kToday;
  EXPECT_EQ(rules::Accept(submitted, policy, kToday.AddDays(-1))->rule_set(), v1::RULE_SET_RS2000);
  EXPECT_EQ(rules::Accept(submitted, policy, kToday)->rule_set(), v1::RULE_SET_RS2026);
}

TEST(Supplement, StopsTheClockOrStartsItAnew) {
  v1::RequestSupplementRequest request;
  request.set_supplement_wanted("缺少价款构成说明");
  *request.mutable_due_date() = kToday.AddDays(10).ToProto();
  for (const v1::RuleSet rule_set : {v1::RULE_SET_RS2000, v1::RULE_SET_RS2026}) {
    v1::Contract accepted = InState(v1::CONTRACT_STATE_ACCEPTED);
    accepted.set_rule_set(rule_set);
    const auto waiting = rules::RequestSupplement(accepted, request, kToday);
    ASSERT_TRUE(waiting.ok()) << waiting.status();
    const auto back = rules::Supplement(*waiting, kToday.AddDays(4));
    ASSERT_TRUE(back.ok()) << back.status();
    const bool anew = rule_set == v1::RULE_SET_RS2026;
    EXPECT_EQ(back->clock_stopped_days(), anew ? 0 : 4);
    EXPECT_EQ(*Day::FromProto(back->accept_date()), anew ? kToday.AddDays(4) : DayOf(2022, 3, 2));
  }
}

TEST(TimeoutSupplement, WaitsForTheLastDay) {
  v1::RequestSupplementRequest request;
  *request.mutable_due_date() = kToday.ToProto();
  const auto waiting = rules::RequestSupplement(InState(v1::CONTRACT_STATE_ACCEPTED), request, kToday);
  ASSERT_TRUE(waiting.ok()) << waiting.status();
  EXPECT_EQ(ReasonOf(rules::TimeoutSupplement(*waiting, kToday).status()), "SUPPLEMENT_NOT_DUE");
  EXPECT_EQ(rules::TimeoutSupplement(*waiting, kToday.AddDays(1))->state(), v1::CONTRACT_STATE_WITHDRAWN);
  *request.mutable_due_date() = kToday.AddDays(-1).ToProto();
  EXPECT_THAT(FaultsOf(rules::RequestSupplement(InState(v1::CONTRACT_STATE_ACCEPTED), request, kToday).status()),
              ElementsAre("due_date: DATES_OUT_OF_ORDER"));
}

TEST(Review, LowersTheTechnicalAmountWithAReasonOnly) {
  const v1::Contract accepted = InState(v1::CONTRACT_STATE_ACCEPTED);
  v1::RegisterContractRequest request;
  request.set_technical_amount_fen(39'999'999);
  EXPECT_EQ(ReasonOf(rules::Review(accepted, request, {}).status()), "REASON_MISSING");
  request.set_reason("设备费未剔除");
  const auto reviewed = rules::Review(accepted, request, {});
  ASSERT_TRUE(reviewed.ok()) << reviewed.status();
  EXPECT_EQ(reviewed->technical_amount_fen(), 39'999'999);
  EXPECT_EQ(reviewed->decision_note(), "设备费未剔除");
  request.set_technical_amount_fen(40'000'001);
  EXPECT_EQ(ReasonOf(rules::Review(accepted, request, {}).status()), "TECHNICAL_AMOUNT_RAISED");
  request.set_technical_amount_fen(40'000'000);
  request.set_total_amount_fen(39'999'999);
  EXPECT_THAT(FaultsOf(rules::Review(accepted, request, {}).status()),
              ElementsAre("contract.technical_amount_fen: TECHNICAL_ABOVE_TOTAL"));
}

TEST(Review, ChangesTheClassAndDropsItsSubtype) {
  v1::RegisterContractRequest request;
  request.set_contract_class(v1::CONTRACT_CLASS_SERVICE);
  request.set_reason("内容为技术服务");
  const auto reviewed = rules::Review(InState(v1::CONTRACT_STATE_ACCEPTED), request, {});
  ASSERT_TRUE(reviewed.ok()) << reviewed.status();
  EXPECT_EQ(reviewed->contract_class(), v1::CONTRACT_CLASS_SERVICE);
  EXPECT_EQ(reviewed->legacy_class(), v1::CONTRACT_CLASS_SERVICE);
  EXPECT_EQ(reviewed->subclass(), v1::CONTRACT_SUBCLASS_UNSPECIFIED);
  request.set_subclass(v1::CONTRACT_SUBCLASS_SECRET_LICENSE);
  EXPECT_THAT(FaultsOf(rules::Review(InState(v1::CONTRACT_STATE_ACCEPTED), request, {}).status()),
              ElementsAre("contract.subclass: SUBCLASS_OF_OTHER_CLASS"));
}

TEST(Review, AsksExpertsForLargeContractsUnderTheNewRules) {
  Policy policy;
  policy.expert_review_from_fen = 40'000'000;
  v1::Contract accepted = InState(v1::CONTRACT_STATE_ACCEPTED);
  EXPECT_TRUE(rules::Review(accepted, {}, policy).ok());
  accepted.set_rule_set(v1::RULE_SET_RS2026);
  EXPECT_EQ(ReasonOf(rules::Review(accepted, {}, policy).status()), "EXPERT_REVIEW_NEEDED");
  EXPECT_TRUE(rules::Review(*rules::SendToExpertReview(accepted), {}, policy).ok());
  policy.expert_review_from_fen = 40'000'001;
  EXPECT_TRUE(rules::Review(accepted, {}, policy).ok());
}

TEST(NextNumber, FollowsTheGreatestOfRegistryAndYear) {
  EXPECT_EQ(*rules::NextNumber(2022, "640105", ""), "2022640105000001");
  EXPECT_EQ(*rules::NextNumber(2022, "640105", "number:2022640105000768"), "2022640105000769");
  EXPECT_EQ(*rules::NextNumber(2022, "640105", "number:2022640105999998"), "2022640105999999");
  EXPECT_EQ(ReasonOf(rules::NextNumber(2022, "640105", "number:2022640105999999").status()), "SERIALS_EXHAUSTED");
}

TEST(Register, RefusesALookAlikeUntilItIsConfirmed) {
  const v1::Contract reviewed = InState(v1::CONTRACT_STATE_ACCEPTED);
  v1::RegisterContractRequest request;
  const auto refused = rules::Register(reviewed, request, "2022640105000002", "contracts/2022640105000001", kToday);
  EXPECT_EQ(ReasonOf(refused.status()), "SUSPECTED_DUPLICATE");
  EXPECT_THAT(refused.status().message(), HasSubstr("contracts/2022640105000001"));
  request.set_confirm_distinct(true);
  EXPECT_EQ(ReasonOf(rules::Review(reviewed, request, {}).status()), "REASON_MISSING");
  request.set_reason("两期项目");
  const auto registered = rules::Register(reviewed, request, "2022640105000002", "contracts/2022640105000001", kToday);
  ASSERT_TRUE(registered.ok()) << registered.status();
  EXPECT_TRUE(registered->distinct_confirmed());
  EXPECT_EQ(registered->registration_number(), "2022640105000002");
  EXPECT_EQ(*Day::FromProto(registered->registration_date()), kToday);
  EXPECT_EQ(registered->version(), 1);
}

TEST(Object, IsAllowedOnceAndInTime) {
  v1::NotRegisterContractRequest refusal;
  refusal.set_non_registration_reason(v1::NON_REGISTRATION_REASON_NOT_TECHNOLOGY);
  const auto refused = rules::NotRegister(InState(v1::CONTRACT_STATE_ACCEPTED), refusal, kToday);
  ASSERT_TRUE(refused.ok()) << refused.status();
  Policy policy;
  policy.objection_days_max = 30;
  v1::ObjectContractRequest objection;
  objection.set_reason("属于技术开发");
  EXPECT_EQ(ReasonOf(rules::Object(*refused, objection, policy, kToday.AddDays(31)).status()), "OBJECTION_TOO_LATE");
  const auto again = rules::Object(*refused, objection, policy, kToday.AddDays(30));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->state(), v1::CONTRACT_STATE_ACCEPTED);
  EXPECT_EQ(*Day::FromProto(again->accept_date()), kToday.AddDays(30));
  EXPECT_EQ(again->non_registration_reason(), v1::NON_REGISTRATION_REASON_UNSPECIFIED);
  const auto refused_again = rules::NotRegister(*again, refusal, kToday.AddDays(40));
  EXPECT_EQ(ReasonOf(rules::Object(*refused_again, objection, policy, kToday.AddDays(41)).status()), "OBJECTION_MADE");
}

TEST(Amend, IsTheNextVersionUnderTheSameNumber) {
  v1::AmendContractRequest request;
  request.set_reason("补充协议");
  v1::Contract amended = Registered();
  amended.set_total_amount_fen(60'000'000);
  const auto next = rules::Amend(Registered(), amended, request, {}, kToday);
  ASSERT_TRUE(next.ok()) << next.status();
  EXPECT_EQ(next->version(), 2);
  EXPECT_EQ(next->registration_number(), "2022640105000001");
  EXPECT_EQ(*Day::FromProto(next->registration_date()), DayOf(2022, 3, 5));
  EXPECT_EQ(*Day::FromProto(next->amend_date()), kToday);
  EXPECT_EQ(ReasonOf(rules::Amend(Registered(), Registered(), request, {}, kToday).status()), "NOTHING_AMENDED");
}

TEST(Amend, LeavesNumberRegistryAndIncomeAlone) {
  v1::Contract held = Registered();
  held.set_technical_income_fen(100);
  v1::Contract amended = held;
  amended.set_registration_number("2022640105000002");
  *amended.mutable_registration_date() = DayOf(2022, 3, 6).ToProto();
  amended.set_registry_division_code("640104");
  amended.clear_contract_name();
  amended.set_technical_amount_fen(99);
  EXPECT_THAT(
      FaultsOf(rules::Amend(held, amended, {}, {}, kToday).status()),
      ElementsAre("contract.registration_number: NUMBER_NOT_YOURS", "contract.registration_date: NUMBER_NOT_YOURS",
                  "contract.registry_division_code: FIELD_NOT_WRITABLE", "contract.contract_name: FIELD_REQUIRED",
                  "contract.technical_amount_fen: INCOME_ABOVE_TECHNICAL"));
  amended = held;
  amended.clear_technical_amount_fen();
  EXPECT_THAT(FaultsOf(rules::Amend(held, amended, {}, {}, kToday).status()),
              ElementsAre("contract.technical_amount_fen: TECHNICAL_AMOUNT_MISSING"));
}

TEST(Change, IsForTheOriginalRegistryOnly) {
  v1::Contract elsewhere = Registered();
  elsewhere.set_registry_division_code("640104");
  v1::Contract amended = elsewhere;
  amended.set_remark("改");
  v1::CancelContractRequest cancel;
  *cancel.mutable_cancel_date() = kToday.ToProto();
  EXPECT_EQ(ReasonOf(rules::Amend(elsewhere, amended, {}, {}, kToday).status()), "NOT_ORIGINAL_REGISTRY");
  EXPECT_EQ(ReasonOf(rules::Cancel(elsewhere, cancel, {}, kToday).status()), "NOT_ORIGINAL_REGISTRY");
  EXPECT_EQ(ReasonOf(rules::Revoke(elsewhere, {}, {}, kToday).status()), "NOT_ORIGINAL_REGISTRY");
  cancel.set_registry_division_code("640104");
  EXPECT_TRUE(rules::Cancel(elsewhere, cancel, {}, kToday).ok());
}

TEST(Cancel, TakesADayFromRegistrationToToday) {
  v1::CancelContractRequest request;
  *request.mutable_cancel_date() = DayOf(2022, 3, 4).ToProto();
  EXPECT_THAT(FaultsOf(rules::Cancel(Registered(), request, {}, kToday).status()),
              ElementsAre("cancel_date: DATES_OUT_OF_ORDER"));
  *request.mutable_cancel_date() = kToday.AddDays(1).ToProto();
  EXPECT_THAT(FaultsOf(rules::Cancel(Registered(), request, {}, kToday).status()),
              ElementsAre("cancel_date: DATE_IN_FUTURE"));
  for (const Day day : {DayOf(2022, 3, 5), kToday}) {
    *request.mutable_cancel_date() = day.ToProto();
    EXPECT_EQ(rules::Cancel(Registered(), request, {}, kToday)->state(), v1::CONTRACT_STATE_CANCELLED);
  }
}

TEST(RecordIncome, StopsAtTheTechnicalAmount) {
  v1::RecordIncomeRequest request;
  *request.mutable_receive_date() = kToday.ToProto();
  request.set_amount_fen(30'000'000);
  const auto first = rules::RecordIncome(Registered(), request, kToday);
  ASSERT_TRUE(first.ok()) << first.status();
  request.set_amount_fen(10'000'001);
  EXPECT_EQ(ReasonOf(rules::RecordIncome(*first, request, kToday).status()), "INCOME_ABOVE_TECHNICAL");
  request.set_amount_fen(10'000'000);
  const auto second = rules::RecordIncome(*first, request, kToday);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->technical_income_fen(), 40'000'000);
  EXPECT_EQ(second->incomes_size(), 2);
  *request.mutable_receive_date() = DayOf(2022, 2, 28).ToProto();
  EXPECT_THAT(FaultsOf(rules::RecordIncome(Registered(), request, kToday).status()),
              ElementsAre("receive_date: DATES_OUT_OF_ORDER"));
  *request.mutable_receive_date() = kToday.AddDays(1).ToProto();
  EXPECT_THAT(FaultsOf(rules::RecordIncome(Registered(), request, kToday).status()),
              ElementsAre("receive_date: DATE_IN_FUTURE"));
}

TEST(RecordIncome, NeedsAKnownTechnicalAmountAndRoom) {
  v1::RecordIncomeRequest request;
  *request.mutable_receive_date() = kToday.ToProto();
  request.set_amount_fen(1);
  v1::Contract unknown = Registered();
  unknown.clear_technical_amount_fen();
  EXPECT_EQ(ReasonOf(rules::RecordIncome(unknown, request, kToday).status()), "TECHNICAL_AMOUNT_MISSING");
  v1::Contract full = Registered();
  for (int i = 0; i < 1000; ++i) full.add_incomes();
  EXPECT_EQ(ReasonOf(rules::RecordIncome(full, request, kToday).status()), "INCOMES_FULL");
}

TEST(Keys, FindTheSameContractUnderAnotherSpelling) {
  const v1::Contract filed = InState(v1::CONTRACT_STATE_SUBMITTED);
  v1::Contract other = filed;
  other.set_contract_name("高效节能 电机控制系统开发　");
  EXPECT_EQ(TwinKey(filed), TwinKey(other));
  EXPECT_EQ(AlikeKey(filed), AlikeKey(other));
  other.set_total_amount_fen(1);
  EXPECT_EQ(TwinKey(filed), TwinKey(other));
  EXPECT_NE(AlikeKey(filed), AlikeKey(other));
  other.mutable_buyer()->set_party_name("另一家公司");
  EXPECT_NE(TwinKey(filed), TwinKey(other));
}

TEST(Keys, KeepTheNumberWhateverBecomesOfTheContract) {
  v1::Contract contract = Registered();
  EXPECT_EQ(ContractKeys(contract).size(), 3u);
  contract.set_state(v1::CONTRACT_STATE_REVOKED);
  EXPECT_THAT(ContractKeys(contract), ElementsAre("number:2022640105000001"));
  EXPECT_THAT(ContractKeys(CompleteDraft()), IsEmpty());
  EXPECT_EQ(NumberKey("22640100000001"), "old_number:22640100000001");
  for (const std::string& key : ContractKeys(Registered())) EXPECT_LE(key.size(), 190u);
}

TEST(LifeCycle, AnyOtherStepIsRefusedNamingTheState) {
  int allowed = 0;
  for (int state = v1::ContractState_MIN; state <= v1::ContractState_MAX; ++state) {
    v1::Contract contract = CompleteDraft();
    contract.set_state(static_cast<v1::ContractState>(state));
    for (int event = 0; event <= static_cast<int>(Event::kRecordIncome); ++event) {
      const auto next = Next(contract, static_cast<Event>(event));
      if (next.ok()) {
        ++allowed;
        continue;
      }
      EXPECT_EQ(next.status().code(), absl::StatusCode::kFailedPrecondition);
      EXPECT_EQ(ReasonOf(next.status()), "CONTRACT_WRONG_STATE");
      EXPECT_THAT(next.status().message(), HasSubstr(std::string(StateText(contract.state()))));
    }
  }
  EXPECT_EQ(allowed, static_cast<int>(Transitions().size()));
}

}  // namespace
}  // namespace kechuang::contract
