#ifndef KECHUANG_TOOLS_KC_IMPORTS_H_
#define KECHUANG_TOOLS_KC_IMPORTS_H_

#include <vector>

#include "tools/kc/command_line.h"

namespace kechuang::kc {

// kc imports list, get and revert: the files that were taken into any of the registers.
std::vector<CommandSpec> ImportsCommands();

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_IMPORTS_H_
