#include "tools/sheet/chinese_number.h"

#include <optional>

#include "gtest/gtest.h"

namespace kechuang::sheet {
namespace {

constexpr int64_t kYuan = 100;

TEST(FenOfChinese, ReadsAmountsAsChequesWriteThem) {
  EXPECT_EQ(FenOfChinese("叁佰万元整"), 3000000 * kYuan);
  EXPECT_EQ(FenOfChinese("人民币叁佰万圆整"), 3000000 * kYuan);
  EXPECT_EQ(FenOfChinese("壹仟壹佰玖拾万元"), 11900000 * kYuan);
  EXPECT_EQ(FenOfChinese("贰亿零叁佰万元正"), 203000000 * kYuan);
  EXPECT_EQ(FenOfChinese("拾万零伍佰元伍角"), 100500 * kYuan + 50);
  EXPECT_EQ(FenOfChinese("壹佰贰拾叁元肆角伍分"), 12345);
  EXPECT_EQ(FenOfChinese("壹佰元零伍分"), 10005);
  EXPECT_EQ(FenOfChinese("三百五十万元"), 3500000 * kYuan);
  EXPECT_EQ(FenOfChinese("壹万零伍元"), 10005 * kYuan);
}

TEST(FenOfChinese, RefusesWhatCanBeReadInTwoWays) {
  for (const char* text : {"三百五元", "壹万伍元", "叁佰", "叁佰万", "佰万元", "元", "", "叁叁万元", "拾拾元",
                           "叁佰万美元", "万元", "叁佰万元300", "零元", "伍佰仟元"}) {
    EXPECT_EQ(FenOfChinese(text), std::nullopt) << text;
  }
}

TEST(DayOfChinese, ReadsNumeralsOfAllThreeParts) {
  EXPECT_EQ(DayOfChinese("二〇二二年三月五日"), "2022-3-5");
  EXPECT_EQ(DayOfChinese("二零二二年十二月三十一日"), "2022-12-31");
  EXPECT_EQ(DayOfChinese("二〇二二年三月"), std::nullopt);
  EXPECT_EQ(DayOfChinese("二十二年三月五日"), std::nullopt);
  EXPECT_EQ(DayOfChinese("年月日"), std::nullopt);
  EXPECT_EQ(DayOfChinese("月二年一日"), std::nullopt);
}

}  // namespace
}  // namespace kechuang::sheet
