#include "services/identity/proof.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/time/clock.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "kechuang/api/v1/reasons.pb.h"
#include "kechuang/identity/v1/reasons.pb.h"
#include "services/identity/one_time_code.h"
#include "services/identity/user_rules.h"

namespace kechuang::identity {
namespace {

// Under which wrong passwords of names that nobody has are counted: so that they cost a statement, too.
constexpr char kNobody[] = "nobody";
// Who locks a user: whoever typed the wrong passwords is not known.
constexpr char kService[] = "services/identity";

absl::Status LoginRefused() {
  return Refuse(absl::StatusCode::kUnauthenticated, v1::LOGIN_REFUSED)
      .Says("the user, the password or the code is wrong, or the user may not log in now",
            "用户名、密码或动态口令有误，或该用户目前不能登录");
}

absl::Status CodeMissing() {
  return Refuse(absl::StatusCode::kFailedPrecondition, api::v1::SECOND_FACTOR_NEEDED)
      .Says("the second factor's code is needed, too: the 6 digits that the authenticator app shows",
            "还需要动态口令：身份验证器显示的 6 位数字");
}

absl::StatusOr<bool> IsRightPassword(IdentityDesk& desk, const rpc::Call& call, const v1::User& user,
                                     const std::string& password) {
  Accounts& accounts = *desk.accounts;
  ASSIGN_OR_RETURN(const std::optional<Credential> held,
                   accounts.credentials.Find(call.deadline, user.name(), user.password_credential()));
  const std::string& hash = held.has_value() ? held->secret : accounts.hasher.of_nobody();
  ASSIGN_OR_RETURN(const bool right, accounts.hasher.Verify(hash, password, call.deadline));
  if (!right || !held.has_value()) return false;
  if (PasswordHasher::IsStale(hash)) {
    ASSIGN_OR_RETURN(std::string fresh, accounts.hasher.Hash(password, call.deadline));
    RETURN_IF_ERROR(accounts.credentials.Replace(call.deadline, user.name(), {held->id, std::move(fresh)}));
  }
  return true;
}

// Whether a code is the one of the user's second factor, and of no use any more from now on.
absl::StatusOr<bool> TakeCode(IdentityDesk& desk, const rpc::Call& call, const v1::User& user,
                              const std::string& code) {
  CredentialStore& credentials = desk.accounts->credentials;
  ASSIGN_OR_RETURN(const std::optional<Credential> held,
                   credentials.Find(call.deadline, user.name(), user.second_factor_credential()));
  if (!held.has_value()) return false;
  const std::optional<std::string> secret = BytesOfBase32(held->secret);
  if (!secret.has_value()) return false;
  const std::optional<int64_t> step = StepOfCode(*secret, code, desk.ledger.clock().Now());
  if (!step.has_value()) return false;
  return credentials.UseStep(call.deadline, user.name(), held->id, *step);
}

// Whoever guesses must not get out of being counted by leaving early.
constexpr absl::Duration kCountTime = absl::Seconds(20);

absl::Status NoteFailure(IdentityDesk& desk, rpc::Call call, const v1::User& user) {
  call.deadline = std::max(call.deadline, absl::Now() + kCountTime);
  Accounts& accounts = *desk.accounts;
  ASSIGN_OR_RETURN(const int64_t failures,
                   accounts.credentials.NoteFailure(call.deadline, user.name().empty() ? kNobody : user.name()));
  if (user.name().empty() || failures < accounts.policy.login_failures_most) return absl::OkStatus();
  RETURN_IF_ERROR(ChangeUser(
      desk, call, kService, user.name(),
      [lock = accounts.policy.lock_time](const v1::User& held, absl::Time now) { return Locked(held, now + lock); }));
  return accounts.credentials.ForgetFailures(call.deadline, user.name());
}

absl::Status NoteSuccess(IdentityDesk& desk, const rpc::Call& call, const v1::User& user) {
  RETURN_IF_ERROR(desk.accounts->credentials.ForgetFailures(call.deadline, user.name()));
  if (user.state() != v1::USER_STATE_LOCKED) return absl::OkStatus();
  return ChangeUser(desk, call, user.name(), user.name(), [](const v1::User& held, absl::Time) {
    return held.state() == v1::USER_STATE_LOCKED ? Enabled(held) : held;
  });
}

}  // namespace

absl::StatusOr<v1::User> UserOrNobody(IdentityDesk& desk, const rpc::Call& call, const std::string& name) {
  if (!IsUserName(name)) return v1::User();
  absl::StatusOr<v1::User> user = desk.ledger.Read<v1::User>(call.deadline, name);
  if (absl::IsNotFound(user.status())) return v1::User();
  return user;
}

absl::Status ChangeUser(IdentityDesk& desk, const rpc::Call& call, const std::string& actor, const std::string& name,
                        std::function<v1::User(const v1::User& held, absl::Time now)> step) {
  ledger::Command command;
  command.author.actor = actor;
  command.author.method = call.method;
  command.names = {name};
  command.decide = [name, step = std::move(step)](ledger::Draft& draft) -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(const v1::User held, draft.Get<v1::User>(name));
    RETURN_IF_ERROR(draft.Put(step(held, draft.now())).status());
    return std::string();
  };
  return desk.ledger.Run(std::move(command), call.deadline).status();
}

absl::StatusOr<v1::User> Prove(IdentityDesk& desk, const rpc::Call& call, const Proof& proof) {
  ASSIGN_OR_RETURN(const v1::User user, UserOrNobody(desk, call, proof.user));
  ASSIGN_OR_RETURN(const bool right, IsRightPassword(desk, call, user, proof.password));
  // A password is compared whatever comes of it, so that the time tells nothing.
  if (!user.name().empty() && !MayTry(user, desk.ledger.clock().Now())) return LoginRefused();
  if (!right) {
    RETURN_IF_ERROR(NoteFailure(desk, call, user));
    return LoginRefused();
  }
  if (user.second_factor()) {
    if (proof.totp_code.empty()) return CodeMissing();
    ASSIGN_OR_RETURN(const bool taken, TakeCode(desk, call, user, proof.totp_code));
    if (!taken) {
      RETURN_IF_ERROR(NoteFailure(desk, call, user));
      return LoginRefused();
    }
  }
  RETURN_IF_ERROR(NoteSuccess(desk, call, user));
  return user;
}

}  // namespace kechuang::identity
