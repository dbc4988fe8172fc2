#ifndef KECHUANG_COMMON_BASE_NEAREST_WORD_H_
#define KECHUANG_COMMON_BASE_NEAREST_WORD_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace kechuang {

// How many characters must be added, removed or replaced to make one text of the other, ASCII case aside.
int EditDistance(absl::string_view a, absl::string_view b);

// The word among candidates that a mistyped one most likely meant; empty if none is near. A candidate that ends with
// the whole word counts as near: DEVELOPMENT means CONTRACT_CLASS_DEVELOPMENT.
std::string NearestWord(absl::string_view typed, const std::vector<std::string>& candidates);

}  // namespace kechuang

#endif  // KECHUANG_COMMON_BASE_NEAREST_WORD_H_
