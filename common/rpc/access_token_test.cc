#include "common/rpc/access_token.h"

#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kechuang::rpc {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

std::string Seed(char c) { return std::string(kSeedBytes, c); }

TokenClaims Claims() { return {"users/zhang", "s1", kNow, kNow + absl::Minutes(10), false, ""}; }

TokenKeys KeysOf(const TokenSigner& signer) { return {{signer.id(), signer.public_key()}}; }

std::string Base64(absl::string_view bytes) {
  std::string text = absl::WebSafeBase64Escape(bytes);
  while (!text.empty() && text.back() == '=') text.pop_back();
  return text;
}

std::string Decoded(absl::string_view part) {
  std::string bytes;
  EXPECT_TRUE(absl::WebSafeBase64Unescape(part, &bytes));
  return bytes;
}

TEST(AccessToken, SaysWhatWasSigned) {
  const TokenSigner signer(Seed('a'));
  TokenClaims claims = Claims();
  claims.second_factor = true;
  const auto read = VerifyToken(signer.Sign(claims), KeysOf(signer), kNow);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->user, "users/zhang");
  EXPECT_EQ(read->session, "s1");
  EXPECT_EQ(read->issued, kNow);
  EXPECT_EQ(read->expires, kNow + absl::Minutes(10));
  EXPECT_TRUE(read->second_factor);
  EXPECT_EQ(read->key_id, signer.id());
  EXPECT_FALSE(VerifyToken(signer.Sign(Claims()), KeysOf(signer), kNow)->second_factor);
}

// RFC 8032, 7.1, test 1: so it is Ed25519 and no cousin of it.
TEST(AccessToken, HasTheKeysOfTheStandard) {
  const TokenSigner signer(absl::HexStringToBytes("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"));
  EXPECT_EQ(absl::BytesToHexString(signer.public_key()),
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
}

TEST(AccessToken, EndsInTime) {
  const TokenSigner signer(Seed('a'));
  const std::string token = signer.Sign(Claims());
  EXPECT_TRUE(VerifyToken(token, KeysOf(signer), kNow + absl::Seconds(599)).has_value());
  EXPECT_FALSE(VerifyToken(token, KeysOf(signer), kNow + absl::Seconds(600)).has_value());
  EXPECT_FALSE(VerifyToken(token, KeysOf(signer), kNow - absl::Seconds(61)).has_value()) << "from the future";
}

TEST(AccessToken, IsTakenFromItsOwnKeyAlone) {
  const TokenSigner signer(Seed('a'));
  const TokenSigner other(Seed('b'));
  const std::string token = signer.Sign(Claims());
  EXPECT_FALSE(VerifyToken(token, {}, kNow).has_value());
  EXPECT_FALSE(VerifyToken(token, KeysOf(other), kNow).has_value());
  EXPECT_FALSE(VerifyToken(token, {{signer.id(), other.public_key()}}, kNow).has_value());
  EXPECT_FALSE(VerifyToken(token, {{signer.id(), "short"}}, kNow).has_value());
}

TEST(AccessToken, IsRefusedWhereAnythingIsChanged) {
  const TokenSigner signer(Seed('a'));
  const std::string token = signer.Sign(Claims());
  for (size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(VerifyToken(changed, KeysOf(signer), kNow).has_value()) << i;
    EXPECT_FALSE(VerifyToken(token.substr(0, i), KeysOf(signer), kNow).has_value()) << i;
  }
  for (const std::string& wrong : {token + "A", token + "=", token + ".", "." + token, " " + token, token + "\n"}) {
    EXPECT_FALSE(VerifyToken(wrong, KeysOf(signer), kNow).has_value()) << wrong;
  }
}

// A token with another header or payload, signed by nobody: what matters comes before the signature.
TEST(AccessToken, IsRefusedForAnotherAlgorithmOrAudience) {
  const TokenSigner signer(Seed('a'));
  const std::vector<std::string> parts = absl::StrSplit(signer.Sign(Claims()), '.');
  const std::string header = Decoded(parts[0]);
  const std::string payload = Decoded(parts[1]);
  for (const char* algorithm : {"none", "HS256", "eddsa", "ES256", ""}) {
    const std::string forged = absl::StrCat(R"({"alg":")", algorithm, R"(","kid":")", signer.id(), R"(","typ":"JWT"})");
    for (const std::string& signature : {std::string(), parts[2]}) {
      const std::string token = absl::StrCat(Base64(forged), ".", parts[1], ".", signature);
      EXPECT_FALSE(VerifyToken(token, KeysOf(signer), kNow).has_value()) << algorithm;
    }
  }
  EXPECT_FALSE(VerifyToken(absl::StrCat(parts[0], ".", parts[1], "."), KeysOf(signer), kNow).has_value());
  for (const char* other : {"[]", "{}", "1", "{", R"({"aud":"other"})"}) {
    EXPECT_FALSE(
        VerifyToken(absl::StrCat(parts[0], ".", Base64(other), ".", parts[2]), KeysOf(signer), kNow).has_value());
    EXPECT_FALSE(
        VerifyToken(absl::StrCat(Base64(other), ".", parts[1], ".", parts[2]), KeysOf(signer), kNow).has_value());
  }
}

TEST(AccessToken, IsRefusedUnreadIfItIsTooLong) {
  const TokenSigner signer(Seed('a'));
  TokenClaims claims = Claims();
  claims.session = std::string(4000, 's');
  const std::string token = signer.Sign(claims);
  ASSERT_GT(token.size(), kTokenBytesMax);
  EXPECT_FALSE(VerifyToken(token, KeysOf(signer), kNow).has_value());
  claims.session = std::string(2000, 's');
  EXPECT_TRUE(VerifyToken(signer.Sign(claims), KeysOf(signer), kNow).has_value());
}

TEST(AccessToken, IsToldFromTheSecretOfAKey) {
  EXPECT_TRUE(LooksLikeToken(TokenSigner(Seed('a')).Sign(Claims())));
  EXPECT_FALSE(LooksLikeToken("x7KCvT0Yf3c-_9"));
}

}  // namespace
}  // namespace kechuang::rpc
