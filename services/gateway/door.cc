#include "services/gateway/door.h"

#include <spdlog/spdlog.h>

#include <chrono>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include "common/base/error.h"
#include "common/rpc/credential.h"
#include "common/rpc/incoming.h"
#include "common/rpc/source.h"
#include "common/rpc/wire_status.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::gateway {
namespace {

// How long a caller waits before it asks again for a service that is away.
constexpr absl::Duration kRetryAfter = absl::Seconds(1);

absl::string_view View(const grpc::string_ref& text) { return {text.data(), text.size()}; }

absl::Status Unreachable(absl::string_view area) {
  return Refuse(absl::StatusCode::kUnavailable, api::v1::SERVICE_UNAVAILABLE)
      .With("service", area)
      .RetryAfter(kRetryAfter)
      .Says(absl::StrCat("the ", area,
                         " service cannot be reached now; a change that was under way may have been made: repeat it "
                         "with the same request id"),
            absl::StrCat(area, " 服务暂时无法连接；进行中的变更可能已经生效，请用相同的请求标识重试"));
}

absl::Status OutOfTime(absl::string_view area) {
  return Refuse(absl::StatusCode::kDeadlineExceeded, api::v1::DEADLINE)
      .With("service", area)
      .Says(absl::StrCat("the time that the caller gave ran out before the ", area, " service answered"),
            absl::StrCat("在 ", area, " 服务答复之前，调用方给定的时限已到"));
}

absl::Status AnswerTooLarge(absl::string_view area) {
  return Refuse(absl::StatusCode::kResourceExhausted, api::v1::FIELD_TOO_LONG)
      .With("service", area)
      .With("bytes_max", kMessageBytesMost)
      .Says(absl::StrCat("a message to or from the ", area, " service is larger than the ", kMessageBytesMost,
                         " bytes that one message may have; ask for smaller pages"),
            absl::StrCat("与 ", area, " 服务之间的消息超过单个消息的上限 ", kMessageBytesMost, " 字节；请缩小分页"));
}

absl::Status BrokenOff(absl::string_view area, grpc::StatusCode code) {
  return Refuse(static_cast<absl::StatusCode>(code), api::v1::INTERNAL_FAULT)
      .With("service", area)
      .Says(absl::StrCat("the call to the ", area, " service broke off; the log of the gateway says why"),
            absl::StrCat("与 ", area, " 服务的调用中断，原因见网关日志"));
}

}  // namespace

grpc::Status Admit(const Door& door, const grpc::CallbackServerContext& caller, bool open) {
  if (open) return rpc::ToGrpc(door.admission.AdmitOpen(rpc::SourceOfPeer(caller.peer())));
  std::string vouched;
  const absl::string_view credential = rpc::CredentialOf(caller, door.admission.authenticator(), vouched);
  return rpc::ToGrpc(door.admission.Admit(credential, [&caller] { return rpc::SourceOfPeer(caller.peer()); }).status());
}

absl::Status Admit(const Door& door, const rpc::HttpRequest& request, bool open) {
  if (open) return door.admission.AdmitOpen(request.source);
  std::string vouched;
  const absl::string_view credential = rpc::CredentialOf(request, door.admission.authenticator(), vouched);
  return door.admission.Admit(credential, [&request] { return request.source; }).status();
}

void PassIn(const Door& door, const grpc::CallbackServerContext& caller, grpc::ClientContext& upstream) {
  if (caller.deadline() != std::chrono::system_clock::time_point::max()) upstream.set_deadline(caller.deadline());
  std::string vouched;
  const absl::string_view credential = rpc::CredentialOf(caller, door.admission.authenticator(), vouched);
  if (!credential.empty()) upstream.AddMetadata("authorization", std::string(credential));
  const auto& metadata = caller.client_metadata();
  for (const absl::string_view key : kPassingMetadata) {
    const auto [first, last] = metadata.equal_range(grpc::string_ref(key.data(), key.size()));
    for (auto entry = first; entry != last; ++entry) {
      upstream.AddMetadata(std::string(key), std::string(View(entry->second)));
    }
  }
}

void PassOut(const grpc::ClientContext& upstream, grpc::CallbackServerContext& caller) {
  for (const auto& [key, value] : upstream.GetServerTrailingMetadata()) {
    if (absl::StartsWith(View(key), "grpc-")) continue;
    caller.AddTrailingMetadata(std::string(View(key)), std::string(View(value)));
  }
}

size_t MessageBytesMax(const Door& door) { return static_cast<size_t>(door.limits.Get().message_bytes); }

grpc::Status TooLarge(const Door& door, size_t bytes) {
  return rpc::ToGrpc(rpc::MessageTooLarge(bytes, door.limits.Get().message_bytes));
}

grpc::Status Explain(const grpc::Status& status, absl::string_view area) {
  // Whatever a service of the suite refuses carries details; a bare status comes from gRPC on the way there. What gRPC
  // says of it names addresses and ports, which are no matter of the caller's.
  if (status.ok() || !status.error_details().empty() || status.error_code() == grpc::StatusCode::CANCELLED) {
    return status;
  }
  spdlog::warn("{} service: gRPC gave up with code {}: {}", std::string(area), static_cast<int>(status.error_code()),
               status.error_message());
  if (status.error_code() == grpc::StatusCode::UNAVAILABLE) return rpc::ToGrpc(Unreachable(area));
  if (status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) return rpc::ToGrpc(OutOfTime(area));
  if (status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED) return rpc::ToGrpc(AnswerTooLarge(area));
  return rpc::ToGrpc(BrokenOff(area, status.error_code()));
}

}  // namespace kechuang::gateway
