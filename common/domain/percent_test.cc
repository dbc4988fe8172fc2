#include "common/domain/percent.h"

#include "gtest/gtest.h"

namespace kechuang {
namespace {

TEST(PercentDecode, TakesHexDigitsOfUtf8Alone) {
  EXPECT_EQ(PercentDecode("a%2fb%E5%90%88+"), "a/b合+");
  EXPECT_EQ(PercentDecode("a+b", /*plus_is_space=*/true), "a b");
  for (const char* wrong : {"%", "%2", "%zz", "%E5%90", "%FF"}) EXPECT_FALSE(PercentDecode(wrong).has_value()) << wrong;
}

TEST(PercentEncode, IsReadBackAndTravelsInHeaders) {
  EXPECT_EQ(PercentEncode("核实 a-b"), "%E6%A0%B8%E5%AE%9E%20a-b");
  EXPECT_EQ(PercentDecode(PercentEncode("100% 核实+\n")), "100% 核实+\n");
}

}  // namespace
}  // namespace kechuang
