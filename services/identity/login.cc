#include "services/identity/login.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/util/time_util.h"

#include "common/base/error.h"
#include "common/base/sha256.h"
#include "common/base/status_macros.h"
#include "common/domain/resource_name.h"
#include "kechuang/api/v1/reasons.pb.h"
#include "kechuang/identity/v1/reasons.pb.h"
#include "services/identity/proof.h"
#include "services/identity/secret.h"
#include "services/identity/user_rules.h"

namespace kechuang::identity {
namespace {

using google::protobuf::util::TimeUtil;

absl::Status MustChange(const v1::User& user) {
  return Refuse(absl::StatusCode::kFailedPrecondition, v1::PASSWORD_MUST_CHANGE)
      .About(user.name())
      .Says("the password is right, but must be changed first (ChangePassword, kc passwd)",
            "密码正确，但须先修改密码（ChangePassword，kc passwd）");
}

absl::Status SessionEnded() {
  return Refuse(absl::StatusCode::kUnauthenticated, v1::SESSION_ENDED)
      .Says("the session has ended; log in again", "会话已结束，请重新登录");
}

absl::Status Reused() {
  Faults faults;
  faults.Add("new_password", v1::PASSWORD_REUSED, "is one of the last passwords", "与近期使用过的密码相同");
  return faults.status();
}

// A refresh token names its session, so that one that was spent is known for what it is: "<session>.<secret>".
struct RefreshToken {
  std::string session;
  std::string secret_sha256;
};

std::optional<RefreshToken> ReadRefreshToken(const std::string& text) {
  const std::vector<std::string> parts = absl::StrSplit(text, '.');
  if (parts.size() != 2 || parts[0].empty() || parts[1].empty()) return std::nullopt;
  return RefreshToken{parts[0], Sha256Hex(parts[1])};
}

v1::SessionTokens TokensOf(IdentityDesk& desk, const Session& session, const std::string& secret, absl::Time now) {
  rpc::TokenClaims claims;
  claims.user = session.user;
  claims.session = session.id;
  claims.issued = now;
  claims.expires = session.token_expires;
  claims.second_factor = session.second_factor;
  v1::SessionTokens tokens;
  tokens.set_access_token(desk.accounts->keyring->signer()->Sign(claims));
  tokens.set_refresh_token(absl::StrCat(session.id, ".", secret));
  *tokens.mutable_access_expire_time() = TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(session.token_expires));
  *tokens.mutable_session_expire_time() = TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(session.expires));
  tokens.set_user(session.user);
  return tokens;
}

// Ends sessions by the given step, and lets the followers of the directory know at once.
template <class Step>
absl::Status Ending(IdentityDesk& desk, Step step) {
  const absl::Status ended = step(desk.accounts->sessions, desk.ledger.clock().Now());
  desk.ledger.commit_bell().Ring();
  return ended;
}

absl::Status EndSession(IdentityDesk& desk, const rpc::Call& call, const std::string& id) {
  return Ending(desk, [&](SessionStore& sessions, absl::Time now) { return sessions.End(call.deadline, id, now); });
}

// The session whose latest refresh token this is. SESSION_ENDED for any other; one that was spent ends its session,
// since somebody else has it.
absl::StatusOr<Session> SessionOf(IdentityDesk& desk, const rpc::Call& call, const std::string& text) {
  const std::optional<RefreshToken> token = ReadRefreshToken(text);
  if (!token.has_value()) return SessionEnded();
  ASSIGN_OR_RETURN(const std::optional<Session> session,
                   desk.accounts->sessions.Find(call.deadline, token->session, desk.ledger.clock().Now()));
  if (!session.has_value()) return SessionEnded();
  if (session->refresh_sha256 == token->secret_sha256) return *session;
  RETURN_IF_ERROR(EndSession(desk, call, session->id));
  return SessionEnded();
}

// Whether what a session was begun with still holds: the user is not disabled, and the password is the same.
absl::StatusOr<bool> StillHolds(IdentityDesk& desk, const rpc::Call& call, const v1::User& user) {
  ASSIGN_OR_RETURN(const v1::User present, UserOrNobody(desk, call, user.name()));
  return present.state() != v1::USER_STATE_DISABLED && present.password_credential() == user.password_credential();
}

