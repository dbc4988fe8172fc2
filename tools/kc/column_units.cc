#include "tools/kc/column_units.h"

#include <algorithm>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"

#include "tools/sheet/values.h"

namespace kechuang::kc {
namespace {

constexpr int kLeastCells = 2;       // one cell alone says little of its column
constexpr int64_t kFarFactor = 100;  // a wrong unit is off by 10,000

}  // namespace

void ColumnUnits::Note(absl::string_view sheet, absl::string_view key, const sheet::Cell& cell, int64_t fen) {
  const std::string unit = sheet::UnitWordOf(cell);
  if (unit.empty() || fen <= 0) return;
  Seen& seen = columns_[{std::string(sheet), std::string(key)}];
  if (seen.cells == 0) seen = {unit, 0, fen, fen};
  if (seen.unit != unit) seen.unit.clear();
  ++seen.cells;
  seen.least_fen = std::min(seen.least_fen, fen);
  seen.most_fen = std::max(seen.most_fen, fen);
}

std::string ColumnUnits::Suggest(absl::string_view sheet, absl::string_view key, const sheet::Cell& cell) const {
  const auto found = columns_.find({std::string(sheet), std::string(key)});
  if (found == columns_.end() || found->second.unit.empty() || found->second.cells < kLeastCells) return "";
  sheet::Cell mended;
  mended.kind = sheet::CellKind::kText;
  mended.text = absl::StrCat(cell.text, found->second.unit);
  const absl::StatusOr<std::optional<int64_t>> fen = sheet::ParseMoney(&mended, {});
  if (!fen.ok() || !fen->has_value()) return "";
  const bool near = **fen / kFarFactor <= found->second.most_fen && **fen >= found->second.least_fen / kFarFactor;
  return near && **fen > 0 ? mended.text : "";
}

}  // namespace kechuang::kc
