#ifndef KECHUANG_TOOLS_KC_STORED_SESSION_H_
#define KECHUANG_TOOLS_KC_STORED_SESSION_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

#include "kechuang/identity/v1/session.pb.h"
#include "tools/kc/language.h"

// The session that kc login begins, kept in a file of mode 0600 until kc logout.
namespace kechuang::kc {

struct StoredSession {
  std::string server;  // "127.0.0.1:7100": its tokens go nowhere else
  identity::v1::SessionTokens tokens;
};

// Where this person's session is: XDG_CONFIG_HOME/kechuang/session, else below HOME/.config; empty if there is no
// place.
std::string SessionFile(const Variables& variables);

// The session in a file; nothing if there is none, others may read it, it is none, or it has ended by now.
std::optional<StoredSession> ReadSession(const std::string& path, absl::Time now);
// Puts a session into its file, whole or not at all.
absl::Status WriteSession(const std::string& path, const StoredSession& session);
void RemoveSession(const std::string& path);

// True if the access token opens calls a while longer.
bool IsFresh(const StoredSession& session, absl::Time now);

// Held by whoever refreshes a session, so that two programs at once do not spend the same token, which would end it.
class SessionLock {
 public:
  // Waits for the lock of a session's file.
  explicit SessionLock(const std::string& path);
  ~SessionLock();
  SessionLock(const SessionLock&) = delete;
  SessionLock& operator=(const SessionLock&) = delete;

 private:
  int file_ = -1;
};

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_STORED_SESSION_H_
