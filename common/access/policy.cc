#include "common/access/policy.h"

#include "kechuang/api/v1/options.pb.h"

namespace kechuang::access {
namespace {

// To learn which keys are valid is what a service needs before it can know any caller.
constexpr char kFollow[] = "identity.follow";

const api::v1::RoleRules& RulesOf(Role role) {
  static const api::v1::RoleRules none;
  const google::protobuf::EnumValueDescriptor* value = identity::v1::Role_descriptor()->FindValueByNumber(role);
  return value == nullptr ? none : value->options().GetExtension(api::v1::role);
}

}  // namespace

const Policy& Policy::Get() {
  static const Policy policy;
  return policy;
}

Policy::Policy() {
  const google::protobuf::EnumDescriptor& all = *identity::v1::Role_descriptor();
  bits_[kFollow] = 0;
  for (int i = 0; i < all.value_count(); ++i) {
    const Role role = static_cast<Role>(all.value(i)->number());
    if (role == identity::v1::ROLE_UNSPECIFIED) continue;
    roles_.push_back(role);
    for (const std::string& permission : RulesOf(role).grants()) {
      granted_[role].set(bits_.try_emplace(permission, bits_.size()).first->second);
    }
  }
  of_services_.set(bits_[kFollow]);
}

std::optional<size_t> Policy::BitOf(absl::string_view permission) const {
  const auto found = bits_.find(permission);
  return found == bits_.end() ? std::nullopt : std::optional<size_t>(found->second);
}

std::vector<std::string> Policy::NamesOf(const Permissions& permissions) const {
  std::vector<std::string> names;
  for (const auto& [name, bit] : bits_) {
    if (permissions.test(bit)) names.push_back(name);
  }
  return names;
}

Permissions Policy::GrantedBy(Role role) const {
  const auto found = granted_.find(role);
  return found == granted_.end() ? Permissions() : found->second;
}

bool Policy::IsApart(Role role) const { return RulesOf(role).apart(); }

std::string Policy::BoundTo(Role role) const { return RulesOf(role).bound_to(); }

}  // namespace kechuang::access
