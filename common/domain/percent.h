#ifndef KECHUANG_COMMON_DOMAIN_PERCENT_H_
#define KECHUANG_COMMON_DOMAIN_PERCENT_H_

#include <cstddef>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace kechuang {

// The byte that "%41" at this place stands for; negative if no two hex digits follow the %.
int PercentByte(absl::string_view text, size_t at);

// Replaces every %41 by its byte; plus_is_space also every + by a space, as in a query. Nothing if a % is not followed
// by two hex digits, or if the outcome is no UTF-8.
std::optional<std::string> PercentDecode(absl::string_view text, bool plus_is_space = false);

// The text with every byte but letters, digits and "-._~" as %41, so that it can travel in a header.
std::string PercentEncode(absl::string_view text);

}  // namespace kechuang

#endif  // KECHUANG_COMMON_DOMAIN_PERCENT_H_
