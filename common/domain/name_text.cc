#include "common/domain/name_text.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/stringpiece.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <cstdint>
#include <set>

#include "absl/strings/ascii.h"

namespace kechuang {
namespace {

// Calls visit with each code point (negative for a malformed sequence) and where it begins.
template <typename Visit>
void ForEachCodePoint(absl::string_view text, const Visit& visit) {
  for (size_t at = 0; at < text.size();) {
    const size_t start = at;
    const int32_t point = NextCodePoint(text, at);
    visit(point, start);
  }
}

bool StartsCodePoint(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }

// NFKC, folded to one case, without the characters that are ignorable by default.
std::string Folded(absl::string_view text) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* folding = icu::Normalizer2::getNFKCCasefoldInstance(error);
  std::string folded;
  icu::StringByteSink<std::string> sink(&folded, static_cast<int32_t>(text.size()));
  folding->normalizeUTF8(0, icu::StringPiece(text.data(), static_cast<int32_t>(text.size())), sink, nullptr, error);
  return folded;
}

bool IsInvisible(UChar32 point) {
  const int type = u_charType(point);
  return u_isUWhiteSpace(point) != 0 || type == U_CONTROL_CHAR || type == U_FORMAT_CHAR;
}

std::string WithoutInvisible(absl::string_view text) {
  std::string visible;
  size_t start = 0;
  bool keep = false;
  ForEachCodePoint(text, [&](UChar32 point, size_t at) {
    if (keep) visible.append(text.data() + start, at - start);
    keep = point >= 0 && !IsInvisible(point);
    start = at;
  });
  if (keep) visible.append(text.data() + start, text.size() - start);
  return visible;
}

// A code point of three bytes, with its bytes.
struct ThreeBytes {
  absl::string_view bytes;
  char32_t point;
};

// The code point of three bytes that begins at this byte; 0 if none does.
ThreeBytes ThreeBytesAt(absl::string_view text, size_t at) {
  const absl::string_view bytes = text.substr(at, 3);
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const bool well_formed =
      bytes.size() == 3 && (byte(0) & 0xF0U) == 0xE0U && (byte(1) & 0xC0U) == 0x80U && (byte(2) & 0xC0U) == 0x80U;
  if (!well_formed) return {bytes, 0};
  return {bytes, (byte(0) & 0x0FU) << 12U | (byte(1) & 0x3FU) << 6U | (byte(2) & 0x3FU)};
}

void AppendAscii(char c, std::string& out) {
  if (absl::ascii_isgraph(static_cast<unsigned char>(c)))
    out.push_back(absl::ascii_tolower(static_cast<unsigned char>(c)));
}

// NormaliseName of a text that holds nothing but ASCII, Han ideographs, full-width forms of ASCII, and the punctuation
// of Chinese: nearly all that registers hold, and nothing that needs tables or acts on its neighbours. False otherwise.
bool NormalisePlain(absl::string_view name, std::string& out) {
  for (size_t at = 0; at < name.size();) {
    if ((static_cast<unsigned char>(name[at]) & 0x80U) == 0) {
      AppendAscii(name[at], out);
      ++at;
      continue;
    }
    const auto [bytes, point] = ThreeBytesAt(name, at);
    const bool unified_han = point >= 0x4E00 && point <= 0x9FFF;
    const bool punctuation = point == 0x3001 || point == 0x3002 || (point >= 0x3008 && point <= 0x3011);
    if (unified_han || punctuation) {
      out.append(bytes.data(), bytes.size());
    } else if (point >= 0xFF01 && point <= 0xFF5E) {
      AppendAscii(static_cast<char>(point - 0xFF01 + '!'), out);
    } else if (point != 0x3000) {  // the wide space
      return false;
    }
    at += bytes.size();
  }
  return true;
}

}  // namespace

// The macro of ICU narrows on purpose.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
int32_t NextCodePoint(absl::string_view text, size_t& at) {
  const char* bytes = text.data();
  const size_t length = text.size();
  UChar32 point = 0;
  U8_NEXT(bytes, at, length, point);
  return point;
}
#pragma GCC diagnostic pop

std::string NormaliseName(absl::string_view name) {
  std::string plain;
  plain.reserve(name.size());
  if (NormalisePlain(name, plain)) return plain;
  // Folding can give spaces, and taking them out can bring a letter beside its accent: hence fold twice.
  return Folded(WithoutInvisible(Folded(name)));
}

std::vector<std::string> NameSuffixes(absl::string_view normalised, int characters_max) {
  std::vector<size_t> starts;
  ForEachCodePoint(normalised, [&](UChar32, size_t at) { starts.push_back(at); });
  const size_t count = starts.size();
  starts.push_back(normalised.size());
  const auto most = static_cast<size_t>(std::max(characters_max, 1));

  std::vector<std::string> suffixes;
  std::set<absl::string_view> seen;
  for (size_t first = 0; first < count; ++first) {
    size_t end = std::min(first + most, count);
    while (starts[end] - starts[first] > kNameSuffixBytesMax) --end;
    const absl::string_view suffix = normalised.substr(starts[first], starts[end] - starts[first]);
    if (seen.insert(suffix).second) suffixes.emplace_back(suffix);
  }
  return suffixes;
}

size_t CodePoints(absl::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), StartsCodePoint));
}

bool IsValidUtf8(absl::string_view text) {
  bool valid = true;
  ForEachCodePoint(text, [&](UChar32 point, size_t) { valid = valid && point >= 0; });
  return valid;
}

int DisplayWidth(absl::string_view text) {
  int width = 0;
  ForEachCodePoint(text, [&](UChar32 point, size_t) {
    const int type = u_charType(point);
    if (type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK || type == U_FORMAT_CHAR) return;
    const int east_asian = u_getIntPropertyValue(point, UCHAR_EAST_ASIAN_WIDTH);
    width += east_asian == U_EA_WIDE || east_asian == U_EA_FULLWIDTH ? 2 : 1;
  });
  return width;
}

}  // namespace kechuang
