#include "tools/kc/language.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace kechuang::kc {

Language LanguageOfLocale(const Variables& variables) {
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const std::string locale = variables(name);
    if (!locale.empty()) return absl::StartsWith(locale, "zh") ? Language::kChinese : Language::kEnglish;
  }
  return Language::kEnglish;
}

std::optional<Language> LanguageOfCode(absl::string_view code) {
  if (code == "zh") return Language::kChinese;
  if (code == "en") return Language::kEnglish;
  return std::nullopt;
}

absl::string_view CodeOf(Language language) { return language == Language::kChinese ? "zh" : "en"; }

int EditDistance(absl::string_view a, absl::string_view b) {
  std::vector<int> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 0; i < a.size(); ++i) {
    int diagonal = row[0];
    row[0] = static_cast<int>(i) + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      const int replaced = diagonal + (absl::ascii_tolower(a[i]) == absl::ascii_tolower(b[j]) ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

}  // namespace kechuang::kc
