#ifndef KECHUANG_TOOLS_SHEET_VALUES_H_
#define KECHUANG_TOOLS_SHEET_VALUES_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "common/domain/day.h"
#include "tools/sheet/cell.h"

namespace kechuang::sheet {

// The unit that a header or the corner of a sheet gives to the numbers below it.
enum class Unit {
  kNone,  // nothing is said
  kYuan,
  kWanYuan,
  kYiYuan,
  kPercent,
  kOther,  // money in a unit or a currency that is not read here, such as 千元 or 美元
};

// The unit that these words are: "万元", "人民币:元", "单位:亿元", "%". kNone for words that are no unit.
Unit UnitOf(absl::string_view words);

// What units are known for the cell of a column: the header's goes before the sheet's, the sheet's before the
// template's.
struct Units {
  Unit header = Unit::kNone;
  Unit sheet = Unit::kNone;
  Unit fallback = Unit::kNone;
};

// The unit at the end of a text cell: "万元" for 300万元, "万" for 300万; empty if it has none.
std::string UnitWordOf(const Cell& cell);

// True if a space or a line break parts two digits, so that they may be two numbers.
bool HasSplitDigits(absl::string_view text);

// The readers below take a cell (nullptr for one that is not there) and give no value for an empty one: no text, or —,
// -, / and 无. All others fail with INVALID_ARGUMENT and a sentence that shows the cell's value and names what is
// expected. Error values (#REF!), formulas saved without a result and 同上 that no layout filled in fail everywhere. An
// apostrophe in front of a number and the ="..." of CSV files are no part of the value.

// True for a cell that holds nothing.
bool IsBlank(const Cell* cell);

// Text without spaces at its ends; line breaks and tabs become nothing. Numbers as their decimal text, but those of
// more than 15 digits or like 1.39955E+10 are refused: their last digits are lost.
absl::StatusOr<std::string> ParseText(const Cell* cell);

// A code or number of a document: spaces removed, full-width as half-width, upper case. A numeric cell of more than 15
// digits is refused, because a spreadsheet has lost the digits beyond, and so is a text such as 9.16401E+17.
absl::StatusOr<std::string> ParseCode(const Cell* cell);

// Money in fen. The unit in the cell (300万, 0.5亿元, 3000000元) goes before all others; with none at all it is
// refused, for a guess would be wrong by 10,000. Accepts 1,190, full-width digits and amounts written out (叁佰万元整).
absl::StatusOr<std::optional<int64_t>> ParseMoney(const Cell* cell, const Units& units);

// A day: a date cell, or 2022年3月5日, 2022.3.5, 2022/3/5, 2022-03-05, 20220305, or a bare serial number in a numeric
// cell. A month without a day is refused.
absl::StatusOr<std::optional<Day>> ParseDay(const Cell* cell);

// A rate in 1/1,000,000: 3.65% is 36,500. The percent sign must stand in the cell, its format or the header.
absl::StatusOr<std::optional<int64_t>> ParseRatePpm(const Cell* cell, Unit header);

// A whole number.
absl::StatusOr<std::optional<int64_t>> ParseInteger(const Cell* cell);

// 是, 有, 逾期, √, yes, true, 1 or 否, 未逾期, 正常, ×, no, false, 0.
absl::StatusOr<std::optional<bool>> ParseYesNo(const Cell* cell);

}  // namespace kechuang::sheet

#endif  // KECHUANG_TOOLS_SHEET_VALUES_H_
