#include "tools/sheet/suggest.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

#include "common/domain/day.h"
#include "common/domain/name_text.h"
#include "tools/sheet/chinese_number.h"
#include "tools/sheet/number_format.h"

namespace kechuang::sheet {
namespace {

constexpr int kYearMin = 1949;
constexpr int kYearMax = 2100;

bool IsDigits(absl::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == absl::string_view::npos;
}

// Letters as the digits that they look like, where all else is a number already.
std::string WithoutLetters(absl::string_view text, absl::string_view others) {
  const std::string digits =
      absl::StrReplaceAll(text, {{"o", "0"}, {"l", "1"}, {"i", "1"}, {"z", "2"}, {"s", "5"}, {"b", "8"}});
  if (text.find_first_of("0123456789") == absl::string_view::npos) return std::string(text);
  for (const char c : digits) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c)) && !absl::StrContains(others, c)) return std::string(text);
  }
  return digits;
}

// The text without words such as 约 in front and 左右 behind, which leave the number that is meant.
std::string WithoutHedges(absl::string_view text) {
  for (const absl::string_view word : {"约", "大约", "约为", "预计", "暂定", "计划", "共", "计", "为", ":"}) {
    absl::ConsumePrefix(&text, word);
  }
  for (const absl::string_view word : {"左右", "。", ".", ";", ",", "(预计)", "(暂定)", "(约)", "(估)", "(估算)"}) {
    absl::ConsumeSuffix(&text, word);
  }
  return std::string(text);
}

std::optional<Day> PlausibleDay(absl::string_view year, absl::string_view month, absl::string_view day) {
  int y = 0;
  int m = 0;
  int d = 0;
  if (!IsDigits(year) || !IsDigits(month) || !IsDigits(day) || month.size() > 2 || day.size() > 2 ||
      !absl::SimpleAtoi(year, &y) || !absl::SimpleAtoi(month, &m) || !absl::SimpleAtoi(day, &d)) {
    return std::nullopt;
  }
  if (y < kYearMin || y > kYearMax) return std::nullopt;
  const absl::StatusOr<Day> value = Day::Of(y, m, d);
  return value.ok() ? std::optional<Day>(*value) : std::nullopt;
}

// The days that three numbers can be: a year of two digits is of this century, a year behind goes with either order.
std::set<std::string> DaysOf(const std::vector<std::string>& parts) {
  std::set<std::string> days;
  const auto add = [&](absl::string_view year, absl::string_view month, absl::string_view day) {
    if (const std::optional<Day> value = PlausibleDay(year, month, day); value.has_value()) {
      days.insert(value->ToString());
    }
  };
  constexpr int kLastDay = 31;
  int first = 0;
  if (parts[0].size() == 4) add(parts[0], parts[1], parts[2]);
  if (parts[2].size() == 4) {
    add(parts[2], parts[0], parts[1]);
    add(parts[2], parts[1], parts[0]);
  }
  // 22.3.5 is a year in front; 05.3.22 may be a day in front.
  if (parts[0].size() == 2 && parts[2].size() <= 2 && absl::SimpleAtoi(parts[0], &first) && first < 50) {
    int last = 0;
    const bool may_end_with_year =
        parts[2].size() == 2 && absl::SimpleAtoi(parts[2], &last) && last > 12 && first <= kLastDay && first < 13;
    if (!may_end_with_year) add(absl::StrCat("20", parts[0]), parts[1], parts[2]);
  }
  return days;
}

std::string DayWords(absl::string_view raw) {
  const std::string normal = NormaliseName(raw);
  absl::string_view text = normal;
  for (const absl::string_view word :
       {"约", "大约", "预计", "计划", "暂定", "拟于", "于", "自", "截至", "截止", "截止到", "至", "到", ":"}) {
    absl::ConsumePrefix(&text, word);
  }
  for (const absl::string_view word : {"(含)", "(预计)", "(暂定)", "之前", "以前", "前", "左右", "起", "止", "到期"}) {
    absl::ConsumeSuffix(&text, word);
  }
  std::string mended = absl::StrReplaceAll(text, {{"年", "-"},
                                                  {"月", "-"},
                                                  {"日", ""},
                                                  {"号", ""},
                                                  {".", "-"},
                                                  {"/", "-"},
                                                  {"。", "-"},
                                                  {",", "-"},
                                                  {"、", "-"},
                                                  {"·", "-"},
                                                  {"_", "-"},
                                                  {"\\", "-"},
                                                  {"—", "-"},
                                                  {"–", "-"},
                                                  {"\"", ""},
                                                  {"'", ""},
                                                  {"--", "-"}});
  while (absl::StrContains(mended, "--")) mended = absl::StrReplaceAll(mended, {{"--", "-"}});
  return WithoutLetters(absl::StripSuffix(mended, "-"), "-");
}

