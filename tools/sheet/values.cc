#include "tools/sheet/values.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

#include "common/base/status_macros.h"
#include "common/domain/credit_code.h"
#include "common/domain/fen.h"
#include "common/domain/name_text.h"
#include "tools/sheet/number_format.h"
#include "tools/sheet/refusal.h"

namespace kechuang::sheet {
namespace {

constexpr size_t kShownBytes = 60;
constexpr size_t kExactDigits = 15;

// The start of a cell's text, cut between characters.
std::string Shown(absl::string_view text) {
  if (text.size() <= kShownBytes) return std::string(text);
  size_t end = kShownBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return absl::StrCat(text.substr(0, end), "...");
}

absl::Status Expected(const Cell& cell, absl::string_view english, absl::string_view chinese) {
  const std::string shown = Shown(cell.text);
  return Malformed(absl::StrCat("\"", shown, "\" is not ", english), absl::StrCat("“", shown, "”不是", chinese));
}

absl::Status CheckReadable(const Cell& cell) {
  if (cell.kind == CellKind::kError) {
    return Malformed(
        absl::StrCat("the cell holds the error ", Shown(cell.text), "; mend the formula or type the value"),
        absl::StrCat("单元格是错误值 ", Shown(cell.text), "，请改正公式或直接填写数值"));
  }
  if (cell.kind == CellKind::kFormulaWithoutValue) {
    return Malformed(
        "the cell is a formula that was saved without its result; open the file, let it calculate and save it",
        "单元格是公式，但文件里没有保存计算结果；请打开文件计算后保存");
  }
  return absl::OkStatus();
}

bool IsDigits(absl::string_view text) {
  if (text.empty()) return false;
  for (const char c : text) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return false;
  }
  return true;
}

// "1190" for "1,190" whose separators stand where they belong; unchanged otherwise.
std::string WithoutSeparators(absl::string_view text) {
  const absl::string_view whole = absl::StripPrefix(text.substr(0, text.find('.')), "-");
  const std::vector<absl::string_view> groups = absl::StrSplit(whole, ',');
  if (groups.size() < 2 || !IsDigits(groups[0]) || groups[0].size() > 3) return std::string(text);
  for (size_t i = 1; i < groups.size(); ++i) {
    if (!IsDigits(groups[i]) || groups[i].size() != 3) return std::string(text);
  }
  return absl::StrReplaceAll(text, {{",", ""}});
}

struct UnitWord {
  absl::string_view word;
  Unit unit;
};

// Longest first: 万元 ends with 元.
constexpr std::array<UnitWord, 5> kUnitWords{{{"亿元", Unit::kYiYuan},
                                              {"万元", Unit::kWanYuan},
                                              {"亿", Unit::kYiYuan},
                                              {"万", Unit::kWanYuan},
                                              {"元", Unit::kYuan}}};

absl::Status RefuseMoney(const Cell& cell) {
  return Expected(cell, "an amount of money; expected a number such as 300, 1,190.50, 300万元 or 3000000元",
                  "金额；应为数字，如 300、1,190.50、300万元 或 3000000元");
}

absl::StatusOr<MoneyUnit> MoneyUnitOf(Unit unit) {
  switch (unit) {
    case Unit::kYuan:
      return MoneyUnit::kYuan;
    case Unit::kWanYuan:
      return MoneyUnit::kWanYuan;
    case Unit::kYiYuan:
      return MoneyUnit::kYiYuan;
    case Unit::kNone:
      return Malformed(
          "the unit of this amount is said nowhere; write 元, 万元 or 亿元 into the header, such as 贷款金额(万元)",
          "没有注明金额单位；请在表头写明，如“贷款金额（万元）”");
    case Unit::kPercent:
    case Unit::kOther:
      break;
  }
  return Malformed("the header gives this amount a unit that cannot be read; expected 元, 万元 or 亿元",
                   "表头的金额单位无法识别；应为元、万元或亿元");
}

absl::Status RefuseDay(const Cell& cell) {
  return Expected(cell, "a day; expected a date such as 2022-03-05, 2022年3月5日 or 2022.3.5",
                  "日期；应为年月日，如 2022-03-05、2022年3月5日 或 2022.3.5");
}

absl::Status RefuseMonth(const Cell& cell) {
  return Expected(cell, "a whole date: the day of the month is missing; expected 2022-03-05 or 2022年3月5日",
                  "完整日期：缺少“日”；应写到日，如 2022-03-05 或 2022年3月5日");
}

absl::StatusOr<std::optional<Day>> DayOfParts(const Cell& cell, absl::string_view year, absl::string_view month,
                                              absl::string_view day) {
  int y = 0;
  int m = 0;
  int d = 0;
  if (year.size() != 4 || !IsDigits(year) || !absl::SimpleAtoi(year, &y) || !IsDigits(month) || month.size() > 2 ||
      !absl::SimpleAtoi(month, &m) || !IsDigits(day) || day.size() > 2 || !absl::SimpleAtoi(day, &d)) {
    return RefuseDay(cell);
  }
  absl::StatusOr<Day> value = Day::Of(y, m, d);
  if (value.ok()) return *value;
  return Expected(cell, "a day of the calendar between 1900 and 2999", "日历中存在的日期（1900 至 2999 年）");
}

absl::StatusOr<std::optional<Day>> DayOfNumber(const Cell& cell) {
  constexpr int kFirstSerial = 20000;  // 1954: below, a number in a date column is a slip rather than a day
  constexpr int kLastSerial = 80000;   // 2119
  const absl::string_view text = cell.text;
  int serial = 0;
  if (IsDigits(text) && text.size() == 8) return DayOfParts(cell, text.substr(0, 4), text.substr(4, 2), text.substr(6));
  if (IsDigits(text) && text.size() == 6) return RefuseMonth(cell);
  if (absl::SimpleAtoi(text.substr(0, text.find('.')), &serial) && serial >= kFirstSerial && serial <= kLastSerial) {
    if (const std::optional<std::string> day = DayOfSerial(text, cell.since_1904); day.has_value()) {
      return Day::Parse(*day);
    }
  }
  return RefuseDay(cell);
}

// A text of digits, 年月日, dots, strokes and hyphens as its parts; a time of day behind the date is dropped.
absl::StatusOr<std::optional<Day>> DayOfText(const Cell& cell) {
  absl::string_view raw = absl::StripAsciiWhitespace(cell.text);
  const size_t gap = raw.find_first_of(" T");
  if (gap != absl::string_view::npos && absl::StrContains(raw.substr(gap), ":")) raw = raw.substr(0, gap);
  std::string text = NormaliseName(raw);
  if (IsDigits(text) && text.size() == 8) {
    return DayOfParts(cell, text.substr(0, 4), text.substr(4, 2), text.substr(6));
  }
  if (IsDigits(text) && text.size() == 6) return RefuseMonth(cell);
  text = absl::StrReplaceAll(text, {{"年", "-"}, {"月", "-"}, {"日", ""}, {"号", ""}, {".", "-"}, {"/", "-"}});
  std::vector<std::string> parts = absl::StrSplit(text, '-');
  if (parts.size() > 2 && parts.back().empty()) parts.pop_back();
  if (parts.size() == 2 && IsDigits(parts[0]) && parts[0].size() == 4 && IsDigits(parts[1])) return RefuseMonth(cell);
  if (parts.size() != 3) return RefuseDay(cell);
  return DayOfParts(cell, parts[0], parts[1], parts[2]);
}

// decimal * 10^places as a whole number; no value if it is no decimal or not whole.
std::optional<int64_t> ScaleDecimal(absl::string_view decimal, size_t places) {
  const bool negative = absl::ConsumePrefix(&decimal, "-");
  const size_t point = decimal.find('.');
  const absl::string_view whole = decimal.substr(0, point);
  std::string fraction(point == absl::string_view::npos ? "" : decimal.substr(point + 1));
  if (!IsDigits(whole) || (point != absl::string_view::npos && !IsDigits(fraction))) return std::nullopt;
  while (fraction.size() > places && fraction.back() == '0') fraction.pop_back();
  if (fraction.size() > places) return std::nullopt;
  fraction.append(places - fraction.size(), '0');
  int64_t value = 0;
  if (!absl::SimpleAtoi(absl::StrCat(whole, fraction), &value)) return std::nullopt;
  return negative ? -value : value;
}

}  // namespace

