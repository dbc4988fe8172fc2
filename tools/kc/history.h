#ifndef KECHUANG_TOOLS_KC_HISTORY_H_
#define KECHUANG_TOOLS_KC_HISTORY_H_

#include "tools/kc/command_line.h"
#include "tools/kc/session.h"

namespace kechuang::kc {

// kc history NAME: every change of a record, newest first: when, who, by which call, and each field before and after.
int RunHistory(Session& session, const CommandLine& command);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_HISTORY_H_
