#ifndef KECHUANG_COMMON_API_FIELD_TEXT_H_
#define KECHUANG_COMMON_API_FIELD_TEXT_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/numeric/int128.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/message.h"
#include "google/protobuf/timestamp.pb.h"

namespace kechuang::api {

// Sets a field from a text, as it stands in a path, in a query or between the quotes of JSON; adds a value to a
// repeated field. Takes what proto3 JSON takes as text (integers, enums by name, bytes as base64, Timestamp, Duration,
// FieldMask), and also numbers of enums, true and false, and google.type.Date as "2022-03-05". The error says what form
// the field wants.
absl::Status SetFromText(google::protobuf::Message& message, const google::protobuf::FieldDescriptor* field,
                         absl::string_view text);

// True for a message type that SetFromText takes as one text.
bool HasTextForm(const google::protobuf::Descriptor& type);

// A phrase in both languages.
struct Words {
  std::string english;
  std::string chinese;
};
// What a field takes, for one value: "true or false", "a whole number", "an object {...}".
Words WordsOf(const google::protobuf::FieldDescriptor& field);
// FIELD_MALFORMED: the field takes such a value, not what was given ("a list").
absl::Status WrongType(const google::protobuf::FieldDescriptor& field, const Words& given);

// Sets or adds an integer; FIELD_OUT_OF_RANGE if the field's type cannot hold it.
absl::Status SetInteger(google::protobuf::Message& message, const google::protobuf::FieldDescriptor* field,
                        absl::int128 value);
// The number of a text of digits, perhaps after a minus; nothing if it is no such text. One of more than 30 digits
// comes as a number that no field can hold.
std::optional<absl::int128> WholeNumber(absl::string_view text);
// Sets or adds a bool.
void SetBool(google::protobuf::Message& message, const google::protobuf::FieldDescriptor* field, bool value);
// Sets or adds a fraction; FIELD_OUT_OF_RANGE if it is greater than the field's type can hold.
absl::Status SetFraction(google::protobuf::Message& message, const google::protobuf::FieldDescriptor* field,
                         double value);

// Sets or adds an enum by name or by number; FIELD_UNKNOWN_VALUE with the nearest name.
absl::Status SetEnumByName(google::protobuf::Message& message, const google::protobuf::FieldDescriptor* field,
                           absl::string_view name);
absl::Status SetEnumByNumber(google::protobuf::Message& message, const google::protobuf::FieldDescriptor* field,
                             absl::int128 number);

// "2022-03-05T08:00:00.5Z", with any offset, years 1 to 9999.
absl::StatusOr<google::protobuf::Timestamp> TimestampFromText(absl::string_view text);
std::string TextOf(const google::protobuf::Timestamp& timestamp);
// "3.5s", up to 10,000 years either way.
absl::StatusOr<google::protobuf::Duration> DurationFromText(absl::string_view text);
std::string TextOf(const google::protobuf::Duration& duration);
// Names joined by commas, in either style: "title,seller.partyName".
absl::StatusOr<google::protobuf::FieldMask> FieldMaskFromText(absl::string_view text);
std::string TextOf(const google::protobuf::FieldMask& mask);
// FIELD_MALFORMED that shows both right forms of a field mask.
absl::Status MalformedMask(absl::string_view given);

}  // namespace kechuang::api

#endif  // KECHUANG_COMMON_API_FIELD_TEXT_H_
