#include "common/rpc/source.h"

#include "gtest/gtest.h"

namespace kechuang::rpc {
namespace {

TEST(Source, IsAnAddressOrANetworkOfIpv6) {
  EXPECT_EQ(SourceOf("10.0.0.1"), "10.0.0.1");
  EXPECT_EQ(SourceOf("::ffff:10.0.0.1"), "10.0.0.1");
  EXPECT_EQ(SourceOf("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
  EXPECT_EQ(SourceOf("2001:db8:1:2::1"), SourceOf("2001:db8:1:2:ffff::9"));
  EXPECT_NE(SourceOf("2001:db8:1:2::1"), SourceOf("2001:db8:1:3::1"));
  EXPECT_EQ(SourceOf(""), "");
}

TEST(Source, IsReadFromGrpcsPeers) {
  EXPECT_EQ(SourceOfPeer("ipv4:10.0.0.1:5000"), "10.0.0.1");
  EXPECT_EQ(SourceOfPeer("ipv6:%5B2001:db8:1:2::1%5D:5000"), "2001:db8:1:2::/64");
  EXPECT_EQ(SourceOfPeer("ipv6:[::ffff:10.0.0.1]:5000"), "10.0.0.1");
  EXPECT_EQ(SourceOfPeer("inproc"), "inproc");
  EXPECT_EQ(SourceOfPeer("unix:/tmp/a.sock"), "unix:/tmp/a.sock");
}

}  // namespace
}  // namespace kechuang::rpc
