#include "common/rpc/authenticator.h"

#include <openssl/crypto.h>
#include <sys/stat.h>

#include <fstream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include "common/base/error.h"
#include "common/base/sha256.h"
#include "common/base/status_macros.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::rpc {
namespace {

using access::Caller;

constexpr char kSuite[] = "services/suite";
// What Vouch makes: the scheme, the fingerprint, a blank, the suite's key.
constexpr char kVouchScheme[] = "Certificate ";
constexpr size_t kFingerprintDigits = 64;
// How long callers are taken for who they were when nothing is heard from the register of identities any more. While it
// is away nobody can revoke a key; cut off from it, a service must not go on for ever.
constexpr auto kTrustFor = std::chrono::minutes(10);
// More sessions at once than a suite has; an unknown token costs one verification of a signature.
constexpr size_t kVerifiedMost = 10'000;

absl::Status BadKeyFile(const std::string& path, absl::string_view english, absl::string_view chinese) {
  return Refuse(absl::StatusCode::kFailedPrecondition, api::v1::UNAUTHENTICATED_CALLER)
      .Says(absl::StrCat("the key file ", path, " ", english), absl::StrCat("密钥文件 ", path, " ", chinese));
}

absl::Status NoSuchKey() {
  return Refuse(absl::StatusCode::kUnauthenticated, api::v1::UNAUTHENTICATED_CALLER)
      .Says(
          "the call carries no valid key, no token of a session and no certificate that belongs to a key; send "
          "metadata "
          "authorization: Bearer <key or token>",
          "调用没有携带有效的密钥、会话令牌或已登记的客户端证书，请在元数据中发送 authorization: Bearer "
          "<密钥或令牌>");
}

absl::Status CallersUnknown() {
  return Refuse(absl::StatusCode::kUnavailable, api::v1::CALLERS_UNKNOWN)
      .RetryAfter(absl::Seconds(1))
      .Says("the service cannot tell now which keys are valid; try again in a moment",
            "服务暂时无法核实密钥，请稍后再试");
}

std::shared_ptr<const Caller> Suite() {
  return std::make_shared<const Caller>(
      Caller{kSuite, {}, access::Policy::Get().of_services(), absl::InfiniteFuture(), ""});
}

}  // namespace

Authenticator::Authenticator(absl::string_view suite_key, const Clock& clock)
    : clock_(clock),
      suite_key_(suite_key),
      suite_digest_(suite_key.empty() ? "" : Sha256(suite_key)),
      suite_(Suite()) {}

void Authenticator::Learn(Systems systems, People people) {
  absl::flat_hash_map<std::string, access::Permissions> keys;
  for (const CallersByDigest* callers : {&systems.by_secret, &systems.by_certificate}) {
    for (const auto& [digest, caller] : *callers) keys[caller->actor] = caller->permissions;
  }
  auto learnt = std::make_shared<const Known>(Known{std::move(systems), std::move(keys), std::move(people)});
  const std::lock_guard<std::mutex> lock(mutex_);
  known_ = std::move(learnt);
  confirmed_ = std::chrono::steady_clock::now();
}

void Authenticator::Confirm() {
  const std::lock_guard<std::mutex> lock(mutex_);
  confirmed_ = std::chrono::steady_clock::now();
}

bool Authenticator::KnowsCallers() const {
  return known_ != nullptr && std::chrono::steady_clock::now() - confirmed_ < kTrustFor;
}

bool Authenticator::knows_callers() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return KnowsCallers();
}

std::string Authenticator::Vouch(absl::string_view fingerprint) const {
  return absl::StrCat(kVouchScheme, fingerprint, " ", suite_key_);
}

bool Authenticator::IsIntroduction(absl::string_view text) const {
  const size_t blank = text.find(' ');
  return blank != absl::string_view::npos && text.size() <= kTokenBytesMax &&
         IsSuiteDigest(Sha256(text.substr(blank + 1)));
}

bool Authenticator::IsSuiteDigest(absl::string_view digest) const {
  return digest.size() == suite_digest_.size() &&
         CRYPTO_memcmp(digest.data(), suite_digest_.data(), digest.size()) == 0;
}

absl::StatusOr<std::shared_ptr<const Authenticator::Known>> Authenticator::WhatIsKnown() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!KnowsCallers()) return CallersUnknown();
  return known_;
}

absl::StatusOr<std::shared_ptr<const Caller>> Authenticator::FindSystem(const CallersByDigest& systems,
                                                                        const std::string& digest) const {
  // Looked up by the digest: how long that takes tells nothing about the secret.
  const auto found = systems.find(digest);
  if (found == systems.end() || found->second->expires <= clock_.Now()) return NoSuchKey();
  return found->second;
}

