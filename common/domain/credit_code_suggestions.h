#ifndef KECHUANG_COMMON_DOMAIN_CREDIT_CODE_SUGGESTIONS_H_
#define KECHUANG_COMMON_DOMAIN_CREDIT_CODE_SUGGESTIONS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace kechuang {

// Most suggestions for one code.
inline constexpr size_t kCreditCodeSuggestionsMax = 8;

// Codes that this wrong text may have meant, all valid, the likeliest first: characters taken for others that look
// alike (I for 1, O for 0, Z for 2, S for 5, B and 8), then two neighbours swapped, then one wrong, missing or doubled
// character, those of a division of Ningxia before others. Empty if nothing is near, or if the text is a valid code.
std::vector<std::string> SuggestCreditCodes(absl::string_view wrong);

// The one code that was meant, if only one of the suggestions is likely; empty otherwise.
std::string LikelyCreditCode(absl::string_view wrong);

}  // namespace kechuang

#endif  // KECHUANG_COMMON_DOMAIN_CREDIT_CODE_SUGGESTIONS_H_
