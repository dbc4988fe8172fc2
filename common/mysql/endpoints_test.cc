#include "common/mysql/endpoints.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"

namespace kechuang::mysql {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ParseEndpoints, KeepsTheOrderOfOneOrSeveral) {
  EXPECT_THAT(*ParseEndpoints("unix:///run/mariadb.sock"), ElementsAre("unix:///run/mariadb.sock"));
  EXPECT_THAT(*ParseEndpoints("tcp://b.example:3306,tcp://10.0.0.1:3307,tcp://[::1]:3306,tcp://a.example"),
              ElementsAre("tcp://b.example:3306", "tcp://10.0.0.1:3307", "tcp://[::1]:3306", "tcp://a.example"));
}

TEST(ParseEndpoints, RefusesWhatCouldNeverBeReached) {
  for (const char* text :
       {"", "db.example:3306", "unix://", "unix:///", "unix://mariadb.sock", "tcp://", "tcp://:3306",
        "tcp://a:", "tcp://a:0", "tcp://a:65536", "tcp://a:port", "tcp://a:1:2", "tcp://[::1:3306", "tcp://a/b",
        "tcp://a:3306,", ",tcp://a:3306", "tcp://a:3306, tcp://b:3306", "http://a:3306", "tcp://a:3306,tcp://a:3306"}) {
    EXPECT_EQ(ReasonOf(ParseEndpoints(text).status()), "FIELD_MALFORMED") << text;
  }
}

TEST(ParseEndpoints, NamesTheOneThatIsWrongInBothLanguages) {
  const absl::Status status = ParseEndpoints("tcp://a:3306,b:3306").status();
  EXPECT_THAT(std::string(status.message()), HasSubstr("\"b:3306\" is no address"));
  EXPECT_THAT(ChineseOf(status), HasSubstr("“b:3306”不是有效的数据库地址"));
}

TEST(IsLocal, IsTrueForThisMachineOnly) {
  for (const char* local : {"unix:///run/mariadb.sock", "tcp://127.0.0.1:3306", "tcp://localhost:3306",
                            "tcp://127.0.0.2", "tcp://[::1]:3306"}) {
    EXPECT_TRUE(IsLocal(local)) << local;
  }
  for (const char* far : {"tcp://192.0.2.1:3306", "tcp://127.example.com:3306", "tcp://localhost.example.com:3306",
                          "tcp://[2001:db8::1]:3306", "", "db.example.com"}) {
    EXPECT_FALSE(IsLocal(far)) << far;
  }
}

}  // namespace
}  // namespace kechuang::mysql
