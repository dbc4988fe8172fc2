#include "tools/sheet/suggest.h"

#include <string>

#include "gtest/gtest.h"

namespace kechuang::sheet {
namespace {

Cell Text(const std::string& text) { return {0, CellKind::kText, text}; }
Cell Number(const std::string& text) { return {0, CellKind::kNumber, text}; }

TEST(SuggestDay, MendsWhatHasOneReading) {
  for (const char* text :
       {"2022.3.5前", "22.3.5", "2O22-03-05", "2022。3。5", "2022、3、5", "2022-0305", "约2022年3月5日",
        "2022年3月5日左右", "44625", "2022--3-5", "2022.3.5止", "二〇二二年三月五日", "２０２２,３,５"}) {
    EXPECT_EQ(SuggestDay(Text(text)), "2022-03-05") << text;
  }
  EXPECT_EQ(SuggestDay(Text("31/12/2022")), "2022-12-31");
  EXPECT_EQ(SuggestDay(Text("2022.12.31前")), "2022-12-31");
}

TEST(SuggestDay, SaysNothingOfWhatHasTwoOrNone) {
  for (const char* text : {"2022年3月", "5/3/2022", "2022-02-30", "2022-13-05", "05.3.22", "同上", "2022.12.31后",
                           "2022.3.5-2023.3.5", "长期", "", "202203", "12345678"}) {
    EXPECT_EQ(SuggestDay(Text(text)), "") << text;
  }
  EXPECT_EQ(SuggestDay(Number("3")), "");
}

TEST(SuggestMoney, MendsHedgesAndLetters) {
  const Units wan{Unit::kWanYuan, Unit::kNone, Unit::kNone};
  EXPECT_EQ(SuggestMoney(Text("约300"), wan), "300");
  EXPECT_EQ(SuggestMoney(Text("300左右"), wan), "300");
  EXPECT_EQ(SuggestMoney(Text("3OO"), wan), "300");
  EXPECT_EQ(SuggestMoney(Text("300w"), {}), "300万元");
  EXPECT_EQ(SuggestMoney(Text("1190。5"), wan), "1190.5");
  for (const char* text : {"300(含贴息)", "近300", "300 500", "11,90", "300余", "300-500", "三百五", "无法确定"}) {
    EXPECT_EQ(SuggestMoney(Text(text), wan), "") << text;
  }
  EXPECT_EQ(SuggestMoney(Text("约300"), {}), "");
}

TEST(SuggestNumber, TakesMeasureWordsAway) {
  EXPECT_EQ(SuggestNumber(Text("12人")), "12");
  EXPECT_EQ(SuggestNumber(Text("约12")), "12");
  EXPECT_EQ(SuggestNumber(Text("l2")), "12");
  EXPECT_EQ(SuggestNumber(Text("十二")), "");
}

TEST(SuggestRate, PutsThePercentSignWhereOneReadingIsARate) {
  EXPECT_EQ(SuggestRate(Text("3.65")), "3.65%");
  EXPECT_EQ(SuggestRate(Number("0.0365")), "3.65%");
  EXPECT_EQ(SuggestRate(Number("4")), "4%");
  EXPECT_EQ(SuggestRate(Text("365")), "");
  EXPECT_EQ(SuggestRate(Text("LPR+50")), "");
}

}  // namespace
}  // namespace kechuang::sheet
