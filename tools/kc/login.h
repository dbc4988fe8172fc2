#ifndef KECHUANG_TOOLS_KC_LOGIN_H_
#define KECHUANG_TOOLS_KC_LOGIN_H_

#include <vector>

#include "absl/status/status.h"

#include "tools/kc/command_line.h"
#include "tools/kc/connection.h"
#include "tools/kc/session.h"

namespace kechuang::kc {

// kc login, logout, passwd and whoami.
std::vector<CommandSpec> LoginCommands();

// Makes sure that the token of a place that is reached by a stored session opens calls, and refreshes the session
// otherwise. Does nothing where a key is used.
absl::Status KeepFresh(SuitePlace& place, const Variables& variables, Language language);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_LOGIN_H_
