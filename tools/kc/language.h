#ifndef KECHUANG_TOOLS_KC_LANGUAGE_H_
#define KECHUANG_TOOLS_KC_LANGUAGE_H_

#include <functional>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

#include "tools/kc/import.h"

namespace kechuang::kc {

// The value of an environment variable; empty if it is not set.
using Variables = std::function<std::string(const std::string& name)>;

// Chinese if the first of LC_ALL, LC_MESSAGES and LANG that is set begins with zh, else English.
Language LanguageOfLocale(const Variables& variables);
// The language of "zh" or "en"; no value for other texts.
std::optional<Language> LanguageOfCode(absl::string_view code);
// "zh" or "en", as the metadata accept-language takes it.
absl::string_view CodeOf(Language language);

// One sentence in both languages.
struct Words {
  std::string english;
  std::string chinese;

  const std::string& In(Language language) const { return language == Language::kChinese ? chinese : english; }
};

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_LANGUAGE_H_
