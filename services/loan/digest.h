#ifndef KECHUANG_SERVICES_LOAN_DIGEST_H_
#define KECHUANG_SERVICES_LOAN_DIGEST_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace kechuang::loan {

// The first 24 hex digits of the SHA-256 over the parts, each preceded by its length so that no two lists run together:
// short enough for an id, long enough that no two rows of a country meet.
std::string Digest(const std::vector<std::string>& parts);

}  // namespace kechuang::loan

#endif  // KECHUANG_SERVICES_LOAN_DIGEST_H_
