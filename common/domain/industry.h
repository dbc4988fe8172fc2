#ifndef KECHUANG_COMMON_DOMAIN_INDUSTRY_H_
#define KECHUANG_COMMON_DOMAIN_INDUSTRY_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kechuang {

// Reads an industry code of GB/T 4754-2017: 2 to 4 digits, with or without the section letter, in either case. Gives it
// with the letter: "C3824" for "C3824", "c3824" and "3824". kInvalidArgument with FIELD_MALFORMED if it has another
// form, its division belongs to no section, or the letter is not that of its division.
absl::StatusOr<std::string> ParseIndustryCode(absl::string_view text);

// The name of the section (门类) of a code that begins with its letter: "制造业" for "C3824" or "C". Empty for others.
absl::string_view IndustrySectionName(absl::string_view code);

}  // namespace kechuang

#endif  // KECHUANG_COMMON_DOMAIN_INDUSTRY_H_
