#include "common/domain/division.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kechuang {
namespace {

TEST(Division, KnowsTodaysAndAbolishedOnes) {
  const Division* xixia = FindDivision("640105");
  ASSERT_NE(xixia, nullptr);
  EXPECT_EQ(xixia->name, "西夏区");
  EXPECT_EQ(xixia->level, DivisionLevel::kCounty);
  EXPECT_EQ(xixia->parent, "640100");
  EXPECT_EQ(xixia->valid_to_year, 0);
  const Division* abolished = FindDivision("640103");
  ASSERT_NE(abolished, nullptr);
  EXPECT_EQ(abolished->valid_to_year, 2002);
  EXPECT_THAT(abolished->successors, testing::ElementsAre("640105", "640106"));
  EXPECT_EQ(FindDivision("640105101")->name, "镇北堡镇");
  EXPECT_EQ(FindDivision("640105101")->level, DivisionLevel::kTownship);
  EXPECT_EQ(FindDivision("110108"), nullptr);
  EXPECT_EQ(FindDivision(""), nullptr);
}

TEST(Division, EveryParentAndSuccessorStandsAndHoldsIt) {
  int counties = 0;
  for (int number = 640000; number < 650000; ++number) {
    const Division* division = FindDivision(std::to_string(number));
    if (division == nullptr) continue;
    if (division->level == DivisionLevel::kCounty && division->valid_to_year == 0) ++counties;
    if (division->level != DivisionLevel::kProvince) {
      ASSERT_NE(FindDivision(division->parent), nullptr);
      EXPECT_TRUE(IsWithin(division->code, division->parent));
    }
    for (const absl::string_view successor : division->successors) {
      ASSERT_NE(FindDivision(successor), nullptr);
      EXPECT_EQ(FindDivision(successor)->valid_to_year, 0);
    }
    EXPECT_EQ(division->successors.empty(), division->valid_to_year == 0);
  }
  EXPECT_EQ(counties, 22);
}

TEST(Division, LiesWithinAnother) {
  struct Row {
    const char* code;
    const char* ancestor;
    bool within;
  };
  for (const Row& row :
       {Row{"640105", "640105", true}, Row{"640105", "640100", true}, Row{"640105", "640000", true},
        Row{"640105001", "640105", true}, Row{"640105001", "640000", true}, Row{"640105100201", "640105100", true},
        Row{"640105001", "640105002", false}, Row{"640105", "640106", false}, Row{"640100", "640105", false},
        Row{"640105", "640105001", false}, Row{"640200", "640100", false}, Row{"110108", "640000", false},
        Row{"", "", false}, Row{"640105", "", false}, Row{"64010", "640000", false}, Row{"64010A", "640000", false}}) {
    EXPECT_EQ(IsWithin(row.code, row.ancestor), row.within) << row.code << " in " << row.ancestor;
  }
  EXPECT_TRUE(IsDivisionCode("640105"));
  for (const char* text : {"", "64010", "6401050", "64010x", "６４０１０５"})
    EXPECT_FALSE(IsDivisionCode(text)) << text;
}

}  // namespace
}  // namespace kechuang
