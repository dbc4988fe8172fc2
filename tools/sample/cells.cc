#include "tools/sample/cells.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

#include "common/domain/fen.h"

namespace kechuang::sample {

std::string FullWidth(absl::string_view ascii) {
  std::string wide;
  for (const char c : ascii) {
    const int point = 0xFEE0 + c;
    wide.push_back(static_cast<char>(0xE0 | (point >> 12)));
    wide.push_back(static_cast<char>(0x80 | ((point >> 6) & 0x3F)));
    wide.push_back(static_cast<char>(0x80 | (point & 0x3F)));
  }
  return wide;
}

Value DayCell(const std::optional<Day>& day, size_t style) {
  if (!day.has_value()) return std::string("—");
  switch (style % 6) {
    case 0:
      return absl::StrCat(day->Year(), "年", day->Month(), "月", day->DayOfMonth(), "日");
    case 1:
      return absl::StrCat(day->Year(), ".", day->Month(), ".", day->DayOfMonth());
    case 2:
      return absl::StrCat(day->Year(), "/", day->Month(), "/", day->DayOfMonth());
    case 3:
      return day->ToString();
    default:
      return *day;
  }
}

Value CodeCell(const std::string& code, size_t style) { return style % 11 == 3 ? FullWidth(code) : code; }

Value WanYuanCell(int64_t fen, size_t style) {
  const std::string text = ToWanYuan(Fen(fen));
  if (style % 13 != 5) return Number{static_cast<double>(fen) / 1e6};
  const size_t point = std::min(text.find('.'), text.size());
  return point > 3 ? absl::StrCat(text.substr(0, point - 3), ",", text.substr(point - 3)) : text;
}

}  // namespace kechuang::sample
