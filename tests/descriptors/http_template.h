#ifndef KECHUANG_TESTS_DESCRIPTORS_HTTP_TEMPLATE_H_
#define KECHUANG_TESTS_DESCRIPTORS_HTTP_TEMPLATE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace kechuang {

// The field paths that a google.api.http path template binds: "/v1/{loan.name=loans/*}:disburse" binds "loan.name".
// Nothing if the text is no such template.
std::optional<std::vector<std::string>> VariablesOf(absl::string_view path_template);

}  // namespace kechuang

#endif  // KECHUANG_TESTS_DESCRIPTORS_HTTP_TEMPLATE_H_
