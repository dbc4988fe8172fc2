#include "common/register/paging.h"

#include "gtest/gtest.h"

#include "common/base/error.h"

namespace kechuang {
namespace {

TEST(Paging, GivesAHundredEntriesOrAsManyAsAskedForUpToAThousand) {
  EXPECT_EQ(PageSizeOf(0), 100);
  EXPECT_EQ(PageSizeOf(1), 1);
  EXPECT_EQ(PageSizeOf(1000), 1000);
  EXPECT_EQ(PageSizeOf(1001), 1000);
}

TEST(Paging, TakesTheTokensItGaveAndNoOthers) {
  EXPECT_EQ(NumberOfToken("").value(), 0);
  EXPECT_EQ(NumberOfToken("17").value(), 17);
  for (const char* const token : {"0", "-1", "x", "17x", "1.5", "9223372036854775808"}) {
    EXPECT_EQ(ReasonOf(NumberOfToken(token).status()), "LIST_ARGUMENT") << token;
  }
}

}  // namespace
}  // namespace kechuang
