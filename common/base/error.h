#ifndef KECHUANG_COMMON_BASE_ERROR_H_
#define KECHUANG_COMMON_BASE_ERROR_H_

#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/generated_enum_reflection.h"
#include "google/rpc/error_details.pb.h"

namespace kechuang {

// Builds an error in the one way of this code base: a status with google.rpc details as payloads.
//   return Refuse(absl::StatusCode::kFailedPrecondition, v1::LOAN_ABOVE_APPROVED)
//       .About(loan.name()).With("left_fen", left).Says("... in English", "... 中文");
class Refusal {
 public:
  Refusal(absl::StatusCode code, std::string reason, std::string domain);

  // Names the record that the refusal is about. Adds ResourceInfo, and PreconditionFailure for kFailedPrecondition.
  Refusal About(absl::string_view record) &&;
  // Adds a value that the sentence uses to ErrorInfo.metadata.
  Refusal With(absl::string_view key, const absl::AlphaNum& value) &&;
  // Says how long to wait before the same call may succeed. Adds RetryInfo.
  Refusal RetryAfter(absl::Duration wait) &&;
  // Ends the sentence: what was asked, what is allowed, which record. English goes into the status message, both
  // languages into the details (LocalizedMessage zh-CN).
  absl::Status Says(absl::string_view english, absl::string_view chinese) &&;

 private:
  absl::StatusCode code_;
  google::rpc::ErrorInfo info_;
  std::string record_;
  std::optional<absl::Duration> wait_;
};

// Starts a refusal. The reason is a value of a Reason enum of a package kechuang.<area>.v1; the area becomes the
// domain ("loan.kechuang").
template <typename Reason>
Refusal Refuse(absl::StatusCode code, Reason reason) {
  const google::protobuf::EnumDescriptor* descriptor = google::protobuf::GetEnumDescriptor<Reason>();
  const google::protobuf::EnumValueDescriptor* value = descriptor->FindValueByNumber(reason);
  return Refusal(code, value == nullptr ? "" : value->name(), descriptor->file()->package());
}

// Keeps every fault of a request, so that the caller mends all of them at once.
class Faults {
 public:
  // Notes a fault of the field at this path, such as "contract.seller.credit_code" or "rows[3].amount_fen".
  template <typename Reason>
  void Add(absl::string_view field, Reason reason, absl::string_view english, absl::string_view chinese) {
    Note(field, google::protobuf::GetEnumDescriptor<Reason>()->FindValueByNumber(reason)->name(), english, chinese);
  }
  // Notes the fault that a status built by Refuse says; an OK status is no fault.
  void Add(absl::string_view field, const absl::Status& status);
  // The value, or a default one after noting the fault under this field.
  template <typename T>
  T Take(absl::string_view field, absl::StatusOr<T> value) {
    if (value.ok()) return *std::move(value);
    Add(field, value.status());
    return T();
  }

  bool any() const { return bad_request_.field_violations_size() > 0; }
  // INVALID_ARGUMENT with reason INVALID_FIELDS and a BadRequest of every fault; OK if there is none.
  absl::Status status() const;

 private:
  void Note(absl::string_view field, absl::string_view reason, absl::string_view english, absl::string_view chinese);

  google::rpc::BadRequest bad_request_;
};

// Type URL under which a detail message travels, in status payloads and in google.protobuf.Any.
std::string DetailTypeUrl(absl::string_view full_name);

// The detail of this type in a status, if it carries one.
template <typename Message>
std::optional<Message> DetailOf(const absl::Status& status) {
  const auto payload = status.GetPayload(DetailTypeUrl(Message::descriptor()->full_name()));
  Message message;
  if (!payload.has_value() || !message.ParseFromString(std::string(*payload))) return std::nullopt;
  return message;
}

// Adds a detail message to a status, in place of one of the same type.
template <typename Message>
void SetDetail(absl::Status& status, const Message& message) {
  status.SetPayload(DetailTypeUrl(Message::descriptor()->full_name()), absl::Cord(message.SerializeAsString()));
}

// The reason in the status's ErrorInfo, such as "RECORD_NOT_FOUND"; empty if it has none.
std::string ReasonOf(const absl::Status& status);
// The Chinese sentence of a status built here, or its message where there is none.
std::string ChineseOf(const absl::Status& status);

}  // namespace kechuang

#endif  // KECHUANG_COMMON_BASE_ERROR_H_
