#include "common/rpc/revealed_answers.h"

#include <future>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

#include "common/access/masking.h"
#include "common/base/error.h"
#include "common/base/fatal.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::rpc {

using google::protobuf::Descriptor;
using google::protobuf::Message;

bool Reveals(const Call& call, const Descriptor* type) {
  if (!access::HoldsPersonalData(type)) return true;
  return !call.reveal_reason.empty() && call.caller != nullptr && access::MaySeePersonalData(*call.caller, type);
}

absl::Status CheckReveal(const Call& call, const Descriptor* type) {
  if (call.reveal_reason.empty() || Reveals(call, type)) return absl::OkStatus();
  const std::string permission = access::PersonalPermission(type);
  return Refuse(absl::StatusCode::kPermissionDenied, api::v1::PERMISSION_MISSING)
      .With("permission", permission)
      .With("actor", call.actor)
      .Says(absl::StrCat(call.actor, " lacks the permission ", permission,
                         " to see personal data; without kc-reveal-reason they come masked"),
            absl::StrCat(call.actor, " 没有查看个人信息的权限 ", permission, "；不带 kc-reveal-reason 时返回脱敏数据"));
}

Finish NotedFirst(LookLog& log, const Call& call, const Descriptor* type, Finish finish) {
  return [&log, call, type, finish = std::move(finish)](absl::StatusOr<Reply> reply) {
    if (!reply.ok()) return finish(std::move(reply));
    const std::unique_ptr<Message> answer(
        google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
    if (!answer->ParseFromString(reply->bytes)) Fatal(absl::StrCat("an answer is no ", type->full_name()));
    const std::set<std::string> records = access::RecordsWithPersonalData(*answer);
    if (records.empty()) return finish(std::move(reply));
    log.Note(call, records, [finish, reply = *std::move(reply)](const absl::Status& noted) {
      if (!noted.ok()) return finish(noted);
      finish(reply);
    });
  };
}

bool NotingStream::Write(const Message& message) {
  const std::set<std::string> records = access::RecordsWithPersonalData(message);
  if (!records.empty()) {
    std::promise<absl::Status> noted;
    log_.Note(call_, records, [&noted](const absl::Status& status) { noted.set_value(status); });
    status_ = noted.get_future().get();
    if (!status_.ok()) return false;
  }
  return bytes_.Write(message);
}

}  // namespace kechuang::rpc
