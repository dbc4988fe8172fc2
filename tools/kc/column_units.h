#ifndef KECHUANG_TOOLS_KC_COLUMN_UNITS_H_
#define KECHUANG_TOOLS_KC_COLUMN_UNITS_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"

#include "tools/sheet/cell.h"

namespace kechuang::kc {

// The units that the cells of a column name themselves, as far as it has been read.
class ColumnUnits {
 public:
  // Takes an amount that was read, in fen.
  void Note(absl::string_view sheet, absl::string_view key, const sheet::Cell& cell, int64_t fen);
  // A cell that is a number without a unit, with the unit that its column has named so far: "300万元". Empty if the
  // column names none or several, or if the amount would be far from all others.
  std::string Suggest(absl::string_view sheet, absl::string_view key, const sheet::Cell& cell) const;

 private:
  struct Seen {
    std::string unit;  // the only one; empty once there were two
    int cells = 0;
    int64_t least_fen = 0;
    int64_t most_fen = 0;
  };

  std::map<std::pair<std::string, std::string>, Seen> columns_;
};

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_COLUMN_UNITS_H_
