#include "common/access/caller.h"

#include <utility>

#include "absl/strings/match.h"

namespace kechuang::access {

bool IsPerson(const Caller& caller) { return absl::StartsWith(caller.actor, "users/"); }

Caller CallerWith(std::string actor, std::vector<Role> roles, absl::Time expires, std::string scope) {
  Caller caller{std::move(actor), std::move(roles), {}, expires, std::move(scope)};
  for (const Role role : caller.roles) caller.permissions |= Policy::Get().GrantedBy(role);
  return caller;
}

}  // namespace kechuang::access
