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
#include "tools/sheet/chinese_number.h"
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

bool IsDigits(absl::string_view text) {
  if (text.empty()) return false;
  for (const char c : text) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return false;
  }
  return true;
}

absl::Status LostDigits(const Cell& cell) {
  const std::string shown = Shown(cell.text);
  return Malformed(absl::StrCat("a spreadsheet keeps 15 digits of a number only: ", shown,
                                " is not what was typed; set the cell's format to text and type it again"),
                   absl::StrCat("表格软件对数值只保留 15 位有效数字，", shown,
                                " 已不是原来填写的内容；请把单元格设为文本格式后重新填写"));
}

absl::Status RefuseFormula() {
  return Malformed(
      "the cell is a formula that was saved without its result; open the file, let it calculate and save it",
      "单元格是公式，但文件里没有保存计算结果；请打开文件计算后保存");
}

// True for #REF! and the like, which CSV files hold as text.
bool IsErrorWord(absl::string_view text) {
  for (const absl::string_view word :
       {"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA"}) {
    if (text == word) return true;
  }
  return !text.empty() && text.find_first_not_of('#') == absl::string_view::npos && text.size() > 2;  // too narrow: ###
}

// True for 9.16401E+17, as a spreadsheet shows a long number.
bool IsScientific(absl::string_view text) {
  const size_t e = text.find_first_of("Ee");
  if (e == absl::string_view::npos || e == 0 || text.substr(e + 1, 1) != "+") return false;
  return text.substr(0, e).find_first_not_of(".0123456789") == absl::string_view::npos && IsDigits(text.substr(e + 2));
}

// The text without the apostrophe, or the ="", that tells a spreadsheet to keep a number as text.
absl::string_view Unquoted(absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  if (absl::StartsWith(text, "=\"") && absl::EndsWith(text, "\"") && text.size() > 3) {
    return text.substr(2, text.size() - 3);
  }
  for (const absl::string_view quote : {"'", "’", "‘", "`"}) {
    absl::string_view rest = text;
    if (!absl::ConsumePrefix(&rest, quote) || rest.empty()) continue;
    // An export puts one before what a spreadsheet would take for a formula.
    const bool formula = quote == "'" && absl::string_view("=+-@'").find(rest[0]) != absl::string_view::npos;
    if (formula || absl::ascii_isalnum(static_cast<unsigned char>(rest[0]))) return rest;
  }
  return text;
}

