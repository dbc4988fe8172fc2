#ifndef KECHUANG_COMMON_DOMAIN_NAME_TEXT_H_
#define KECHUANG_COMMON_DOMAIN_NAME_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace kechuang {

// Most bytes of one text that NameSuffixes gives.
inline constexpr size_t kNameSuffixBytesMax = 150;

// The text under which names are compared and found: compatibility forms unified (NFKC: full-width letters and brackets
// become half-width), letters folded to one case, spaces, control and zero-width characters removed. Bytes that are no
// UTF-8 become U+FFFD.
std::string NormaliseName(absl::string_view name);

// Every suffix of a normalised name, by code point, each cut to its first characters_max code points and to
// kNameSuffixBytesMax bytes; no text twice, longest suffix first. A part of the name is the beginning of one of them,
// so that an index over these texts finds names by any part.
std::vector<std::string> NameSuffixes(absl::string_view normalised, int characters_max = 16);

// The code point that begins at this byte, which must lie in the text; moves at to the next one. Negative for a
// malformed sequence, which it passes over.
int32_t NextCodePoint(absl::string_view text, size_t& at);

// Code points in a text of valid UTF-8.
size_t CodePoints(absl::string_view text);
// True if the text is well-formed UTF-8.
bool IsValidUtf8(absl::string_view text);
// Columns that the text takes in a terminal: 2 for Han and other wide characters, 0 for combining ones, else 1.
int DisplayWidth(absl::string_view text);

}  // namespace kechuang

#endif  // KECHUANG_COMMON_DOMAIN_NAME_TEXT_H_
