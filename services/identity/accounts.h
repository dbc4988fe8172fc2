#ifndef KECHUANG_SERVICES_IDENTITY_ACCOUNTS_H_
#define KECHUANG_SERVICES_IDENTITY_ACCOUNTS_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"

#include "common/base/clock.h"
#include "common/mysql/database.h"
#include "services/identity/credential_store.h"
#include "services/identity/password.h"
#include "services/identity/people_policy.h"
#include "services/identity/session_store.h"
#include "services/identity/token_keyring.h"

namespace kechuang::identity {

// All that is known of people beside their records: credentials, sessions, the keys that sign, the policy. Threads may
// share one.
struct Accounts {
  // folder: where signing keys are. Fails as TokenKeyring::Open does; the database is met at the first use.
  static absl::StatusOr<std::unique_ptr<Accounts>> Open(mysql::DatabaseConfig config, const std::string& folder,
                                                        PeoplePolicy asked, const Clock& clock);

  explicit Accounts(mysql::DatabaseConfig config) : database(std::move(config)) {}

  mysql::Database database;
  CredentialStore credentials{database};
  SessionStore sessions{database};
  PasswordHasher hasher;
  std::unique_ptr<TokenKeyring> keyring;
  PeoplePolicy policy;
};

// Where the signing keys of a state folder are.
std::string TokenKeyFolder(const std::string& state);

}  // namespace kechuang::identity

#endif  // KECHUANG_SERVICES_IDENTITY_ACCOUNTS_H_
