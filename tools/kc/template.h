#ifndef KECHUANG_TOOLS_KC_TEMPLATE_H_
#define KECHUANG_TOOLS_KC_TEMPLATE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"

#include "tools/kc/mapping.h"

namespace kechuang::kc {

// Words that a template offers beside those that are fixed.
struct TemplateLists {
  std::vector<std::string> banks;
  std::vector<std::string> pools;
};

// Writes an empty table of a kind to be filled in and imported: headers with units and comments, columns that keep
// codes as they are typed, lists to choose from, and a sheet of instructions. UNAVAILABLE if the file cannot be
// written.
absl::Status WriteTemplate(const std::string& path, ImportKind kind, const TemplateLists& lists);

// Sheets of templates that hold no table and are no reason for a warning.
bool IsTemplateHelp(absl::string_view sheet);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_TEMPLATE_H_
