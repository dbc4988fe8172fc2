#include "services/identity/service.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"

#include "common/base/sha256.h"
#include "common/base/status_macros.h"
#include "common/register/update_mask.h"
#include "kechuang/identity/v1/identity_service.grpc.pb.h"
#include "kechuang/identity/v1/key_directory_service.grpc.pb.h"
#include "services/identity/accounts_by_flags.h"
#include "services/identity/first_keys.h"
#include "services/identity/follow_keys.h"
#include "services/identity/key_rules.h"
#include "services/identity/login.h"
#include "services/identity/schema.h"
#include "services/identity/secret.h"
#include "services/identity/submit.h"
#include "services/identity/user_handlers.h"
#include "services/identity/user_rules.h"

namespace kechuang::identity {
namespace {

using KeyChange = absl::StatusOr<Change<v1::Key>>;

KeyChange UpdateKey(IdentityDesk&, const rpc::Call&, const v1::UpdateKeyRequest& request) {
  return ChangeOf<v1::Key>(request.key().name(), request.etag(),
                           [request](const v1::Key& held, ledger::Draft& draft) -> absl::StatusOr<v1::Key> {
                             v1::Key edited = held;
                             RETURN_IF_ERROR(ApplyMask(edited, request.key(), request.update_mask(), "key"));
                             return Edited(held, std::move(edited), draft.now());
                           });
}

KeyChange RevokeKey(IdentityDesk&, const rpc::Call&, const v1::RevokeKeyRequest& request) {
  return ChangeOf<v1::Key>(
      request.name(), request.etag(),
      [reason = request.reason()](const v1::Key& held, ledger::Draft&) { return Revoked(held, reason); });
}

KeyChange SetKeyRoles(IdentityDesk&, const rpc::Call&, const v1::SetKeyRolesRequest& request) {
  return ChangeOf<v1::Key>(request.name(), request.etag(), [request](const v1::Key& held, ledger::Draft& draft) {
    return WithRoles(held, request.roles(), request.scope(), draft.author().actor);
  });
}

// The decision stores and answers the key; the secret is added to the answer on its way out, so that neither the
// journal nor what is kept for a repeated request ever holds it.
void CreateKey(ledger::Register& ledger, const rpc::Call& call, std::unique_ptr<google::protobuf::Message> message,
               rpc::Finish finish) {
  const auto& request = static_cast<const v1::CreateKeyRequest&>(*message);
  const std::string secret = NewSecret();
  v1::Key asked = request.key();
  ClearOutputOnly(asked);
  ledger::Command command;
  command.new_names = {absl::StrCat("keys/", request.key_id())};
  command.keys = CertificateKeys(asked);
  command.decide = [asked = std::move(asked), id = request.key_id(),
                    digest = Sha256Hex(secret)](ledger::Draft& draft) -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(const v1::Key key, NewKey(asked, id, digest, draft.now()));
    for (const std::string& certificate : CertificateKeys(key)) {
      ASSIGN_OR_RETURN(const std::vector<std::string> holders, draft.FindByKey(certificate));
      if (!holders.empty()) return CertificateTaken(holders.front());
    }
    v1::CreateKeyResponse response;
    ASSIGN_OR_RETURN(*response.mutable_key(), draft.Create(key));
    return response.SerializeAsString();
  };
  const bool shown_once = !call.validate_only && request.key().certificate().empty();
  SubmitCommand(ledger, call, std::move(command), std::move(message),
                [secret, shown_once, finish = std::move(finish)](absl::StatusOr<rpc::Reply> reply) {
                  if (reply.ok() && !reply->replayed && shown_once) {
                    v1::CreateKeyResponse shown;
                    shown.set_secret(secret);
                    shown.AppendToString(&reply->bytes);  // one message after another is both in one
                  }
                  finish(std::move(reply));
                });
}

rpc::Method CreateKeyMethod(ledger::Register& ledger) {
  rpc::Method method;
  method.new_request = [] { return std::make_unique<v1::CreateKeyRequest>(); };
  method.blocking = false;
  method.unary = [&ledger](const rpc::Call& call, std::unique_ptr<google::protobuf::Message> request,
                           rpc::Finish finish) { CreateKey(ledger, call, std::move(request), std::move(finish)); };
  return method;
}

absl::StatusOr<v1::Caller> GetCaller(IdentityDesk&, const rpc::Call& call, const v1::GetCallerRequest&) {
  v1::Caller caller;
  caller.set_actor(call.actor);
  caller.set_scope(call.caller->scope);
  for (const v1::Role role : call.caller->roles) caller.add_roles(role);
  for (std::string& permission : access::Policy::Get().NamesOf(call.caller->permissions)) {
    caller.add_permissions(std::move(permission));
  }
  caller.set_second_factor(call.caller->second_factor);
  if (call.caller->expires != absl::InfiniteFuture()) {
    *caller.mutable_expire_time() =
        google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(call.caller->expires));
  }
  return caller;
}

absl::Status Follow(IdentityDesk& desk, const rpc::Call& call,
                    rpc::Stream<v1::FollowKeysRequest, v1::FollowKeysResponse>& stream) {
  return FollowKeys(desk, call, stream);
}

}  // namespace

IdentityService::IdentityService(ledger::Register& ledger, const std::unique_ptr<Accounts>& accounts)
    : desk_{ledger, accounts},
      service_(v1::IdentityService::service_full_name(), desk_),
      directory_(v1::KeyDirectory::service_full_name(), desk_) {
  service_.OnGet<v1::GetKeyRequest, v1::Key>()
      .OnList<v1::ListKeysRequest, v1::ListKeysResponse>()
      .OnChange(&UpdateKey)
      .OnChange(&RevokeKey)
      .OnChange(&SetKeyRoles);
  service_.table().Add(v1::CreateKeyRequest::descriptor(), v1::CreateKeyResponse::descriptor(),
                       CreateKeyMethod(ledger));
  service_.On(&GetCaller).On(&Login).On(&Refresh).On(&Logout).On(&ChangePassword);
  AddUserMethods(service_, desk_);
  directory_.OnStream(&Follow);
}

RegisterProgram IdentityProgram(std::unique_ptr<IdentityService>& service, std::unique_ptr<Accounts>& accounts) {
  RegisterProgram program;
  program.area = "identity";
  program.journal_service = "kechuang.identity.v1.IdentityJournal";
  program.migrations = IdentityMigrations();
  program.versions = {6, 6};
  program.kinds = {
      ledger::MakeKind<v1::Key>([](const v1::Key&) { return std::vector<ledger::Contribution>(); }, &LookUpKeys),
      ledger::MakeKind<v1::User>([](const v1::User&) { return std::vector<ledger::Contribution>(); },
                                 &AdministrationKeys)};
  program.prepare = [&accounts](ledger::Register& ledger, const std::string& state) -> absl::Status {
    RETURN_IF_ERROR(TakeFirstKeys(ledger, state));
    ASSIGN_OR_RETURN(accounts, OpenAccountsByFlags(state, ledger.clock()));
    return absl::OkStatus();
  };
  program.make_services = [&service, &accounts](ledger::Register& ledger, rpc::Channels&) {
    service = std::make_unique<IdentityService>(ledger, accounts);
    return service->methods();
  };
  return program;
}

}  // namespace kechuang::identity
