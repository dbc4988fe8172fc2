#ifndef KECHUANG_COMMON_API_NEAREST_H_
#define KECHUANG_COMMON_API_NEAREST_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"

#include "common/base/nearest_word.h"

namespace kechuang::api {

// Most bytes of a caller's text that an error shows again.
inline constexpr size_t kShownBytesMax = 80;

// Whoever looks for a name looks for it with these.
using kechuang::EditDistance;
using kechuang::NearestWord;

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
