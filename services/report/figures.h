#ifndef KECHUANG_SERVICES_REPORT_FIGURES_H_
#define KECHUANG_SERVICES_REPORT_FIGURES_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

#include "kechuang/contract/v1/contract_service.pb.h"
#include "kechuang/enterprise/v1/enterprise_service.pb.h"
#include "kechuang/loan/v1/loan_service.pb.h"
#include "kechuang/report/v1/report_service.pb.h"

// The figures of the work report: what each is called, what it means, and how it is read out of what the registers
// answered. Pure functions.
namespace kechuang::report {

// What the registers answered for one report; nothing where a register was not asked.
struct Statistics {
  std::optional<enterprise::v1::EnterpriseStatistics> enterprises;   // on 31 December, in the district
  std::optional<contract::v1::GetContractTotalsResponse> contracts;  // of the year, sellers in the district
  // Of the year. Loans are the bureau's own programme and have no district of their own, so they are asked for in the
  // report of the bureau's own district only.
  std::optional<loan::v1::LoanTotals> loans;
};

// One figure of the table.
struct FigureDefinition {
  absl::string_view id;     // "S03"
  absl::string_view label;  // the report's own words
  absl::string_view label_en;
  absl::string_view unit;
  v1::PeriodKind period;
  absl::string_view definition;  // what is counted, in Chinese
  absl::string_view definition_en;
  // Of a figure that registers hold: the RPC it comes from, and its value, or nothing if that register was not asked.
  absl::string_view source_method = {};
  std::optional<std::string> (*render)(const Statistics&) = nullptr;
  // What the answer itself says about the definition; empty text in most.
  std::string (*note)(const Statistics&, bool english) = nullptr;
};

// Every figure, S01 to S40, in order.
const std::vector<FigureDefinition>& FigureTable();

// The report of a year: every figure of the table, those that the statistics hold with their values.
v1::AnnualReport MakeReport(int year, absl::string_view division_code, bool english, const Statistics& statistics);

}  // namespace kechuang::report

#endif  // KECHUANG_SERVICES_REPORT_FIGURES_H_
