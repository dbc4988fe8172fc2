#include "tools/kc/stored_session.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kechuang::kc {
namespace {

namespace fs = std::filesystem;

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

class StoredSessionTest : public testing::Test {
 protected:
  StoredSessionTest() { fs::remove_all(root_); }
  ~StoredSessionTest() override { fs::remove_all(root_); }

  static StoredSession Session() {
    StoredSession session;
    session.server = "127.0.0.1:7100";
    session.tokens.set_user("users/zhang");
    session.tokens.set_access_token("a.b.c");
    session.tokens.set_refresh_token("s.r");
    session.tokens.mutable_access_expire_time()->set_seconds(1'700'000'600);
    session.tokens.mutable_session_expire_time()->set_seconds(1'700'040'000);
    return session;
  }

  const fs::path root_ = fs::path(testing::TempDir()) / testing::UnitTest::GetInstance()->current_test_info()->name();
  const std::string path_ = (root_ / "config/kechuang/session").string();
};

TEST_F(StoredSessionTest, IsKeptForItsOwnerAlone) {
  ASSERT_TRUE(WriteSession(path_, Session()).ok());
  EXPECT_EQ(fs::status(path_).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  const auto read = ReadSession(path_, kNow);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->server, "127.0.0.1:7100");
  EXPECT_EQ(read->tokens.SerializeAsString(), Session().tokens.SerializeAsString());
  ASSERT_EQ(chmod(path_.c_str(), 0644), 0);
  EXPECT_FALSE(ReadSession(path_, kNow).has_value());
}

TEST_F(StoredSessionTest, IsOverInTimeAndWhenItIsRemoved) {
  ASSERT_TRUE(WriteSession(path_, Session()).ok());
  EXPECT_TRUE(IsFresh(Session(), kNow + absl::Seconds(569)));
  EXPECT_FALSE(IsFresh(Session(), kNow + absl::Seconds(570))) << "a call takes its time";
  EXPECT_FALSE(ReadSession(path_, kNow + absl::Seconds(40'000)).has_value());
  RemoveSession(path_);
  EXPECT_FALSE(ReadSession(path_, kNow).has_value());
}

TEST_F(StoredSessionTest, IsNoneInAnyOtherFile) {
  fs::create_directories(fs::path(path_).parent_path());
  for (const char* text : {"", "{", "[]", "{}", R"({"server": 7, "access_token": []})"}) {
    std::ofstream(path_) << text;
    ASSERT_EQ(chmod(path_.c_str(), 0600), 0);
    EXPECT_FALSE(ReadSession(path_, kNow).has_value()) << text;
  }
  EXPECT_FALSE(ReadSession("", kNow).has_value());
  EXPECT_FALSE(WriteSession("", Session()).ok());
}

TEST(SessionFile, IsAmongTheOthersOfThePerson) {
  const auto of = [](std::map<std::string, std::string> variables) {
    return SessionFile([&](const std::string& name) { return variables[name]; });
  };
  EXPECT_EQ(of({{"XDG_CONFIG_HOME", "/c"}, {"HOME", "/h"}}), "/c/kechuang/session");
  EXPECT_EQ(of({{"HOME", "/h"}}), "/h/.config/kechuang/session");
  EXPECT_EQ(of({}), "");
}

}  // namespace
}  // namespace kechuang::kc