std::string IfReadable(const std::string& text, const Units& units) {
  Cell cell;
  cell.kind = CellKind::kText;
  cell.text = text;
  const auto value = ParseMoney(&cell, units);
  return value.ok() && value->has_value() ? text : "";
}

}  // namespace

std::string SuggestDay(const Cell& cell) {
  if (cell.kind != CellKind::kText) return "";
  const std::string text = DayWords(DayOfChinese(NormaliseName(cell.text)).value_or(cell.text));
  int serial = 0;
  constexpr int kSerialMin = 30000;  // 1982
  constexpr int kSerialMax = 60000;  // 2064
  if (text.size() == 5 && IsDigits(text) && absl::SimpleAtoi(text, &serial) && serial >= kSerialMin &&
      serial <= kSerialMax) {
    return DayOfSerial(text, cell.since_1904).value_or("");
  }
  const std::string digits = absl::StrReplaceAll(text, {{"-", ""}});
  const std::vector<std::string> parts = absl::StrSplit(text, '-');
  std::set<std::string> days;
  if (parts.size() == 3) {
    days = DaysOf(parts);
  } else if (parts.size() <= 2 && digits.size() == 8 && parts[0].size() >= 4) {
    days = DaysOf({digits.substr(0, 4), digits.substr(4, 2), digits.substr(6)});
  }
  return days.size() == 1 ? *days.begin() : "";
}

std::string SuggestMoney(const Cell& cell, const Units& units) {
  if (cell.kind != CellKind::kText) return "";
  std::string text = WithoutHedges(NormaliseName(cell.text));
  if (absl::EndsWith(text, "w")) text = absl::StrCat(text.substr(0, text.size() - 1), "万元");
  std::string unit;
  for (const absl::string_view word : {"亿元", "万元", "亿", "万", "元"}) {
    if (!absl::EndsWith(text, word)) continue;
    unit = std::string(word);
    text.resize(text.size() - word.size());
    break;
  }
  text = absl::StrReplaceAll(WithoutLetters(text, ".,"), {{"。", "."}});
  if (text.find_first_not_of("0123456789.,") != std::string::npos) return "";
  // Numbers parted by a space or a line break are two numbers or one: nobody knows but the writer.
  return HasSplitDigits(cell.text) ? "" : IfReadable(absl::StrCat(text, unit), units);
}

std::string SuggestNumber(const Cell& cell) {
  if (cell.kind != CellKind::kText) return "";
  const std::string text = WithoutHedges(NormaliseName(cell.text));
  absl::string_view number = text;
  for (const absl::string_view word : {"人", "名", "户", "家", "个", "件", "项", "份", "台", "次"}) {
    if (absl::ConsumeSuffix(&number, word)) break;
  }
  const std::string digits = WithoutLetters(number, ",");
  return IsDigits(digits) && !HasSplitDigits(cell.text) ? digits : "";
}

std::string SuggestRate(const Cell& cell) {
  constexpr int64_t kRateMin = 5000;    // 0.5 %
  constexpr int64_t kRateMax = 240000;  // 24 %
  Cell mended = cell;
  if (cell.kind != CellKind::kNumber && cell.kind != CellKind::kText) return "";
  mended.kind = CellKind::kText;
  const std::string number = WithoutHedges(NormaliseName(cell.text));
  if (number.empty() || number.find_first_not_of("0123456789.") != std::string::npos) return "";
  mended.text = absl::StrCat(number, "%");
  const auto as_percent = ParseRatePpm(&mended, Unit::kNone);
  const auto plausible = [](const auto& rate) {
    return rate.ok() && rate->has_value() && **rate >= kRateMin && **rate <= kRateMax;
  };
  mended.kind = CellKind::kNumber;
  mended.percent = true;
  mended.text = number;
  const auto as_fraction = ParseRatePpm(&mended, Unit::kNone);
  if (plausible(as_percent) == plausible(as_fraction)) return "";
  constexpr int64_t kPpmOfPercent = 10000;
  const int64_t ppm = plausible(as_percent) ? **as_percent : **as_fraction;
  std::string decimals = absl::StrCat(kPpmOfPercent + ppm % kPpmOfPercent).substr(1);
  while (!decimals.empty() && decimals.back() == '0') decimals.pop_back();
  return absl::StrCat(ppm / kPpmOfPercent, decimals.empty() ? "" : ".", decimals, "%");
}

}  // namespace kechuang::sheet
