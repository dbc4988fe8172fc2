#include "services/identity/submit.h"

#include <algorithm>

#include "absl/synchronization/notification.h"

#include "common/register/register_service.h"

namespace kechuang::identity {

absl::Status CheckAdministration(ledger::Draft& draft, const std::string& name, const std::vector<std::string>& held,
                                 const std::vector<std::string>& next) {
  for (const std::string& key : held) {
    if (std::find(next.begin(), next.end(), key) != next.end()) continue;
    ASSIGN_OR_RETURN(const std::vector<std::string> holders, draft.FindByKey(key));
    if (holders.size() <= 1) return LastAdministrator(name);
  }
  return absl::OkStatus();
}

absl::StatusOr<rpc::Reply> SubmitAndWait(ledger::Register& ledger, const rpc::Call& call, ledger::Command command,
                                         std::unique_ptr<google::protobuf::Message> request) {
  // Shared with the register's thread, which may still be within Notify when the waiter goes on.
  struct Wait {
    absl::Notification done;
    absl::StatusOr<rpc::Reply> reply;
  };
  auto wait = std::make_shared<Wait>();
  SubmitCommand(ledger, call, std::move(command), std::move(request), [wait](absl::StatusOr<rpc::Reply> reply) {
    wait->reply = std::move(reply);
    wait->done.Notify();
  });
  wait->done.WaitForNotification();
  return std::move(wait->reply);
}

}  // namespace kechuang::identity
