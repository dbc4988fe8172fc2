#include "common/domain/fen.h"

#include <algorithm>
#include <limits>

#include "absl/numeric/int128.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang {
namespace {

constexpr int64_t kMillion = 1'000'000;
constexpr int64_t kFenPerHundredthYi = 100'000'000;

// How many decimals a number of this unit has when it is exact to the fen, and what it is called.
struct UnitRules {
  size_t decimals;
  absl::string_view english;
  absl::string_view chinese;
};

UnitRules RulesOf(MoneyUnit unit) {
  switch (unit) {
    case MoneyUnit::kFen:
      return {0, "fen", "分"};
    case MoneyUnit::kYuan:
      return {2, "yuan", "元"};
    case MoneyUnit::kWanYuan:
      return {6, "10,000 yuan", "万元"};
    case MoneyUnit::kYiYuan:
      return {10, "100,000,000 yuan", "亿元"};
  }
  return {};
}

absl::Status Overflow(int64_t a, int64_t b) {
  return Refuse(absl::StatusCode::kOutOfRange, api::v1::MONEY_OVERFLOW)
      .With("a_fen", a)
      .With("b_fen", b)
      .Says(absl::StrCat("the sum or difference of ", a, " and ", b, " fen is more than 64 bits can hold"),
            absl::StrCat(a, " 分与 ", b, " 分的和或差超出 64 位整数范围"));
}

absl::Status NotDecimal(absl::string_view decimal, const UnitRules& rules) {
  return Refuse(absl::StatusCode::kInvalidArgument, api::v1::FIELD_MALFORMED)
      .Says(absl::StrCat("\"", decimal, "\" is not an amount in ", rules.english, ": digits with at most ",
                         rules.decimals, " decimals, such as ", rules.decimals == 0 ? "1190" : "1190.5"),
            absl::StrCat("“", decimal, "”不是以", rules.chinese, "为单位的金额：应为数字，小数不超过 ", rules.decimals,
                         " 位，如 ", rules.decimals == 0 ? "1190" : "1190.5"));
}

absl::Status BeyondRange(absl::string_view decimal, const UnitRules& rules) {
  return Refuse(absl::StatusCode::kInvalidArgument, api::v1::FIELD_OUT_OF_RANGE)
      .With("maximum_fen", kFenMax)
      .Says(absl::StrCat(decimal, " (", rules.english, ") is beyond the largest amount, ", kFenMax, " fen"),
            absl::StrCat(decimal, " ", rules.chinese, "超出金额上限 ", kFenMax, " 分"));
}

// A number of units of 10^-decimals as decimal text, all decimals written.
std::string Scaled(int64_t value, int decimals) {
  const bool negative = value < 0;
  const uint64_t magnitude = negative ? uint64_t{0} - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
  std::string digits = absl::StrFormat("%0*d", decimals + 1, magnitude);
  digits.insert(digits.size() - static_cast<size_t>(decimals), ".");
  return negative ? absl::StrCat("-", digits) : digits;
}

std::string WithoutTrailingZeros(std::string text) {
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

// number / divisor, halves away from zero.
absl::int128 DivideRounded(absl::int128 number, int64_t divisor) {
  const absl::int128 half = divisor / 2;
  return (number < 0 ? number - half : number + half) / divisor;
}

}  // namespace

absl::StatusOr<int64_t> AddFen(int64_t a, int64_t b) {
  int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) return Overflow(a, b);
  return sum;
}

absl::StatusOr<Fen> Add(Fen a, Fen b) {
  ASSIGN_OR_RETURN(const int64_t sum, AddFen(a.value(), b.value()));
  return Fen(sum);
}

absl::StatusOr<Fen> Subtract(Fen a, Fen b) {
  int64_t difference = 0;
  if (__builtin_sub_overflow(a.value(), b.value(), &difference)) return Overflow(a.value(), b.value());
  return Fen(difference);
}

Fen MulPpm(Fen amount, int64_t ppm) {
  const absl::int128 product = DivideRounded(absl::int128(amount.value()) * ppm, kMillion);
  constexpr absl::int128 kLeast = std::numeric_limits<int64_t>::min();
  constexpr absl::int128 kMost = std::numeric_limits<int64_t>::max();
  return Fen(static_cast<int64_t>(std::clamp(product, kLeast, kMost)));
}

std::string ToYuan(Fen amount) { return Scaled(amount.value(), 2); }

std::string ToWanYuan(Fen amount) { return WithoutTrailingZeros(Scaled(amount.value(), 6)); }

std::string ToYiYuan(Fen amount) {
  const auto hundredths = static_cast<int64_t>(DivideRounded(amount.value(), kFenPerHundredthYi));
  return WithoutTrailingZeros(Scaled(hundredths, 2));
}

absl::StatusOr<Fen> ParseDecimal(absl::string_view decimal, MoneyUnit unit) {
  const UnitRules rules = RulesOf(unit);
  const bool negative = !decimal.empty() && decimal.front() == '-';
  const absl::string_view number = decimal.substr(negative ? 1 : 0);
  const size_t point = number.find('.');
  const absl::string_view whole = number.substr(0, point);
  const absl::string_view part = point == absl::string_view::npos ? "" : number.substr(point + 1);
  const bool dangling = point != absl::string_view::npos && part.empty();
  if (whole.empty() || dangling || part.size() > rules.decimals) return NotDecimal(decimal, rules);

  int64_t fen = 0;
  bool beyond = false;
  const std::string digits = absl::StrCat(whole, part, std::string(rules.decimals - part.size(), '0'));
  for (const char digit : digits) {
    if (digit < '0' || digit > '9') return NotDecimal(decimal, rules);
    // kFenMax has room for one more digit in 64 bits.
    if (!beyond) fen = fen * 10 + (digit - '0');
    beyond = fen > kFenMax;
  }
  if (beyond) return BeyondRange(decimal, rules);
  return Fen(negative ? -fen : fen);
}

}  // namespace kechuang
