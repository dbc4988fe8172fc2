#ifndef KECHUANG_COMMON_RPC_AUTHENTICATOR_H_
#define KECHUANG_COMMON_RPC_AUTHENTICATOR_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kechuang::rpc {

// Tells who presents a credential. Until the identity service comes there is one API key, made at first start, in a
// file that only its owner may read. Immutable; threads may share one.
class Authenticator {
 public:
  // Reads the key from a file of mode 0600 or stricter. Fails if the file is absent, readable by others, or empty.
  static absl::StatusOr<Authenticator> FromFile(const std::string& path);
  explicit Authenticator(absl::string_view key);

  // The actor, "keys/admin", of an authorization header "Bearer <key>"; UNAUTHENTICATED_CALLER (kUnauthenticated) for
  // any other text. Takes the same time whatever part of the key is right.
  absl::StatusOr<std::string> Actor(absl::string_view authorization) const;

 private:
  std::string digest_;  // SHA-256 of the key: the key itself is not kept
};

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_AUTHENTICATOR_H_
