#ifndef KECHUANG_TOOLS_KC_YAML_TEXT_H_
#define KECHUANG_TOOLS_KC_YAML_TEXT_H_

#include <string>

#include "absl/strings/string_view.h"

namespace kechuang::kc {

// The YAML of a text of JSON: one document, or, of several JSON values each on lines of their own, one document each
// behind "---". Keys keep their order, and what is a text in JSON is a text in YAML: "30", "no" and "2022-03-05" are
// quoted. Text that is no JSON comes back as it is.
std::string YamlOfJson(absl::string_view json);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_YAML_TEXT_H_
