#ifndef KECHUANG_TOOLS_KC_COMMANDS_H_
#define KECHUANG_TOOLS_KC_COMMANDS_H_

#include <vector>

#include "tools/kc/command_line.h"

namespace kechuang::kc {

// Every command of kc, in the order of its help. Listing and reading come from the descriptors, one pair for each kind
// of record.
const std::vector<CommandSpec>& AllCommands();
// Every flag that some command takes.
const std::vector<FlagSpec>& AllFlags();

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_COMMANDS_H_
