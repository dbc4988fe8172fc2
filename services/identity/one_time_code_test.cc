#include "services/identity/one_time_code.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kechuang::identity {
namespace {

using ::testing::Eq;
using ::testing::Optional;
using ::testing::StartsWith;

// RFC 6238, appendix B, SHA-1: the last six of the eight digits there.
constexpr char kSecret[] = "12345678901234567890";

TEST(OneTimeCode, IsTheOneOfTheStandard) {
  EXPECT_THAT(StepOfCode(kSecret, "287082", absl::FromUnixSeconds(59)), Optional(1));
  EXPECT_THAT(StepOfCode(kSecret, "081804", absl::FromUnixSeconds(1'111'111'109)), Optional(37'037'036));
  EXPECT_THAT(StepOfCode(kSecret, "005924", absl::FromUnixSeconds(1'234'567'890)), Optional(41'152'263));
}

TEST(OneTimeCode, IsTakenAStepBeforeAndAfter) {
  for (const int64_t seconds : {1'234'567'860, 1'234'567'890, 1'234'567'920}) {
    EXPECT_THAT(StepOfCode(kSecret, "005924", absl::FromUnixSeconds(seconds)), Optional(41'152'263)) << seconds;
  }
  for (const int64_t seconds : {1'234'567'800, 1'234'567'959}) {
    EXPECT_EQ(StepOfCode(kSecret, "005924", absl::FromUnixSeconds(seconds)), std::nullopt) << seconds;
  }
}

TEST(OneTimeCode, IsNothingElse) {
  for (const char* wrong : {"", "00592", "0059245", "005925", "00592a", " 05924"}) {
    EXPECT_EQ(StepOfCode(kSecret, wrong, absl::FromUnixSeconds(1'234'567'890)), std::nullopt) << wrong;
  }
}

TEST(CodeSecret, GoesThroughBase32) {
  EXPECT_EQ(Base32Of(kSecret), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
  EXPECT_THAT(BytesOfBase32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"), Optional(Eq(kSecret)));
  EXPECT_EQ(BytesOfBase32("1!"), std::nullopt);
  const std::string secret = NewCodeSecret();
  EXPECT_EQ(secret.size(), 20U);
  EXPECT_NE(secret, NewCodeSecret());
  EXPECT_THAT(CodeUri("zhang", kSecret), StartsWith("otpauth://totp/kechuang:zhang?secret=GEZDGNBVGY3TQOJQ"));
}

}  // namespace
}  // namespace kechuang::identity
