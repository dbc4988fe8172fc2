#ifndef KECHUANG_TOOLS_SHEET_NUMBER_FORMAT_H_
#define KECHUANG_TOOLS_SHEET_NUMBER_FORMAT_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace kechuang::sheet {

// How a numeric cell is shown, as far as it changes what the number means.
enum class NumberLook {
  kPlain,
  kDate,
  kMonth,  // a date shown without its day
  kPercent,
  kScaledUnit,  // 万 or 亿 is part of the number format
};

// The look of a built-in number format.
NumberLook LookOfBuiltIn(int format_id);
// The look of a number format's code, such as yyyy"年"m"月"d"日".
NumberLook LookOfCode(absl::string_view code);

// A number as a worksheet writes it (300.10000000000002, 9.16401E+17) as plain decimal text, rounded half-up to the 15
// significant digits that a spreadsheet shows: the rest is noise of binary numbers. No value if it is no number or has
// more than 400 digits.
std::optional<std::string> PlainDecimal(absl::string_view raw);

// "2022-03-05" for the serial day number 44625 in the 1900 system; the time of day is dropped. No value for numbers
// that are no day: below 1, the 60 that stands for a 29 February 1900 that never was, or beyond the year 9999.
std::optional<std::string> DayOfSerial(absl::string_view plain_decimal, bool since_1904);

}  // namespace kechuang::sheet

#endif  // KECHUANG_TOOLS_SHEET_NUMBER_FORMAT_H_
