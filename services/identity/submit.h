#ifndef KECHUANG_SERVICES_IDENTITY_SUBMIT_H_
#define KECHUANG_SERVICES_IDENTITY_SUBMIT_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"

#include "common/base/status_macros.h"
#include "common/ledger/register.h"
#include "common/register/register_service.h"
#include "common/rpc/call.h"
#include "common/rpc/service.h"
#include "services/identity/desk.h"
#include "services/identity/key_rules.h"
#include "services/identity/user_rules.h"

// How handlers change keys and users, also those that have something beside the register, which must come before the
// change or after it.
namespace kechuang::identity {

// Refuses to leave nobody who can administer: held and next are the ledger's keys of one record of this name.
absl::Status CheckAdministration(ledger::Draft& draft, const std::string& name, const std::vector<std::string>& held,
                                 const std::vector<std::string>& next);

// One step of one key or user: reads it under the caller's etag, lets the rule decide, stores what came out.
template <class Record, class Step>
Change<Record> ChangeOf(const std::string& name, const std::string& etag, Step step) {
  Change<Record> change;
  change.names = {name};
  change.keys = AllAdministrationKeys();
  change.decide = [name, etag, step = std::move(step)](ledger::Draft& draft) -> absl::StatusOr<Record> {
    ASSIGN_OR_RETURN(const Record held, draft.Get<Record>(name, etag));
    ASSIGN_OR_RETURN(const Record next, step(held, draft));
    RETURN_IF_ERROR(CheckAdministration(draft, name, AdministrationKeys(held), AdministrationKeys(next)));
    return draft.Put(next);
  };
  return change;
}

// Runs a command of this call, and waits until it is durable or refused.
absl::StatusOr<rpc::Reply> SubmitAndWait(ledger::Register& ledger, const rpc::Call& call, ledger::Command command,
                                         std::unique_ptr<google::protobuf::Message> request);

// True for the one answer that what is shown once belongs to: not for a trial, and not for a repeat.
inline bool IsFirst(const rpc::Call& call, const rpc::Reply& reply) { return !call.validate_only && !reply.replayed; }

// A method whose handler blocks and gives the reply.
template <class Request>
rpc::Method BlockingMethod(IdentityDesk& desk, absl::StatusOr<rpc::Reply> (*handler)(IdentityDesk&, const rpc::Call&,
                                                                                     std::unique_ptr<Request>)) {
  rpc::Method method;
  method.new_request = [] { return std::make_unique<Request>(); };
  method.unary = [&desk, handler](const rpc::Call& call, std::unique_ptr<google::protobuf::Message> request,
                                  const rpc::Finish& finish) {
    finish(handler(desk, call, std::unique_ptr<Request>(static_cast<Request*>(request.release()))));
  };
  return method;
}

}  // namespace kechuang::identity

#endif  // KECHUANG_SERVICES_IDENTITY_SUBMIT_H_
