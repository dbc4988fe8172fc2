#ifndef KECHUANG_TOOLS_KC_TEMPLATE_COMMAND_H_
#define KECHUANG_TOOLS_KC_TEMPLATE_COMMAND_H_

#include "tools/kc/command_line.h"

namespace kechuang::kc {

// kc template KIND FILE.xlsx: an empty table to fill in, with today's banks and pools if the suite answers.
CommandSpec TemplateCommand();

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_TEMPLATE_COMMAND_H_
