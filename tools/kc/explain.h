#ifndef KECHUANG_TOOLS_KC_EXPLAIN_H_
#define KECHUANG_TOOLS_KC_EXPLAIN_H_

#include "tools/kc/command_line.h"
#include "tools/kc/session.h"

namespace kechuang::kc {

// kc explain FIGURE --year Y [--division D]: a figure of the annual report, its definition, the records that make it up
// with what each adds, and whether their sum is the register's total and what the report prints. kFailed if it is not.
int RunExplain(Session& session, const CommandLine& command);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_EXPLAIN_H_
