#include "tools/sheet/values.h"

#include <optional>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"

namespace kechuang::sheet {
namespace {

using testing::HasSubstr;

Cell Text(const std::string& text) { return {0, CellKind::kText, text}; }
Cell Number(const std::string& text) { return {0, CellKind::kNumber, text}; }

std::optional<int64_t> Money(const Cell& cell, Unit header = Unit::kNone, Unit sheet = Unit::kNone) {
  const auto value = ParseMoney(&cell, {header, sheet, Unit::kNone});
  return value.ok() ? *value : std::nullopt;
}

std::string DayText(const Cell& cell) {
  const auto value = ParseDay(&cell);
  if (!value.ok()) return "refused";
  return value->has_value() ? (**value).ToString() : "none";
}

TEST(UnitOf, ReadsUnitsOnly) {
  EXPECT_EQ(UnitOf("万元"), Unit::kWanYuan);
  EXPECT_EQ(UnitOf("单位：人民币元"), Unit::kYuan);
  EXPECT_EQ(UnitOf("单位:亿元"), Unit::kYiYuan);
  EXPECT_EQ(UnitOf("％"), Unit::kPercent);
  EXPECT_EQ(UnitOf("万美元"), Unit::kOther);
  EXPECT_EQ(UnitOf("千元"), Unit::kOther);
  EXPECT_EQ(UnitOf("放款金额"), Unit::kNone);
}

TEST(ParseMoney, LetsTheNearestUnitWin) {
  EXPECT_EQ(Money(Number("300"), Unit::kWanYuan), 300000000);
  EXPECT_EQ(Money(Number("300"), Unit::kNone, Unit::kWanYuan), 300000000);
  EXPECT_EQ(Money(Number("3000000"), Unit::kYuan, Unit::kWanYuan), 300000000);
  EXPECT_EQ(Money(Text("300万"), Unit::kYuan), 300000000);
  EXPECT_EQ(Money(Text("0.5亿元")), 5000000000);
  EXPECT_EQ(Money(Text("３００００００元")), 300000000);
  EXPECT_EQ(Money(Text("300万元整")), 300000000);
  EXPECT_EQ(Money(Text("￥1,190.50"), Unit::kYuan), 119050);
  EXPECT_EQ(Money(Text(" １，１９０ "), Unit::kWanYuan), 1190000000);
}

TEST(ParseMoney, RefusesWhatItWouldHaveToGuess) {
  EXPECT_EQ(Money(Number("300")), std::nullopt);
  for (const char* text : {"约300", "300(含贴息)", "叁佰", "同上", "300 500", "三百五万元", "11,90", "1,1900",
                           "3.0000001", "1e5", "--3"}) {
    EXPECT_EQ(Money(Text(text), Unit::kWanYuan), std::nullopt) << text;
  }
  EXPECT_EQ(Money(Number("300"), Unit::kOther), std::nullopt);
  Cell scaled = Number("3000000");
  scaled.scaled_unit = true;
  EXPECT_EQ(Money(scaled, Unit::kYuan), std::nullopt);
  const Cell lone = Number("300");
  EXPECT_THAT(ChineseOf(ParseMoney(&lone, {}).status()), HasSubstr("单位"));
}

TEST(IsBlank, TakesTheWaysToWriteNothing) {
  EXPECT_TRUE(IsBlank(nullptr));
  for (const char* text : {"—", "/", "无", " ", "－", "——", "\xE3\x80\x80"}) {
    const Cell cell = Text(text);
    EXPECT_TRUE(IsBlank(&cell)) << text;
  }
  const Cell zero = Number("0");
  EXPECT_FALSE(IsBlank(&zero));
}

TEST(ParseDay, ReadsTheListedForms) {
  for (const char* text : {"2022年3月5日", "2022.3.5", "2022/3/5", "2022-03-05", "20220305", "２０２２年３月５日",
                           "2022-03-05 00:00:00", "2022 年 3 月 5 日", "2022.3.5."}) {
    EXPECT_EQ(DayText(Text(text)), "2022-03-05") << text;
  }
  EXPECT_EQ(DayText(Number("20220305")), "2022-03-05");
  EXPECT_EQ(DayText(Number("44625")), "2022-03-05");
  Cell serial = Number("43163");
  serial.since_1904 = true;
  EXPECT_EQ(DayText(serial), "2022-03-05");
  EXPECT_EQ(DayText({0, CellKind::kDate, "2022-03-05"}), "2022-03-05");
  EXPECT_EQ(DayText(Text("—")), "none");
}

TEST(ParseDay, RefusesMonthsAndDaysThatDoNotExist) {
  for (const char* text : {"2022年3月", "2022-03", "202203", "2022.12.31前", "22.3.5", "2022-02-30", "2022-13-01",
                           "3/5/2022", "44625", "长期"}) {
    EXPECT_EQ(DayText(Text(text)), "refused") << text;
  }
  EXPECT_EQ(DayText(Number("300")), "refused");
  EXPECT_EQ(DayText({0, CellKind::kDate, "2022-03"}), "refused");
  const Cell month = Text("2022年3月");
  EXPECT_THAT(ChineseOf(ParseDay(&month).status()), HasSubstr("缺少"));
}

TEST(ParseCode, NormalisesTextAndRefusesLostDigits) {
  const Cell wide = Text("１１６４０１０３０１００９４０３９Ｑ ");
  EXPECT_EQ(*ParseCode(&wide), "11640103010094039Q");
  const Cell lost = Number("916401000000000000");
  EXPECT_THAT(ChineseOf(ParseCode(&lost).status()), HasSubstr("15 位"));
  const Cell short_number = Number("22640105000001");
  EXPECT_EQ(*ParseCode(&short_number), "22640105000001");
  EXPECT_FALSE(ParseCode(nullptr).value().size() > 0);
}

TEST(ParseText, TrimsAndRefusesErrors) {
  const Cell text = Text("\xE3\x80\x80 银川 甲\n公司 \xE3\x80\x80");
  EXPECT_EQ(*ParseText(&text), "银川 甲公司");
  const Cell error{0, CellKind::kError, "#N/A"};
  EXPECT_FALSE(ParseText(&error).ok());
  const Cell formula{0, CellKind::kFormulaWithoutValue, ""};
  EXPECT_THAT(ChineseOf(ParseText(&formula).status()), HasSubstr("公式"));
}

TEST(ParseRatePpm, NeedsAPercentSignSomewhere) {
  const Cell sign = Text("3.65％");
  EXPECT_EQ(ParseRatePpm(&sign, Unit::kNone).value(), 36500);
  const Cell plain = Number("3.65");
  EXPECT_EQ(ParseRatePpm(&plain, Unit::kPercent).value(), 36500);
  EXPECT_FALSE(ParseRatePpm(&plain, Unit::kNone).ok());
  Cell styled = Number("0.0365");
  styled.percent = true;
  EXPECT_EQ(ParseRatePpm(&styled, Unit::kPercent).value(), 36500);
  const Cell fine = Text("3.65001%");
  EXPECT_FALSE(ParseRatePpm(&fine, Unit::kNone).ok());
}

TEST(ParseInteger, ReadsWholeNumbers) {
  const Cell text = Text("1,190");
  EXPECT_EQ(ParseInteger(&text).value(), 1190);
  const Cell fraction = Number("1.5");
  EXPECT_FALSE(ParseInteger(&fraction).ok());
}

TEST(ParseYesNo, ReadsBothWords) {
  const Cell yes = Text("是");
  const Cell no = Text("无");
  const Cell odd = Text("大概");
  EXPECT_EQ(ParseYesNo(&yes).value(), true);
  EXPECT_EQ(ParseYesNo(&no).value(), false);
  EXPECT_FALSE(ParseYesNo(&odd).ok());
}

}  // namespace
}  // namespace kechuang::sheet
