#include <algorithm>
#include <map>
#include <optional>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/domain/day.h"
#include "common/domain/fen.h"
#include "kechuang/api/v1/reasons.pb.h"
#include "kechuang/contract/v1/reasons.pb.h"
#include "services/contract/totals.h"

namespace kechuang::contract {
namespace {

constexpr int kYearsMax = 50;
constexpr size_t kHeadParts = 3;  // division, direction, standing

// The dimensions that have values in cells, in the order in which a pair of them stands there.
struct StoredDimension {
  absl::string_view name;
  v1::TotalsDimension dimension;
  bool pairs;
};
constexpr StoredDimension kStored[] = {
    {"class", v1::TOTALS_DIMENSION_CLASS, true},
    {"technology_field", v1::TOTALS_DIMENSION_TECHNOLOGY_FIELD, true},
    {"ip_type", v1::TOTALS_DIMENSION_IP_TYPE, true},
    {"seller_type", v1::TOTALS_DIMENSION_SELLER_TYPE, true},
    {"buyer_type", v1::TOTALS_DIMENSION_BUYER_TYPE, true},
    {"seller_region", v1::TOTALS_DIMENSION_SELLER_REGION, false},
    {"buyer_region", v1::TOTALS_DIMENSION_BUYER_REGION, false},
};

std::optional<Day> MonthOf(absl::string_view field, absl::string_view text, Faults& faults) {
  const absl::StatusOr<Day> first_day = Day::Parse(absl::StrCat(text, "-01"));
  if (first_day.ok() && text.size() == 7) return *first_day;
  faults.Add(field, api::v1::FIELD_MALFORMED, absl::StrCat("\"", text, "\" is no month; write it as 2022-03"),
             absl::StrCat("“", text, "”不是月份，应写作 2022-03"));
  return std::nullopt;
}

void PlanPeriods(const v1::GetContractTotalsRequest& request, ledger::TotalsQuery& query, Faults& faults) {
  if (request.year() != 0) {
    if (!request.first_month().empty() || !request.last_month().empty()) {
      faults.Add("year", api::v1::FIELD_MALFORMED, "give a year, or first_month and last_month, not both",
                 "年份与起止月份只能填写一种");
    }
    query.first_period = absl::StrFormat("%04d-01", request.year());
    query.last_period = absl::StrFormat("%04d-12", request.year());
    return;
  }
  const std::optional<Day> first = MonthOf("first_month", request.first_month(), faults);
  const std::optional<Day> last = MonthOf("last_month", request.last_month(), faults);
  if (!first.has_value() || !last.has_value()) return;
  if (*last < *first) {
    faults.Add("last_month", v1::DATES_OUT_OF_ORDER, "last_month is before first_month", "截止月份早于起始月份");
  } else if (last->Year() - first->Year() > kYearsMax) {
    faults.Add("last_month", api::v1::FIELD_OUT_OF_RANGE, absl::StrCat("the span is longer than ", kYearsMax, " years"),
               absl::StrCat("时间跨度超过 ", kYearsMax, " 年"));
  }
  query.first_period = first->MonthPeriod();
  query.last_period = last->MonthPeriod();
}

bool IsDistrict(absl::string_view code) { return code.size() == 6 && code.substr(4) != "00"; }

// What the division's cells begin with: "640105|" for a district, "6401" for a city, "64" for a province, nothing for
// all.
std::string CellPrefix(absl::string_view code) {
  if (code.empty()) return "";
  if (IsDistrict(code)) return absl::StrCat(code, "|");
  if (code.substr(2) == "0000") return std::string(code.substr(0, 2));
  return std::string(code.substr(0, 4));
}

void PlanView(const v1::GetContractTotalsRequest& request, TotalsPlan& plan, Faults& faults) {
  plan.query.cell_prefix = CellPrefix(request.division_code());
  switch (request.view()) {
    case v1::TOTALS_VIEW_ABSORPTION:
      plan.directions = {"ABSORPTION", "LOCAL"};
      break;
    case v1::TOTALS_VIEW_BOTH:
      plan.directions = {"OUTPUT", "UNKNOWN", "ABSORPTION", "LOCAL"};
      if (!IsDistrict(request.division_code())) {
        faults.Add("view", v1::TOTALS_CUT_UNKNOWN, "view BOTH needs the division_code of a district",
                   "双向统计（BOTH）须指定县级行政区划代码");
      }
      break;
    default:
      plan.directions = {"OUTPUT", "UNKNOWN", "LOCAL"};
  }
}

void PlanGroups(const v1::GetContractTotalsRequest& request, TotalsPlan& plan, Faults& faults) {
  for (const int number : request.group_by()) plan.group_by.push_back(static_cast<v1::TotalsDimension>(number));
  const auto asked = [&plan](v1::TotalsDimension dimension) {
    return std::count(plan.group_by.begin(), plan.group_by.end(), dimension);
  };
  std::vector<absl::string_view> names;
  bool pairs = true;
  for (const StoredDimension& stored : kStored) {
    if (asked(stored.dimension) == 0) continue;
    names.push_back(stored.name);
    plan.in_values.push_back(stored.dimension);
    pairs = pairs && stored.pairs;
  }
  plan.query.grouping = absl::StrJoin(names, ",");
  if (plan.group_by.size() == 2 && plan.group_by[0] == plan.group_by[1]) {
    faults.Add("group_by", v1::TOTALS_CUT_UNKNOWN, "the two dimensions are the same", "两个分组维度相同");
  }
  if (names.size() == 2 && !pairs) {
    faults.Add("group_by", v1::TOTALS_CUT_UNKNOWN, "a region is cut alone, or with MONTH or DIRECTION",
               "地区维度只能单独使用，或与月份、流向组合");
  }
  if (asked(v1::TOTALS_DIMENSION_UNSPECIFIED) > 0) {
    faults.Add("group_by", v1::TOTALS_CUT_UNKNOWN, "name the dimension", "请指定分组维度");
  }
  if (asked(v1::TOTALS_DIMENSION_DIRECTION) > 0 && !IsDistrict(request.division_code())) {
    faults.Add("group_by", v1::TOTALS_CUT_UNKNOWN, "DIRECTION needs the division_code of a district",
               "流向维度须指定县级行政区划代码");
  }
}

std::string ValueOf(v1::TotalsDimension dimension, const TotalsPlan& plan, const ledger::TotalRow& row,
                    const std::vector<std::string>& parts) {
  if (dimension == v1::TOTALS_DIMENSION_MONTH) return row.cell.period;
  if (dimension == v1::TOTALS_DIMENSION_DIRECTION) return parts[1];
  const auto place = std::find(plan.in_values.begin(), plan.in_values.end(), dimension) - plan.in_values.begin();
  return parts[kHeadParts + static_cast<size_t>(place)];
}

absl::Status AddRow(const ledger::Amounts& amounts, bool cancelled, v1::ContractTotals& totals) {
  totals.set_count(totals.count() + amounts.count);
  ASSIGN_OR_RETURN(const int64_t total, AddFen(totals.total_amount_fen(), amounts.amount_fen));
  ASSIGN_OR_RETURN(const int64_t technical, AddFen(totals.technical_amount_fen(), amounts.part_fen));
  totals.set_total_amount_fen(total);
  totals.set_technical_amount_fen(technical);
  if (!cancelled) return absl::OkStatus();
  // A part of sums that were just found to fit.
  totals.set_cancelled_count(totals.cancelled_count() + amounts.count);
  totals.set_cancelled_total_amount_fen(totals.cancelled_total_amount_fen() + amounts.amount_fen);
  totals.set_cancelled_technical_amount_fen(totals.cancelled_technical_amount_fen() + amounts.part_fen);
  return absl::OkStatus();
}

bool ByMonth(const TotalsPlan& plan) {
  return std::find(plan.group_by.begin(), plan.group_by.end(), v1::TOTALS_DIMENSION_MONTH) != plan.group_by.end();
}

// One row a cell: to take a cell's text apart costs more than to add up its months.
absl::StatusOr<std::vector<ledger::TotalRow>> OverAllMonths(const std::vector<ledger::TotalRow>& monthly) {
  std::vector<ledger::TotalRow> rows;
  absl::flat_hash_map<absl::string_view, size_t> places;
  for (const ledger::TotalRow& month : monthly) {
    const auto [place, is_new] = places.emplace(month.cell.cell, rows.size());
    if (is_new) {
      rows.push_back(month);
      continue;
    }
    ledger::Amounts& amounts = rows[place->second].amounts;
    amounts.count += month.amounts.count;
    ASSIGN_OR_RETURN(amounts.amount_fen, AddFen(amounts.amount_fen, month.amounts.amount_fen));
    ASSIGN_OR_RETURN(amounts.part_fen, AddFen(amounts.part_fen, month.amounts.part_fen));
  }
  return rows;
}

}  // namespace

absl::StatusOr<TotalsPlan> PlanTotals(const v1::GetContractTotalsRequest& request) {
  TotalsPlan plan;
  plan.query.measure = std::string(kRegisteredMeasure);
  Faults faults;
  PlanPeriods(request, plan.query, faults);
  PlanView(request, plan, faults);
  PlanGroups(request, plan, faults);
  if (faults.any()) return faults.status();
  return plan;
}

absl::StatusOr<v1::GetContractTotalsResponse> FoldTotals(const TotalsPlan& plan,
                                                         const std::vector<ledger::TotalRow>& monthly) {
  ASSIGN_OR_RETURN(const std::vector<ledger::TotalRow> rows, ByMonth(plan) ? monthly : OverAllMonths(monthly));
  v1::GetContractTotalsResponse response;
  v1::ContractTotals& sum = *response.mutable_sum();
  std::map<std::vector<std::string>, v1::ContractTotals> groups;
  for (const ledger::TotalRow& row : rows) {
    const std::vector<std::string> parts = absl::StrSplit(row.cell.cell, '|');
    if (parts.size() != kHeadParts + plan.in_values.size()) {
      return absl::InternalError(absl::StrCat("cell ", row.cell.cell, " of ", row.cell.grouping, " has another form"));
    }
    if (std::find(plan.directions.begin(), plan.directions.end(), parts[1]) == plan.directions.end()) continue;
    if (row.amounts == ledger::Amounts()) continue;  // everything that stood here left again
    std::vector<std::string> values;
    for (const v1::TotalsDimension dimension : plan.group_by) values.push_back(ValueOf(dimension, plan, row, parts));
    const bool cancelled = parts[2] == "CANCELLED";
    RETURN_IF_ERROR(AddRow(row.amounts, cancelled, groups[values]));
    RETURN_IF_ERROR(AddRow(row.amounts, cancelled, sum));
  }
  for (auto& [values, totals] : groups) {
    for (const std::string& value : values) totals.add_group_values(value);
    *response.add_rows() = std::move(totals);
  }
  return response;
}

}  // namespace kechuang::contract
