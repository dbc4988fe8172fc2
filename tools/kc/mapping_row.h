#ifndef KECHUANG_TOOLS_KC_MAPPING_ROW_H_
#define KECHUANG_TOOLS_KC_MAPPING_ROW_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

#include "common/domain/day.h"
#include "tools/kc/column_units.h"
#include "tools/sheet/table.h"

namespace kechuang::kc {

// Something wrong, or odd, about one cell.
struct CellNote {
  std::string key;  // empty if it is about the whole row
  bool warning = false;
  absl::Status status;
  // What the cell should likely hold, ready to be typed or written into it: a mended code, "2022-03-05", "300万元".
  // Empty where nothing is likely: a wrong suggestion costs more than none.
  std::string suggestion = {};
};

// Where a row stands.
struct RowPlace {
  std::string sheet;
  int row = 0;
};

// A word of a bureau and the number of the enum value that it stands for.
struct WordValue {
  absl::string_view word;
  int value = 0;
};

// Reads the cells of one row by key. What cannot be read is noted and read as empty, so that all faults come out at
// once.
class RowReader {
 public:
  // The row and the header stay with the caller.
  RowReader(const std::string& sheet, const sheet::Header& header, const sheet::DataRow& row)
      : sheet_(sheet), header_(header), row_(row) {}

  // Lets amounts be judged by those of the rows before; the units stay with the caller.
  void CompareWith(ColumnUnits& units) { units_ = &units; }

  bool Has(absl::string_view key) const { return !sheet::IsBlank(row_.Find(key)); }
  std::string Text(absl::string_view key);
  std::string Code(absl::string_view key);
  // A code whose check characters are right.
  std::string CreditCode(absl::string_view key);
  std::optional<int64_t> Fen(absl::string_view key);
  std::optional<Day> Date(absl::string_view key);
  std::optional<int64_t> RatePpm(absl::string_view key);
  std::optional<int64_t> Integer(absl::string_view key);
  std::optional<bool> YesNo(absl::string_view key);
  // Months, from 12, 12个月 or 1年; a bare number needs a header that says which.
  std::optional<int64_t> Months(absl::string_view key);
  // A division of 6 digits, from the code or a name of Ningxia such as 西夏区 or 银川市西夏区.
  std::string Division(absl::string_view key);
  // The value of the word in the cell; 0 for an empty cell.
  int Choice(absl::string_view key, absl::Span<const WordValue> words);

  void Fault(absl::string_view key, absl::Status status, std::string suggestion = "") {
    notes_.push_back({std::string(key), false, std::move(status), std::move(suggestion)});
  }
  void Warn(absl::string_view key, absl::Status status) {
    notes_.push_back({std::string(key), true, std::move(status)});
  }

  // Every amount read so far, by key, in fen.
  const std::vector<std::pair<std::string, int64_t>>& amounts() const { return amounts_; }
  RowPlace Place() const { return {sheet_, row_.number}; }
  // Another row's place seen from this one: "row 12" and "第 12 行", with the sheet if it is another.
  std::string PlaceInEnglish(const RowPlace& place) const;
  std::string PlaceInChinese(const RowPlace& place) const;
  const std::vector<CellNote>& notes() const { return notes_; }
  bool has_faults() const;

 private:
  template <typename T>
  T Take(absl::string_view key, absl::StatusOr<T> value, absl::FunctionRef<std::string()> suggest) {
    if (value.ok()) return *std::move(value);
    Fault(key, value.status(), suggest());
    return T();
  }
  template <typename T>
  T Take(absl::string_view key, absl::StatusOr<T> value) {
    return Take(key, std::move(value), [] { return std::string(); });
  }
  std::string SuggestMoney(absl::string_view key, const sheet::Units& units) const;
  sheet::Unit HeaderUnit(absl::string_view key) const;

  const std::string& sheet_;
  const sheet::Header& header_;
  const sheet::DataRow& row_;
  ColumnUnits* units_ = nullptr;
  std::vector<CellNote> notes_;
  std::vector<std::pair<std::string, int64_t>> amounts_;
};

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_MAPPING_ROW_H_
