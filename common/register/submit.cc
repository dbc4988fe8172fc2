#include <utility>

#include "absl/strings/str_cat.h"

#include "common/register/register_service.h"

namespace kechuang {

void SubmitCommand(ledger::Register& ledger, const rpc::Call& call, ledger::Command command,
                   std::unique_ptr<google::protobuf::Message> request, rpc::Finish finish) {
  command.author.actor = call.actor;
  command.author.method = call.method;
  command.author.request_id = call.request_id;
  command.author.reason = call.reason;
  command.scope = std::string(call.scope());
  command.validate_only = call.validate_only;
  command.urgent = call.urgent;
  if (!call.request_id.empty()) command.request = std::move(request);
  ledger.Submit(std::move(command), call.deadline, [finish = std::move(finish)](absl::StatusOr<ledger::Answer> answer) {
    if (!answer.ok()) return finish(answer.status());
    finish(rpc::Reply{std::move(answer->bytes), answer->replayed});
  });
}

}  // namespace kechuang
