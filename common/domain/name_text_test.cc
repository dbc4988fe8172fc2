#include "common/domain/name_text.h"

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kechuang {
namespace {

TEST(NormaliseName, UnifiesWhatLooksTheSame) {
  struct Row {
    const char* name;
    const char* key;
  };
  for (const Row& row :
       {Row{"宁夏（银川）科技有限公司", "宁夏(银川)科技有限公司"},
        Row{"宁夏(银川) 科技\u3000有限公司", "宁夏(银川)科技有限公司"},
        Row{"宁夏﹙银川﹚\u00A0科技\u200B有限\uFEFF公司\n", "宁夏(银川)科技有限公司"}, Row{"ＡＢＣ Tech", "abctech"},
        Row{"Straße", "strasse"}, Row{"e\u200D\u0301", "é"}, Row{"", ""}, Row{" \t\u3000", ""}, Row{"ﬁ", "fi"}}) {
    EXPECT_EQ(NormaliseName(row.name), row.key) << row.name;
    EXPECT_EQ(NormaliseName(row.key), row.key) << row.key;
  }
  EXPECT_TRUE(IsValidUtf8(NormaliseName("宁\xff夏\xe5")));
}

std::string Utf8(char32_t point) {
  if (point < 0x80) return std::string(1, static_cast<char>(point));
  if (point < 0x800) return {static_cast<char>(0xC0U | point >> 6U), static_cast<char>(0x80U | (point & 0x3FU))};
  return {static_cast<char>(0xE0U | point >> 12U), static_cast<char>(0x80U | (point >> 6U & 0x3FU)),
          static_cast<char>(0x80U | (point & 0x3FU))};
}

// Plain texts take a way without tables; a letter with an accent behind them, which acts on nothing before it, sends
// them the long way.
TEST(NormaliseName, GivesTheSameByEitherWay) {
  constexpr char kAccented[] = "é";
  for (char32_t point = 0; point < 0xFFFE; ++point) {
    if (point >= 0xD800 && point <= 0xDFFF) continue;  // no characters
    const std::string text = "a" + Utf8(point);
    ASSERT_EQ(NormaliseName(text) + kAccented, NormaliseName(text + kAccented)) << static_cast<uint32_t>(point);
  }
  std::mt19937 random(20221231);
  const std::vector<std::pair<char32_t, char32_t>> ranges = {{0x00, 0x7F},     {0x3000, 0x3020}, {0x4DF0, 0x4E10},
                                                             {0x9FF0, 0xA010}, {0xFF00, 0xFF70}, {0x300, 0x310}};
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    for (size_t length = random() % 6; length > 0; --length) {
      const auto& [first, last] = ranges[random() % (i % 2 == 0 ? ranges.size() - 1 : ranges.size())];
      text += Utf8(first + static_cast<char32_t>(random() % (last - first + 1)));
    }
    ASSERT_EQ(NormaliseName(text) + kAccented, NormaliseName(text + kAccented)) << text;
  }
}

TEST(NameSuffixes, HoldEveryPartAsABeginning) {
  EXPECT_THAT(NameSuffixes("宁夏ab"), testing::ElementsAre("宁夏ab", "夏ab", "ab", "b"));
  EXPECT_THAT(NameSuffixes("宁夏ab", 2), testing::ElementsAre("宁夏", "夏a", "ab", "b"));
  EXPECT_THAT(NameSuffixes("aaaa", 2), testing::ElementsAre("aa", "a"));
  EXPECT_THAT(NameSuffixes(""), testing::IsEmpty());
  const std::string name = NormaliseName("宁夏西夏区贺兰山西路绿色新型材料科技创新有限责任公司");
  const auto suffixes = NameSuffixes(name);
  EXPECT_TRUE(std::any_of(suffixes.begin(), suffixes.end(),
                          [](const std::string& suffix) { return absl::StartsWith(suffix, "新型材料科技"); }));
  for (const std::string& suffix : suffixes) {
    EXPECT_LE(CodePoints(suffix), 16U);
    EXPECT_TRUE(IsValidUtf8(suffix));
  }
}

TEST(NameSuffixes, CutAtWholeCharactersWithinTheBytes) {
  std::string name;
  for (int i = 0; i < 60; ++i) name += "\U00020000";
  for (const std::string& suffix : NameSuffixes(name, 60)) {
    EXPECT_LE(suffix.size(), kNameSuffixBytesMax);
    EXPECT_EQ(suffix.size() % 4, 0U);
  }
}

TEST(Text, CountsPointsBytesAndColumns) {
  EXPECT_EQ(CodePoints("西夏区ab"), 5U);
  EXPECT_EQ(CodePoints(""), 0U);
  EXPECT_EQ(DisplayWidth("西夏区ab"), 8);
  EXPECT_EQ(DisplayWidth("（）()"), 6);
  EXPECT_EQ(DisplayWidth("e\u0301"), 1);
  EXPECT_EQ(DisplayWidth(""), 0);
  EXPECT_TRUE(IsValidUtf8("西夏区\U00020000"));
  for (const char* bad : {"\xff", "\xe8\xa5", "\xc0\x80", "\xed\xa0\x80", "a\x80"}) EXPECT_FALSE(IsValidUtf8(bad));
}

}  // namespace
}  // namespace kechuang
