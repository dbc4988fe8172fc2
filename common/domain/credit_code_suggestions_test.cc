#include "common/domain/credit_code_suggestions.h"

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/domain/credit_code.h"

namespace kechuang {
namespace {

using testing::IsEmpty;

constexpr char kBureau[] = "11640103010094039Q";
constexpr absl::string_view kAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
constexpr uint32_t kSeed = 20221231;
constexpr int kCases = 10000;

// A number below limit, the same on every machine for the same seed.
size_t Below(std::mt19937& random, size_t limit) { return random() % limit; }

std::string RandomCode(std::mt19937& random) {
  const std::vector<std::string> firsts = {"91640105", "91640100", "91640106", "91640121", "91640104",
                                           "92640105", "93640121", "91110108", "91310115", "12640000"};
  std::string subject = Below(random, 3) == 0 ? "" : "MA";
  const absl::string_view letters = Below(random, 2) == 0 ? kAlphabet : kAlphabet.substr(0, 10);
  while (subject.size() < 8) subject.push_back(letters[Below(random, letters.size())]);
  return MakeCreditCode(firsts[Below(random, firsts.size())], subject);
}

// One character taken for another that looks alike, or two neighbours swapped; empty if the code has no such place.
std::string WithSlip(std::mt19937& random, const std::string& code, size_t kind) {
  const std::vector<std::pair<char, char>> alike = {{'1', 'I'}, {'0', 'O'}, {'2', 'Z'},
                                                    {'5', 'S'}, {'8', 'B'}, {'B', '8'}};
  std::vector<std::string> slips;
  for (size_t at = 0; at < code.size(); ++at) {
    std::string slip = code;
    if (kind < alike.size()) {
      if (code[at] != alike[kind].first) continue;
      slip[at] = alike[kind].second;
    } else {
      if (at + 1 == code.size() || code[at] == code[at + 1]) continue;
      std::swap(slip[at], slip[at + 1]);
    }
    slips.push_back(slip);
  }
  return slips.empty() ? "" : slips[Below(random, slips.size())];
}

TEST(SuggestCreditCodes, HasTheTrueCodeAmongTheFirstThreeIn99PercentOfSlips) {
  std::mt19937 random(kSeed);
  RecordProperty("seed", static_cast<int>(kSeed));
  int found = 0;
  int likely = 0;
  int likely_right = 0;
  for (int i = 0; i < kCases;) {
    const std::string code = RandomCode(random);
    const std::string slip = WithSlip(random, code, Below(random, 7));
    if (slip.empty() || CreditCode::Parse(slip).ok()) continue;
    ++i;
    std::vector<std::string> suggested = SuggestCreditCodes(slip);
    if (suggested.size() > 3) suggested.resize(3);
    found += static_cast<int>(std::count(suggested.begin(), suggested.end(), code));
    const std::string one = LikelyCreditCode(slip);
    likely += one.empty() ? 0 : 1;
    likely_right += one == code ? 1 : 0;
  }
  EXPECT_GE(found, kCases * 99 / 100) << "seed " << kSeed;
  EXPECT_GE(likely, kCases * 70 / 100) << "seed " << kSeed;
  EXPECT_GE(likely_right, likely * 95 / 100) << "seed " << kSeed;
  RecordProperty("among_first_3", found);
  RecordProperty("likely", likely);
  RecordProperty("likely_right", likely_right);
}

TEST(LikelyCreditCode, IsRightWhereItSpeaksOfWrongMissingAndDoubledCharacters) {
  std::mt19937 random(kSeed);
  std::map<size_t, std::pair<int, int>> given_and_right;
  for (int i = 0; i < 3000; ++i) {
    const std::string code = RandomCode(random);
    const size_t kind = Below(random, 3);
    const size_t at = Below(random, code.size());
    std::string slip = code;
    const char other = kAlphabet[Below(random, kAlphabet.size())];
    if (kind == 0) slip[at] = other;
    if (kind == 1) slip.erase(at, 1);
    if (kind == 2) slip.insert(at, 1, other);
    if (CreditCode::Parse(slip).ok()) continue;
    const std::string one = LikelyCreditCode(slip);
    given_and_right[kind].first += one.empty() ? 0 : 1;
    given_and_right[kind].second += one == code ? 1 : 0;
  }
  for (const auto& [kind, counts] : given_and_right) {
    RecordProperty("given_" + std::to_string(kind), counts.first);
    RecordProperty("right_" + std::to_string(kind), counts.second);
    EXPECT_GE(counts.first, 100) << kind;
    EXPECT_GE(counts.second, counts.first * 8 / 10) << kind << " of " << counts.first;
  }
}

TEST(SuggestCreditCodes, MendsWhatEyesConfuse) {
  EXPECT_THAT(SuggestCreditCodes("1164O1O3010094039Q").front(), kBureau);
  EXPECT_THAT(SuggestCreditCodes("ll640103010094039q"), IsEmpty());
  EXPECT_THAT(SuggestCreditCodes(" ii640103 010094039q").front(), kBureau);
  EXPECT_THAT(SuggestCreditCodes("11640103010094093Q").front(), kBureau);
  EXPECT_EQ(LikelyCreditCode("1164O1O3010094039Q"), kBureau);
  EXPECT_THAT(SuggestCreditCodes("1164010301009403Q"), testing::Contains(kBureau));
}

TEST(SuggestCreditCodes, SaysNothingOfValidCodesAndOtherTexts) {
  for (const char* text : {kBureau, "", "宁夏", "916401", "9.16401E+17", "宁夏回族自治区银川市西夏区科学技术局",
                           "VVVVVVVVVVVVVVVVVV", "\xff\xfe"}) {
    EXPECT_THAT(SuggestCreditCodes(text), IsEmpty()) << text;
    EXPECT_EQ(LikelyCreditCode(text), "") << text;
  }
}

}  // namespace
}  // namespace kechuang