Unit UnitOf(absl::string_view words) {
  const std::string normal = NormaliseName(words);
  absl::string_view text = normal;
  for (const absl::string_view prefix : {"金额单位", "货币单位", "单位", "计量单位"})
    absl::ConsumePrefix(&text, prefix);
  absl::ConsumePrefix(&text, ":");
  absl::ConsumePrefix(&text, "人民币");
  absl::ConsumePrefix(&text, ":");
  absl::ConsumeSuffix(&text, "人民币");
  if (text == "%" || text == "百分比" || text == "百分数") return Unit::kPercent;
  for (const UnitWord& unit : kUnitWords) {
    if (text == unit.word) return unit.unit;
  }
  if (absl::EndsWith(text, "元") || absl::EndsWith(text, "币") || absl::EndsWith(text, "usd")) return Unit::kOther;
  return Unit::kNone;
}

bool IsBlank(const Cell* cell) {
  if (cell == nullptr || cell->kind == CellKind::kEmpty) return true;
  if (cell->kind != CellKind::kText) return false;
  const std::string text = NormaliseName(cell->text);
  for (const absl::string_view nothing : {"", "-", "--", "—", "——", "–", "/", "\\", "无", "n/a", "空"}) {
    if (text == nothing) return true;
  }
  return false;
}

