#include "common/register/looks.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

#include "common/access/masking.h"
#include "common/base/status_macros.h"
#include "common/domain/resource_name.h"
#include "common/register/list_records.h"
#include "common/rpc/revealed_answers.h"

namespace kechuang {
namespace {

using ledger::v1::Look;

// One look a record.
std::vector<Look> LooksOf(const rpc::Call& call, const std::set<std::string>& records) {
  std::vector<Look> looks;
  for (const std::string& record : records) {
    Look& look = looks.emplace_back();
    look.set_name(absl::StrCat("looks/", NewId()));
    look.set_actor(call.actor);
    look.set_method(call.method);
    look.set_record(record);
    look.set_reason(call.reveal_reason);
  }
  return looks;
}

ledger::Command CommandOf(const rpc::Call& call, const std::set<std::string>& records) {
  ledger::Command command;
  command.author.actor = call.actor;
  command.author.method = call.method;
  command.author.reason = call.reveal_reason;
  std::vector<Look> looks = LooksOf(call, records);
  for (const Look& look : looks) command.new_names.push_back(look.name());
  command.decide = [looks = std::move(looks)](ledger::Draft& draft) -> absl::StatusOr<std::string> {
    for (const Look& look : looks) RETURN_IF_ERROR(draft.Create(look).status());
    return std::string();
  };
  return command;
}

}  // namespace

ledger::Kind LookKind() { return ledger::MakeKind<Look>(); }

void RegisterLookLog::Note(const rpc::Call& call, const std::set<std::string>& records,
                           std::function<void(const absl::Status&)> noted) {
  ledger_.Submit(CommandOf(call, records), call.deadline,
                 [noted = std::move(noted)](const absl::StatusOr<ledger::Answer>& answer) { noted(answer.status()); });
}

absl::Status NoteLookAt(ledger::Register& ledger, const rpc::Call& call, const std::string& record) {
  if (call.reveal_reason.empty()) return absl::OkStatus();
  const ledger::Kind* const only = record.empty() ? nullptr : ledger.kinds().OfName(record);
  bool shows = false;
  for (const ledger::Kind& kind : ledger.kinds().all()) {
    if ((only != nullptr && &kind != only) || !access::HoldsPersonalData(kind.type)) continue;
    RETURN_IF_ERROR(rpc::CheckReveal(call, kind.type));
    shows = true;
  }
  return shows ? ledger.Run(CommandOf(call, {record}), call.deadline).status() : absl::OkStatus();
}

absl::StatusOr<ledger::v1::ListLooksResponse> ListLooks(ledger::Register& ledger, const rpc::Call& call,
                                                        const ledger::v1::ListLooksRequest& request) {
  ledger::v1::ListLooksResponse response;
  RETURN_IF_ERROR(ListRecords(ledger, call, request, response));
  return response;
}

}  // namespace kechuang
