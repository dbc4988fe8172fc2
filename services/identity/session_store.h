#ifndef KECHUANG_SERVICES_IDENTITY_SESSION_STORE_H_
#define KECHUANG_SERVICES_IDENTITY_SESSION_STORE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "common/mysql/database.h"

namespace kechuang::identity {

// A session of a person, as it is kept.
struct Session {
  std::string id;
  std::string user;
  std::string refresh_sha256;  // of the latest refresh token's secret, 64 hexadecimal digits
  bool second_factor = false;
  absl::Time expires;
  absl::Time token_expires;  // of its latest access token
};

// The sessions, in a table beside the register. Threads may share one. Errors are the database's own.
class SessionStore {
 public:
  explicit SessionStore(mysql::Database& database) : database_(database) {}
  SessionStore(const SessionStore&) = delete;
  SessionStore& operator=(const SessionStore&) = delete;

  // Adds a session, and takes some away that expired long ago.
  absl::Status Begin(absl::Time deadline, const Session& session, absl::Time now);
  // The session of this id that goes on; nothing if there is none.
  absl::StatusOr<std::optional<Session>> Find(absl::Time deadline, const std::string& id, absl::Time now);
  // Puts the next refresh token in place of the one that is there; false if another is there by now, or the session has
  // ended.
  absl::StatusOr<bool> Rotate(absl::Time deadline, const Session& held, const std::string& next_sha256,
                              absl::Time token_expires, absl::Time now);
  // Ends a session, or all of a user.
  absl::Status End(absl::Time deadline, const std::string& id, absl::Time now);
  absl::Status EndAllOf(absl::Time deadline, const std::string& user, absl::Time now);
  // Ids, in order, of sessions that have ended and have an access token that has not expired.
  absl::StatusOr<std::vector<std::string>> Ended(absl::Time deadline, absl::Time now);

 private:
  mysql::Database& database_;
};

}  // namespace kechuang::identity

#endif  // KECHUANG_SERVICES_IDENTITY_SESSION_STORE_H_
