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

// How many characters must be added, removed or replaced to make one text of the other, ASCII case aside.
int EditDistance(absl::string_view a, absl::string_view b);

// The word among candidates that a mistyped one most likely meant; empty if none is near.
template <typename Candidates>
std::string NearestWord(absl::string_view typed, const Candidates& candidates) {
  constexpr size_t kTypedBytesMax = 200;
  std::string nearest;
  if (typed.size() > kTypedBytesMax) return nearest;
  int least = static_cast<int>(typed.size()) / 2 + 1;
  for (const auto& candidate : candidates) {
    const int distance = EditDistance(typed, candidate);
    if (distance >= least) continue;
    least = distance;
    nearest = std::string(candidate);
  }
  return nearest;
}

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_LANGUAGE_H_
