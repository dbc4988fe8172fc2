#ifndef KECHUANG_COMMON_API_JSON_H_
#define KECHUANG_COMMON_API_JSON_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

#include "common/base/error.h"

namespace kechuang::api {

// How deep objects and lists may lie in each other, how many values one JSON text may hold, and how many faults of one
// text are told.
inline constexpr int kJsonDepthMax = 32;
inline constexpr int kJsonValuesMax = 200'000;
inline constexpr int kJsonFaultsMax = 100;
// The greatest integer that may stand as a JSON number: beyond it programs that hold numbers as doubles round, so it
// must be a text.
inline constexpr int64_t kJsonIntegerMax = int64_t{1} << 53;

// Fills an empty message from its proto3 JSON. Stricter than the standard wants, so that no mistake is taken for a
// value: refuses unknown fields and enum values (with the nearest real name), a field given twice (under either of its
// names: totalAmountFen, total_amount_fen), a single value for a list, texts that are no RFC 3339 time, integers beyond
// kJsonIntegerMax that are not texts, NaN and Infinity outside of fractions, bytes that are no UTF-8, text after the
// end. A google.type.Date may be an object or a text such as "2022-03-05"; a FieldMask a text ("title,sellerName") or
// {"paths": ["title"]}. null is the same as leaving the field out. The message is half filled when there is an error.
// INVALID_ARGUMENT with every fault at once, each under its path of proto names, such as contract.total_amount_fen.
absl::Status ReadJson(absl::string_view text, google::protobuf::Message& message);

// What a JSON text says beside its values.
struct JsonNotes {
  // The paths of the values that it states, null among them, in proto names below the message that was read:
  // "seller.party_name". A list, a date and a time are one value, and so is an empty object.
  std::vector<std::string> leaves;
};

// The same into faults, under paths below prefix ("" for none).
void ReadJson(absl::string_view text, absl::string_view prefix, google::protobuf::Message& message, Faults& faults,
              JsonNotes* notes = nullptr);
// The same for the value of one field of a message, whose path is the prefix.
void ReadJsonField(absl::string_view text, absl::string_view prefix, const google::protobuf::FieldDescriptor* field,
                   google::protobuf::Message& message, Faults& faults, JsonNotes* notes = nullptr);

// How names are written.
enum class JsonNames {
  kCamelCase,  // totalAmountFen, as REST clients expect
  kProto,      // total_amount_fen, as in the protos
};

// A message as proto3 JSON on one line: 64-bit integers as texts, enums by name. Every number, text, bool and enum
// without presence is written even if it is 0 or empty, and every empty list, so that a total of 0 is seen as such;
// messages and optional fields that are not set are left out. Bytes of a text that are no UTF-8 become U+FFFD. What an
// Any of an unknown type holds comes as base64.
std::string WriteJson(const google::protobuf::Message& message, JsonNames names = JsonNames::kCamelCase);
// The value of one field of a message: null for a message that is not set.
std::string WriteJsonField(const google::protobuf::Message& message, const google::protobuf::FieldDescriptor* field,
                           JsonNames names = JsonNames::kCamelCase);
// A text as JSON, with its quotes.
std::string JsonQuoted(absl::string_view text);

}  // namespace kechuang::api

#endif  // KECHUANG_COMMON_API_JSON_H_
