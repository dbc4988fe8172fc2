#include "tools/sheet/number_format.h"

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"

namespace kechuang::sheet {
namespace {

constexpr int kSignificantDigits = 15;
constexpr int kMostDigits = 400;

// The format's code without quoted and escaped literals, colours, locales and everything after the first section.
std::string CodeLetters(absl::string_view code) {
  std::string letters;
  for (size_t i = 0; i < code.size(); ++i) {
    const char c = code[i];
    if (c == ';') break;
    if (c == '\\' || c == '_' || c == '*') {
      ++i;
    } else if (c == '"') {
      const size_t end = code.find('"', i + 1);
      i = end == absl::string_view::npos ? code.size() : end;
    } else if (c == '[') {
      const size_t end = code.find(']', i + 1);
      i = end == absl::string_view::npos ? code.size() : end;
    } else {
      letters.push_back(absl::ascii_tolower(static_cast<unsigned char>(c)));
    }
  }
  return letters;
}

// Rounds digits (most significant first) half-up to 15 significant ones; the exponent grows by one if 999 became 1000.
void RoundDigits(std::string& digits, int64_t& point) {
  if (digits.size() <= kSignificantDigits) return;
  const bool up = digits[kSignificantDigits] >= '5';
  digits.resize(kSignificantDigits);
  if (!up) return;
  int i = kSignificantDigits - 1;
  while (i >= 0 && digits[static_cast<size_t>(i)] == '9') digits[static_cast<size_t>(i--)] = '0';
  if (i >= 0) {
    ++digits[static_cast<size_t>(i)];
    return;
  }
  digits.insert(digits.begin(), '1');
  ++point;
}

// Digits and the place of the point before which they stand (1234 with point 2 is 12.34) as plain text.
std::string Plain(bool negative, std::string digits, int64_t point) {
  while (!digits.empty() && digits.back() == '0') digits.pop_back();
  if (digits.empty()) return "0";
  const int64_t size = static_cast<int64_t>(digits.size());
  std::string text;
  if (point <= 0) {
    text = absl::StrCat("0.", std::string(static_cast<size_t>(-point), '0'), digits);
  } else if (point >= size) {
    text = absl::StrCat(digits, std::string(static_cast<size_t>(point - size), '0'));
  } else {
    text = absl::StrCat(digits.substr(0, static_cast<size_t>(point)), ".", digits.substr(static_cast<size_t>(point)));
  }
  return negative ? absl::StrCat("-", text) : text;
}

}  // namespace

NumberLook LookOfBuiltIn(int format_id) {
  switch (format_id) {
    case 9:
    case 10:
      return NumberLook::kPercent;
    case 17:
    case 27:
    case 36:
    case 50:
    case 52:
    case 57:
      return NumberLook::kMonth;
    case 14:
    case 15:
    case 16:
    case 22:
    case 28:
    case 29:
    case 30:
    case 31:
    case 51:
    case 53:
    case 54:
    case 58:
      return NumberLook::kDate;
    default:
      return NumberLook::kPlain;
  }
}

NumberLook LookOfCode(absl::string_view code) {
  const std::string letters = CodeLetters(code);
  if (letters == "general") return NumberLook::kPlain;
  if (absl::StrContains(letters, "d")) return NumberLook::kDate;
  if (absl::StrContains(letters, "y")) return NumberLook::kMonth;
  if (absl::StrContains(letters, "%")) return NumberLook::kPercent;
  if (absl::StrContains(code, "万") || absl::StrContains(code, "亿")) return NumberLook::kScaledUnit;
  return NumberLook::kPlain;
}

std::optional<std::string> PlainDecimal(absl::string_view raw) {
  raw = absl::StripAsciiWhitespace(raw);
  bool negative = false;
  if (!raw.empty() && (raw[0] == '-' || raw[0] == '+')) {
    negative = raw[0] == '-';
    raw.remove_prefix(1);
  }
  int64_t exponent = 0;
  const size_t e = raw.find_first_of("eE");
  if (e != absl::string_view::npos) {
    if (!absl::SimpleAtoi(raw.substr(e + 1), &exponent) || exponent > kMostDigits || exponent < -kMostDigits) {
      return std::nullopt;
    }
    raw = raw.substr(0, e);
  }
  std::string digits;
  int64_t point = -1;
  for (const char c : raw) {
    if (c == '.' && point < 0) {
      point = static_cast<int64_t>(digits.size());
    } else if (absl::ascii_isdigit(static_cast<unsigned char>(c)) && digits.size() < kMostDigits) {
      digits.push_back(c);
    } else {
      return std::nullopt;
    }
  }
  if (digits.empty()) return std::nullopt;
  if (point < 0) point = static_cast<int64_t>(digits.size());
  const size_t first = digits.find_first_not_of('0');
  if (first == std::string::npos) return "0";
  digits.erase(0, first);
  point += exponent - static_cast<int64_t>(first);
  RoundDigits(digits, point);
  return Plain(negative, digits, point);
}

std::optional<std::string> DayOfSerial(absl::string_view plain_decimal, bool since_1904) {
  int32_t serial = 0;
  if (!absl::SimpleAtoi(plain_decimal.substr(0, plain_decimal.find('.')), &serial)) return std::nullopt;
  constexpr int kLastSerial = 2958465;  // 9999-12-31
  if (serial > kLastSerial) return std::nullopt;
  absl::CivilDay day(1904, 1, 1);
  if (since_1904) {
    if (serial < 0) return std::nullopt;
    day += serial;
  } else {
    if (serial < 1 || serial == 60) return std::nullopt;
    day = absl::CivilDay(1899, 12, serial < 60 ? 31 : 30) + serial;
  }
  return absl::FormatCivilTime(day);
}

}  // namespace kechuang::sheet
