#include "common/rpc/incoming.h"

#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "grpcpp/support/proto_buffer_reader.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/base/type_facts.h"
#include "common/domain/name_text.h"
#include "common/domain/percent.h"
#include "common/rpc/credential.h"
#include "common/rpc/deadline.h"
#include "common/rpc/source.h"
#include "kechuang/api/v1/options.pb.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::rpc {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

namespace {

std::shared_ptr<const access::Caller> Anybody() {
  static const auto* anybody = new std::shared_ptr<const access::Caller>(
      std::make_shared<const access::Caller>(access::CallerWith("anybody", {})));
  return *anybody;
}

absl::Status NobodyMay(const google::protobuf::MethodDescriptor& method, absl::string_view permission) {
  return Refuse(absl::StatusCode::kFailedPrecondition, api::v1::METHOD_UNKNOWN)
      .Says(absl::StrCat(method.full_name(), " needs the permission '", permission, "', which no role grants"),
            absl::StrCat(method.full_name(), " 需要权限“", permission, "”，但没有角色授予该权限"));
}

absl::Status NeedsSecondFactor(const access::Caller& caller) {
  return Refuse(absl::StatusCode::kFailedPrecondition, api::v1::SECOND_FACTOR_NEEDED)
      .With("actor", caller.actor)
      .Says("this call moves money or approves it: log in again with a second factor first",
            "该操作涉及资金或审批，请先使用第二因素（动态口令）重新登录");
}

}  // namespace

Call ReadOpenCall(const grpc::CallbackServerContext& context, std::string method) {
  Call call;
  call.method = std::move(method);
  call.deadline = FromGrpcDeadline(context.deadline());
  call.caller = Anybody();
  call.actor = call.caller->actor;
  return call;
}

namespace {

absl::StatusOr<std::string> ReadRevealReason(absl::string_view encoded) {
  std::optional<std::string> reason = PercentDecode(encoded);
  if (reason.has_value()) absl::StripAsciiWhitespace(&*reason);
  if (reason.has_value() && !reason->empty() && CodePoints(*reason) <= kRevealReasonMax) return *std::move(reason);
  return Refuse(absl::StatusCode::kInvalidArgument, api::v1::FIELD_MALFORMED)
      .With("header", kRevealReason)
      .Says(absl::StrCat(kRevealReason, " takes 1 to ", kRevealReasonMax, " characters, percent-encoded UTF-8"),
            absl::StrCat(kRevealReason, " 须为 1 到 ", kRevealReasonMax, " 个字符，采用百分号编码的 UTF-8"));
}

}  // namespace

absl::StatusOr<Needed> NeededOf(const google::protobuf::MethodDescriptor& method) {
  Needed needed;
  needed.permission = method.options().GetExtension(api::v1::permission);
  needed.open = method.options().GetExtension(api::v1::open);
  needed.urgent = method.options().GetExtension(api::v1::urgent);
  needed.second_factor = method.options().GetExtension(api::v1::second_factor);
  needed.keeps_to_rows = method.options().GetExtension(api::v1::keeps_to_rows);
  const std::optional<size_t> bit = access::Policy::Get().BitOf(needed.permission);
  if (!needed.open && !bit.has_value()) return NobodyMay(method, needed.permission);
  needed.bit = bit.value_or(0);
  return needed;
}

absl::StatusOr<Call> ReadCall(const grpc::CallbackServerContext& context, Admission& admission, std::string method) {
  Call call;
  call.method = std::move(method);
  call.deadline = FromGrpcDeadline(context.deadline());
  std::string vouched;
  call.credential = std::string(CredentialOf(context, admission.authenticator(), vouched));
  const auto& metadata = context.client_metadata();
  const auto introduced = metadata.find(kFromService);
  const absl::string_view introduction =
      introduced == metadata.end() ? "" : absl::string_view(introduced->second.data(), introduced->second.size());
  ASSIGN_OR_RETURN(call.caller,
                   admission.Admit(
                       call.credential, [&context] { return SourceOfPeer(context.peer()); }, introduction));
  if (const auto found = metadata.find(kRevealReason); found != metadata.end()) {
    ASSIGN_OR_RETURN(call.reveal_reason, ReadRevealReason({found->second.data(), found->second.size()}));
  }
  call.actor = call.caller->actor;
  return call;
}

namespace {

absl::Status BoundElsewhere(const access::Caller& caller, const Needed& needed) {
  return Refuse(absl::StatusCode::kPermissionDenied, api::v1::PERMISSION_MISSING)
      .With("permission", needed.permission)
      .With("actor", caller.actor)
      .With("scope", caller.scope)
      .Says(absl::StrCat(caller.actor, " sees the rows of ", caller.scope, " alone, and this call looks beyond them"),
            absl::StrCat(caller.actor, " 只能查看 ", caller.scope, " 的数据，该调用超出此范围"));
}

}  // namespace

