#include "common/rpc/source.h"

#include <algorithm>
#include <utility>  // Asio wants it before its own headers in C++20

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include <boost/asio/ip/address.hpp>

namespace kechuang::rpc {
namespace {

constexpr size_t kNetworkBytes = 8;

}  // namespace

std::string SourceOf(absl::string_view ip) {
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(std::string(ip), error);
  if (error || address.is_v4()) return std::string(ip);
  if (address.to_v6().is_v4_mapped()) {
    return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6()).to_string();
  }
  auto bytes = address.to_v6().to_bytes();
  std::fill(bytes.begin() + kNetworkBytes, bytes.end(), static_cast<unsigned char>(0));
  return absl::StrCat(boost::asio::ip::address_v6(bytes).to_string(), "/64");
}

std::string SourceOfPeer(absl::string_view peer) {
  const absl::string_view port = peer.substr(std::min(peer.rfind(':'), peer.size()));
  if (absl::ConsumePrefix(&peer, "ipv4:")) return SourceOf(absl::StripSuffix(peer, port));
  if (!absl::ConsumePrefix(&peer, "ipv6:")) return std::string(peer);
  const std::string plain =
      absl::StrReplaceAll(absl::StripSuffix(peer, port), {{"%5B", ""}, {"%5D", ""}, {"[", ""}, {"]", ""}});
  return SourceOf(plain);
}

}  // namespace kechuang::rpc
