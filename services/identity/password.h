#ifndef KECHUANG_SERVICES_IDENTITY_PASSWORD_H_
#define KECHUANG_SERVICES_IDENTITY_PASSWORD_H_

#include <condition_variable>
#include <mutex>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "services/identity/people_policy.h"

namespace kechuang::identity {

// INVALID_FIELDS with PASSWORD_WEAK at new_password, for each rule of the policy that the password breaks.
absl::Status CheckPassword(absl::string_view password, absl::string_view user_id, const PeoplePolicy& policy);

// A password that the suite makes: 80 random bits in letters and digits that are not mixed up, in groups of four.
std::string NewPassword();

// Hashes passwords by argon2id. Each hashing takes 64 MiB and a tenth of a second, so that few are under way at once
// and some wait. Threads may share one.
class PasswordHasher {
 public:
  PasswordHasher();
  PasswordHasher(const PasswordHasher&) = delete;
  PasswordHasher& operator=(const PasswordHasher&) = delete;

  // The hash, with its parameters and salt in it. OVERLOADED while too many wait, DEADLINE if the turn does not come.
  absl::StatusOr<std::string> Hash(const std::string& password, absl::Time deadline);
  // Whether the password is the one of this hash. The same errors.
  absl::StatusOr<bool> Verify(const std::string& hash, const std::string& password, absl::Time deadline);
  // Whether a hash was made with other parameters than new ones are.
  static bool IsStale(const std::string& hash);
  // A hash of no password that anybody knows: verified where there is no user, so that this takes as long.
  const std::string& of_nobody() const { return of_nobody_; }

 private:
  class Turn;

  std::mutex mutex_;
  std::condition_variable turn_;
  int busy_ = 0;
  int waiting_ = 0;
  std::string of_nobody_;
};

}  // namespace kechuang::identity

#endif  // KECHUANG_SERVICES_IDENTITY_PASSWORD_H_
