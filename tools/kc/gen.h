#ifndef KECHUANG_TOOLS_KC_GEN_H_
#define KECHUANG_TOOLS_KC_GEN_H_

#include "tools/kc/command_line.h"
#include "tools/kc/session.h"

namespace kechuang::kc {

// kc gen: writes spreadsheets of invented data, the same for the same seed; one file of one kind, or a folder.
int RunGen(Session& session, const CommandLine& command);
// The command with its flags.
CommandSpec GenCommand();

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_GEN_H_
