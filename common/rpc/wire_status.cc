#include "common/rpc/wire_status.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

#include "common/base/error.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::rpc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// Clients take 8 KiB of trailers by default. The details travel as base64, four bytes for three, beside the message
// with three bytes for each that is not plain ASCII: 4500 / 3 * 4 + 1500 leaves room for the other trailers.
constexpr size_t kDetailBytesMax = 4500;
constexpr size_t kMessageBytesMax = 1500;
constexpr size_t kViolationBytesMax = kDetailBytesMax / 2;
constexpr size_t kTextBytesMin = 60;

// The text's first bytes whose sizes come to no more than most, not cut within a character.
template <class SizeOf>
std::string Shortened(absl::string_view text, size_t most, SizeOf size_of) {
  size_t total = 0;
  size_t end = 0;
  while (end < text.size() && total + size_of(text[end]) <= most) total += size_of(text[end++]);
  if (end == text.size()) return std::string(text);
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return absl::StrCat(text.substr(0, end), " ...");
}

// How many bytes a byte of grpc-message takes.
size_t EncodedSize(char c) { return c >= ' ' && c <= '~' && c != '%' ? 1 : 3; }

// Shortens every text of a message, at any depth, to so many bytes.
void ShortenTexts(Message& message, size_t most) {
  const Reflection* reflection = message.GetReflection();
  const auto shorten = [most](const std::string& text) {
    return Shortened(text, most, [](char) { return size_t{1}; });
  };
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const bool text = field->type() == FieldDescriptor::TYPE_STRING;
    const bool child = field->type() == FieldDescriptor::TYPE_MESSAGE;
    if (!field->is_repeated()) {
      if (text) reflection->SetString(&message, field, shorten(reflection->GetString(message, field)));
      if (child) ShortenTexts(*reflection->MutableMessage(&message, field), most);
      continue;
    }
    for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
      if (text) {
        reflection->SetRepeatedString(&message, field, i, shorten(reflection->GetRepeatedString(message, field, i)));
      }
      if (child) ShortenTexts(*reflection->MutableRepeatedMessage(&message, field, i), most);
    }
  }
}

void ShortenDetail(google::protobuf::Any& any, size_t most) {
  const std::string name = any.type_url().substr(any.type_url().rfind('/') + 1);
  const Descriptor* type = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(name);
  if (type == nullptr) return;
  const std::unique_ptr<Message> detail(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
  if (!detail->ParseFromString(any.value())) return;
  ShortenTexts(*detail, most);
  any.set_value(detail->SerializeAsString());
}

// Keeps as many field violations as fit, at least one.
absl::Status CutViolations(absl::Status status) {
  auto bad_request = DetailOf<google::rpc::BadRequest>(status);
  auto info = DetailOf<google::rpc::ErrorInfo>(status);
  if (!bad_request.has_value() || !info.has_value()) return status;
  auto& violations = *bad_request->mutable_field_violations();
  size_t bytes = 0;
  int kept = 0;
  for (const auto& violation : violations) {
    bytes += violation.ByteSizeLong() + 3;
    if (kept > 0 && bytes > kViolationBytesMax) break;
    ++kept;
  }
  const int cut = violations.size() - kept;
  if (cut == 0) return status;
  violations.DeleteSubrange(kept, cut);
  (*info->mutable_metadata())["more_violations"] = absl::StrCat(cut);
  SetDetail(status, *bad_request);
  SetDetail(status, *info);
  google::rpc::LocalizedMessage chinese;
  chinese.set_locale("zh-CN");
  for (const auto& violation : bad_request->field_violations()) {
    absl::StrAppend(chinese.mutable_message(), violation.field(), "：", violation.localized_message().message(), "；");
  }
  absl::StrAppend(chinese.mutable_message(), "另有 ", cut, " 处错误");
  if (chinese.ByteSizeLong() > kDetailBytesMax / 3) chinese.set_message(absl::StrCat("字段错误，另有 ", cut, " 处"));
  SetDetail(status, chinese);
  return status;
}

// Shortens the longest texts until everything fits.
void Fit(google::rpc::Status& wire) {
  wire.set_message(Shortened(wire.message(), kMessageBytesMax, &EncodedSize));
  for (size_t most = kDetailBytesMax / 3; wire.ByteSizeLong() > kDetailBytesMax && most > kTextBytesMin; most /= 2) {
    for (google::protobuf::Any& any : *wire.mutable_details()) ShortenDetail(any, most);
  }
}

absl::Status WithInfo(absl::Status status) {
  if (DetailOf<google::rpc::ErrorInfo>(status).has_value()) return status;
  google::rpc::ErrorInfo info;
  info.set_reason(api::v1::Reason_Name(api::v1::INTERNAL_FAULT));
  info.set_domain("api.kechuang");
  SetDetail(status, info);
  return status;
}

}  // namespace

google::rpc::Status ToRpcStatus(const absl::Status& status) {
  google::rpc::Status wire;
  wire.set_code(static_cast<int>(status.code()));
  if (status.ok()) return wire;
  const absl::Status fitted = CutViolations(WithInfo(status));
  wire.set_message(std::string(fitted.message()));
  std::vector<std::pair<std::string, std::string>> details;
  fitted.ForEachPayload([&](absl::string_view type_url, const absl::Cord& payload) {
    details.emplace_back(std::string(type_url), std::string(payload));
  });
  std::sort(details.begin(), details.end());
  for (auto& [type_url, bytes] : details) {
    google::protobuf::Any* any = wire.add_details();
    any->set_type_url(type_url);
    any->set_value(std::move(bytes));
  }
  Fit(wire);
  return wire;
}

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const google::rpc::Status wire = ToRpcStatus(status);
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), wire.message(), wire.SerializeAsString());
}

absl::Status FromRpcStatus(const google::rpc::Status& wire) {
  absl::Status status(static_cast<absl::StatusCode>(wire.code()), wire.message());
  for (const google::protobuf::Any& any : wire.details()) status.SetPayload(any.type_url(), absl::Cord(any.value()));
  return status;
}

absl::Status FromGrpc(const grpc::Status& status) {
  google::rpc::Status wire;
  if (!status.error_details().empty() && wire.ParseFromString(status.error_details())) return FromRpcStatus(wire);
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

}  // namespace kechuang::rpc
