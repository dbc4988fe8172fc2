#include "services/loan/digest.h"

#include "absl/strings/str_cat.h"

#include "common/base/sha256.h"

namespace kechuang::loan {
namespace {

constexpr size_t kHexDigits = 24;

}  // namespace

std::string Digest(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) absl::StrAppend(&text, part.size(), ":", part);
  return Sha256Hex(text).substr(0, kHexDigits);
}

}  // namespace kechuang::loan
