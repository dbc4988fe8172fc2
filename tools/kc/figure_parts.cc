#include "tools/kc/figure_parts.h"

#include <map>
#include <memory>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include "common/base/status_macros.h"
#include "common/domain/day.h"
#include "common/domain/fen.h"
#include "kechuang/contract/v1/contract_service.pb.h"
#include "kechuang/enterprise/v1/enterprise_service.pb.h"
#include "kechuang/loan/v1/loan_service.pb.h"
#include "tools/kc/call.h"
#include "tools/kc/catalogue.h"
#include "tools/kc/errors.h"
#include "tools/kc/records.h"

namespace kechuang::kc {
namespace {

using contract::v1::Contract;
using enterprise::v1::CertificationPeriod;
using enterprise::v1::Enterprise;
using google::protobuf::Message;
using loan::v1::Disbursement;
using Parts = absl::StatusOr<std::vector<FigurePart>>;

constexpr int kPageSize = 1000;
constexpr absl::string_view kChina = "142";  // customs country code

// "640105", "6401" of 640100, "64" of 640000.
std::string DivisionPrefix(absl::string_view division) {
  while (division.size() > 2 && absl::ConsumeSuffix(&division, "00")) {
  }
  return std::string(division);
}

bool IsIn(absl::string_view division, const FigureScope& scope) {
  return absl::StartsWith(division, DivisionPrefix(scope.division_code));
}

std::optional<Day> DayOf(const google::type::Date& date) {
  const absl::StatusOr<Day> day = Day::FromProto(date);
  return day.ok() ? std::optional<Day>(*day) : std::nullopt;
}

// The first and the last day on which a certification makes its holder count; no last day if there is no end, nothing
// if it never does.
struct Held {
  Day first;
  std::optional<Day> last;
};
std::optional<Held> DaysHeld(const Enterprise& enterprise, const CertificationPeriod& period) {
  const std::optional<Day> first = DayOf(period.valid_from());
  if (!first.has_value()) return std::nullopt;
  Held held{*first, std::nullopt};
  if (period.has_valid_to()) held.last = DayOf(period.valid_to());
  if (enterprise.has_active_until()) {
    const std::optional<Day> active = DayOf(enterprise.active_until());
    if (active.has_value() && (!held.last.has_value() || *active < *held.last)) held.last = active;
  }
  if (held.last.has_value() && *held.last < held.first) return std::nullopt;
  return held;
}

// Reads every record of a kind that fits a filter.
template <typename Record>
absl::Status ForEach(const Connection& connection, absl::string_view kind_words, const std::string& filter,
                     const std::string& order, const std::function<void(const Record& record)>& take) {
  const RecordKind* kind = KindOfWords(kind_words);
  if (kind == nullptr) return absl::InternalError(std::string(kind_words));
  const std::unique_ptr<Message> request = NewListRequest(*kind, kPageSize);
  SetText(*request, "filter", filter);
  SetText(*request, "order_by", order);
  return ForEachRecord(connection, *kind, *request, [&](const Message& record) {
    take(static_cast<const Record&>(record));
    return true;
  });
}

template <typename Answer>
absl::StatusOr<Answer> AskFor(const Connection& connection, const char* name, const Message& request) {
  ASSIGN_OR_RETURN(const google::protobuf::MethodDescriptor* method, FindMethod(name));
  Answer answer;
  RETURN_IF_ERROR(Ask(connection, *method, request, answer));
  return answer;
}

Parts ContractParts(const Connection& connection, const FigureScope& scope, bool money) {
  std::vector<FigurePart> parts;
  const std::string filter = absl::StrCat("registration_date >= \"", scope.year, "-01-01\" AND registration_date <= \"",
                                          scope.year, "-12-31\"");
  RETURN_IF_ERROR(ForEach<Contract>(connection, "contracts", filter, "registration_date",
                                    [&](const Contract& contract) { AddContract(contract, scope, money, parts); }));
  return parts;
}

absl::StatusOr<contract::v1::ContractTotals> ContractSum(const Connection& connection, const FigureScope& scope) {
  contract::v1::GetContractTotalsRequest request;
  request.set_year(scope.year);
  request.set_division_code(scope.division_code);
  request.set_view(contract::v1::TOTALS_VIEW_OUTPUT);
  ASSIGN_OR_RETURN(const auto totals, (AskFor<contract::v1::GetContractTotalsResponse>(
                                          connection, "ContractService/GetContractTotals", request)));
  return totals.sum();
}

absl::StatusOr<enterprise::v1::EnterpriseStatistics> StatisticsOf(const Connection& connection,
                                                                  const FigureScope& scope) {
  enterprise::v1::GetEnterpriseStatisticsRequest request;
  *request.mutable_as_of_date() = Day::EndOfYear(scope.year).ToProto();
  request.set_division_code(scope.division_code);
  return AskFor<enterprise::v1::EnterpriseStatistics>(connection, "EnterpriseService/GetEnterpriseStatistics", request);
}

absl::Status ForEachEnterprise(const Connection& connection, const FigureScope& scope,
                               const std::function<void(const Enterprise& enterprise)>& take) {
  const std::string filter = absl::StrCat("located_division_code = \"", DivisionPrefix(scope.division_code), "*\"");
  return ForEach<Enterprise>(connection, "enterprises", filter, "", take);
}

template <int... kClasses>
Parts RecognitionParts(const Connection& connection, const FigureScope& scope) {
  ASSIGN_OR_RETURN(const auto statistics, StatisticsOf(connection, scope));
  std::vector<FigurePart> parts;
  RETURN_IF_ERROR(ForEachEnterprise(connection, scope, [&](const Enterprise& enterprise) {
    AddRecognitions(enterprise, scope, {kClasses...}, statistics.include_re_recognition(), parts);
  }));
  return parts;
}

template <int... kClasses>
absl::StatusOr<int64_t> RecognitionTotal(const Connection& connection, const FigureScope& scope) {
  ASSIGN_OR_RETURN(const auto statistics, StatisticsOf(connection, scope));
  int64_t count = 0;
  for (const enterprise::v1::ClassFigures& figures : statistics.classes()) {
    if (((figures.certification_class() == kClasses) || ...)) count += figures.recognised_count();
  }
  return count;
}

Parts HolderParts(const Connection& connection, const FigureScope& scope) {
  ASSIGN_OR_RETURN(const auto statistics, StatisticsOf(connection, scope));
  const std::set<int> classes(statistics.technology_classes().begin(), statistics.technology_classes().end());
  std::vector<FigurePart> parts;
  RETURN_IF_ERROR(ForEachEnterprise(
      connection, scope, [&](const Enterprise& enterprise) { AddHolder(enterprise, scope, classes, parts); }));
  return parts;
}

absl::Status ForEachDisbursement(const Connection& connection, const FigureScope& scope,
                                 const std::function<void(const Disbursement& disbursement)>& take) {
  const std::string filter = absl::StrCat("disburse_date <= \"", scope.year, "-12-31\"");
  return ForEach<Disbursement>(connection, "disbursements", filter, "disburse_date", take);
}

Parts DisbursedParts(const Connection& connection, const FigureScope& scope, bool so_far) {
  std::vector<FigurePart> parts;
  RETURN_IF_ERROR(ForEachDisbursement(
      connection, scope, [&](const Disbursement& disbursement) { AddDisbursed(disbursement, scope, so_far, parts); }));
  return parts;
}

Parts BorrowerParts(const Connection& connection, const FigureScope& scope) {
  std::vector<FigurePart> parts;
  std::set<std::string> counted;
  RETURN_IF_ERROR(ForEachDisbursement(
      connection, scope, [&](const Disbursement& disbursement) { AddBorrower(disbursement, scope, counted, parts); }));
  return parts;
}

absl::StatusOr<loan::v1::LoanTotals> LoanSums(const Connection& connection, const FigureScope& scope) {
  loan::v1::GetLoanTotalsRequest request;
  request.set_year(scope.year);
  return AskFor<loan::v1::LoanTotals>(connection, "LoanService/GetLoanTotals", request);
}

std::string CountText(int64_t count) { return absl::StrCat(count); }
std::string YiYuanText(int64_t fen) { return ToYiYuan(Fen(fen)); }
std::string WanYuanText(int64_t fen) { return ToWanYuan(Fen(fen)); }

const std::vector<FigureRule>& Rules() {
  namespace ev = enterprise::v1;
  static const auto& rules = *new std::vector<FigureRule>{
      {"S03", false, &CountText,
       [](const Connection& connection, const FigureScope& scope) { return ContractParts(connection, scope, false); },
       [](const Connection& connection, const FigureScope& scope) -> absl::StatusOr<int64_t> {
         ASSIGN_OR_RETURN(const auto sum, ContractSum(connection, scope));
         return sum.count();
       }},
      {"S04", true, &YiYuanText,
       [](const Connection& connection, const FigureScope& scope) { return ContractParts(connection, scope, true); },
       [](const Connection& connection, const FigureScope& scope) -> absl::StatusOr<int64_t> {
         ASSIGN_OR_RETURN(const auto sum, ContractSum(connection, scope));
         return sum.total_amount_fen();
       }},
      {"S08", false, &CountText, &RecognitionParts<ev::CERTIFICATION_CLASS_HNTE>,
       &RecognitionTotal<ev::CERTIFICATION_CLASS_HNTE>},
      {"S09", false, &CountText,
       &RecognitionParts<ev::CERTIFICATION_CLASS_TECH_LITTLE_GIANT, ev::CERTIFICATION_CLASS_AGRI_HIGH_TECH_ENTERPRISE>,
       &RecognitionTotal<ev::CERTIFICATION_CLASS_TECH_LITTLE_GIANT, ev::CERTIFICATION_CLASS_AGRI_HIGH_TECH_ENTERPRISE>},
      {"S10", false, &CountText, &RecognitionParts<ev::CERTIFICATION_CLASS_GAZELLE>,
       &RecognitionTotal<ev::CERTIFICATION_CLASS_GAZELLE>},
      {"S11", false, &CountText, &HolderParts,
       [](const Connection& connection, const FigureScope& scope) -> absl::StatusOr<int64_t> {
         ASSIGN_OR_RETURN(const auto statistics, StatisticsOf(connection, scope));
         return statistics.technology_enterprise_count();
       }},
      {"S28", false, &CountText, &BorrowerParts,
       [](const Connection& connection, const FigureScope& scope) -> absl::StatusOr<int64_t> {
         ASSIGN_OR_RETURN(const auto sums, LoanSums(connection, scope));
         return sums.issued().enterprise_count();
       }},
      {"S29", true, &WanYuanText,
       [](const Connection& connection, const FigureScope& scope) { return DisbursedParts(connection, scope, false); },
       [](const Connection& connection, const FigureScope& scope) -> absl::StatusOr<int64_t> {
         ASSIGN_OR_RETURN(const auto sums, LoanSums(connection, scope));
         return sums.issued().amount_fen();
       }},
      {"S30", true, &WanYuanText,
       [](const Connection& connection, const FigureScope& scope) { return DisbursedParts(connection, scope, true); },
       [](const Connection& connection, const FigureScope& scope) -> absl::StatusOr<int64_t> {
         ASSIGN_OR_RETURN(const auto sums, LoanSums(connection, scope));
         return sums.cumulative().amount_fen();
       }},
  };
  return rules;
}

}  // namespace

const FigureRule* RuleOf(absl::string_view figure_id) {
  for (const FigureRule& rule : Rules()) {
    if (rule.figure_id == figure_id) return &rule;
  }
  return nullptr;
}

std::vector<std::string> RuleIds() {
  std::vector<std::string> ids;
  for (const FigureRule& rule : Rules()) ids.emplace_back(rule.figure_id);
  return ids;
}

void AddContract(const Contract& contract, const FigureScope& scope, bool money, std::vector<FigurePart>& parts) {
  // A cancelled contract stays in the year that it was registered in; a revoked one never was.
  if (contract.state() != contract::v1::CONTRACT_STATE_REGISTERED &&
      contract.state() != contract::v1::CONTRACT_STATE_CANCELLED) {
    return;
  }
  const std::optional<Day> registered = DayOf(contract.registration_date());
  if (!registered.has_value() || registered->Year() != scope.year) return;
  const contract::v1::Party& seller = contract.seller();
  const bool foreign = !seller.country_code().empty() && seller.country_code() != kChina;
  // A seller that states no place applied to the registry of its own.
  const std::string& place =
      seller.division_code().empty() ? contract.registry_division_code() : seller.division_code();
  if (!IsIn(foreign ? "" : place, scope)) return;
  parts.push_back(
      {contract.name(), registered->ToString(), contract.contract_name(), money ? contract.total_amount_fen() : 1});
}

void AddRecognitions(const Enterprise& enterprise, const FigureScope& scope, const std::set<int>& classes, bool again,
                     std::vector<FigurePart>& parts) {
  if (enterprise.has_delete_time() || !IsIn(enterprise.located_division_code(), scope)) return;
  std::set<int> held_before;
  // Periods stand in the order of class and first day, so an earlier one of the class makes a re-recognition.
  for (const CertificationPeriod& period : enterprise.certification_periods()) {
    const std::optional<Held> held = DaysHeld(enterprise, period);
    if (!held.has_value() || !classes.contains(period.certification_class())) continue;
    const bool before = !held_before.insert(period.certification_class()).second || period.re_recognition();
    if (held->first.Year() != scope.year || (before && !again)) continue;
    parts.push_back({period.certification(), held->first.ToString(), enterprise.enterprise_name(), 1});
  }
}

void AddHolder(const Enterprise& enterprise, const FigureScope& scope, const std::set<int>& classes,
               std::vector<FigurePart>& parts) {
  if (enterprise.has_delete_time() || !IsIn(enterprise.located_division_code(), scope)) return;
  const Day end = Day::EndOfYear(scope.year);
  for (const CertificationPeriod& period : enterprise.certification_periods()) {
    const std::optional<Held> held = DaysHeld(enterprise, period);
    if (!held.has_value() || !classes.contains(period.certification_class())) continue;
    if (held->first > end || (held->last.has_value() && *held->last < end)) continue;
    parts.push_back({enterprise.name(), held->first.ToString(), enterprise.enterprise_name(), 1});
    return;
  }
}

void AddDisbursed(const Disbursement& disbursement, const FigureScope& scope, bool so_far,
                  std::vector<FigurePart>& parts) {
  const std::optional<Day> posted = DayOf(disbursement.disburse_date());
  if (!posted.has_value()) return;
  const bool is_reversed = disbursement.state() == loan::v1::DISBURSEMENT_STATE_REVERSED;
  const Day reversed = is_reversed ? DayOf(disbursement.reverse_date()).value_or(*posted) : *posted;
  // Money that went back within the year it went out in counts in no year.
  if (is_reversed && reversed.Year() == posted->Year()) return;
  const auto counts = [&](int year) { return so_far ? year <= scope.year : year == scope.year; };
  const auto add = [&](Day day, int64_t fen) {
    if (counts(day.Year())) parts.push_back({disbursement.name(), day.ToString(), disbursement.enterprise(), fen});
  };
  add(*posted, disbursement.amount_fen());
  if (is_reversed) add(reversed, -disbursement.amount_fen());
}

void AddBorrower(const Disbursement& disbursement, const FigureScope& scope, std::set<std::string>& counted,
                 std::vector<FigurePart>& parts) {
  std::vector<FigurePart> paid;
  AddDisbursed(disbursement, scope, false, paid);
  for (FigurePart& part : paid) {
    if (part.adds <= 0) continue;
    part.adds = counted.insert(disbursement.enterprise()).second ? 1 : 0;
    parts.push_back(std::move(part));
  }
}

}  // namespace kechuang::kc
