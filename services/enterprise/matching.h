#ifndef KECHUANG_SERVICES_ENTERPRISE_MATCHING_H_
#define KECHUANG_SERVICES_ENTERPRISE_MATCHING_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

#include "kechuang/enterprise/v1/enterprise.pb.h"

namespace kechuang::enterprise {

// True if the enterprise bears the name now or bore it before, whatever its width, case and spaces.
bool Bears(const v1::Enterprise& enterprise, absl::string_view enterprise_name);

// True if the text holds a letter of any script, a Chinese character or a digit.
bool HasLetterOrDigit(absl::string_view text);

// True if it is not deleted and each word, normalised already, stands in its name, in one of its former names, or in
// its code.
bool HoldsWords(const v1::Enterprise& enterprise, const std::vector<std::string>& words);

}  // namespace kechuang::enterprise

#endif  // KECHUANG_SERVICES_ENTERPRISE_MATCHING_H_
