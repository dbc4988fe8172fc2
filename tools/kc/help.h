#ifndef KECHUANG_TOOLS_KC_HELP_H_
#define KECHUANG_TOOLS_KC_HELP_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

#include "tools/kc/command_line.h"
#include "tools/kc/language.h"

namespace kechuang::kc {

// What kc --help says: the commands by group, those on records by noun, and the flags that every command takes.
std::string HelpText(const std::vector<CommandSpec>& commands, const std::vector<FlagSpec>& flags, Language language);
// What kc NOUN --help says: the commands whose first word it is. Empty if there are none.
std::string HelpText(absl::string_view noun, const std::vector<CommandSpec>& commands, Language language);
// What one command's --help says: its flags, required ones marked with an asterisk, then those of every command.
std::string HelpText(const CommandSpec& command, const std::vector<FlagSpec>& flags, Language language);

// The page kc(1) for man, in roff.
std::string ManPage(const std::vector<CommandSpec>& commands, const std::vector<FlagSpec>& flags, Language language,
                    absl::string_view version);

// The text in lines of at most so many columns of a terminal, broken at spaces and between Han characters. Lines that
// the text has itself stay.
std::vector<std::string> WrappedLines(absl::string_view text, int width);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_HELP_H_
