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
  // The record whose rows alone the caller sees and acts on: "banks/icbc", "enterprises/91640100MA75A1B2X3"; empty for
  // a caller who sees all rows.
  std::string scope;
  bool second_factor = false;  // of a person: the session began with one
  std::string session = {};    // of a person: the session's id
};

// True for a person who is logged in, as opposed to a system that calls by a key.
bool IsPerson(const Caller& caller);

// A caller with all that these roles grant, bound to the rows of scope if that is given.
Caller CallerWith(std::string actor, std::vector<Role> roles, absl::Time expires = absl::InfiniteFuture(),
                  std::string scope = "");

}  // namespace kechuang::access

#endif  // KECHUANG_COMMON_ACCESS_CALLER_H_