absl::Status CheckHistory(IdentityDesk& desk, const rpc::Call& call, const v1::User& user,
                          const std::string& password) {
  Accounts& accounts = *desk.accounts;
  const int limit = std::max(accounts.policy.password_history, 1);
  ASSIGN_OR_RETURN(const std::vector<Credential> last,
                   accounts.credentials.Newest(call.deadline, user.name(), kPassword, limit));
  for (const Credential& old : last) {
    ASSIGN_OR_RETURN(const bool same, accounts.hasher.Verify(old.secret, password, call.deadline));
    if (same) return Reused();
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::SessionTokens> Login(IdentityDesk& desk, const rpc::Call& call, const v1::LoginRequest& request) {
  const Accounts& accounts = *desk.accounts;
  ASSIGN_OR_RETURN(const v1::User user, Prove(desk, call, {request.user(), request.password(), request.totp_code()}));
  const absl::Time now = desk.ledger.clock().Now();
  if (MustChangePassword(user, accounts.policy, now)) return MustChange(user);
  const std::string secret = NewSecret();
  const absl::Time expires = now + accounts.policy.session_time;
  const Session session{NewId(),           user.name(),
                        Sha256Hex(secret), user.second_factor(),
                        expires,           std::min(expires, now + accounts.policy.token_time)};
  RETURN_IF_ERROR(desk.accounts->sessions.Begin(call.deadline, session, now));
  // Somebody may have shut the user out since the password was compared, and ended the sessions that were there then.
  ASSIGN_OR_RETURN(const bool holds, StillHolds(desk, call, user));
  if (!holds) {
    RETURN_IF_ERROR(EndSession(desk, call, session.id));
    return SessionEnded();
  }
  return TokensOf(desk, session, secret, now);
}

absl::StatusOr<v1::SessionTokens> Refresh(IdentityDesk& desk, const rpc::Call& call,
                                          const v1::RefreshRequest& request) {
  ASSIGN_OR_RETURN(Session session, SessionOf(desk, call, request.refresh_token()));
  ASSIGN_OR_RETURN(const v1::User user, UserOrNobody(desk, call, session.user));
  if (user.name().empty() || user.state() == v1::USER_STATE_DISABLED) return SessionEnded();
  const absl::Time now = desk.ledger.clock().Now();
  const std::string secret = NewSecret();
  session.token_expires = std::min(session.expires, now + desk.accounts->policy.token_time);
  ASSIGN_OR_RETURN(const bool rotated, desk.accounts->sessions.Rotate(call.deadline, session, Sha256Hex(secret),
                                                                      session.token_expires, now));
  if (rotated) return TokensOf(desk, session, secret, now);
  // Two spent the same token at the same moment.
  RETURN_IF_ERROR(EndSession(desk, call, session.id));
  return SessionEnded();
}

absl::StatusOr<v1::LogoutResponse> Logout(IdentityDesk& desk, const rpc::Call& call, const v1::LogoutRequest& request) {
  ASSIGN_OR_RETURN(const Session session, SessionOf(desk, call, request.refresh_token()));
  RETURN_IF_ERROR(EndSession(desk, call, session.id));
  return v1::LogoutResponse();
}

absl::StatusOr<v1::ChangePasswordResponse> ChangePassword(IdentityDesk& desk, const rpc::Call& call,
                                                          const v1::ChangePasswordRequest& request) {
  Accounts& accounts = *desk.accounts;
  // Before the code is spent: what is wrong with the new password is mended without another.
  RETURN_IF_ERROR(CheckPassword(request.new_password(), IdOf(request.user()), accounts.policy));
  ASSIGN_OR_RETURN(const v1::User user, Prove(desk, call, {request.user(), request.password(), request.totp_code()}));
  RETURN_IF_ERROR(CheckHistory(desk, call, user, request.new_password()));
  ASSIGN_OR_RETURN(std::string hash, accounts.hasher.Hash(request.new_password(), call.deadline));
  const Credential credential{NewId(), std::move(hash)};
  RETURN_IF_ERROR(
      accounts.credentials.Add(call.deadline, user.name(), kPassword, credential, desk.ledger.clock().Now()));
  RETURN_IF_ERROR(
      ChangeUser(desk, call, user.name(), user.name(),
                 [id = credential.id](const v1::User& held, absl::Time now) { return WithPassword(held, id, now); }));
  RETURN_IF_ERROR(Ending(desk, [&](SessionStore& sessions, absl::Time now) {
    return sessions.EndAllOf(call.deadline, user.name(), now);
  }));
  return v1::ChangePasswordResponse();
}

}  // namespace kechuang::identity
