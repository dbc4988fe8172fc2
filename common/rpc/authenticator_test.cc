#include "common/rpc/authenticator.h"

#include <sys/stat.h>

#include <fstream>

#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "tests/support/temp_folder.h"

namespace kechuang::rpc {
namespace {

using ::testing::HasSubstr;

// A key file with this text and mode; its path.
std::string KeyFile(const kechuang::testing::TempFolder& folder, const std::string& text, mode_t mode) {
  const std::string path = folder.path() + "/admin.key";
  chmod(path.c_str(), 0600);
  std::ofstream(path) << text;
  chmod(path.c_str(), mode);
  return path;
}

TEST(Authenticator, KnowsTheKeyAndNothingElse) {
  const Authenticator authenticator("secret");
  EXPECT_EQ(*authenticator.Actor("Bearer secret"), "keys/admin");
  for (const char* wrong : {"", "secret", "Bearer", "Bearer ", "Bearer Secret", "Bearer secret ", "bearer secret",
                            "Bearer secre", "Bearer secretx", "Basic secret", "Bearer  secret"}) {
    const absl::Status status = authenticator.Actor(wrong).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated) << wrong;
    EXPECT_EQ(ReasonOf(status), "UNAUTHENTICATED_CALLER") << wrong;
    EXPECT_FALSE(ChineseOf(status).empty());
  }
}

TEST(Authenticator, ReadsAFileThatOnlyItsOwnerMayRead) {
  const kechuang::testing::TempFolder folder;
  for (const mode_t mode : {0600, 0400}) {
    const auto authenticator = Authenticator::FromFile(KeyFile(folder, "secret\n", mode));
    ASSERT_TRUE(authenticator.ok()) << authenticator.status();
    EXPECT_TRUE(authenticator->Actor("Bearer secret").ok());
  }
}

TEST(Authenticator, RefusesAFileThatOthersMayRead) {
  const kechuang::testing::TempFolder folder;
  for (const mode_t mode : {0644, 0640, 0604, 0620, 0601}) {
    const absl::Status status = Authenticator::FromFile(KeyFile(folder, "secret\n", mode)).status();
    EXPECT_THAT(std::string(status.message()), HasSubstr("must have mode 0600")) << mode;
  }
}

TEST(Authenticator, RefusesAFileThatIsAbsentOrEmpty) {
  const kechuang::testing::TempFolder folder;
  EXPECT_THAT(std::string(Authenticator::FromFile(folder.path() + "/none").status().message()),
              HasSubstr("cannot be read"));
  for (const char* text : {"", "\n", "  \t\n", "\nsecret\n"}) {
    EXPECT_THAT(std::string(Authenticator::FromFile(KeyFile(folder, text, 0600)).status().message()),
                HasSubstr("is empty"));
  }
}

}  // namespace
}  // namespace kechuang::rpc
