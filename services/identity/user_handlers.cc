#include "services/identity/user_handlers.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/domain/resource_name.h"
#include "common/register/update_mask.h"
#include "kechuang/identity/v1/reasons.pb.h"
#include "kechuang/identity/v1/session.pb.h"
#include "kechuang/identity/v1/user_calls.pb.h"
#include "services/identity/one_time_code.h"
#include "services/identity/submit.h"
#include "services/identity/user_rules.h"

namespace kechuang::identity {
namespace {

using UserChange = absl::StatusOr<Change<v1::User>>;

// The same as a command whose answer is made of the user.
template <class Answer>
ledger::Command CommandOf(Change<v1::User> change, Answer answer) {
  ledger::Command command;
  command.names = std::move(change.names);
  command.new_names = std::move(change.new_names);
  command.keys = std::move(change.keys);
  command.decide = [decide = std::move(change.decide), answer](ledger::Draft& draft) -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(v1::User user, decide(draft));
    return answer(std::move(user)).SerializeAsString();
  };
  return command;
}

UserChange UpdateUser(IdentityDesk&, const rpc::Call&, const v1::UpdateUserRequest& request) {
  return ChangeOf<v1::User>(request.user().name(), request.etag(),
                            [request](const v1::User& held, ledger::Draft&) -> absl::StatusOr<v1::User> {
                              v1::User edited = held;
                              RETURN_IF_ERROR(ApplyMask(edited, request.user(), request.update_mask(), "user"));
                              return edited;
                            });
}

UserChange EnableUser(IdentityDesk&, const rpc::Call&, const v1::EnableUserRequest& request) {
  return ChangeOf<v1::User>(
      request.name(), request.etag(),
      [](const v1::User& held, ledger::Draft&) -> absl::StatusOr<v1::User> { return Enabled(held); });
}

UserChange SetUserRoles(IdentityDesk&, const rpc::Call&, const v1::SetUserRolesRequest& request) {
  return ChangeOf<v1::User>(request.name(), request.etag(), [request](const v1::User& held, ledger::Draft& draft) {
    return WithRoles(held, request.roles(), request.scope(), draft.author().actor);
  });
}

// Ends a user's sessions after a change that shuts them out; a repeat of the call ends them again, so that one that was
// cut short between the two is made whole by it.
absl::StatusOr<rpc::Reply> EndingSessions(IdentityDesk& desk, const rpc::Call& call, const std::string& name,
                                          absl::StatusOr<rpc::Reply> reply) {
  if (!reply.ok() || call.validate_only) return reply;
  RETURN_IF_ERROR(desk.accounts->sessions.EndAllOf(call.deadline, name, desk.ledger.clock().Now()));
  desk.ledger.commit_bell().Ring();
  return reply;
}

absl::StatusOr<rpc::Reply> DisableUser(IdentityDesk& desk, const rpc::Call& call,
                                       std::unique_ptr<v1::DisableUserRequest> request) {
  const std::string name = request->name();
  Change<v1::User> change = ChangeOf<v1::User>(
      name, request->etag(),
      [reason = request->reason()](const v1::User& held, ledger::Draft&) { return Disabled(held, reason); });
  ledger::Command command = CommandOf(std::move(change), [](v1::User user) { return user; });
  return EndingSessions(desk, call, name, SubmitAndWait(desk.ledger, call, std::move(command), std::move(request)));
}

// A first password, kept before the record names it.
struct FirstPassword {
  std::string text;
  Credential credential;
};

absl::StatusOr<FirstPassword> KeepFirstPassword(IdentityDesk& desk, const rpc::Call& call, const std::string& name) {
  FirstPassword first{NewPassword(), {NewId(), ""}};
  if (call.validate_only) return first;
  ASSIGN_OR_RETURN(first.credential.secret, desk.accounts->hasher.Hash(first.text, call.deadline));
  RETURN_IF_ERROR(
      desk.accounts->credentials.Add(call.deadline, name, kPassword, first.credential, desk.ledger.clock().Now()));
  return first;
}

// Whether nothing came of a command, and nothing will.
bool IsRefusal(const absl::Status& status) {
  return absl::IsAlreadyExists(status) || absl::IsInvalidArgument(status) || absl::IsFailedPrecondition(status) ||
         absl::IsNotFound(status) || absl::IsAborted(status);
}

// Adds the password to the one answer that shows it, and takes it away again where the record does not name it: the
// register decides and keeps an answer without it, so that neither the journal nor a repeat ever holds it.
template <class Response>
absl::StatusOr<rpc::Reply> ShowOnce(IdentityDesk& desk, const rpc::Call& call, const std::string& name,
                                    const FirstPassword& first, absl::StatusOr<rpc::Reply> reply) {
  if (reply.ok() && IsFirst(call, *reply)) {
    Response shown;
    shown.set_initial_password(first.text);
    shown.AppendToString(&reply->bytes);  // one message after another is both in one
  } else if (!call.validate_only && (reply.ok() || IsRefusal(reply.status()))) {
    RETURN_IF_ERROR(desk.accounts->credentials.Remove(call.deadline, name, first.credential.id));
  }
  return reply;
}

absl::StatusOr<rpc::Reply> CreateUser(IdentityDesk& desk, const rpc::Call& call,
                                      std::unique_ptr<v1::CreateUserRequest> request) {
  RETURN_IF_ERROR(CheckId("user_id", request->user_id()));
  const std::string name = absl::StrCat("users/", request->user_id());
  ASSIGN_OR_RETURN(const FirstPassword first, KeepFirstPassword(desk, call, name));
  v1::User asked = request->user();
  ClearOutputOnly(asked);
  Change<v1::User> change;
  change.new_names = {name};
  change.decide = [asked = std::move(asked), id = request->user_id(),
                   credential = first.credential.id](ledger::Draft& draft) -> absl::StatusOr<v1::User> {
    ASSIGN_OR_RETURN(const v1::User user, NewUser(asked, id, credential, draft.now()));
    return draft.Create(user);
  };
  ledger::Command command = CommandOf(std::move(change), [](v1::User user) {
    v1::CreateUserResponse response;
    *response.mutable_user() = std::move(user);
    return response;
  });
  return ShowOnce<v1::CreateUserResponse>(desk, call, name, first,
                                          SubmitAndWait(desk.ledger, call, std::move(command), std::move(request)));
}

absl::StatusOr<rpc::Reply> ResetPassword(IdentityDesk& desk, const rpc::Call& call,
                                         std::unique_ptr<v1::ResetPasswordRequest> request) {
  const std::string name = request->name();
  ASSIGN_OR_RETURN(const FirstPassword first, KeepFirstPassword(desk, call, name));
  Change<v1::User> change = ChangeOf<v1::User>(name, request->etag(),
                                               [credential = first.credential.id, drop = request->drop_second_factor()](
                                                   const v1::User& held, ledger::Draft& draft) {
                                                 return WithFirstPassword(held, credential, draft.now(), drop);
                                               });
  ledger::Command command = CommandOf(std::move(change), [](v1::User user) {
    v1::ResetPasswordResponse response;
    *response.mutable_user() = std::move(user);
    return response;
  });
  return ShowOnce<v1::ResetPasswordResponse>(
      desk, call, name, first,
      EndingSessions(desk, call, name, SubmitAndWait(desk.ledger, call, std::move(command), std::move(request))));
}

absl::Status NotAPerson(const rpc::Call& call) {
  return Refuse(absl::StatusCode::kFailedPrecondition, v1::NOT_A_PERSON)
      .With("actor", call.actor)
      .Says(absl::StrCat(call.actor, " is no person: log in as a user to set up a second factor"),
            absl::StrCat(call.actor, " 不是用户；请先以用户身份登录，再设置第二因素"));
}

absl::Status WrongCode(const std::string& name) {
  return Refuse(absl::StatusCode::kFailedPrecondition, v1::SECOND_FACTOR_WRONG)
      .About(name)
      .Says("no second factor is prepared, or the code is not the one that it shows now",
            "没有待确认的第二因素，或动态口令与其当前显示的不符");
}

// A change of nothing: asks whether the user is there, under the same request id as any other.
Change<v1::User> Unchanged(const std::string& name) {
  return ChangeOf<v1::User>(name, "",
                            [](const v1::User& held, ledger::Draft&) -> absl::StatusOr<v1::User> { return held; });
}

absl::StatusOr<rpc::Reply> SetUpSecondFactor(IdentityDesk& desk, const rpc::Call& call,
                                             std::unique_ptr<v1::SetUpSecondFactorRequest> request) {
  if (!access::IsPerson(*call.caller)) return NotAPerson(call);
  ledger::Command command =
      CommandOf(Unchanged(call.actor), [](const v1::User&) { return v1::SetUpSecondFactorResponse(); });
  ASSIGN_OR_RETURN(rpc::Reply reply, SubmitAndWait(desk.ledger, call, std::move(command), std::move(request)));
  if (!IsFirst(call, reply)) return reply;
  const std::string secret = NewCodeSecret();
  const Credential credential{NewId(), Base32Of(secret)};
  RETURN_IF_ERROR(
      desk.accounts->credentials.Add(call.deadline, call.actor, kSecondFactor, credential, desk.ledger.clock().Now()));
  v1::SetUpSecondFactorResponse shown;
  shown.set_otpauth_uri(CodeUri(IdOf(call.actor), secret));
  shown.set_secret(credential.secret);
  shown.AppendToString(&reply.bytes);
  return reply;
}

// The prepared second factor that shows this code now. SECOND_FACTOR_WRONG.
absl::StatusOr<Credential> PreparedWith(IdentityDesk& desk, const rpc::Call& call, const std::string& code) {
  CredentialStore& credentials = desk.accounts->credentials;
  ASSIGN_OR_RETURN(const std::vector<Credential> newest,
                   credentials.Newest(call.deadline, call.actor, kSecondFactor, 1));
  if (newest.empty()) return WrongCode(call.actor);
  const std::optional<std::string> secret = BytesOfBase32(newest.front().secret);
  if (!secret.has_value()) return WrongCode(call.actor);
  const std::optional<int64_t> step = StepOfCode(*secret, code, desk.ledger.clock().Now());
  if (!step.has_value()) return WrongCode(call.actor);
  if (call.validate_only) return newest.front();
  ASSIGN_OR_RETURN(const bool first_use, credentials.UseStep(call.deadline, call.actor, newest.front().id, *step));
  if (!first_use) return WrongCode(call.actor);
  return newest.front();
}

absl::StatusOr<rpc::Reply> ConfirmSecondFactor(IdentityDesk& desk, const rpc::Call& call,
                                               std::unique_ptr<v1::ConfirmSecondFactorRequest> request) {
  if (!access::IsPerson(*call.caller)) return NotAPerson(call);
  ASSIGN_OR_RETURN(const Credential prepared, PreparedWith(desk, call, request->code()));
  // What tells a repeat from another request is kept, and a code is no matter of records.
  request->clear_code();
  ledger::Command command = CommandOf(
      ChangeOf<v1::User>(call.actor, "",
                         [id = prepared.id](const v1::User& held, ledger::Draft&) -> absl::StatusOr<v1::User> {
                           return WithSecondFactor(held, id);
                         }),
      [](v1::User user) { return user; });
  return SubmitAndWait(desk.ledger, call, std::move(command), std::move(request));
}

template <class Response, class Request>
void AddBlocking(RegisterService<IdentityDesk>& service, IdentityDesk& desk,
                 absl::StatusOr<rpc::Reply> (*handler)(IdentityDesk&, const rpc::Call&, std::unique_ptr<Request>)) {
  service.table().Add(Request::descriptor(), Response::descriptor(), BlockingMethod(desk, handler));
}

}  // namespace

void AddUserMethods(RegisterService<IdentityDesk>& service, IdentityDesk& desk) {
  service.OnGet<v1::GetUserRequest, v1::User>()
      .OnList<v1::ListUsersRequest, v1::ListUsersResponse>()
      .OnChange(&UpdateUser)
      .OnChange(&EnableUser)
      .OnChange(&SetUserRoles);
  AddBlocking<v1::CreateUserResponse>(service, desk, &CreateUser);
  AddBlocking<v1::User>(service, desk, &DisableUser);
  AddBlocking<v1::ResetPasswordResponse>(service, desk, &ResetPassword);
  AddBlocking<v1::SetUpSecondFactorResponse>(service, desk, &SetUpSecondFactor);
  AddBlocking<v1::User>(service, desk, &ConfirmSecondFactor);
}

}  // namespace kechuang::identity
