#ifndef KECHUANG_COMMON_BASE_SHA256_H_
#define KECHUANG_COMMON_BASE_SHA256_H_

#include <string>

#include "absl/strings/string_view.h"

namespace kechuang {

// The SHA-256 of some bytes: 32 bytes. The library's own function for one text looks the algorithm up at every call,
// under a lock that all threads share; this one looks it up once.
std::string Sha256(absl::string_view bytes);
// The same as 64 hex digits.
std::string Sha256Hex(absl::string_view bytes);

}  // namespace kechuang

#endif  // KECHUANG_COMMON_BASE_SHA256_H_
