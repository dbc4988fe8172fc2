#ifndef KECHUANG_TOOLS_KC_EXPORT_H_
#define KECHUANG_TOOLS_KC_EXPORT_H_

#include "tools/kc/command_line.h"
#include "tools/kc/session.h"

namespace kechuang::kc {

// kc export KIND: every record of a kind as of one moment, into a file that kc import takes.
int RunExport(Session& session, const CommandLine& command);
CommandSpec ExportCommand();

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_EXPORT_H_
