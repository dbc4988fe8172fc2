// Drives the rules with random events against a small model of the regulation, written apart from them.
#include "services/contract/life_cycle.h"

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "gtest/gtest.h"

#include "services/contract/keys.h"
#include "services/contract/rules.h"
#include "services/contract/test_contract.h"

namespace kechuang::contract {
namespace {

constexpr int kEvents = 20'000;

// What the model knows of one contract.
struct Model {
  std::string state = "DRAFT";
  int64_t total = 50'000'000;
  int64_t technical = 40'000'000;
  int64_t income = 0;
  int version = 0;
  bool objected = false;
  Day rejected;
  Day due;
  Day registered;
};

// One event with its numbers.
struct Try {
  std::string event;
  int64_t amount = 0;
  Day day;
  bool with_reason = false;
};

// state/event -> state, as the regulation's table has it.
const std::map<std::pair<std::string, std::string>, std::string> kTable = {
    {{"DRAFT", "submit"}, "SUBMITTED"},
    {{"SUBMITTED", "accept"}, "ACCEPTED"},
    {{"SUBMITTED", "refuse"}, "REFUSED"},
    {{"ACCEPTED", "request_supplement"}, "SUPPLEMENTING"},
    {{"SUPPLEMENTING", "supplement"}, "ACCEPTED"},
    {{"SUPPLEMENTING", "timeout"}, "WITHDRAWN"},
    {{"ACCEPTED", "expert_review"}, "EXPERT_REVIEW"},
    {{"ACCEPTED", "register"}, "REGISTERED"},
    {{"EXPERT_REVIEW", "register"}, "REGISTERED"},
    {{"ACCEPTED", "not_register"}, "NOT_REGISTERED"},
    {{"EXPERT_REVIEW", "not_register"}, "NOT_REGISTERED"},
    {{"NOT_REGISTERED", "object"}, "ACCEPTED"},
    {{"REFUSED", "object"}, "ACCEPTED"},
    {{"REGISTERED", "amend"}, "REGISTERED"},
    {{"REGISTERED", "cancel"}, "CANCELLED"},
    {{"REGISTERED", "revoke"}, "REVOKED"},
    {{"REGISTERED", "record_income"}, "REGISTERED"},
};
const char* const kEventNames[] = {"submit",  "accept",        "refuse",   "request_supplement", "supplement",
                                   "timeout", "expert_review", "register", "not_register",       "object",
                                   "amend",   "cancel",        "revoke",   "record_income"};

// The reason that the model expects the event to be refused with; empty, and the model changed, if it expects success.
std::string Expect(Model& model, const Try& attempt, Day today, const Policy& policy) {
  const auto line = kTable.find({model.state, attempt.event});
  if (line == kTable.end()) return "CONTRACT_WRONG_STATE";
  if (attempt.event == "request_supplement") {
    if (attempt.day < today) return "INVALID_FIELDS";
    model.due = attempt.day;
  } else if (attempt.event == "timeout") {
    if (!(model.due < today)) return "SUPPLEMENT_NOT_DUE";
  } else if (attempt.event == "register") {
    if (attempt.amount != model.technical && !attempt.with_reason) return "REASON_MISSING";
    if (attempt.amount > model.technical) return "TECHNICAL_AMOUNT_RAISED";
    model.technical = attempt.amount;
    model.registered = today;
    model.version = 1;
  } else if (attempt.event == "refuse" || attempt.event == "not_register") {
    model.rejected = today;
  } else if (attempt.event == "object") {
    if (model.objected) return "OBJECTION_MADE";
    if (today - model.rejected > policy.objection_days_max) return "OBJECTION_TOO_LATE";
    model.objected = true;
  } else if (attempt.event == "amend") {
    if (attempt.amount < model.technical) return "INVALID_FIELDS";
    if (attempt.amount == model.total) return "NOTHING_AMENDED";
    model.total = attempt.amount;
    ++model.version;
  } else if (attempt.event == "cancel") {
    if (attempt.day < model.registered || attempt.day > today) return "INVALID_FIELDS";
  } else if (attempt.event == "record_income") {
    if (model.income + attempt.amount > model.technical) return "INCOME_ABOVE_TECHNICAL";
    model.income += attempt.amount;
  }
  model.state = line->second;
  return "";
}

// The same event by the rules; number is the one to issue next.
absl::StatusOr<v1::Contract> Do(const v1::Contract& contract, const Try& attempt, Day today, const Policy& policy,
                                const std::string& number) {
  const std::string& event = attempt.event;
  const std::string reason = attempt.with_reason ? "说明" : "";
  if (event == "submit") return rules::Submit(contract, today);
  if (event == "accept") return rules::Accept(contract, policy, today);
  if (event == "refuse") return rules::Refuse(contract, {}, today);
  if (event == "supplement") return rules::Supplement(contract, today);
  if (event == "timeout") return rules::TimeoutSupplement(contract, today);
  if (event == "expert_review") return rules::SendToExpertReview(contract);
  if (event == "not_register") return rules::NotRegister(contract, {}, today);
  if (event == "object") return rules::Object(contract, {}, policy, today);
  if (event == "revoke") return rules::Revoke(contract, {}, policy, today);
  if (event == "request_supplement") {
    v1::RequestSupplementRequest request;
    *request.mutable_due_date() = attempt.day.ToProto();
    return rules::RequestSupplement(contract, request, today);
  }
  if (event == "register") {
    v1::RegisterContractRequest request;
    request.set_technical_amount_fen(attempt.amount);
    request.set_reason(reason);
    const absl::StatusOr<v1::Contract> reviewed = rules::Review(contract, request, policy);
    if (!reviewed.ok()) return reviewed.status();
    return rules::Register(*reviewed, request, number, "", today);
  }
  if (event == "amend") {
    v1::Contract amended = contract;
    amended.set_total_amount_fen(attempt.amount);
    return rules::Amend(contract, amended, {}, policy, today);
  }
  if (event == "cancel") {
    v1::CancelContractRequest request;
    *request.mutable_cancel_date() = attempt.day.ToProto();
    return rules::Cancel(contract, request, policy, today);
  }
  v1::RecordIncomeRequest request;
  request.set_amount_fen(attempt.amount);
  *request.mutable_receive_date() = today.ToProto();
  return rules::RecordIncome(contract, request, today);
}

std::string NumberOf(int year, int serial) { return absl::StrFormat("%04d640105%06d", year, serial); }

// A random event: half of the time one that the table allows, so that contracts get somewhere.
Try Draw(std::mt19937_64& random, const Model& model, Day today) {
  const auto below = [&random](int64_t bound) { return static_cast<int64_t>(random() % static_cast<uint64_t>(bound)); };
  Try attempt;
  attempt.event = kEventNames[below(std::size(kEventNames))];
  for (int tries = 0; below(2) == 0 && tries < 40 && !kTable.contains({model.state, attempt.event}); ++tries) {
    attempt.event = kEventNames[below(std::size(kEventNames))];
  }
  attempt.with_reason = below(3) > 0;
  attempt.day = today.AddDays(below(7) - 3);
  if (attempt.event == "amend") {
    attempt.amount = below(4) == 0 ? model.total : model.technical - 3 + below(10'000'000);
  } else if (attempt.event == "register") {
    attempt.amount = below(3) > 0 ? model.technical : std::max<int64_t>(0, model.technical + 2 - below(5));
  } else {
    attempt.amount = 1 + below(model.technical + 1);
  }
  return attempt;
}

// True if hardly an event leads further; more are tried for a while before a new contract takes its place.
bool IsAtAnEnd(const Model& model) {
  static const std::set<std::string> kEnds = {"REFUSED", "NOT_REGISTERED", "WITHDRAWN", "CANCELLED", "REVOKED"};
  return kEnds.contains(model.state);
}

TEST(LifeCycleProperty, RulesAgreeWithTheModel) {
  uint64_t seed = std::random_device()();
  if (const char* given = std::getenv("KECHUANG_SEED"); given != nullptr) {
    ASSERT_TRUE(absl::SimpleAtoi(given, &seed));
  }
  std::cout << "seed " << seed << " (set KECHUANG_SEED to repeat)" << std::endl;
  std::mt19937_64 random(seed);
  Policy policy;
  policy.objection_days_max = 5;
  Day today = DayOf(2022, 6, 1);  // the rules change on the way
  std::vector<v1::Contract> contracts(20, CompleteDraft());
  std::vector<Model> models(contracts.size());
  std::map<int, int> issued;  // numbers a year
  std::set<std::string> reached;
  for (int i = 0; i < kEvents; ++i) {
    if (random() % 4 == 0) today = today.AddDays(1);
    const size_t which = random() % contracts.size();
    v1::Contract& contract = contracts[which];
    const Try attempt = Draw(random, models[which], today);
    const std::string greatest =
        issued[today.Year()] == 0 ? "" : NumberKey(NumberOf(today.Year(), issued[today.Year()]));
    const std::string number = *rules::NextNumber(today.Year(), "640105", greatest);
    const std::string expected = Expect(models[which], attempt, today, policy);
    const absl::StatusOr<v1::Contract> next = Do(contract, attempt, today, policy, number);
    ASSERT_EQ(next.ok() ? "" : ReasonOf(next.status()), expected)
        << "seed " << seed << " event " << i << " " << attempt.event << ": " << next.status();
    if (!next.ok()) {
      if (IsAtAnEnd(models[which]) && random() % 8 == 0) {
        contract = CompleteDraft();
        models[which] = Model();
      }
      continue;
    }
    if (attempt.event == "register") {
      ++issued[today.Year()];
      ASSERT_EQ(next->registration_number(), NumberOf(today.Year(), issued[today.Year()]));
    } else {
      ASSERT_EQ(next->registration_number(), contract.registration_number());
    }
    contract = *next;
    const Model& model = models[which];
    ASSERT_EQ(StateText(contract.state()), model.state);
    ASSERT_EQ(contract.total_amount_fen(), model.total);
    ASSERT_EQ(contract.technical_amount_fen(), model.technical);
    ASSERT_EQ(contract.technical_income_fen(), model.income);
    ASSERT_EQ(contract.version(), model.version);
    ASSERT_LE(contract.technical_income_fen(), contract.technical_amount_fen());
    ASSERT_LE(contract.technical_amount_fen(), contract.total_amount_fen());
    reached.insert(model.state);
  }
  EXPECT_EQ(reached.size(), 10u) << "seed " << seed << ": not every state was reached";
}

}  // namespace
}  // namespace kechuang::contract
