#ifndef KECHUANG_COMMON_API_NEAREST_H_
#define KECHUANG_COMMON_API_NEAREST_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"

namespace kechuang::api {

// Most bytes of a caller's text that an error shows again.
inline constexpr size_t kShownBytesMax = 80;

// How many characters must be added, removed or replaced to make one text of the other, ASCII case aside.
int EditDistance(absl::string_view a, absl::string_view b);

// The word among candidates that a mistyped one most likely meant; empty if none is near. A candidate that ends with
// the whole word counts as near: DEVELOPMENT means CONTRACT_CLASS_DEVELOPMENT.
std::string NearestWord(absl::string_view typed, const std::vector<std::string>& candidates);

// A text of a caller as an error shows it: cut to kShownBytesMax bytes at a character, control characters and bytes
// that are no UTF-8 as '?'.
std::string Shown(absl::string_view text);

// The field of this name, as in the proto (total_amount_fen) or in JSON (totalAmountFen); nullptr if there is none.
const google::protobuf::FieldDescriptor* FindField(const google::protobuf::Descriptor& type, absl::string_view name);
// The proto names of the fields of a message; the names of the values of an enum.
std::vector<std::string> FieldNames(const google::protobuf::Descriptor& type);
std::vector<std::string> ValueNames(const google::protobuf::EnumDescriptor& type);

// FIELD_UNKNOWN: the message has no field of that name, and the nearest that it has.
absl::Status NoSuchField(const google::protobuf::Descriptor& type, absl::string_view name);

}  // namespace kechuang::api

#endif  // KECHUANG_COMMON_API_NEAREST_H_
