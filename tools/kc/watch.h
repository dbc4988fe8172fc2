#ifndef KECHUANG_TOOLS_KC_WATCH_H_
#define KECHUANG_TOOLS_KC_WATCH_H_

#include "tools/kc/command_line.h"
#include "tools/kc/session.h"

namespace kechuang::kc {

// kc watch WHAT: every change of a register, a collection or a record as it is committed. Goes on by itself after the
// service or the way to it was lost: no change is left out or shown twice.
int RunWatch(Session& session, const CommandLine& command);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_WATCH_H_
