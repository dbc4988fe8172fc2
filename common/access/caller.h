#ifndef KECHUANG_COMMON_ACCESS_CALLER_H_
#define KECHUANG_COMMON_ACCESS_CALLER_H_

#include <string>
#include <vector>

#include "absl/time/time.h"

#include "common/access/policy.h"

namespace kechuang::access {

// Who calls, as its credential says.
struct Caller {
  std::string actor;  // as it stands on journals: "keys/statistics-office"
  std::vector<Role> roles;
  Permissions permissions;  // what the roles grant
  absl::Time expires = absl::InfiniteFuture();
};

// A caller with all that these roles grant.
Caller CallerWith(std::string actor, std::vector<Role> roles, absl::Time expires = absl::InfiniteFuture());

}  // namespace kechuang::access

#endif  // KECHUANG_COMMON_ACCESS_CALLER_H_