absl::Status CheckPermission(const access::Caller& caller, const Needed& needed) {
  const bool granted = caller.permissions.test(needed.bit);
  if (granted && !caller.scope.empty() && !needed.keeps_to_rows) return BoundElsewhere(caller, needed);
  if (granted) {
    const bool lacks_factor = needed.second_factor && access::IsPerson(caller) && !caller.second_factor;
    return lacks_factor ? NeedsSecondFactor(caller) : absl::OkStatus();
  }
  return Refuse(absl::StatusCode::kPermissionDenied, api::v1::PERMISSION_MISSING)
      .With("permission", needed.permission)
      .With("actor", caller.actor)
      .Says(absl::StrCat(caller.actor, " lacks the permission ", needed.permission,
                         ", which this call needs; none of its roles grants it"),
            absl::StrCat(caller.actor, " 没有该调用所需的权限 ", needed.permission, "，其任何角色均未授予"));
}

absl::Status ParseBytes(const grpc::ByteBuffer& bytes, Message& message) {
  grpc::ByteBuffer copy(bytes);  // shares the slices; the reader wants a buffer that it may change
  grpc::ProtoBufferReader reader(&copy);
  if (reader.status().ok() && message.ParseFromZeroCopyStream(&reader)) return absl::OkStatus();
  return Refuse(absl::StatusCode::kInvalidArgument, api::v1::FIELD_MALFORMED)
      .With("message", message.GetDescriptor()->full_name())
      .Says(absl::StrCat("the bytes are no ", message.GetDescriptor()->full_name(), " with texts in UTF-8"),
            absl::StrCat("收到的数据不是 ", message.GetDescriptor()->full_name(), "，或其中文字不是 UTF-8"));
}

grpc::ByteBuffer ToBytes(const std::string& serialized) {
  const grpc::Slice slice(serialized);
  return grpc::ByteBuffer(&slice, 1);
}

namespace {

// The fields that requests of any method may have; nullptr for those that a type has not.
struct CommonFields {
  explicit CommonFields(const google::protobuf::Descriptor* type)
      : request_id(TextField(*type, "request_id")),
        reason(TextField(*type, "reason")),
        validate_only(type->FindFieldByName("validate_only")) {}

  static const FieldDescriptor* TextField(const google::protobuf::Descriptor& type, const char* name) {
    const FieldDescriptor* field = type.FindFieldByName(name);
    const bool text = field != nullptr && field->cpp_type() == FieldDescriptor::CPPTYPE_STRING && !field->is_repeated();
    return text ? field : nullptr;
  }

  const FieldDescriptor* request_id;
  const FieldDescriptor* reason;
  const FieldDescriptor* validate_only;
};

}  // namespace

void ReadCommonFields(const Message& request, Call& call) {
  const CommonFields& fields = FactsOf<CommonFields>(request.GetDescriptor());
  const google::protobuf::Reflection* reflection = request.GetReflection();
  if (fields.request_id != nullptr) call.request_id = reflection->GetString(request, fields.request_id);
  if (fields.reason != nullptr) call.reason = reflection->GetString(request, fields.reason);
  call.validate_only = fields.validate_only != nullptr && reflection->GetBool(request, fields.validate_only);
}

namespace {

// Records of a page that a request without a size gets.
constexpr int32_t kPageSizeDefault = 100;

struct PageFields {
  explicit PageFields(const google::protobuf::Descriptor* type) : page_size(type->FindFieldByName("page_size")) {
    if (page_size != nullptr && page_size->cpp_type() != FieldDescriptor::CPPTYPE_INT32) page_size = nullptr;
  }

  const FieldDescriptor* page_size;  // null if it has none
};

}  // namespace

void KeepPageWithin(int64_t page_size, Message& request) {
  const FieldDescriptor* field = FactsOf<PageFields>(request.GetDescriptor()).page_size;
  if (field == nullptr) return;
  const int32_t asked = request.GetReflection()->GetInt32(request, field);
  if ((asked == 0 ? kPageSizeDefault : asked) <= page_size) return;
  request.GetReflection()->SetInt32(&request, field, static_cast<int32_t>(page_size));
}

absl::Status MessageTooLarge(size_t bytes, int64_t bytes_max) {
  return Refuse(absl::StatusCode::kResourceExhausted, api::v1::FIELD_TOO_LONG)
      .With("bytes", bytes)
      .With("bytes_max", bytes_max)
      .Says(absl::StrCat("the message has ", bytes, " bytes, more than the ", bytes_max,
                         " that one message may have; send smaller batches"),
            absl::StrCat("消息有 ", bytes, " 字节，超过单个消息的上限 ", bytes_max, " 字节；请分批发送"));
}

absl::Status TooManyCalls() {
  return Refuse(absl::StatusCode::kResourceExhausted, api::v1::OVERLOADED)
      .RetryAfter(absl::Milliseconds(500))
      .Says("the service has too many calls under way; try again in a moment", "服务繁忙，请稍后再试");
}

}  // namespace kechuang::rpc
