#include "common/rpc/access_token.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include <nlohmann/json.hpp>

#include "common/base/fatal.h"
#include "common/base/sha256.h"

namespace kechuang::rpc {
namespace {

using Json = nlohmann::json;
using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

constexpr char kIssuer[] = "kechuang/identity";
constexpr char kAudience[] = "kechuang";
constexpr char kAlgorithm[] = "EdDSA";
constexpr char kOneTimePassword[] = "otp";
constexpr size_t kSignatureBytes = 64;
constexpr size_t kKeyIdDigits = 16;
// How far ahead the clock of the machine that signed may be.
constexpr absl::Duration kSkewMost = absl::Minutes(1);

const unsigned char* Bytes(absl::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

std::string Base64(absl::string_view bytes) {
  std::string text = absl::WebSafeBase64Escape(bytes);
  while (!text.empty() && text.back() == '=') text.pop_back();
  return text;
}

// Strictly: no padding and no other characters, so that a token has no second spelling that looks different.
bool Unbase64(absl::string_view text, std::string& bytes) {
  const bool clean = std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
  });
  return clean && !text.empty() && absl::WebSafeBase64Unescape(text, &bytes) && Base64(bytes) == text;
}

// The object that a part of a token holds; a discarded value if it holds none.
Json ObjectOf(absl::string_view part) {
  std::string bytes;
  if (!Unbase64(part, bytes)) return Json(Json::value_t::discarded);
  Json parsed = Json::parse(bytes, nullptr, /*allow_exceptions=*/false);
  return parsed.is_object() ? parsed : Json(Json::value_t::discarded);
}

std::string TextOf(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

std::optional<absl::Time> TimeOf(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number_integer()) return std::nullopt;
  return absl::FromUnixSeconds(found->get<int64_t>());
}

bool HasOneTimePassword(const Json& payload) {
  const auto methods = payload.find("amr");
  return methods != payload.end() && methods->is_array() &&
         std::find(methods->begin(), methods->end(), Json(kOneTimePassword)) != methods->end();
}

std::optional<TokenClaims> ClaimsOf(const Json& header, const Json& payload, absl::Time now) {
  if (header.is_discarded() || payload.is_discarded()) return std::nullopt;
  // "crit" names extensions that must be understood, and none is.
  if (TextOf(header, "alg") != kAlgorithm || header.contains("crit")) return std::nullopt;
  if (TextOf(payload, "iss") != kIssuer || TextOf(payload, "aud") != kAudience) return std::nullopt;
  const std::optional<absl::Time> issued = TimeOf(payload, "iat");
  const std::optional<absl::Time> expires = TimeOf(payload, "exp");
  if (!issued.has_value() || !expires.has_value() || *issued > now + kSkewMost || *expires <= now) return std::nullopt;
  TokenClaims claims{TextOf(payload, "sub"),      TextOf(payload, "sid"), *issued, *expires,
                     HasOneTimePassword(payload), TextOf(header, "kid")};
  if (claims.user.empty() || claims.session.empty()) return std::nullopt;
  return claims;
}

bool IsSignedBy(absl::string_view public_key, absl::string_view text, absl::string_view signature) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, Bytes(public_key), public_key.size()), &EVP_PKEY_free);
  const Context context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  return key != nullptr && context != nullptr &&
         EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), Bytes(signature), signature.size(), Bytes(text), text.size()) == 1;
}

}  // namespace

TokenSigner::TokenSigner(absl::string_view seed) : key_(nullptr, &EVP_PKEY_free), public_key_(kSeedBytes, '\0') {
  if (seed.size() == kSeedBytes) {
    key_.reset(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, Bytes(seed), seed.size()));
  }
  size_t length = public_key_.size();
  if (key_ == nullptr ||
      EVP_PKEY_get_raw_public_key(key_.get(), reinterpret_cast<unsigned char*>(public_key_.data()), &length) != 1) {
    Fatal("the seed of a signing key is none");
  }
  id_ = Sha256Hex(public_key_).substr(0, kKeyIdDigits);
}

std::string TokenSigner::Sign(const TokenClaims& claims) const {
  const Json header = {{"alg", kAlgorithm}, {"kid", id_}, {"typ", "JWT"}};
  Json methods = Json::array({"pwd"});
  if (claims.second_factor) methods.push_back(kOneTimePassword);
  const Json payload = {{"iss", kIssuer},
                        {"aud", kAudience},
                        {"sub", claims.user},
                        {"sid", claims.session},
                        {"iat", absl::ToUnixSeconds(claims.issued)},
                        {"exp", absl::ToUnixSeconds(claims.expires)},
                        {"amr", methods}};
  const std::string text = absl::StrCat(Base64(header.dump()), ".", Base64(payload.dump()));
  std::string signature(kSignatureBytes, '\0');
  size_t length = signature.size();
  const Context context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  if (context == nullptr || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &length, Bytes(text),
                     text.size()) != 1) {
    Fatal("a token cannot be signed");
  }
  return absl::StrCat(text, ".", Base64(signature));
}

bool LooksLikeToken(absl::string_view text) { return text.find('.') != absl::string_view::npos; }

std::optional<TokenClaims> VerifyToken(absl::string_view token, const TokenKeys& keys, absl::Time now) {
  if (token.size() > kTokenBytesMax) return std::nullopt;
  const std::vector<absl::string_view> parts = absl::StrSplit(token, '.');
  std::string signature;
  if (parts.size() != 3 || !Unbase64(parts[2], signature) || signature.size() != kSignatureBytes) return std::nullopt;
  const std::optional<TokenClaims> claims = ClaimsOf(ObjectOf(parts[0]), ObjectOf(parts[1]), now);
  if (!claims.has_value()) return std::nullopt;
  const auto key = keys.find(claims->key_id);
  const absl::string_view text = token.substr(0, parts[0].size() + 1 + parts[1].size());
  if (key == keys.end() || !IsSignedBy(key->second, text, signature)) return std::nullopt;
  return claims;
}

}  // namespace kechuang::rpc
