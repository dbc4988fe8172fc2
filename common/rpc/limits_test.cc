#include "common/rpc/limits.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "common/rpc/limits_follower.h"
#include "tests/support/temp_folder.h"

namespace kechuang::rpc {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string FaultOf(const std::string& text) {
  const absl::Status status = ParseLimits(text, {}).status();
  EXPECT_EQ(ReasonOf(status), "INVALID_FIELDS") << text;
  return absl::StrCat(status.message(), " / ", ChineseOf(status));
}

TEST(Limits, AreReadFromLines) {
  const auto limits = ParseLimits("# for today\n caller_rate = 500 # a second\r\n\nunknown_keys=0\n", {});
  ASSERT_TRUE(limits.ok()) << limits.status();
  EXPECT_EQ(limits->caller.rate, 500);
  EXPECT_EQ(limits->caller.burst, Limits().caller.burst) << "what is not there keeps its value";
  EXPECT_EQ(limits->unknown_keys, 0);
}

TEST(Limits, CountAsTheirNamesSay) {
  const auto limits = ParseLimits("message_memory_mib = 32\nmessage_kib = 64\nheader_kib = 2\ncalls = 100\n", {});
  ASSERT_TRUE(limits.ok()) << limits.status();
  EXPECT_EQ(limits->message_memory, 32 << 20);
  EXPECT_EQ(limits->message_bytes, 64 << 10);
  EXPECT_EQ(limits->header_bytes, 2 << 10);
  EXPECT_EQ(limits->calls, 100);
  EXPECT_THAT(TextOf(*limits), AllOf(HasSubstr("caller_rate = 2000, "), HasSubstr("message_memory_mib = 32, "),
                                     HasSubstr("header_kib = 2, page_size = 1000")));
  const auto again = ParseLimits(absl::StrReplaceAll(TextOf(*limits), {{", ", "\n"}}), {});
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(*again, *limits);
}

TEST(Limits, AreRefusedWithEveryFault) {
  EXPECT_THAT(
      FaultOf("caller_rates = 5\ncaller_burst = 0\nunknown_keys = many"),
      AllOf(HasSubstr("did you mean caller_rate?"), HasSubstr("1 to 10000000"), HasSubstr("unknown_keys = NUMBER")));
  EXPECT_THAT(FaultOf("caller_rate = 5\ncaller_rate = 6"), HasSubstr("twice"));
  EXPECT_THAT(FaultOf("caller_rate"), HasSubstr("应为 caller_rate = 数字"));
  EXPECT_THAT(FaultOf("caller_rate = -1"), HasSubstr("0 to 1000000"));
  EXPECT_THAT(FaultOf("message_memory_mib = 9223372036854775807"), HasSubstr("16 to 65536"));
  EXPECT_THAT(FaultOf("message_kib = 8193\nstream = 5"), AllOf(HasSubstr("16 to 8192"), HasSubstr("mean streams?")));
}

TEST(Limits, OfFlagsAreCheckedToo) {
  EXPECT_EQ(CheckLimits({}), absl::OkStatus());
  EXPECT_EQ(ReasonOf(CheckLimits({.caller = {.rate = 1, .burst = 0}})), "INVALID_FIELDS");
  EXPECT_EQ(ReasonOf(CheckLimits({.unknown_keys = 1001})), "INVALID_FIELDS");
}

class LimitsFile : public ::testing::Test {
 protected:
  void Write(const std::string& text) const { std::ofstream(path_) << text; }

  const kechuang::testing::TempFolder folder_;
  const std::string path_ = folder_.path() + "/limits";
  const LimitsSource source_{.flags = {.caller = {.rate = 7, .burst = 8}}, .file = path_};
};

TEST_F(LimitsFile, GoesOverTheFlags) {
  EXPECT_EQ(ReadLimits(source_)->caller, (CallerLimit{.rate = 7, .burst = 8})) << "there is no file";
  Write("caller_burst = 9");
  EXPECT_EQ(ReadLimits(source_)->caller, (CallerLimit{.rate = 7, .burst = 9}));
  Write(std::string(70'000, ' '));
  EXPECT_EQ(ReasonOf(ReadLimits(source_).status()), "INVALID_FIELDS");
}

// Waits, for 20 s at most, until the rate is that; what it is then.
int64_t AwaitRate(const LiveLimits& limits, int64_t rate) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (limits.Get().caller.rate != rate && std::chrono::steady_clock::now() < end) std::this_thread::yield();
  return limits.Get().caller.rate;
}

TEST_F(LimitsFile, IsFollowedAsItChanges) {
  Write("caller_rate = 100");
  const LimitsFollower follower(source_, std::chrono::milliseconds(1));
  const auto limits = follower.limits();
  EXPECT_EQ(limits->Get().caller.rate, 100) << "known from the start";
  Write("caller_rate = 200");
  EXPECT_EQ(AwaitRate(*limits, 200), 200);
  Write("caller_rate = none");  // changes nothing, until it is mended
  Write("caller_rate = 300");
  EXPECT_EQ(AwaitRate(*limits, 300), 300);
  std::filesystem::remove(path_);
  EXPECT_EQ(AwaitRate(*limits, 7), 7) << "without the file the flags hold again";
}

}  // namespace
}  // namespace kechuang::rpc
