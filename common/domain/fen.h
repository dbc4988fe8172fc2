#ifndef KECHUANG_COMMON_DOMAIN_FEN_H_
#define KECHUANG_COMMON_DOMAIN_FEN_H_

#include <compare>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kechuang {

// An amount of money in fen (分, 1/100 yuan), signed. 1 万元 is 1,000,000 fen; 1 亿元 is 10,000,000,000 fen.
class Fen {
 public:
  constexpr Fen() = default;
  constexpr explicit Fen(int64_t value) : value_(value) {}

  constexpr int64_t value() const { return value_; }

  friend constexpr auto operator<=>(Fen a, Fen b) = default;

 private:
  int64_t value_ = 0;
};

// Largest amount that ParseDecimal accepts, either sign, in fen: 90 万亿元.
inline constexpr int64_t kFenMax = 9'000'000'000'000'000;

// a + b; kOutOfRange with MONEY_OVERFLOW if 64 bits cannot hold it.
absl::StatusOr<Fen> Add(Fen a, Fen b);
// a - b; kOutOfRange with MONEY_OVERFLOW if 64 bits cannot hold it.
absl::StatusOr<Fen> Subtract(Fen a, Fen b);
// a + b of bare numbers of fen, as messages hold them; kOutOfRange with MONEY_OVERFLOW if 64 bits cannot hold it.
absl::StatusOr<int64_t> AddFen(int64_t a, int64_t b);

// amount * ppm / 1,000,000, exact, then rounded to the fen with halves away from zero. A result beyond 64 bits, which
// no ratio up to 1,000 of an amount up to kFenMax gives, becomes the nearest 64-bit number.
Fen MulPpm(Fen amount, int64_t ppm);

// "300000.00": yuan with two decimals.
std::string ToYuan(Fen amount);
// "1190", "0.5", "0.000001": 万元, exact, without trailing zeros.
std::string ToWanYuan(Fen amount);
// "5", "23.68": 亿元 rounded to two decimals, halves away from zero, without trailing zeros.
std::string ToYiYuan(Fen amount);

enum class MoneyUnit { kFen, kYuan, kWanYuan, kYiYuan };

// Reads decimal text such as "1190", "-0.5" or "300000.00" of that unit, exactly. kInvalidArgument with FIELD_MALFORMED
// if it is no decimal number or has more decimals than a fen, FIELD_OUT_OF_RANGE if it is beyond kFenMax. Accepts no
// thousands separators, exponents, spaces or plus signs.
absl::StatusOr<Fen> ParseDecimal(absl::string_view decimal, MoneyUnit unit);

}  // namespace kechuang

#endif  // KECHUANG_COMMON_DOMAIN_FEN_H_
