#ifndef KECHUANG_COMMON_DOMAIN_CREDIT_CODE_H_
#define KECHUANG_COMMON_DOMAIN_CREDIT_CODE_H_

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kechuang {

// A unified social credit code (统一社会信用代码), 18 characters, whose both check characters are right: GB 32100-2015
// with the authorities and categories of its amendment of 2016, and GB 11714-1997 for the subject code in positions 9
// to 17. Its division (positions 3 to 8) is where the body was first registered and may be abolished since.
class CreditCode {
 public:
  // The empty code, which Parse never gives.
  CreditCode() = default;

  // Normalises the text and checks it. kInvalidArgument with the first of CREDIT_CODE_LENGTH, _ALPHABET, _AUTHORITY,
  // _CATEGORY, _REGION_NOT_NUMERIC, _REGION_PROVINCE, _ORG_CHECK and _CHECK_CHAR that holds. Of a text of 18
  // characters the details carry "expected": the right character at position 17 for _ORG_CHECK, at position 18 for
  // all others, where it can be worked out. Where letters O or I were typed for 0 or 1, "suggestion" is the code meant.
  static absl::StatusOr<CreditCode> Parse(absl::string_view text);

  // 18 characters of 0123456789ABCDEFGHJKLMNPQRTUWXY, or empty.
  const std::string& text() const { return text_; }

  friend bool operator==(const CreditCode& a, const CreditCode& b) { return a.text_ == b.text_; }
  friend bool operator<(const CreditCode& a, const CreditCode& b) { return a.text_ < b.text_; }

 private:
  explicit CreditCode(std::string text) : text_(std::move(text)) {}

  std::string text_;
};

// The text as a code is compared: without spaces (ASCII, U+3000, U+00A0, U+200B, U+FEFF), tabs and line breaks,
// full-width forms as half-width, letters in upper case. Letters O and I stay what they are.
std::string NormaliseCode(absl::string_view text);

// The code of this authority, category and division (8 characters) and this subject (8 characters) with both check
// characters worked out. The parts themselves are not checked; empty if they have another length or alphabet.
std::string MakeCreditCode(absl::string_view first8, absl::string_view subject8);

}  // namespace kechuang

#endif  // KECHUANG_COMMON_DOMAIN_CREDIT_CODE_H_
