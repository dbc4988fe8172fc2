#include "common/rpc/program_flags.h"

#include <string>

#include "absl/flags/flag.h"
#include "absl/flags/reflection.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"

ABSL_FLAG(std::string, door_test_key, "", "names the file of a secret");
ABSL_FLAG(std::string, door_test_address, "", "where something is");
ABSL_FLAG(bool, door_test_quick, false, "says yes or no");

namespace kechuang::rpc {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Arguments, AreKnownFlags) {
  EXPECT_EQ(CheckArguments({}), absl::OkStatus());
  EXPECT_EQ(CheckArguments({"--door_test_address=x", "-door_test_quick", "--nodoor_test_quick", "--door-test-address",
                            "--not-a-flag-but-a-value", "--print-config", "--help"}),
            absl::OkStatus());
}

TEST(Arguments, ThatAreUnknownAreNamedWithTheNearestInBothLanguages) {
  const absl::Status status = CheckArguments({"--door_test_adress=x"});
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(status), "FIELD_UNKNOWN");
  EXPECT_THAT(std::string(status.message()), HasSubstr("did you mean --door_test_address?"));
  EXPECT_THAT(ChineseOf(status), HasSubstr("是否为 --door_test_address？"));
  EXPECT_THAT(std::string(CheckArguments({"--xyzzy"}).message()), HasSubstr("--print-config shows"));
  EXPECT_THAT(std::string(CheckArguments({"--nodoor_test_address"}).message()), HasSubstr("there is no flag"));
  EXPECT_THAT(std::string(CheckArguments({"stray"}).message()), HasSubstr("\"stray\" is no flag"));
}

TEST(Config, ShowsEveryFlagAndNoSecret) {
  const absl::FlagSaver saver;
  EXPECT_THAT(ConfigText(), AllOf(HasSubstr("--door_test_key=\n"), HasSubstr("--caller_rate=2000\n"),
                                  Not(HasSubstr("flagfile")), Not(HasSubstr("help"))));
  absl::SetFlag(&FLAGS_door_test_key, "/secrets/door.pem");
  absl::SetFlag(&FLAGS_door_test_address, "tcp://root:hunter2@db:3306,unix:///a@b");
  absl::SetFlag(&FLAGS_door_test_quick, true);
  EXPECT_THAT(ConfigText(), AllOf(HasSubstr("--door_test_key=***\n"), HasSubstr("--door_test_quick=true\n"),
                                  HasSubstr("--door_test_address=tcp://***@db:3306,unix:///a@b\n"),
                                  Not(HasSubstr("hunter2")), Not(HasSubstr("door.pem"))));
}

TEST(Config, TellsSecretsByTheirNames) {
  EXPECT_EQ(ShownValue("tls_key", "a"), "***");
  EXPECT_EQ(ShownValue("password_file", "a"), "***");
  EXPECT_EQ(ShownValue("unknown_keys", "20"), "20");
  EXPECT_EQ(ShownValue("tls_certificate", "a.pem"), "a.pem");
}

}  // namespace
}  // namespace kechuang::rpc
