#include "common/base/error.h"

#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang {
namespace {

constexpr char kChinese[] = "zh-CN";

// "kechuang.loan.v1" is "loan.kechuang" as the domain of its reasons.
std::string DomainOfPackage(absl::string_view package) {
  const std::vector<std::string> parts = absl::StrSplit(package, '.');
  return parts.size() < 2 ? std::string(package) : absl::StrCat(parts[1], ".", parts[0]);
}

google::rpc::LocalizedMessage InChinese(absl::string_view sentence) {
  google::rpc::LocalizedMessage message;
  message.set_locale(kChinese);
  message.set_message(std::string(sentence));
  return message;
}

}  // namespace

std::string DetailTypeUrl(absl::string_view full_name) { return absl::StrCat("type.googleapis.com/", full_name); }

Refusal::Refusal(absl::StatusCode code, std::string reason, std::string domain) : code_(code) {
  info_.set_reason(std::move(reason));
  domain = DomainOfPackage(domain);
  info_.set_domain(std::move(domain));
}

Refusal Refusal::About(absl::string_view record) && {
  record_ = std::string(record);
  return std::move(*this);
}

Refusal Refusal::With(absl::string_view key, const absl::AlphaNum& value) && {
  (*info_.mutable_metadata())[std::string(key)] = std::string(value.Piece());
  return std::move(*this);
}

Refusal Refusal::RetryAfter(absl::Duration wait) && {
  wait_ = wait;
  return std::move(*this);
}

absl::Status Refusal::Says(absl::string_view english, absl::string_view chinese) && {
  absl::Status status(code_, english);
  SetDetail(status, info_);
  SetDetail(status, InChinese(chinese));
  if (!record_.empty()) {
    google::rpc::ResourceInfo resource;
    resource.set_resource_name(record_);
    SetDetail(status, resource);
    if (code_ == absl::StatusCode::kFailedPrecondition) {
      google::rpc::PreconditionFailure failure;
      google::rpc::PreconditionFailure::Violation* violation = failure.add_violations();
      violation->set_type(info_.reason());
      violation->set_subject(record_);
      violation->set_description(std::string(english));
      SetDetail(status, failure);
    }
  }
  if (wait_.has_value()) {
    google::rpc::RetryInfo retry;
    absl::Duration rest;
    retry.mutable_retry_delay()->set_seconds(absl::IDivDuration(*wait_, absl::Seconds(1), &rest));
    retry.mutable_retry_delay()->set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(rest)));
    SetDetail(status, retry);
  }
  return status;
}

void Faults::Add(absl::string_view field, const absl::Status& status) {
  if (!status.ok()) Note(field, ReasonOf(status), status.message(), ChineseOf(status));
}

void Faults::Note(absl::string_view field, absl::string_view reason, absl::string_view english,
                  absl::string_view chinese) {
  google::rpc::BadRequest::FieldViolation* violation = bad_request_.add_field_violations();
  violation->set_field(std::string(field));
  violation->set_reason(std::string(reason));
  violation->set_description(std::string(english));
  *violation->mutable_localized_message() = InChinese(chinese);
}

absl::Status Faults::status() const {
  if (!any()) return absl::OkStatus();
  std::vector<std::string> english;
  std::vector<std::string> chinese;
  for (const google::rpc::BadRequest::FieldViolation& violation : bad_request_.field_violations()) {
    english.push_back(absl::StrCat(violation.field(), ": ", violation.description()));
    chinese.push_back(absl::StrCat(violation.field(), "：", violation.localized_message().message()));
  }
  absl::Status status = Refuse(absl::StatusCode::kInvalidArgument, api::v1::INVALID_FIELDS)
                            .Says(absl::StrJoin(english, "; "), absl::StrJoin(chinese, "；"));
  SetDetail(status, bad_request_);
  return status;
}

std::string ReasonOf(const absl::Status& status) {
  const std::optional<google::rpc::ErrorInfo> info = DetailOf<google::rpc::ErrorInfo>(status);
  return info.has_value() ? info->reason() : "";
}

std::string ChineseOf(const absl::Status& status) {
  const std::optional<google::rpc::LocalizedMessage> message = DetailOf<google::rpc::LocalizedMessage>(status);
  return message.has_value() ? message->message() : std::string(status.message());
}

}  // namespace kechuang
