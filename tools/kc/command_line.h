#ifndef KECHUANG_TOOLS_KC_COMMAND_LINE_H_
#define KECHUANG_TOOLS_KC_COMMAND_LINE_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "tools/kc/language.h"

namespace kechuang::kc {

struct Session;
struct CommandLine;

// A flag: --name VALUE or --name=VALUE, or a bare --name where value is empty.
struct FlagSpec {
  std::string name;
  std::string value;  // what the help calls the value: "SECONDS"
  Words help;
  bool everywhere = false;  // every command takes it
};

// A command of one or two words.
struct CommandSpec {
  std::string words;      // "loans list"
  std::string arguments;  // as the help writes them: "METHOD [JSON]"
  size_t arguments_min = 0;
  size_t arguments_max = 0;
  std::vector<std::string> flags;                                      // beside those that every command takes
  Words help;                                                          // one sentence
  Words detail;                                                        // more lines for its own help; may be empty
  int (*run)(Session& session, const CommandLine& command) = nullptr;  // gives the exit code
  bool offline = false;                                                // asks no suite
  bool unhurried = false;                                              // has no deadline of its own
};

struct CommandLine {
  const CommandSpec* command = nullptr;  // null if only --help or --version stands there
  std::vector<std::string> arguments;
  std::map<std::string, std::string> flags;

  bool Has(const std::string& flag) const { return flags.find(flag) != flags.end(); }
  // The flag's value; empty if it is not given.
  std::string Value(const std::string& flag) const;
};

// Reads what stands behind the program's name. Flags may stand anywhere; "--" ends them. Wrong usage, with the nearest
// true word, for a command or a flag that is not known, a flag that the command does not take or that stands twice, a
// missing value, and too few or too many arguments (not looked at if --help is there). The commands must outlive the
// result.
absl::StatusOr<CommandLine> ParseCommandLine(const std::vector<std::string>& words,
                                             const std::vector<CommandSpec>& commands,
                                             const std::vector<FlagSpec>& flags);

// All commands and the flags that every command takes; or one command with its own.
std::string HelpText(const std::vector<CommandSpec>& commands, const std::vector<FlagSpec>& flags, Language language);
std::string HelpText(const CommandSpec& command, const std::vector<FlagSpec>& flags, Language language);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_COMMAND_LINE_H_
