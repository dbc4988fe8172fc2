#ifndef KECHUANG_SERVICES_IDENTITY_CREDENTIAL_STORE_H_
#define KECHUANG_SERVICES_IDENTITY_CREDENTIAL_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "common/mysql/database.h"

namespace kechuang::identity {

// What a user proves with. Its secret leaves this process in no answer and is on no journal and in no log.
struct Credential {
  std::string id;
  std::string secret;  // a password's hash, or a second factor's secret in base32
};

inline constexpr char kPassword[] = "PASSWORD";
inline constexpr char kSecondFactor[] = "TOTP";

// The credentials of users, and their wrong passwords in a row, in tables beside the register. Threads may share one.
// Errors are the database's own.
class CredentialStore {
 public:
  explicit CredentialStore(mysql::Database& database) : database_(database) {}
  CredentialStore(const CredentialStore&) = delete;
  CredentialStore& operator=(const CredentialStore&) = delete;

  absl::Status Add(absl::Time deadline, const std::string& user, const std::string& kind, const Credential& credential,
                   absl::Time now);
  // Takes away one that no record names.
  absl::Status Remove(absl::Time deadline, const std::string& user, const std::string& id);
  // Nothing if there is none of this id.
  absl::StatusOr<std::optional<Credential>> Find(absl::Time deadline, const std::string& user, const std::string& id);
  // The newest ones of a kind, newest first.
  absl::StatusOr<std::vector<Credential>> Newest(absl::Time deadline, const std::string& user, const std::string& kind,
                                                 int limit);
  // The same secret, hashed anew.
  absl::Status Replace(absl::Time deadline, const std::string& user, const Credential& credential);
  // Notes that the code of this step was used; false if it, or a later one, was used before.
  absl::StatusOr<bool> UseStep(absl::Time deadline, const std::string& user, const std::string& id, int64_t step);

  // Notes a wrong password, and gives how many there were in a row.
  absl::StatusOr<int64_t> NoteFailure(absl::Time deadline, const std::string& user);
  absl::Status ForgetFailures(absl::Time deadline, const std::string& user);

 private:
  absl::StatusOr<int64_t> Change(absl::Time deadline, const std::string& sql, const std::vector<mysql::Value>& values);

  mysql::Database& database_;
};

}  // namespace kechuang::identity

#endif  // KECHUANG_SERVICES_IDENTITY_CREDENTIAL_STORE_H_