absl::StatusOr<std::shared_ptr<const Caller>> Authenticator::IdentifyMachine(absl::string_view vouched) const {
  const size_t key_at = kFingerprintDigits + 1;
  const bool whole = vouched.size() > key_at && vouched.size() <= kTokenBytesMax && vouched[kFingerprintDigits] == ' ';
  if (!whole || !IsSuiteDigest(Sha256(vouched.substr(key_at)))) return NoSuchKey();
  ASSIGN_OR_RETURN(const std::shared_ptr<const Known> known, WhatIsKnown());
  return FindSystem(known->systems.by_certificate, absl::HexStringToBytes(vouched.substr(0, kFingerprintDigits)));
}

absl::StatusOr<std::shared_ptr<const Caller>> Authenticator::Identify(absl::string_view authorization) const {
  if (absl::ConsumePrefix(&authorization, kVouchScheme)) return IdentifyMachine(authorization);
  if (!absl::ConsumePrefix(&authorization, "Bearer ") || authorization.size() > kTokenBytesMax) return NoSuchKey();
  const std::string digest = Sha256(authorization);
  if (IsSuiteDigest(digest)) return suite_;
  ASSIGN_OR_RETURN(const std::shared_ptr<const Known> known, WhatIsKnown());
  if (LooksLikeToken(authorization)) return IdentifyPerson(*known, authorization, digest);
  return FindSystem(known->systems.by_secret, digest);
}

absl::StatusOr<access::Permissions> Authenticator::PermissionsNow(const Caller& caller) const {
  if (caller.actor == kSuite) return caller.permissions;
  ASSIGN_OR_RETURN(const std::shared_ptr<const Known> known, WhatIsKnown());
  if (access::IsPerson(caller)) {
    const auto user = known->people.users.find(caller.actor);
    const bool gone = user == known->people.users.end() || known->people.ended_sessions.contains(caller.session);
    if (gone) return NoSuchKey();
    return user->second->permissions;
  }
  const auto key = known->keys.find(caller.actor);
  if (key == known->keys.end()) return NoSuchKey();
  return key->second;
}

absl::StatusOr<std::shared_ptr<const Caller>> Authenticator::IdentifyPerson(const Known& known, absl::string_view token,
                                                                            const std::string& digest) const {
  const Claims claims = ClaimsOf(known, token, digest);
  // A key that is withdrawn takes all its tokens with it, those too that were verified before.
  if (claims == nullptr || claims->expires <= clock_.Now() || !known.people.token_keys.contains(claims->key_id) ||
      known.people.ended_sessions.contains(claims->session)) {
    return NoSuchKey();
  }
  const auto user = known.people.users.find(claims->user);
  if (user == known.people.users.end()) return NoSuchKey();
  Caller caller = *user->second;
  caller.expires = claims->expires;
  caller.second_factor = claims->second_factor;
  caller.session = claims->session;
  return std::make_shared<const Caller>(std::move(caller));
}

Authenticator::Claims Authenticator::ClaimsOf(const Known& known, absl::string_view token,
                                              const std::string& digest) const {
  {
    const std::lock_guard<std::mutex> lock(verified_mutex_);
    if (const auto found = verified_.find(digest); found != verified_.end()) return found->second;
  }
  std::optional<TokenClaims> read = VerifyToken(token, known.people.token_keys, clock_.Now());
  if (!read.has_value()) return nullptr;
  auto claims = std::make_shared<const TokenClaims>(*std::move(read));
  const std::lock_guard<std::mutex> lock(verified_mutex_);
  if (verified_.size() >= kVerifiedMost) verified_.clear();
  verified_[digest] = claims;
  return claims;
}

std::string Introduction(absl::string_view area, absl::string_view suite_key) {
  return suite_key.empty() ? "" : absl::StrCat(area, " ", suite_key);
}

absl::StatusOr<std::string> ReadKeyFile(const std::string& path) {
  struct stat status;
  if (stat(path.c_str(), &status) != 0) return BadKeyFile(path, "cannot be read", "无法读取");
  if ((status.st_mode & 077) != 0) return BadKeyFile(path, "must have mode 0600", "权限必须为 0600");
  std::ifstream file(path);
  std::string key;
  std::getline(file, key);
  absl::StripAsciiWhitespace(&key);
  if (key.empty()) return BadKeyFile(path, "is empty", "为空");
  return key;
}

}  // namespace kechuang::rpc
