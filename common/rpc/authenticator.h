#ifndef KECHUANG_COMMON_RPC_AUTHENTICATOR_H_
#define KECHUANG_COMMON_RPC_AUTHENTICATOR_H_

#include <chrono>
#include <memory>
#include <mutex>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "common/access/caller.h"
#include "common/base/clock.h"

namespace kechuang::rpc {

// Callers by the SHA-256 of their secrets, 32 bytes each.
using CallersBySecret = absl::flat_hash_map<std::string, std::shared_ptr<const access::Caller>>;

// Tells who presents a credential. It knows the suite's own key from the start, and every other from the register of
// identities, which tells it again after each change. Threads may share one.
class Authenticator {
 public:
  // suite_key: the credential by which the services of the suite know each other; empty if there is none.
  explicit Authenticator(absl::string_view suite_key, const Clock& clock = SystemClock());
  Authenticator(const Authenticator&) = delete;
  Authenticator& operator=(const Authenticator&) = delete;

  // These callers are known from now on, and no others.
  void Learn(CallersBySecret callers);
  // What was learnt last still holds.
  void Confirm();
  // Whether callers were learnt or confirmed within the last ten minutes.
  bool knows_callers() const;

  // Whose the authorization header "Bearer <secret>" is. UNAUTHENTICATED_CALLER (kUnauthenticated) for a secret that
  // nobody has, or that has expired, and for any other text; CALLERS_UNKNOWN (kUnavailable) while it cannot know.
  absl::StatusOr<std::shared_ptr<const access::Caller>> Identify(absl::string_view authorization) const;

 private:
  bool KnowsCallers() const;  // the lock is held

  const Clock& clock_;
  const std::string suite_digest_;
  const std::shared_ptr<const access::Caller> suite_;

  mutable std::mutex mutex_;
  std::shared_ptr<const CallersBySecret> callers_;
  std::chrono::steady_clock::time_point confirmed_;  // by a clock that nobody sets
};

// The secret that a file of mode 0600 or stricter holds in its first line. UNAUTHENTICATED_CALLER if the file is
// absent, readable by others, or empty.
absl::StatusOr<std::string> ReadKeyFile(const std::string& path);

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_AUTHENTICATOR_H_