absl::StatusOr<std::string> ParseText(const Cell* cell) {
  if (IsBlank(cell)) return std::string();
  RETURN_IF_ERROR(CheckReadable(*cell));
  std::string text = absl::StrReplaceAll(cell->text, {{"\n", ""},
                                                      {"\r", ""},
                                                      {"\t", ""},
                                                      {"\xC2\xA0", " "},
                                                      {"\xE2\x80\x8B", ""},
                                                      {"\xEF\xBB\xBF", ""},
                                                      {"\xC2\xAD", ""}});
  absl::string_view view = text;
  const absl::string_view wide = "\xE3\x80\x80";  // U+3000
  for (size_t before = view.size() + 1; before != view.size();) {
    before = view.size();
    view = absl::StripAsciiWhitespace(view);
    while (absl::ConsumePrefix(&view, wide) || absl::ConsumeSuffix(&view, wide)) {
    }
  }
  return std::string(view);
}

absl::StatusOr<std::string> ParseCode(const Cell* cell) {
  if (IsBlank(cell)) return std::string();
  RETURN_IF_ERROR(CheckReadable(*cell));
  if (cell->kind == CellKind::kText) return NormaliseCode(absl::StrReplaceAll(cell->text, {{"\xC2\xAD", ""}}));
  if (cell->kind != CellKind::kNumber || !IsDigits(cell->text)) {
    return Expected(*cell, "a code; type it as text", "编码；请按文本格式填写");
  }
  if (cell->text.size() > kExactDigits) {
    return Malformed(
        absl::StrCat("the code stands in a numeric cell, where a spreadsheet keeps 15 digits only: ", cell->text,
                     " is not what was typed; set the cell's format to text and type the code again"),
        absl::StrCat("编码填在数值格式的单元格里，表格软件只保留 15 位有效数字，", cell->text,
                     " 已不是原来的编码；请把单元格设为文本格式后重新填写"));
  }
  return cell->text;
}

absl::StatusOr<std::optional<int64_t>> ParseMoney(const Cell* cell, const Units& units) {
  if (IsBlank(cell)) return std::nullopt;
  RETURN_IF_ERROR(CheckReadable(*cell));
  Unit unit = units.header != Unit::kNone ? units.header : units.sheet != Unit::kNone ? units.sheet : units.fallback;
  std::string number = cell->text;
  if (cell->kind == CellKind::kText) {
    const std::string text = NormaliseName(cell->text);
    absl::string_view rest = text;
    for (const absl::string_view prefix : {"人民币", "rmb", "cny", "¥", "￥"}) absl::ConsumePrefix(&rest, prefix);
    absl::ConsumeSuffix(&rest, "整");
    for (const UnitWord& word : kUnitWords) {
      if (!absl::ConsumeSuffix(&rest, word.word)) continue;
      unit = word.unit;
      break;
    }
    number = WithoutSeparators(rest);
  } else if (cell->kind != CellKind::kNumber || cell->percent) {
    return RefuseMoney(*cell);
  } else if (cell->scaled_unit) {
    return Malformed(
        "the cell's number format adds 万 or 亿, so that what is seen is not what is held; type the plain number",
        "单元格的数字格式里带有“万”或“亿”，显示值与实际值不一致；请改为常规格式并填写数字");
  }
  ASSIGN_OR_RETURN(const MoneyUnit money_unit, MoneyUnitOf(unit));
  if (number.empty() || number.find_first_not_of("-.0123456789") != std::string::npos) return RefuseMoney(*cell);
  ASSIGN_OR_RETURN(const Fen amount, ParseDecimal(number, money_unit));
  return amount.value();
}

