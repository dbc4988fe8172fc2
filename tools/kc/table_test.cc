#include "tools/kc/table.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/domain/name_text.h"

namespace kechuang::kc {
namespace {

using testing::HasSubstr;

TEST(TableText, AlignsByDisplayWidth) {
  EXPECT_EQ(TableText({{"name"}, {"元", true}, {"x"}}, {{"宁夏大学", "1.00", "a"}, {"NX", "300.00", ""}}, {}),
            "name          元  x\n"
            "宁夏大学    1.00  a\n"
            "NX        300.00\n");
}

TEST(TableText, FitsTheTerminal) {
  const std::string text = TableText({{"name"}, {"text"}, {"more"}}, {{"a", std::string(100, 'x'), "b"}}, {40, false});
  for (const char* part : {"…", "more", "b"}) EXPECT_THAT(text, HasSubstr(part));
  EXPECT_EQ(DisplayWidth(text.substr(text.find('\n') + 1, text.size() - text.find('\n') - 2)), 37);
}

TEST(TableText, NeverCutsNames) {
  const std::string name = "contracts/2021640105000001";
  EXPECT_EQ(TableText({{"name"}, {"text"}}, {{name, std::string(90, 'x')}}, {46, false}),
            "name                        text\n" + name + "  " + std::string(17, 'x') + "…\n");
  EXPECT_EQ(TableText({{"name"}}, {{name}}, {10, false}), "name\n" + name + "\n");
}

TEST(TableText, LeavesColumnsOutFromTheRight) {
  EXPECT_EQ(TableText({{"name"}, {"text"}}, {{"a", "b"}}, {6, false}), "name\na\n");
}

TEST(TableText, KeepsControlCharactersOut) { EXPECT_EQ(TableText({{"t"}}, {{"a\x1b[2J\nb"}}, {}), "t\na [2J b\n"); }

TEST(TableText, HeadMayBeBold) { EXPECT_EQ(TableText({{"t"}}, {}, {0, true}), "\x1b[1mt\x1b[0m\n"); }

TEST(Printable, ReplacesWhatIsNoText) {
  EXPECT_EQ(Printable("宁夏\xff"), "宁夏\xEF\xBF\xBD");
  EXPECT_EQ(Printable("a\u202Eb"), "a b");
}

TEST(Shortened, CutsBetweenCharacters) {
  EXPECT_EQ(Shortened("宁夏大学", 5), "宁夏…");
  EXPECT_EQ(Shortened("宁夏大学", 6), "宁夏…");
  EXPECT_EQ(Shortened("宁夏大学", 8), "宁夏大学");
}

TEST(TableText, EmojiAndFullWidthFormsTakeTwoColumns) {
  EXPECT_EQ(TableText({{"t"}, {"x"}}, {{"😀", "1"}, {"Ａ", "2"}, {"é", "3"}, {"e\u0301", "4"}}, {}),
            "t   x\n😀  1\nＡ  2\né   3\ne\u0301   4\n");
}

TEST(CsvLine, NoCellIsAFormula) {
  EXPECT_EQ(CsvLine({"=1+1", "+1", "-300", "-a", "@x", "\tx", "'a", "a=1", "-0.5"}),
            "'=1+1,+1,-300,'-a,'@x,'\tx,''a,a=1,-0.5\n");
}

TEST(CsvLine, QuotesWhatNeedsIt) {
  EXPECT_EQ(CsvLine({"a", "b,c", "d\"e", "f\ng", ""}), "a,\"b,c\",\"d\"\"e\",\"f\ng\",\n");
}

}  // namespace
}  // namespace kechuang::kc
