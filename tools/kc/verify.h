#ifndef KECHUANG_TOOLS_KC_VERIFY_H_
#define KECHUANG_TOOLS_KC_VERIFY_H_

#include "tools/kc/command_line.h"
#include "tools/kc/session.h"

namespace kechuang::kc {

// kc verify: has every register recompute its totals and keys and compare its records with its journal.
// Each finding is printed as it comes. kFailed if anything was found, or a register could not be read to the end.
int RunVerify(Session& session, const CommandLine& command);

// kc audit verify: the same for the chains of hashes of the journals.
int RunAuditVerify(Session& session, const CommandLine& command);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_VERIFY_H_
