#include "tools/kc/roles.h"

#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"

#include "common/api/comments.h"
#include "kechuang/api/v1/options.pb.h"
#include "kechuang/identity/v1/role.pb.h"
#include "tools/kc/errors.h"
#include "tools/kc/session.h"

namespace kechuang::kc {
namespace {

int RunRoles(Session& session, const CommandLine&) {
  const bool chinese = session.language == Language::kChinese;
  std::vector<std::vector<std::string>> rows;
  const google::protobuf::EnumDescriptor& roles = *identity::v1::Role_descriptor();
  for (int i = 0; i < roles.value_count(); ++i) {
    const google::protobuf::EnumValueDescriptor& role = *roles.value(i);
    if (role.number() == 0) continue;
    const api::v1::RoleRules& rules = role.options().GetExtension(api::v1::role);
    // A role's comment begins with what bureaus call it.
    const absl::string_view comment = api::CommentOf(role);
    const std::string title(comment.substr(0, comment.find(' ')));
    rows.push_back({role.name(), title, rules.bound_to(), rules.apart() ? (chinese ? "是" : "yes") : "",
                    absl::StrJoin(rules.grants(), " ")});
  }
  if (chinese) {
    PrintRows(session, "roles", {{"角色"}, {"名称"}, {"限于"}, {"不得兼任"}, {"权限"}}, rows);
  } else {
    PrintRows(session, "roles", {{"role"}, {"title"}, {"bound to"}, {"alone"}, {"grants"}}, rows);
  }
  return kDone;
}

}  // namespace

CommandSpec RolesCommand() {
  CommandSpec command;
  command.words = "roles list";
  command.flags = {"output"};
  command.help = {"what each role may do", "各角色及其权限"};
  command.detail = {
      "bound to: the collection of the record whose rows alone the role opens (--scope of set-roles).\n"
      "alone: held together with no other role.",
      "限于：该角色只能查看某一记录名下的数据（set-roles 的 --scope）。\n不得兼任：不能与其他角色同时授予。"};
  command.run = RunRoles;
  command.offline = true;
  return command;
}

}  // namespace kechuang::kc
