#ifndef KECHUANG_COMMON_DOMAIN_DIVISION_H_
#define KECHUANG_COMMON_DOMAIN_DIVISION_H_

#include <vector>

#include "absl/strings/string_view.h"

namespace kechuang {

enum class DivisionLevel { kProvince, kCity, kCounty, kTownship };

// An administrative division (行政区划) of Ningxia, of today or abolished.
struct Division {
  absl::string_view code;  // 6 digits (GB/T 2260), or 9 for a township: "640105", "640105001"
  absl::string_view name;  // "西夏区"
  DivisionLevel level;
  absl::string_view parent;                        // code of the division above; empty for the province
  int valid_from_year = 0;                         // 0 if it is not known
  int valid_to_year = 0;                           // year in which it was abolished; 0 if it stands
  std::vector<absl::string_view> successors = {};  // codes of what it was merged or split into
};

// The division of this code, or nullptr if the table (Ningxia down to counties, Xixia District down to townships) has
// none: a code that is not found may still be a division of another province.
const Division* FindDivision(absl::string_view code);

// True if the division of the first code is the second or lies in it, judged by the codes alone: 640105001 is within
// 640105, within 640100, within 640000. Codes of 6, 9 or 12 digits; anything else is within nothing.
bool IsWithin(absl::string_view code, absl::string_view ancestor);

// True for 6 digits, the form of a code of GB/T 2260; says nothing about whether the division exists.
bool IsDivisionCode(absl::string_view text);

}  // namespace kechuang

#endif  // KECHUANG_COMMON_DOMAIN_DIVISION_H_
