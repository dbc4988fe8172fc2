#ifndef KECHUANG_TOOLS_SHEET_CHINESE_NUMBER_H_
#define KECHUANG_TOOLS_SHEET_CHINESE_NUMBER_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace kechuang::sheet {

// True if the text has a numeral such as 叁, 三 or 佰.
bool HasChineseNumeral(absl::string_view text);

// Fen of an amount written out, as cheques do: 叁佰万元整, 壹仟壹佰玖拾万伍仟元, 三百万元, 拾万零伍佰元伍角. No value
// if it is anything else, if 元 is missing, or if it can be read in two ways, as 三百五 can.
std::optional<int64_t> FenOfChinese(absl::string_view text);

// "2022-3-5" for 二〇二二年三月五日; no value if it is anything else.
std::optional<std::string> DayOfChinese(absl::string_view text);

}  // namespace kechuang::sheet

#endif  // KECHUANG_TOOLS_SHEET_CHINESE_NUMBER_H_
