#include "common/base/nearest_word.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace kechuang {
namespace {

// Longer words are no misspelling of a name, and the distance costs the product of the lengths.
constexpr size_t kWordBytesMax = 200;
// A word shorter than this is the end of too many names.
constexpr size_t kEndBytesMin = 4;

char Lower(char c) { return absl::ascii_tolower(static_cast<unsigned char>(c)); }

}  // namespace

int EditDistance(absl::string_view a, absl::string_view b) {
  std::vector<int> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = static_cast<int>(j);
  for (size_t i = 0; i < a.size(); ++i) {
    int diagonal = row[0];
    row[0] = static_cast<int>(i) + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      const int replaced = diagonal + (Lower(a[i]) == Lower(b[j]) ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row[b.size()];
}

std::string NearestWord(absl::string_view typed, const std::vector<std::string>& candidates) {
  std::string nearest;
  if (typed.size() > kWordBytesMax) return nearest;
  int least = static_cast<int>(typed.size()) / 2 + 1;
  for (const std::string& candidate : candidates) {
    if (typed.size() >= kEndBytesMin && absl::EndsWithIgnoreCase(candidate, absl::StrCat("_", typed))) return candidate;
    const int distance = EditDistance(typed, candidate);
    if (distance >= least) continue;
    least = distance;
    nearest = candidate;
  }
  return nearest;
}

}  // namespace kechuang
