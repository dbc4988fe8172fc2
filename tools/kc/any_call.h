#ifndef KECHUANG_TOOLS_KC_ANY_CALL_H_
#define KECHUANG_TOOLS_KC_ANY_CALL_H_

#include "tools/kc/command_line.h"
#include "tools/kc/session.h"

namespace kechuang::kc {

// kc call METHOD [JSON]: any method of any service. JSON in and JSON out; streams are one JSON object a line. "-" reads
// the requests from standard input.
int RunCall(Session& session, const CommandLine& command);

// kc methods [TEXT]: every method, or those whose name contains the text, with what it takes, gives and needs.
int RunMethods(Session& session, const CommandLine& command);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_ANY_CALL_H_
