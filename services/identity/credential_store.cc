#include "services/identity/credential_store.h"

#include "common/base/status_macros.h"

namespace kechuang::identity {

absl::StatusOr<int64_t> CredentialStore::Change(absl::Time deadline, const std::string& sql,
                                                const std::vector<mysql::Value>& values) {
  int64_t changed = 0;
  RETURN_IF_ERROR(database_.Transact(deadline, [&](mysql::Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(changed, transaction.Execute(sql, values));
    return absl::OkStatus();
  }));
  return changed;
}

absl::Status CredentialStore::Add(absl::Time deadline, const std::string& user, const std::string& kind,
                                  const Credential& credential, absl::Time now) {
  // Steps of codes are counted from 1970, so that none is before 0.
  return Change(deadline,
                "INSERT INTO credential (user, id, kind, secret, last_step, create_time) VALUES (?, ?, ?, ?, 0, ?)",
                {user, credential.id, kind, credential.secret, absl::ToUnixMicros(now)})
      .status();
}

absl::Status CredentialStore::Remove(absl::Time deadline, const std::string& user, const std::string& id) {
  return Change(deadline, "DELETE FROM credential WHERE user = ? AND id = ?", {user, id}).status();
}

absl::StatusOr<std::optional<Credential>> CredentialStore::Find(absl::Time deadline, const std::string& user,
                                                                const std::string& id) {
  std::optional<Credential> found;
  RETURN_IF_ERROR(database_.Read(deadline, [&](mysql::Session& session) {
    found.reset();
    return session.Query("SELECT id, secret FROM credential WHERE user = ? AND id = ?", {user, id},
                         [&](const mysql::Row& row) {
                           found = Credential{row.Text(0), row.Text(1)};
                           return absl::OkStatus();
                         });
  }));
  return found;
}

absl::StatusOr<std::vector<Credential>> CredentialStore::Newest(absl::Time deadline, const std::string& user,
                                                                const std::string& kind, int limit) {
  std::vector<Credential> newest;
  RETURN_IF_ERROR(database_.Read(deadline, [&](mysql::Session& session) {
    newest.clear();
    return session.Query(
        "SELECT id, secret FROM credential WHERE user = ? AND kind = ? ORDER BY create_time DESC, id DESC LIMIT ?",
        {user, kind, int64_t{limit}}, [&](const mysql::Row& row) {
          newest.push_back({row.Text(0), row.Text(1)});
          return absl::OkStatus();
        });
  }));
  return newest;
}

absl::Status CredentialStore::Replace(absl::Time deadline, const std::string& user, const Credential& credential) {
  return Change(deadline, "UPDATE credential SET secret = ? WHERE user = ? AND id = ?",
                {credential.secret, user, credential.id})
      .status();
}

absl::StatusOr<bool> CredentialStore::UseStep(absl::Time deadline, const std::string& user, const std::string& id,
                                              int64_t step) {
  ASSIGN_OR_RETURN(const int64_t changed,
                   Change(deadline, "UPDATE credential SET last_step = ? WHERE user = ? AND id = ? AND last_step < ?",
                          {step, user, id, step}));
  return changed > 0;
}

absl::StatusOr<int64_t> CredentialStore::NoteFailure(absl::Time deadline, const std::string& user) {
  int64_t failures = 0;
  RETURN_IF_ERROR(database_.Transact(deadline, [&](mysql::Transaction& transaction) -> absl::Status {
    RETURN_IF_ERROR(transaction
                        .Execute("INSERT INTO login_failure (user, failures) VALUES (?, 1) "
                                 "ON DUPLICATE KEY UPDATE failures = failures + 1",
                                 {user})
                        .status());
    return transaction.Query("SELECT failures FROM login_failure WHERE user = ?", {user}, [&](const mysql::Row& row) {
      failures = row.Int(0);
      return absl::OkStatus();
    });
  }));
  return failures;
}

absl::Status CredentialStore::ForgetFailures(absl::Time deadline, const std::string& user) {
  return Change(deadline, "DELETE FROM login_failure WHERE user = ?", {user}).status();
}

}  // namespace kechuang::identity
