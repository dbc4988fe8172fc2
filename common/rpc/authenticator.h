#ifndef KECHUANG_COMMON_RPC_AUTHENTICATOR_H_
#define KECHUANG_COMMON_RPC_AUTHENTICATOR_H_

#include <chrono>
#include <memory>
#include <mutex>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "common/access/caller.h"
#include "common/base/clock.h"
#include "common/rpc/access_token.h"

namespace kechuang::rpc {

// Callers by the SHA-256 of what they are known by, 32 bytes each.
using CallersByDigest = absl::flat_hash_map<std::string, std::shared_ptr<const access::Caller>>;

// The systems that may call: each by a secret, or by the certificate that it shows.
struct Systems {
  CallersByDigest by_secret = {};
  CallersByDigest by_certificate = {};
};

// What must be known to take the tokens of sessions.
struct People {
  absl::flat_hash_map<std::string, std::shared_ptr<const access::Caller>> users;  // by name; not the disabled ones
  TokenKeys token_keys;
  absl::flat_hash_set<std::string> ended_sessions;  // ids, as long as a token of theirs has not expired
};

// Tells who presents a credential: the secret of a key, the access token of a session, or a certificate that a process
// of the suite vouches for. It knows the suite's own key
// from the start, and all else from the register of identities, which tells it again after each change. Roles and scope
// of a person come from there, never from the token. Threads may share one.
class Authenticator {
 public:
  // suite_key: the credential by which the services of the suite know each other; empty if there is none.
  explicit Authenticator(absl::string_view suite_key, const Clock& clock = SystemClock());
  Authenticator(const Authenticator&) = delete;
  Authenticator& operator=(const Authenticator&) = delete;

  // These callers are known from now on, and no others.
  void Learn(Systems systems, People people = {});
  // What was learnt last still holds.
  void Confirm();
  // Whether callers were learnt or confirmed within the last ten minutes.
  bool knows_callers() const;

  // Whose the authorization header "Bearer <secret or token>", or what Vouch made, is. UNAUTHENTICATED_CALLER
  // (kUnauthenticated) for a secret that nobody has, a token that nobody signed, a certificate that belongs to no key,
  // any of these that has expired, a session that has ended, and any other text; CALLERS_UNKNOWN (kUnavailable) while
  // it cannot know.
  absl::StatusOr<std::shared_ptr<const access::Caller>> Identify(absl::string_view authorization) const;

  // The authorization header by which a process of the suite vouches, to itself and to others, for a caller who showed
  // the certificate of this fingerprint on its connection. It holds the suite's own key, which nobody outside has.
  std::string Vouch(absl::string_view fingerprint) const;

  // Whether kFromService holds what a service of the suite says: Introduction of this very key.
  bool IsIntroduction(absl::string_view text) const;

  // What a caller who was identified before, and has a call under way, may do now. UNAUTHENTICATED_CALLER if its key
  // was revoked, its user disabled, or its session ended since; that its key or token expired meanwhile ends no call.
  absl::StatusOr<access::Permissions> PermissionsNow(const access::Caller& caller) const;

 private:
  struct Known {
    Systems systems;
    absl::flat_hash_map<std::string, access::Permissions> keys;  // of the systems, by name
    People people;
  };
  using Claims = std::shared_ptr<const TokenClaims>;

  bool KnowsCallers() const;  // the lock is held
  bool IsSuiteDigest(absl::string_view digest) const;
  absl::StatusOr<std::shared_ptr<const Known>> WhatIsKnown() const;
  absl::StatusOr<std::shared_ptr<const access::Caller>> FindSystem(const CallersByDigest& systems,
                                                                   const std::string& digest) const;
  absl::StatusOr<std::shared_ptr<const access::Caller>> IdentifyMachine(absl::string_view vouched) const;
  absl::StatusOr<std::shared_ptr<const access::Caller>> IdentifyPerson(const Known& known, absl::string_view token,
                                                                       const std::string& digest) const;
  // What a token says, if it is good; null otherwise. One that was good before is not verified again.
  Claims ClaimsOf(const Known& known, absl::string_view token, const std::string& digest) const;

  const Clock& clock_;
  const std::string suite_key_;
  const std::string suite_digest_;
  const std::shared_ptr<const access::Caller> suite_;

  mutable std::mutex mutex_;
  std::shared_ptr<const Known> known_;
  std::chrono::steady_clock::time_point confirmed_;  // by a clock that nobody sets

  mutable std::mutex verified_mutex_;
  // Tokens that were verified, by their SHA-256; emptied when there are too many.
  mutable absl::flat_hash_map<std::string, Claims> verified_;
};

// What a service of this area says of itself in kFromService; nothing without a key.
std::string Introduction(absl::string_view area, absl::string_view suite_key);

// The secret that a file of mode 0600 or stricter holds in its first line. UNAUTHENTICATED_CALLER if the file is
// absent, readable by others, or empty.
absl::StatusOr<std::string> ReadKeyFile(const std::string& path);

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_AUTHENTICATOR_H_
