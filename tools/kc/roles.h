#ifndef KECHUANG_TOOLS_KC_ROLES_H_
#define KECHUANG_TOOLS_KC_ROLES_H_

#include "tools/kc/command_line.h"

namespace kechuang::kc {

// kc roles list: what every role is for and what it grants, as the protos that are linked in say it.
CommandSpec RolesCommand();

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_ROLES_H_
