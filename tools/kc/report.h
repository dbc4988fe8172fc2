#ifndef KECHUANG_TOOLS_KC_REPORT_H_
#define KECHUANG_TOOLS_KC_REPORT_H_

#include "tools/kc/command_line.h"
#include "tools/kc/session.h"

namespace kechuang::kc {

// kc report annual --year Y [--division D]: every figure of a year's work report.
int RunAnnualReport(Session& session, const CommandLine& command);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_REPORT_H_
