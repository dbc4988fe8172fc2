#ifndef KECHUANG_COMMON_RPC_SOURCE_H_
#define KECHUANG_COMMON_RPC_SOURCE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace kechuang::rpc {

// Under which name the calls of an IP address are counted: the address itself, of IPv6 its network of 64 bits, all of
// which one customer of a provider has to choose from. What is no address stays as it is.
std::string SourceOf(absl::string_view ip);

// The same of a peer as gRPC names it: "ipv4:10.0.0.1:5000", "ipv6:%5B::1%5D:5000".
std::string SourceOfPeer(absl::string_view peer);

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_SOURCE_H_
