#include "common/rpc/wire_status.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

#include "common/base/error.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::rpc {
namespace {

// Clients take 8 KiB of trailers by default; half the rest is for the message and base64.
constexpr size_t kDetailBytesMax = 4500;
constexpr size_t kMessageBytesMax = 1000;

// Cuts field violations until the details fit.
absl::Status Fit(absl::Status status) {
  auto bad_request = DetailOf<google::rpc::BadRequest>(status);
  auto info = DetailOf<google::rpc::ErrorInfo>(status);
  if (!bad_request.has_value() || !info.has_value()) return status;
  int cut = 0;
  while (bad_request->ByteSizeLong() > kDetailBytesMax / 2 && bad_request->field_violations_size() > 1) {
    bad_request->mutable_field_violations()->RemoveLast();
    ++cut;
  }
  if (cut == 0) return status;
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

absl::Status WithInfo(absl::Status status) {
  if (DetailOf<google::rpc::ErrorInfo>(status).has_value()) return status;
  google::rpc::ErrorInfo info;
  info.set_reason(api::v1::Reason_Name(api::v1::INTERNAL_FAULT));
  info.set_domain("api.kechuang");
  SetDetail(status, info);
  return status;
}

// Not longer than the limit, and not cut within a character.
std::string Shortened(absl::string_view message) {
  if (message.size() <= kMessageBytesMax) return std::string(message);
  size_t end = kMessageBytesMax;
  while (end > 0 && (static_cast<unsigned char>(message[end]) & 0xC0) == 0x80) --end;
  return absl::StrCat(message.substr(0, end), " ...");
}

}  // namespace

google::rpc::Status ToRpcStatus(const absl::Status& status) {
  google::rpc::Status wire;
  wire.set_code(static_cast<int>(status.code()));
  if (status.ok()) return wire;
  const absl::Status fitted = Fit(WithInfo(status));
  wire.set_message(Shortened(fitted.message()));
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
