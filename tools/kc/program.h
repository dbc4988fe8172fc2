#ifndef KECHUANG_TOOLS_KC_PROGRAM_H_
#define KECHUANG_TOOLS_KC_PROGRAM_H_

#include <string>
#include <vector>

#include "tools/kc/session.h"

namespace kechuang::kc {

// Runs kc with the words behind the program's name: 0 done, 1 some rows rejected, 2 wrong usage, 3 refused or failed.
int RunProgram(const std::vector<std::string>& words, Surroundings& around);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_PROGRAM_H_
