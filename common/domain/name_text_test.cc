#include "common/domain/name_text.h"

#include <algorithm>

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
