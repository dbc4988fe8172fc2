#ifndef KECHUANG_SERVICES_GATEWAY_OPENAPI_LIMITS_H_
#define KECHUANG_SERVICES_GATEWAY_OPENAPI_LIMITS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"

namespace kechuang::gateway {

// What the checks at the door ask of a field's values, its defaults worked out.
struct Limits {
  std::optional<int64_t> minimum;
  std::optional<int64_t> maximum;
  int length_max = 0;
  int items_max = 0;
  // A regular expression for its form, without anchors; empty if it has none.
  std::string form;
};

// resource_patterns: what names in the field look like ("contracts/{contract}"); none if it holds no name.
Limits LimitsOf(const google::protobuf::FieldDescriptor& field, const std::vector<std::string>& resource_patterns);

// What one id in a resource name looks like, without anchors.
absl::string_view IdForm();

}  // namespace kechuang::gateway

#endif  // KECHUANG_SERVICES_GATEWAY_OPENAPI_LIMITS_H_
