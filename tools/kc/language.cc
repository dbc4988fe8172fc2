#include "tools/kc/language.h"

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

}  // namespace kechuang::kc