absl::Status CheckReadable(const Cell& cell) {
  const absl::string_view text = cell.kind == CellKind::kText ? absl::StripAsciiWhitespace(cell.text) : "";
  if (cell.kind == CellKind::kError || IsErrorWord(text)) {
    return Malformed(
        absl::StrCat("the cell holds the error ", Shown(cell.text), "; mend the formula or type the value"),
        absl::StrCat("单元格是错误值 ", Shown(cell.text), "，请改正公式或直接填写数值"));
  }
  if (cell.kind == CellKind::kFormulaWithoutValue) return RefuseFormula();
  if (text.size() > 1 && text[0] == '=' && Unquoted(text) == text) return RefuseFormula();
  if (cell.kind != CellKind::kAsAbove) return absl::OkStatus();
  return Malformed(
      "the cell stands for the one above (同上, or merged with it), which this column does not take over; "
      "write the value itself",
      "单元格写“同上”或与上一行合并，此列不沿用上一行的内容；请逐行填写");
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

absl::Status RefuseSplit(const Cell& cell) {
  return Expected(cell, "one number: a space or a line break parts it; write it in one piece",
                  "一个完整的数：数字之间有空格或换行；请连续书写");
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
  absl::string_view raw = Unquoted(cell.text);
  const size_t gap = raw.find_first_of(" T");
  if (gap != absl::string_view::npos && absl::StrContains(raw.substr(gap), ":")) raw = raw.substr(0, gap);
  std::string text = NormaliseName(raw);
  const bool split = HasSplitDigits(raw) && !(IsDigits(text) && text.size() == 8);
  if (split) return RefuseSplit(cell);
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

std::string UnitWordOf(const Cell& cell) {
  if (cell.kind != CellKind::kText) return "";
  const std::string text = NormaliseName(cell.text);
  for (const UnitWord& word : kUnitWords) {
    if (absl::EndsWith(text, word.word)) return std::string(word.word);
  }
  return "";
}

bool HasSplitDigits(absl::string_view text) {
  bool digit = false;
  bool gap = false;
  for (size_t at = 0; at < text.size();) {
    const int32_t point = NextCodePoint(text, at);
    const bool is_digit = (point >= '0' && point <= '9') || (point >= 0xFF10 && point <= 0xFF19);
    const bool is_space = point == ' ' || (point >= '\t' && point <= '\r') || point == 0x3000 || point == 0xA0 ||
                          (point >= 0x2000 && point <= 0x200A) || point == 0x2028 || point == 0x202F;
    if (is_digit && gap) return true;
    gap = is_space && (digit || gap);
    digit = is_digit;
  }
  return false;
}

bool IsBlank(const Cell* cell) {
  if (cell == nullptr || cell->kind == CellKind::kEmpty) return true;
  if (cell->kind != CellKind::kText) return false;
  const std::string text = NormaliseName(cell->text);
  for (const absl::string_view nothing :
       {"", "-", "--", "---", "—", "——", "–", "―", "─", "/", "//", "\\", "无", "暂无", "n/a", "空", "null"}) {
    if (text == nothing) return true;
  }
  return false;
}

absl::StatusOr<std::string> ParseText(const Cell* cell) {
  if (IsBlank(cell)) return std::string();
  RETURN_IF_ERROR(CheckReadable(*cell));
  if (IsScientific(cell->text)) return LostDigits(*cell);
  if (cell->kind == CellKind::kNumber && IsDigits(cell->text) && cell->text.size() > kExactDigits)
    return LostDigits(*cell);
  const absl::string_view raw = cell->kind == CellKind::kText ? Unquoted(cell->text) : absl::string_view(cell->text);
  std::string text = absl::StrReplaceAll(raw, {{"\n", ""},
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
  if (cell->kind == CellKind::kText) {
    std::string code = NormaliseCode(absl::StrReplaceAll(Unquoted(cell->text), {{"\xC2\xAD", ""}}));
    if (IsScientific(code)) return LostDigits(*cell);
    return code;
  }
  if (cell->kind != CellKind::kNumber || !IsDigits(cell->text)) {
    return Expected(*cell, "a code; type it as text", "编码；请按文本格式填写");
  }
  if (cell->text.size() > kExactDigits) return LostDigits(*cell);
  return cell->text;
}

absl::StatusOr<std::optional<int64_t>> ParseMoney(const Cell* cell, const Units& units) {
  if (IsBlank(cell)) return std::nullopt;
  RETURN_IF_ERROR(CheckReadable(*cell));
  Unit unit = units.header != Unit::kNone ? units.header : units.sheet != Unit::kNone ? units.sheet : units.fallback;
  std::string number = cell->text;
  if (cell->kind == CellKind::kText) {
    if (HasSplitDigits(cell->text)) return RefuseSplit(*cell);
    const std::string text = absl::StrReplaceAll(NormaliseName(Unquoted(cell->text)), {{"圆", "元"}});
    if (const std::optional<int64_t> fen = FenOfChinese(text); fen.has_value()) return *fen;
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
  if (cell->kind == CellKind::kText && HasSplitDigits(cell->text)) return RefuseSplit(*cell);
  std::string text = cell->kind == CellKind::kText ? NormaliseName(Unquoted(cell->text)) : cell->text;
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
  if (cell->kind == CellKind::kText && HasSplitDigits(cell->text)) return RefuseSplit(*cell);
  const std::string text =
      cell->kind == CellKind::kText ? WithoutSeparators(NormaliseName(Unquoted(cell->text))) : cell->text;
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
