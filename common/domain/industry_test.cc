#include "common/domain/industry.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"

namespace kechuang {
namespace {

TEST(Industry, GivesTheCodeWithItsLetter) {
  struct Row {
    const char* text;
    const char* code;
  };
  for (const Row& row : {Row{"C3824", "C3824"}, Row{"3824", "C3824"}, Row{"c382", "C382"}, Row{"01", "A01"},
                         Row{"A0111", "A0111"}, Row{"97", "T97"}, Row{"6510", "I6510"}, Row{"70", "K70"}}) {
    const auto code = ParseIndustryCode(row.text);
    ASSERT_TRUE(code.ok()) << row.text << code.status();
    EXPECT_EQ(*code, row.code);
  }
}

TEST(Industry, RefusesOtherFormsAndLetters) {
  for (const char* text :
       {"", "C", "3", "C3", "38245", "C38245", "00", "98", "A3824", "Z3824", "C38x4", "CC3824", "C 3824", "制造业"}) {
    const absl::Status status = ParseIndustryCode(text).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_EQ(ReasonOf(status), "FIELD_MALFORMED") << text;
  }
  EXPECT_THAT(ParseIndustryCode("A3824").status().message(), testing::HasSubstr("section C"));
}

TEST(Industry, EveryDivisionHasOneSection) {
  std::string letters;
  for (int division = 1; division <= 97; ++division) {
    const std::string digits = {static_cast<char>('0' + division / 10), static_cast<char>('0' + division % 10)};
    const auto code = ParseIndustryCode(digits);
    ASSERT_TRUE(code.ok()) << digits;
    EXPECT_NE(IndustrySectionName(*code), "");
    if (letters.empty() || letters.back() != code->front()) letters.push_back(code->front());
  }
  EXPECT_EQ(letters, "ABCDEFGHIJKLMNOPQRST");
  EXPECT_EQ(IndustrySectionName("C3824"), "制造业");
  EXPECT_EQ(IndustrySectionName("3824"), "");
  EXPECT_EQ(IndustrySectionName(""), "");
}

}  // namespace
}  // namespace kechuang
