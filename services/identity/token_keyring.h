#ifndef KECHUANG_SERVICES_IDENTITY_TOKEN_KEYRING_H_
#define KECHUANG_SERVICES_IDENTITY_TOKEN_KEYRING_H_

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "common/base/clock.h"
#include "common/rpc/access_token.h"

namespace kechuang::identity {

// Adds a new signing key to a folder: a file token-<time>.key of mode 0600 with a seed in base64url. A process that
// watches the folder tells it to all services first and signs with it a little later.
absl::Status AddTokenKey(const std::string& folder, absl::Time now);

// The keys that sign access tokens, from files of a folder, which is looked at again as time goes by. The newest key
// signs, once every service has had the time to hear of it; an older one is known until the tokens that it signed have
// expired, and its file is removed then. Threads may share one.
class TokenKeyring {
 public:
  // Makes the first key if the folder holds none. token_time: the longest that a token holds. Fails for a file that
  // others may read, or that holds no seed.
  static absl::StatusOr<std::unique_ptr<TokenKeyring>> Open(std::string folder, absl::Duration token_time,
                                                            const Clock& clock);
  TokenKeyring(const TokenKeyring&) = delete;
  TokenKeyring& operator=(const TokenKeyring&) = delete;

  // The key that signs now.
  std::shared_ptr<const rpc::TokenSigner> signer();
  // Public keys of all that are known.
  rpc::TokenKeys public_keys();

 private:
  using Signers = std::map<absl::Time, std::shared_ptr<const rpc::TokenSigner>>;  // by the time of making

  TokenKeyring(std::string folder, absl::Duration token_time, const Clock& clock)
      : folder_(std::move(folder)), token_time_(token_time), clock_(clock) {}

  absl::Status Read();   // the lock is held, or nobody shares it yet
  void LookAgain();      // the lock is held
  void RemoveExpired();  // the lock is held

  const std::string folder_;
  const absl::Duration token_time_;
  const Clock& clock_;
  std::mutex mutex_;
  Signers signers_;
  std::chrono::steady_clock::time_point looked_;
};

}  // namespace kechuang::identity

#endif  // KECHUANG_SERVICES_IDENTITY_TOKEN_KEYRING_H_
