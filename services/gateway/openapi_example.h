#ifndef KECHUANG_SERVICES_GATEWAY_OPENAPI_EXAMPLE_H_
#define KECHUANG_SERVICES_GATEWAY_OPENAPI_EXAMPLE_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"

#include "nlohmann/json.hpp"

namespace kechuang::gateway {

// The example that a comment gives: "50000000" of "... in fen. Example: 50000000 for 50 万元". Empty if it gives none,
// or describes one in words ("Example: a UUID").
std::string ExampleIn(absl::string_view comment);

// The field's example as the JSON of one value; nothing if its comment has none, or none that fits the field's type.
std::optional<nlohmann::ordered_json> ExampleOf(const google::protobuf::FieldDescriptor& field);

}  // namespace kechuang::gateway

#endif  // KECHUANG_SERVICES_GATEWAY_OPENAPI_EXAMPLE_H_
