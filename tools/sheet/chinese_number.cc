#include "tools/sheet/chinese_number.h"

#include <array>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"

namespace kechuang::sheet {
namespace {

// Every numeral as one ASCII letter: digits, then s 拾, b 佰, q 仟, w 万, y 亿.
std::string Letters(absl::string_view text) {
  return absl::StrReplaceAll(
      text, {{"零", "0"}, {"〇", "0"}, {"○", "0"},  {"壹", "1"}, {"一", "1"}, {"贰", "2"}, {"二", "2"}, {"两", "2"},
             {"贰", "2"}, {"叁", "3"}, {"三", "3"}, {"肆", "4"}, {"四", "4"}, {"伍", "5"}, {"五", "5"}, {"陆", "6"},
             {"六", "6"}, {"柒", "7"}, {"七", "7"}, {"捌", "8"}, {"八", "8"}, {"玖", "9"}, {"九", "9"}, {"拾", "s"},
             {"十", "s"}, {"佰", "b"}, {"百", "b"}, {"仟", "q"}, {"千", "q"}, {"万", "w"}, {"亿", "y"}});
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// A number below 10,000. A digit right after 佰 or 仟 without 零 between them is refused: 三百五 is 350 as people
// speak.
std::optional<int64_t> Section(absl::string_view letters) {
  constexpr std::array<std::pair<char, int>, 3> kUnits{{{'q', 1000}, {'b', 100}, {'s', 10}}};
  int64_t value = 0;
  int last = 10000;
  bool zero = true;
  for (size_t i = 0; i < letters.size(); ++i) {
    if (letters[i] == '0') {
      if (i + 1 == letters.size() && value == 0) return std::nullopt;
      zero = true;
      continue;
    }
    int digit = 1;
    if (IsDigit(letters[i])) {
      digit = letters[i++] - '0';
    } else if (letters[i] != 's' || value != 0) {
      return std::nullopt;  // only 拾 may stand without a digit, and only in front
    }
    int unit = 1;
    for (const auto& [letter, worth] : kUnits) {
      if (i < letters.size() && letters[i] == letter) unit = worth;
    }
    if (unit == 1 && i < letters.size()) return std::nullopt;
    if (unit >= last || (unit == 1 && last > 10 && !zero)) return std::nullopt;
    value += static_cast<int64_t>(digit) * unit;
    last = unit;
    zero = false;
  }
  return value > 0 ? std::optional<int64_t>(value) : std::nullopt;
}

// A whole number: sections of 亿, 万 and the rest.
std::optional<int64_t> Whole(absl::string_view letters) {
  constexpr std::array<std::pair<char, int64_t>, 2> kSections{{{'y', 100000000}, {'w', 10000}}};
  int64_t value = 0;
  for (const auto& [letter, worth] : kSections) {
    const size_t at = letters.find(letter);
    if (at == absl::string_view::npos) continue;
    const std::optional<int64_t> section = Section(letters.substr(0, at));
    if (!section.has_value()) return std::nullopt;
    value += *section * worth;
    letters.remove_prefix(at + 1);
    // 壹万伍元 may be meant as 15,000: what follows starts with 零 or names its own unit.
    if (letters.size() == 1) return std::nullopt;
  }
  if (letters.empty()) return value > 0 ? std::optional<int64_t>(value) : std::nullopt;
  const std::optional<int64_t> rest = Section(letters);
  return rest.has_value() ? std::optional<int64_t>(value + *rest) : std::nullopt;
}

}  // namespace

bool HasChineseNumeral(absl::string_view text) {
  const std::string letters = Letters(absl::StrReplaceAll(text, {{"万", ""}, {"亿", ""}}));
  return letters.size() < absl::StrReplaceAll(text, {{"万", ""}, {"亿", ""}}).size();
}

std::optional<int64_t> FenOfChinese(absl::string_view text) {
  constexpr int64_t kFenOfYuan = 100;
  constexpr int64_t kFenOfJiao = 10;
  for (const absl::string_view prefix : {"人民币", ":"}) absl::ConsumePrefix(&text, prefix);
  absl::ConsumeSuffix(&text, "整") || absl::ConsumeSuffix(&text, "正");
  const std::string yuan = absl::StrReplaceAll(text, {{"圆", "元"}});
  const size_t at = yuan.find("元");
  if (at == std::string::npos) return std::nullopt;
  const std::optional<int64_t> whole = Whole(Letters(absl::string_view(yuan).substr(0, at)));
  if (!whole.has_value()) return std::nullopt;
  int64_t fen = *whole * kFenOfYuan;
  const std::string letters = Letters(absl::string_view(yuan).substr(at + absl::string_view("元").size()));
  absl::string_view rest = letters;
  for (const auto& [word, worth] : {std::make_pair("角", kFenOfJiao), std::make_pair("分", int64_t{1})}) {
    absl::ConsumePrefix(&rest, "0");
    if (rest.size() <= absl::string_view(word).size() || !IsDigit(rest[0]) || !absl::StartsWith(rest.substr(1), word)) {
      continue;
    }
    fen += (rest[0] - '0') * worth;
    rest.remove_prefix(1 + absl::string_view(word).size());
  }
  return rest.empty() ? std::optional<int64_t>(fen) : std::nullopt;
}

std::optional<std::string> DayOfChinese(absl::string_view text) {
  const size_t year_end = text.find("年");
  const size_t month_end = text.find("月");
  if (year_end == absl::string_view::npos || month_end == absl::string_view::npos || month_end < year_end) {
    return std::nullopt;
  }
  constexpr size_t kWord = 3;  // bytes of 年 and 月
  const std::string year = Letters(text.substr(0, year_end));
  const std::string month = Letters(text.substr(year_end + kWord, month_end - year_end - kWord));
  absl::string_view last = text.substr(month_end + kWord);
  absl::ConsumeSuffix(&last, "日") || absl::ConsumeSuffix(&last, "号");
  const std::string day = Letters(last);
  for (const char c : year) {
    if (!IsDigit(c)) return std::nullopt;
  }
  const std::optional<int64_t> m = Section(month);
  const std::optional<int64_t> d = Section(day);
  if (!m.has_value() || !d.has_value() || year.size() != 4) return std::nullopt;
  return absl::StrCat(year, "-", *m, "-", *d);
}

}  // namespace kechuang::sheet
