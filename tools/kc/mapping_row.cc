#include "tools/kc/mapping_row.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include "common/domain/credit_code.h"
#include "common/domain/credit_code_suggestions.h"
#include "common/domain/division.h"
#include "common/domain/name_text.h"
#include "tools/sheet/refusal.h"
#include "tools/sheet/suggest.h"
#include "tools/sheet/values.h"

namespace kechuang::kc {
namespace {

// Counties first: 银川市西夏区 ends with the county's name.
constexpr std::array<absl::string_view, 28> kDivisions{
    "640104", "640105", "640106", "640121", "640122", "640181", "640202", "640205", "640221", "640302",
    "640303", "640323", "640324", "640381", "640402", "640422", "640423", "640424", "640425", "640502",
    "640521", "640522", "640100", "640200", "640300", "640400", "640500", "640000"};

constexpr size_t kWordsShown = 12;

absl::Status UnknownWord(absl::string_view text, absl::Span<const WordValue> words) {
  std::string expected;
  for (size_t i = 0; i < words.size() && i < kWordsShown; ++i) {
    absl::StrAppend(&expected, i == 0 ? "" : "、", words[i].word);
  }
  return sheet::Malformed(absl::StrCat("\"", text, "\" is not known here; expected one of ", expected),
                          absl::StrCat("“", text, "”无法识别；应为：", expected));
}

}  // namespace

sheet::Unit RowReader::HeaderUnit(absl::string_view key) const {
  const sheet::HeaderColumn* column = header_.Find(key);
  return column == nullptr ? sheet::Unit::kNone : column->unit;
}

std::string RowReader::PlaceInEnglish(const RowPlace& place) const {
  return absl::StrCat("row ", place.row, place.sheet == sheet_ ? "" : absl::StrCat(" of [", place.sheet, "]"));
}

std::string RowReader::PlaceInChinese(const RowPlace& place) const {
  return absl::StrCat(place.sheet == sheet_ ? "" : absl::StrCat("[", place.sheet, "] "), "第 ", place.row, " 行");
}

bool RowReader::has_faults() const {
  return std::any_of(notes_.begin(), notes_.end(), [](const CellNote& note) { return !note.warning; });
}

std::string RowReader::Text(absl::string_view key) { return Take(key, sheet::ParseText(row_.Find(key))); }

std::string RowReader::Code(absl::string_view key) { return Take(key, sheet::ParseCode(row_.Find(key))); }

std::string RowReader::CreditCode(absl::string_view key) {
  const std::string code = Code(key);
  if (code.empty()) return code;
  return Take(key, kechuang::CreditCode::Parse(code), [&] { return LikelyCreditCode(code); }).text();
}

// The unit that the other cells of the column say, where this one says none; else what the cell alone tells.
std::string RowReader::SuggestMoney(absl::string_view key, const sheet::Units& units) const {
  const sheet::Cell* cell = row_.Find(key);
  if (cell == nullptr) return "";
  std::string suggestion = sheet::SuggestMoney(*cell, units);
  if (suggestion.empty() && units_ != nullptr) suggestion = units_->Suggest(sheet_, key, *cell);
  return suggestion;
}

std::optional<int64_t> RowReader::Fen(absl::string_view key) {
  const sheet::Units units{HeaderUnit(key), header_.sheet_unit, sheet::Unit::kNone};
  const std::optional<int64_t> fen =
      Take(key, sheet::ParseMoney(row_.Find(key), units), [&] { return SuggestMoney(key, units); });
  if (!fen.has_value()) return fen;
  amounts_.emplace_back(key, *fen);
  if (units_ != nullptr) units_->Note(sheet_, key, *row_.Find(key), *fen);
  return fen;
}

std::optional<Day> RowReader::Date(absl::string_view key) {
  const sheet::Cell* cell = row_.Find(key);
  return Take(key, sheet::ParseDay(cell), [&] { return sheet::SuggestDay(*cell); });
}

std::optional<int64_t> RowReader::RatePpm(absl::string_view key) {
  const sheet::Cell* cell = row_.Find(key);
  return Take(key, sheet::ParseRatePpm(cell, HeaderUnit(key)), [&] { return sheet::SuggestRate(*cell); });
}

std::optional<int64_t> RowReader::Integer(absl::string_view key) {
  const sheet::Cell* cell = row_.Find(key);
  return Take(key, sheet::ParseInteger(cell), [&] { return sheet::SuggestNumber(*cell); });
}

std::optional<bool> RowReader::YesNo(absl::string_view key) { return Take(key, sheet::ParseYesNo(row_.Find(key))); }

std::optional<int64_t> RowReader::Months(absl::string_view key) {
  constexpr int kMonthsOfYear = 12;
  const std::string text = NormaliseName(Text(key));
  if (text.empty()) return std::nullopt;
  const sheet::HeaderColumn* column = header_.Find(key);
  const std::string header = column == nullptr ? "" : NormaliseName(column->text);
  absl::string_view number = text;
  int64_t factor = absl::StrContains(header, "月") ? 1 : absl::StrContains(header, "(年)") ? kMonthsOfYear : 0;
  if (absl::ConsumeSuffix(&number, "个月") || absl::ConsumeSuffix(&number, "月")) {
    factor = 1;
  } else if (absl::ConsumeSuffix(&number, "年")) {
    factor = kMonthsOfYear;
  }
  int32_t value = 0;
  if (factor > 0 && absl::SimpleAtoi(number, &value)) return value * factor;
  Fault(key, sheet::Malformed(
                 absl::StrCat("\"", text, "\" is not a term; expected 12个月 or 1年, or 期限(月) as the header"),
                 absl::StrCat("“", text, "”不是期限；应写成“12个月”或“1年”，或在表头写“期限(月)”")));
  return std::nullopt;
}

std::string RowReader::Division(absl::string_view key) {
  const std::string text = NormaliseName(Code(key));
  if (text.empty() || IsDivisionCode(text)) return text;
  for (const absl::string_view code : kDivisions) {
    const kechuang::Division* division = FindDivision(code);
    if (division != nullptr && absl::EndsWith(text, division->name)) return std::string(code);
  }
  Fault(key, sheet::Malformed(
                 absl::StrCat("\"", text,
                              "\" is no division known here; expected a code of 6 digits, or a name such as 西夏区"),
                 absl::StrCat("“", text, "”不是已知的行政区划；应为 6 位代码，或如“西夏区”的名称")));
  return "";
}

int RowReader::Choice(absl::string_view key, absl::Span<const WordValue> words) {
  const std::string text = Text(key);
  if (text.empty()) return 0;
  const std::string normal = NormaliseName(text);
  for (const WordValue& word : words) {
    if (normal == NormaliseName(word.word)) return word.value;
  }
  Fault(key, UnknownWord(text, words));
  return 0;
}

}  // namespace kechuang::kc
