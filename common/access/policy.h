#ifndef KECHUANG_COMMON_ACCESS_POLICY_H_
#define KECHUANG_COMMON_ACCESS_POLICY_H_

#include <bitset>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

#include "kechuang/identity/v1/role.pb.h"

namespace kechuang::access {

using identity::v1::Role;

// What a caller may do: a bit for each permission of the policy.
using Permissions = std::bitset<128>;

// What every role grants, as its proto says. Immutable; threads share it.
class Policy {
 public:
  static const Policy& Get();

  // The bit of a permission; nothing if no role grants it and no service of the suite has it.
  std::optional<size_t> BitOf(absl::string_view permission) const;
  // The permissions of the bits that are set, in alphabetical order.
  std::vector<std::string> NamesOf(const Permissions& permissions) const;
  // Every role but ROLE_UNSPECIFIED, in the order of the proto.
  const std::vector<Role>& roles() const { return roles_; }
  // Nothing for a number that is no role.
  Permissions GrantedBy(Role role) const;
  // True for a role that nobody may hold together with another.
  bool IsApart(Role role) const;
  // The collection of the record whose rows alone the role opens: "banks"; empty for a role that opens all rows.
  std::string BoundTo(Role role) const;
  // What the services of the suite may do by themselves, on nobody's behalf.
  Permissions of_services() const { return of_services_; }

 private:
  Policy();

  std::map<std::string, size_t, std::less<>> bits_;
  std::vector<Role> roles_;
  std::map<Role, Permissions> granted_;
  Permissions of_services_;
};

}  // namespace kechuang::access

#endif  // KECHUANG_COMMON_ACCESS_POLICY_H_
