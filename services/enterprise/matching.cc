#include "services/enterprise/matching.h"

#include <unicode/uchar.h>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"

#include "common/domain/name_text.h"

namespace kechuang::enterprise {

bool Bears(const v1::Enterprise& enterprise, absl::string_view enterprise_name) {
  const std::string asked = NormaliseName(enterprise_name);
  if (asked == NormaliseName(enterprise.enterprise_name())) return true;
  return absl::c_any_of(enterprise.former_names(),
                        [&](const v1::FormerName& former) { return asked == NormaliseName(former.enterprise_name()); });
}

bool HasLetterOrDigit(absl::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const int32_t point = NextCodePoint(text, at);
    if (point >= 0 && u_isalnum(point) != 0) return true;
  }
  return false;
}

bool HoldsWords(const v1::Enterprise& enterprise, const std::vector<std::string>& words) {
  if (enterprise.has_delete_time()) return false;
  std::vector<std::string> texts = {NormaliseName(enterprise.enterprise_name()),
                                    NormaliseName(enterprise.credit_code())};
  for (const v1::FormerName& former : enterprise.former_names())
    texts.push_back(NormaliseName(former.enterprise_name()));
  return absl::c_all_of(words, [&](const std::string& word) {
    return absl::c_any_of(texts, [&](const std::string& text) { return absl::StrContains(text, word); });
  });
}

}  // namespace kechuang::enterprise
