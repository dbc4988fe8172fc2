#include "common/domain/credit_code.h"

#include <fstream>
#include <utility>
#include <vector>

#include "absl/random/random.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "common/domain/name_text.h"

namespace kechuang {
namespace {

constexpr char kBureau[] = "11640103010094039Q";
constexpr absl::string_view kAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";

std::string ReasonOfCode(absl::string_view text) { return ReasonOf(CreditCode::Parse(text).status()); }

std::string Detail(absl::string_view text, const std::string& key) {
  const auto info = DetailOf<google::rpc::ErrorInfo>(CreditCode::Parse(text).status());
  if (!info.has_value() || !info->metadata().contains(key)) return "";
  return info->metadata().at(key);
}

TEST(CreditCode, AnswersEveryRowOfTheVectors) {
  std::ifstream file(DOMAIN_TESTDATA "/uscc_vectors.csv");
  ASSERT_TRUE(file.is_open());
  std::string line;
  std::getline(file, line);
  ASSERT_EQ(line, "code,valid,reason");
  int rows = 0;
  while (std::getline(file, line)) {
    SCOPED_TRACE(line);
    const std::vector<std::string> cells = absl::StrSplit(line, absl::MaxSplits(',', 2));
    ASSERT_EQ(cells.size(), 3U);
    const auto code = CreditCode::Parse(cells[0]);
    if (cells[1] == "true") {
      ASSERT_TRUE(code.ok()) << code.status();
      EXPECT_EQ(code->text(), cells[0]);
    } else {
      const std::string result = cells[2].substr(0, cells[2].find(':'));
      EXPECT_EQ(ReasonOf(code.status()), absl::StrCat("CREDIT_CODE_", result));
      EXPECT_EQ(code.status().code(), absl::StatusCode::kInvalidArgument);
    }
    ++rows;
  }
  EXPECT_EQ(rows, 24);
}

TEST(CreditCode, ReadsThroughSpacesWidthAndCase) {
  const std::vector<std::string> texts = {
      "11640103010094039q",
      "11640103 0100 94039Q",
      "１１６４０１０３０１００９４０３９Ｑ",
      "１１６４０１０３０１００９４０３９ｑ",
      "\uFEFF11640103010094039Q\u3000",
      " \t11640103\u00A0010094039\u200BQ\r\n",
  };
  for (const std::string& text : texts) {
    const auto code = CreditCode::Parse(text);
    ASSERT_TRUE(code.ok()) << text << ": " << code.status();
    EXPECT_EQ(code->text(), kBureau);
  }
  EXPECT_EQ(NormaliseCode("o i －"), "OI-");
  EXPECT_TRUE(IsValidUtf8(NormaliseCode("\xff\xe5 1")));
  EXPECT_EQ(CreditCode().text(), "");
}

TEST(CreditCode, NamesTheExpectedCheckCharacter) {
  const absl::Status check = CreditCode::Parse("11640103010094039R").status();
  EXPECT_THAT(check.message(), testing::HasSubstr("should be Q"));
  EXPECT_THAT(ChineseOf(check), testing::HasSubstr("应为 Q"));
  EXPECT_EQ(Detail("11640103010094039R", "expected"), "Q");
  EXPECT_EQ(Detail("91350203M0001QAY9B", "expected"), "9");
  EXPECT_EQ(Detail("11640103010094038M", "expected"), "9");
  EXPECT_EQ(Detail("B1640105MA76P00T9X", "expected"), "E");
  EXPECT_EQ(Detail("1164010301009403Q", "expected"), "");
  EXPECT_EQ(Detail("宁夏回族自治区银川市西夏区科学技术局", "expected"), "");
}

TEST(CreditCode, SuggestsTheCodeMeantForLettersTypedAsDigits) {
  EXPECT_EQ(Detail("9135O100M000100Y43", "suggestion"), "91350100M000100Y43");
  EXPECT_EQ(Detail("91640I00694329053P", "suggestion"), "91640100694329053P");
  EXPECT_EQ(Detail("9135S100M000100Y43", "suggestion"), "");
}

TEST(CreditCode, FirstFailureWins) {
  EXPECT_EQ(ReasonOfCode(""), "CREDIT_CODE_LENGTH");
  EXPECT_EQ(ReasonOfCode("宁夏"), "CREDIT_CODE_LENGTH");
  EXPECT_EQ(ReasonOfCode("宁夏回族自治区银川市西夏区科学技术局"), "CREDIT_CODE_ALPHABET");
  EXPECT_EQ(ReasonOfCode("B7A4010301009403ZZ"), "CREDIT_CODE_ALPHABET");
  EXPECT_EQ(ReasonOfCode("B7A401030100940311"), "CREDIT_CODE_AUTHORITY");
  EXPECT_EQ(ReasonOfCode("97A401030100940311"), "CREDIT_CODE_CATEGORY");
  EXPECT_EQ(ReasonOfCode("91A401030100940311"), "CREDIT_CODE_REGION_NOT_NUMERIC");
  EXPECT_EQ(ReasonOfCode("919901030100940311"), "CREDIT_CODE_REGION_PROVINCE");
  EXPECT_EQ(ReasonOfCode("911000010100940311"), "CREDIT_CODE_REGION_PROVINCE");
  EXPECT_EQ(ReasonOfCode("916401030100940311"), "CREDIT_CODE_ORG_CHECK");
}

TEST(CreditCode, KnowsAuthoritiesAndCategoriesOf2016) {
  const std::vector<std::pair<char, std::string>> allowed = {
      {'1', "1239"}, {'2', "19"}, {'3', "123459"}, {'4', "19"}, {'5', "1239"}, {'6', "129"},
      {'7', "129"},  {'8', "19"}, {'9', "123"},    {'A', "19"}, {'N', "1239"}, {'Y', "1"},
  };
  int valid = 0;
  for (const char authority : kAlphabet) {
    for (const char category : kAlphabet) {
      std::string first8 = "00640105";
      first8[0] = authority;
      first8[1] = category;
      bool expected = false;
      for (const auto& [known, categories] : allowed) {
        expected = expected || (known == authority && absl::StrContains(categories, category));
      }
      EXPECT_EQ(CreditCode::Parse(MakeCreditCode(first8, "MA76P00T")).ok(), expected) << first8;
      valid += expected ? 1 : 0;
    }
  }
  EXPECT_EQ(valid, 36);
}

TEST(MakeCreditCode, WorksBothCheckCharactersOut) {
  EXPECT_EQ(MakeCreditCode("11640103", "01009403"), kBureau);
  EXPECT_EQ(MakeCreditCode("91350100", "M000100Y"), "91350100M000100Y43");
  EXPECT_EQ(MakeCreditCode("N2640105", "MF880028"), "N2640105MF88002850");
  EXPECT_EQ(MakeCreditCode("1164010", "01009403"), "");
  EXPECT_EQ(MakeCreditCode("1164010O", "01009403"), "");
}

TEST(CreditCode, NoSlipOfOneCharacterOrSwapPasses) {
  absl::BitGen random;
  for (int round = 0; round < 12; ++round) {
    std::string subject;
    for (int i = 0; i < 8; ++i) subject.push_back(kAlphabet[absl::Uniform<size_t>(random, 0, kAlphabet.size())]);
    const std::string code = MakeCreditCode(round % 2 == 0 ? "91640105" : "N2640103", subject);
    ASSERT_TRUE(CreditCode::Parse(code).ok()) << code;
    for (size_t at = 0; at < code.size(); ++at) {
      for (const char other : kAlphabet) {
        std::string slip = code;
        slip[at] = other;
        ASSERT_EQ(CreditCode::Parse(slip).ok(), other == code[at]) << slip;
      }
    }
    for (size_t a = 0; a < 17; ++a) {
      for (size_t b = a + 1; b < 17; ++b) {
        std::string swapped = code;
        std::swap(swapped[a], swapped[b]);
        ASSERT_EQ(CreditCode::Parse(swapped).ok(), swapped == code) << swapped;
      }
    }
  }
}

}  // namespace
}  // namespace kechuang
