#include "services/identity/session_store.h"

#include <cstdint>

#include "common/base/status_macros.h"

namespace kechuang::identity {
namespace {

constexpr absl::Duration kKeepExpired = absl::Hours(24);

int64_t Micros(absl::Time time) { return absl::ToUnixMicros(time); }

}  // namespace

absl::Status SessionStore::Begin(absl::Time deadline, const Session& session, absl::Time now) {
  return database_.Transact(deadline, [&](mysql::Transaction& transaction) -> absl::Status {
    RETURN_IF_ERROR(transaction
                        .Execute("DELETE FROM session WHERE expire_time < ? ORDER BY expire_time LIMIT 20",
                                 {Micros(now - kKeepExpired)})
                        .status());
    return transaction
        .Execute(
            "INSERT INTO session (id, user, refresh_sha256, second_factor, create_time, expire_time, "
            "token_expire_time) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            {session.id, session.user, session.refresh_sha256, int64_t{session.second_factor}, Micros(now),
             Micros(session.expires), Micros(session.token_expires)})
        .status();
  });
}

absl::StatusOr<std::optional<Session>> SessionStore::Find(absl::Time deadline, const std::string& id, absl::Time now) {
  std::optional<Session> found;
  RETURN_IF_ERROR(database_.Read(deadline, [&](mysql::Session& session) {
    found.reset();
    return session.Query(
        "SELECT user, refresh_sha256, second_factor, expire_time, token_expire_time FROM session "
        "WHERE id = ? AND end_time IS NULL AND expire_time > ?",
        {id, Micros(now)}, [&](const mysql::Row& row) {
          found = Session{id,
                          row.Text(0),
                          row.Text(1),
                          row.Int(2) != 0,
                          absl::FromUnixMicros(row.Int(3)),
                          absl::FromUnixMicros(row.Int(4))};
          return absl::OkStatus();
        });
  }));
  return found;
}

absl::StatusOr<bool> SessionStore::Rotate(absl::Time deadline, const Session& held, const std::string& next_sha256,
                                          absl::Time token_expires, absl::Time now) {
  int64_t changed = 0;
  RETURN_IF_ERROR(database_.Transact(deadline, [&](mysql::Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(
        changed, transaction.Execute("UPDATE session SET refresh_sha256 = ?, token_expire_time = ? WHERE id = ? AND "
                                     "refresh_sha256 = ? AND end_time IS NULL AND expire_time > ?",
                                     {next_sha256, Micros(token_expires), held.id, held.refresh_sha256, Micros(now)}));
    return absl::OkStatus();
  }));
  return changed > 0;
}

absl::Status SessionStore::End(absl::Time deadline, const std::string& id, absl::Time now) {
  return database_.Transact(deadline, [&](mysql::Transaction& transaction) {
    return transaction.Execute("UPDATE session SET end_time = ? WHERE id = ? AND end_time IS NULL", {Micros(now), id})
        .status();
  });
}

absl::Status SessionStore::EndAllOf(absl::Time deadline, const std::string& user, absl::Time now) {
  return database_.Transact(deadline, [&](mysql::Transaction& transaction) {
    return transaction
        .Execute("UPDATE session SET end_time = ? WHERE user = ? AND end_time IS NULL", {Micros(now), user})
        .status();
  });
}

absl::StatusOr<std::vector<std::string>> SessionStore::Ended(absl::Time deadline, absl::Time now) {
  std::vector<std::string> ended;
  RETURN_IF_ERROR(database_.Read(deadline, [&](mysql::Session& session) {
    ended.clear();
    return session.Query("SELECT id FROM session WHERE end_time IS NOT NULL AND token_expire_time > ? ORDER BY id",
                         {Micros(now)}, [&](const mysql::Row& row) {
                           ended.push_back(row.Text(0));
                           return absl::OkStatus();
                         });
  }));
  return ended;
}

}  // namespace kechuang::identity
