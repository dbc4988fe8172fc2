#include "common/rpc/channels.h"

#include "gtest/gtest.h"

#include "common/base/error.h"

namespace kechuang::rpc {
namespace {

TEST(CheckAddress, TakesOneHostOrSeveralIpAddresses) {
  for (const char* address : {"127.0.0.1:7103", "contract.example:7103", "[::1]:7103", "10.0.0.1:7103,10.0.0.2:7104",
                              "[::1]:7103,[fe80::2]:7103"}) {
    EXPECT_EQ(CheckAddress(address), absl::OkStatus()) << address;
  }
}

TEST(CheckAddress, RefusesWhatCouldNeverBeReached) {
  for (const char* address : {"nonsense", ":7103", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:port",
                              "localhost:7103,127.0.0.1:7104", "127.0.0.1:7103,", ",127.0.0.1:7103",
                              "127.0.0.1:7103,[::1]:7103", "[::1:7103,[::1]:7104"}) {
    EXPECT_EQ(ReasonOf(CheckAddress(address)), "FIELD_MALFORMED") << address;
  }
}

}  // namespace
}  // namespace kechuang::rpc
