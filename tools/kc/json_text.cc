#include "tools/kc/json_text.h"

#include "google/protobuf/util/json_util.h"

#include "common/api/json.h"
#include "tools/kc/errors.h"

namespace kechuang::kc {

absl::Status MessageFromJson(absl::string_view text, google::protobuf::Message& message) {
  message.Clear();
  const absl::Status read = api::ReadJson(text, message);
  return read.ok() ? read : AsWrongUsage(read);
}

std::string MessageToJson(const google::protobuf::Message& message, bool indented) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  options.add_whitespace = indented;
  std::string text;
  // Only a Timestamp or Duration beyond its range has no JSON; the services store none.
  if (!google::protobuf::util::MessageToJsonString(message, &text, options).ok()) return "{}";
  return text;
}

std::string JsonQuoted(absl::string_view text) { return api::JsonQuoted(text); }

}  // namespace kechuang::kc
