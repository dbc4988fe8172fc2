#ifndef KECHUANG_TOOLS_KC_METHOD_RUN_H_
#define KECHUANG_TOOLS_KC_METHOD_RUN_H_

#include <string>

#include "absl/status/statusor.h"

#include "tools/kc/command_line.h"
#include "tools/kc/session.h"

namespace kechuang::kc {

// kc NOUN VERB: calls the method of the command's form. If nobody answers a call that changes something, says under
// which request id it may safely be sent again.
int RunForm(Session& session, const CommandLine& command);

// What the file of --from-file holds, standard input for "-"; empty without the flag. Fails if it cannot be read.
absl::StatusOr<std::string> FromFile(const Session& session, const CommandLine& command);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_METHOD_RUN_H_
