#ifndef KECHUANG_TOOLS_KC_FIGURE_PARTS_H_
#define KECHUANG_TOOLS_KC_FIGURE_PARTS_H_

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "kechuang/contract/v1/contract.pb.h"
#include "kechuang/enterprise/v1/enterprise.pb.h"
#include "kechuang/loan/v1/disbursement.pb.h"
#include "tools/kc/connection.h"

namespace kechuang::kc {

// What one record adds to a figure.
struct FigurePart {
  std::string name;   // of the record
  std::string date;   // "2022-03-05": why it is of this period
  std::string about;  // what the record is called
  int64_t adds = 0;   // fen of a figure of money, else a count; negative for what takes off
};

// Which records a figure is about.
struct FigureScope {
  int year = 0;
  std::string division_code;  // a district, a city or a province, 6 digits
};

// How a figure of the annual report comes about. The registers keep their totals as they write; here the same is said
// once more of the records, so that the two can be compared.
struct FigureRule {
  absl::string_view figure_id;
  bool is_money = false;
  // The value as the report prints it.
  std::string (*render)(int64_t value) = nullptr;
  // Every part, in the order of dates.
  absl::StatusOr<std::vector<FigurePart>> (*parts)(const Connection& connection, const FigureScope& scope) = nullptr;
  // The register's own total, to the fen.
  absl::StatusOr<int64_t> (*total)(const Connection& connection, const FigureScope& scope) = nullptr;
};

// The rule of a figure; null for one that no register holds.
const FigureRule* RuleOf(absl::string_view figure_id);
// The ids of all rules.
std::vector<std::string> RuleIds();

// The rules record by record, given the record: each adds to parts what it adds, nothing if it is of another period,
// place or state.
void AddContract(const contract::v1::Contract& contract, const FigureScope& scope, bool money,
                 std::vector<FigurePart>& parts);
// Recognitions in classes issued in the year; those of an enterprise that held the class before only if again is true.
void AddRecognitions(const enterprise::v1::Enterprise& enterprise, const FigureScope& scope,
                     const std::set<int>& classes, bool again, std::vector<FigurePart>& parts);
// One for an enterprise that holds one of the classes on the last day of the year.
void AddHolder(const enterprise::v1::Enterprise& enterprise, const FigureScope& scope, const std::set<int>& classes,
               std::vector<FigurePart>& parts);
// Money paid out in the year, and, negative, reversed in it; with so_far of every year until then.
void AddDisbursed(const loan::v1::Disbursement& disbursement, const FigureScope& scope, bool so_far,
                  std::vector<FigurePart>& parts);
// One for an enterprise's first pay-out of the year that was not reversed in it, nothing for its others. counted keeps
// who was counted.
void AddBorrower(const loan::v1::Disbursement& disbursement, const FigureScope& scope, std::set<std::string>& counted,
                 std::vector<FigurePart>& parts);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_FIGURE_PARTS_H_
