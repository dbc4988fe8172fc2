#include "tests/descriptors/http_template.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace kechuang {
namespace {

bool IsLiteral(absl::string_view text, absl::string_view also) {
  if (text.empty()) return false;
  for (const char c : text) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) && !absl::StrContains(also, absl::string_view(&c, 1))) {
      return false;
    }
  }
  return true;
}

// "loans/*", "*" or "**": the form that a variable's value has.
bool IsSegments(absl::string_view text) {
  for (const absl::string_view segment : absl::StrSplit(text, '/')) {
    if (segment != "*" && segment != "**" && !IsLiteral(segment, "-_.")) return false;
  }
  return true;
}

}  // namespace

std::optional<std::vector<std::string>> VariablesOf(absl::string_view path_template) {
  if (!absl::ConsumePrefix(&path_template, "/")) return std::nullopt;
  std::vector<std::string> variables;
  while (true) {
    if (absl::ConsumePrefix(&path_template, "{")) {
      const size_t end = path_template.find('}');
      if (end == absl::string_view::npos) return std::nullopt;
      const std::vector<std::string> parts = absl::StrSplit(path_template.substr(0, end), absl::MaxSplits('=', 1));
      if (!IsLiteral(parts[0], "_.") || (parts.size() == 2 && !IsSegments(parts[1]))) return std::nullopt;
      variables.push_back(parts[0]);
      path_template.remove_prefix(end + 1);
    } else {
      const size_t end = path_template.find_first_of("/:{}");
      const absl::string_view literal = path_template.substr(0, end);
      if (!IsLiteral(literal, "-_.")) return std::nullopt;
      path_template.remove_prefix(literal.size());
    }
    if (path_template.empty()) return variables;
    if (absl::ConsumePrefix(&path_template, ":")) {
      if (!IsLiteral(path_template, "")) return std::nullopt;
      return variables;
    }
    if (!absl::ConsumePrefix(&path_template, "/")) return std::nullopt;
  }
}

}  // namespace kechuang