absl::StatusOr<std::optional<Day>> ParseDay(const Cell* cell) {
  if (IsBlank(cell)) return std::nullopt;
  RETURN_IF_ERROR(CheckReadable(*cell));
  switch (cell->kind) {
    case CellKind::kText:
      return DayOfText(*cell);
    case CellKind::kNumber:
      return DayOfNumber(*cell);
    case CellKind::kDate:
      if (cell->text.size() == 7) return RefuseMonth(*cell);
      return DayOfText(*cell);
    default:
      return RefuseDay(*cell);
  }
}

absl::StatusOr<std::optional<int64_t>> ParseRatePpm(const Cell* cell, Unit header) {
  constexpr size_t kFractionPlaces = 6;
  constexpr size_t kPercentPlaces = 4;
  if (IsBlank(cell)) return std::nullopt;
  RETURN_IF_ERROR(CheckReadable(*cell));
  std::string text = cell->kind == CellKind::kText ? NormaliseName(cell->text) : cell->text;
  absl::string_view number = text;
  size_t places = kPercentPlaces;
  if (cell->kind == CellKind::kNumber && cell->percent) {
    places = kFractionPlaces;
  } else if (!absl::ConsumeSuffix(&number, "%") && header != Unit::kPercent) {
    return Malformed(absl::StrCat("\"", Shown(cell->text),
                                  "\" may be a fraction or a percentage; write 3.65%, or 利率(%) into the header"),
                     absl::StrCat("“", Shown(cell->text), "”不知是小数还是百分数；请写成 3.65%，或在表头写“利率(%)”"));
  }
  const bool numeric = cell->kind == CellKind::kText || cell->kind == CellKind::kNumber;
  const std::optional<int64_t> ppm = numeric ? ScaleDecimal(number, places) : std::nullopt;
  if (ppm.has_value()) return *ppm;
  return Expected(*cell, "a rate in percent with at most 4 decimals, such as 3.65%",
                  "利率；应为百分数，最多 4 位小数，如 3.65%");
}

absl::StatusOr<std::optional<int64_t>> ParseInteger(const Cell* cell) {
  if (IsBlank(cell)) return std::nullopt;
  RETURN_IF_ERROR(CheckReadable(*cell));
  const std::string text = cell->kind == CellKind::kText ? WithoutSeparators(NormaliseName(cell->text)) : cell->text;
  const bool numeric = cell->kind == CellKind::kText || (cell->kind == CellKind::kNumber && !cell->percent);
  const std::optional<int64_t> value = numeric ? ScaleDecimal(text, 0) : std::nullopt;
  if (value.has_value()) return *value;
  return Expected(*cell, "a whole number", "整数");
}

absl::StatusOr<std::optional<bool>> ParseYesNo(const Cell* cell) {
  if (cell == nullptr || cell->kind == CellKind::kEmpty) return std::nullopt;
  RETURN_IF_ERROR(CheckReadable(*cell));
  const std::string text = NormaliseName(cell->text);
  for (const absl::string_view yes : {"是", "有", "逾期", "已逾期", "√", "✓", "yes", "y", "true", "1"}) {
    if (text == yes) return true;
  }
  for (const absl::string_view no : {"否", "无", "未逾期", "正常", "×", "✗", "no", "n", "false", "0"}) {
    if (text == no) return false;
  }
  if (IsBlank(cell)) return std::nullopt;
  return Expected(*cell, "yes or no; expected 是 or 否", "是或否；应填“是”或“否”");
}

}  // namespace kechuang::sheet
