#include "tools/sheet/number_format.h"

#include <optional>

#include "gtest/gtest.h"

namespace kechuang::sheet {
namespace {

TEST(PlainDecimal, DropsTheNoiseOfBinaryNumbers) {
  EXPECT_EQ(PlainDecimal("300.10000000000002"), "300.1");
  EXPECT_EQ(PlainDecimal("0.30000000000000004"), "0.3");
  EXPECT_EQ(PlainDecimal("2.9999999999999996"), "3");
  EXPECT_EQ(PlainDecimal("9.9999999999999999"), "10");
}

TEST(PlainDecimal, WritesExponentsOut) {
  EXPECT_EQ(PlainDecimal("9.16401E+17"), "916401000000000000");
  EXPECT_EQ(PlainDecimal("1.5E-3"), "0.0015");
  EXPECT_EQ(PlainDecimal("-12.50"), "-12.5");
  EXPECT_EQ(PlainDecimal("1190"), "1190");
  EXPECT_EQ(PlainDecimal("0.000"), "0");
}

TEST(PlainDecimal, RoundsCodesBeyondFifteenDigits) { EXPECT_EQ(PlainDecimal("2022640105000001"), "2022640105000000"); }

TEST(PlainDecimal, RefusesWhatIsNoNumber) {
  for (const char* text : {"", "-", ".", "abc", "1,5", "1.2.3", "1E", "1E9999", "0x10", "nan"}) {
    EXPECT_EQ(PlainDecimal(text), std::nullopt) << text;
  }
}

TEST(LookOfCode, TellsDatesFromNumbers) {
  EXPECT_EQ(LookOfCode("yyyy\"年\"m\"月\"d\"日\""), NumberLook::kDate);
  EXPECT_EQ(LookOfCode("[$-804]yyyy/m/d;@"), NumberLook::kDate);
  EXPECT_EQ(LookOfCode("yyyy\"年\"m\"月\""), NumberLook::kMonth);
  EXPECT_EQ(LookOfCode("0.00%"), NumberLook::kPercent);
  EXPECT_EQ(LookOfCode("General"), NumberLook::kPlain);
  EXPECT_EQ(LookOfCode("#,##0.00_ ;[Red]\\-#,##0.00"), NumberLook::kPlain);
  EXPECT_EQ(LookOfCode("0.00E+00"), NumberLook::kPlain);
  EXPECT_EQ(LookOfCode("\"day\"0"), NumberLook::kPlain);
  EXPECT_EQ(LookOfCode("0!.0,\"万\""), NumberLook::kScaledUnit);
  EXPECT_EQ(LookOfBuiltIn(14), NumberLook::kDate);
  EXPECT_EQ(LookOfBuiltIn(57), NumberLook::kMonth);
  EXPECT_EQ(LookOfBuiltIn(10), NumberLook::kPercent);
}

TEST(DayOfSerial, KnowsBothSystemsAndTheDayThatNeverWas) {
  EXPECT_EQ(DayOfSerial("44625", false), "2022-03-05");
  EXPECT_EQ(DayOfSerial("44625.75", false), "2022-03-05");
  EXPECT_EQ(DayOfSerial("43163", true), "2022-03-05");
  EXPECT_EQ(DayOfSerial("59", false), "1900-02-28");
  EXPECT_EQ(DayOfSerial("61", false), "1900-03-01");
  EXPECT_EQ(DayOfSerial("60", false), std::nullopt);
  EXPECT_EQ(DayOfSerial("0", false), std::nullopt);
  EXPECT_EQ(DayOfSerial("2958466", false), std::nullopt);
}

}  // namespace
}  // namespace kechuang::sheet
