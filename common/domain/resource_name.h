#ifndef KECHUANG_COMMON_DOMAIN_RESOURCE_NAME_H_
#define KECHUANG_COMMON_DOMAIN_RESOURCE_NAME_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace kechuang {

// Most characters of a resource name, and of one id in it.
inline constexpr size_t kResourceNameMax = 160;
inline constexpr size_t kResourceIdMax = 64;

// True if the name fits the pattern of a google.api.resource: "enterprises/91/certifications/7" fits
// "enterprises/{enterprise}/certifications/{certification}". An id is 1 to kResourceIdMax of letters, digits and
// "._~-"; the whole name at most kResourceNameMax.
bool FitsPattern(absl::string_view pattern, absl::string_view name);

// FIELD_MALFORMED unless an id that a caller chose is 1 to 40 of a-z, 0-9 and hyphen; field names the request's field.
absl::Status CheckId(absl::string_view field, absl::string_view id);

// The last segment: "7" of "enterprises/91/certifications/7".
std::string IdOf(absl::string_view name);
// The name without its last two segments: "enterprises/91" of "enterprises/91/certifications/7"; empty at the top
// level.
std::string ParentOf(absl::string_view name);
// The first two segments: "enterprises/91" of "enterprises/91/certifications/7" and of itself.
std::string RootOf(absl::string_view name);

// A new id: 16 characters of 0123456789abcdefghjkmnpqrstvwxyz. Later ids sort after earlier ones of the same process,
// nearly always after those of other processes; none comes twice
// in a process, or by any sensible chance between processes. Threads may call it at once. Not a secret.
std::string NewId();

}  // namespace kechuang

#endif  // KECHUANG_COMMON_DOMAIN_RESOURCE_NAME_H_
