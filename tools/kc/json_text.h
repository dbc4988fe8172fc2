#ifndef KECHUANG_TOOLS_KC_JSON_TEXT_H_
#define KECHUANG_TOOLS_KC_JSON_TEXT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace kechuang::kc {

// Fills a message anew from a JSON object, as strictly as REST does: api::ReadJson. Wrong usage that names every fault
// at its path if it is no JSON, no object, or not this message.
absl::Status MessageFromJson(absl::string_view json, google::protobuf::Message& message);

// The message as JSON with the field names of the proto, 64-bit integers as strings, fields that are not set as their
// defaults (but no messages). One line, or indented and ended by a line feed.
std::string MessageToJson(const google::protobuf::Message& message, bool indented);

// A text as JSON, with its quotes.
std::string JsonQuoted(absl::string_view text);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_JSON_TEXT_H_
