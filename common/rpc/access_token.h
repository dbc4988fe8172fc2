#ifndef KECHUANG_COMMON_RPC_ACCESS_TOKEN_H_
#define KECHUANG_COMMON_RPC_ACCESS_TOKEN_H_

#include <openssl/evp.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

// The access tokens of sessions: compact JWS (RFC 7515) signed with Ed25519 (alg EdDSA, RFC 8037). Debian's libjwt
// knows no EdDSA, and what is needed of JWS is these few lines.
namespace kechuang::rpc {

// Longer tokens are refused unread.
inline constexpr size_t kTokenBytesMax = 4096;
inline constexpr size_t kSeedBytes = 32;

// What a token says.
struct TokenClaims {
  std::string user;            // sub: "users/zhang-wei"
  std::string session;         // sid
  absl::Time issued;           // iat, whole seconds
  absl::Time expires;          // exp, whole seconds
  bool second_factor = false;  // amr holds "otp"
  std::string key_id;          // kid of the header
};

// Ed25519 public keys, 32 bytes each, by the kid of the tokens that they verify.
using TokenKeys = absl::flat_hash_map<std::string, std::string>;

// A key that signs tokens. Threads may share one.
class TokenSigner {
 public:
  // Of a seed of kSeedBytes random bytes; ends the process for any other length.
  explicit TokenSigner(absl::string_view seed);
  TokenSigner(const TokenSigner&) = delete;
  TokenSigner& operator=(const TokenSigner&) = delete;

  // The kid: the beginning of the public key's digest.
  const std::string& id() const { return id_; }
  // 32 bytes.
  const std::string& public_key() const { return public_key_; }
  // The token that says so; key_id is the signer's own, whatever claims say.
  std::string Sign(const TokenClaims& claims) const;

 private:
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
  std::string public_key_;
  std::string id_;
};

// True for a text that is meant as a token: no secret of a key has a dot.
bool LooksLikeToken(absl::string_view text);

// What a token says, if one of these keys signed it, for this suite, and it has not expired; nothing otherwise. All
// that can be told without cryptography is looked at first.
std::optional<TokenClaims> VerifyToken(absl::string_view token, const TokenKeys& keys, absl::Time now);

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_ACCESS_TOKEN_H_
