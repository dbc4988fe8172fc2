#include "common/domain/percent.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

#include "common/domain/name_text.h"

namespace kechuang {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

int PercentByte(absl::string_view text, size_t at) {
  if (at + 2 >= text.size()) return -1;
  const int high = HexDigit(text[at + 1]);
  const int low = HexDigit(text[at + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

std::optional<std::string> PercentDecode(absl::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      decoded.push_back(plus_is_space && text[at] == '+' ? ' ' : text[at]);
      continue;
    }
    const int byte = PercentByte(text, at);
    if (byte < 0) return std::nullopt;
    decoded.push_back(static_cast<char>(byte));
    at += 2;
  }
  if (!IsValidUtf8(decoded)) return std::nullopt;
  return decoded;
}

std::string PercentEncode(absl::string_view text) {
  constexpr absl::string_view kPlain = "-_.~";
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (absl::ascii_isalnum(byte) || absl::StrContains(kPlain, c)) {
      encoded.push_back(c);
    } else {
      encoded += {'%', kHex[byte / 16], kHex[byte % 16]};
    }
  }
  return encoded;
}

}  // namespace kechuang
