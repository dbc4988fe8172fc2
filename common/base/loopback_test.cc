#include "common/base/loopback.h"

#include "gtest/gtest.h"

namespace kechuang {
namespace {

TEST(Loopback, IsThisMachineByAnyOfItsNames) {
  for (const char* host : {"localhost", "127.0.0.1", "127.255.1.2", "::1", "[::1]", "0:0:0:0:0:0:0:1"}) {
    EXPECT_TRUE(IsLoopbackHost(host)) << host;
  }
}

TEST(Loopback, IsNothingElse) {
  for (const char* host : {"", "10.0.0.1", "128.0.0.1", "0.0.0.0", "::", "[::2]", "127.0.0.1.example", "127.0.0",
                           "127.9999", "localhost.example", "[127.0.0.1", "bank.example"}) {
    EXPECT_FALSE(IsLoopbackHost(host)) << host;
  }
}

}  // namespace
}  // namespace kechuang
