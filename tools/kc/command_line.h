#ifndef KECHUANG_TOOLS_KC_COMMAND_LINE_H_
#define KECHUANG_TOOLS_KC_COMMAND_LINE_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"

#include "tools/kc/language.h"

namespace kechuang::kc {

struct Session;
struct CommandLine;

struct MethodForm;

// A flag: --name VALUE or --name=VALUE, or a bare --name where value is empty.
struct FlagSpec {
  std::string name;
  std::string value;  // what the help calls the value: "SECONDS"
  Words help;
  bool everywhere = false;                // every command takes it
  bool repeated = false;                  // may stand several times
  bool truth = false;                     // a bare flag that also takes =true and =false
  bool required = false;                  // the help marks it
  bool hidden = false;                    // the help leaves it out
  std::vector<std::string> choices = {};  // what the value may be, where that is a short list
  std::string kind = {};                  // what records the value names: "pools"; empty if none
};

// Under which head the help lists a command.
enum class CommandGroup { kEveryday, kRecords, kTools };

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
  bool keyless = false;                                                // asks without a key
  bool unhurried = false;                                              // has no deadline of its own
  bool paged = false;                                                  // a person reads it page by page
  bool hidden = false;                                                 // no help lists it
  CommandGroup group = CommandGroup::kEveryday;
  std::vector<FlagSpec> own_flags = {};  // known to this command only
  const MethodForm* form = nullptr;      // the methods that it calls, if it is made of them
  std::vector<const google::protobuf::MethodDescriptor*> methods = {};  // every method that it calls
  std::vector<std::string> collections = {};  // what the names of its arguments begin with: "contracts/"
  // What its arguments may be, for completion: "kind:contracts", "file", "method", "figure", or words: "bash|zsh". The
  // last one stands for all that follow.
  std::vector<std::string> places = {};
};

struct CommandLine {
  const CommandSpec* command = nullptr;  // null if only --help or --version stands there
  std::string topic;                     // the first word where command is null: "contracts" of "contracts --help"
  std::vector<std::string> arguments;
  std::map<std::string, std::string> flags;                  // the last value of each
  std::vector<std::pair<std::string, std::string>> ordered;  // every flag as it stands there

  bool Has(const std::string& flag) const { return flags.find(flag) != flags.end(); }
  // The flag's value; empty if it is not given.
  std::string Value(const std::string& flag) const;
  // Every value of a flag that may stand several times.
  std::vector<std::string> Values(const std::string& flag) const;
};

// The flag that a command knows by this name: its own, else one of the others that it takes. Null if there is none.
const FlagSpec* FlagOf(const CommandSpec& command, const std::vector<FlagSpec>& flags, absl::string_view name);
// Every flag that the command takes, its own first.
std::vector<const FlagSpec*> FlagsOf(const CommandSpec& command, const std::vector<FlagSpec>& flags);
// The command whose words begin these, the longest one; null if there is none. The words may have flags among them.
const CommandSpec* CommandOf(const std::vector<std::string>& words, const std::vector<CommandSpec>& commands,
                             const std::vector<FlagSpec>& flags);

// Reads what stands behind the program's name. Flags may stand anywhere; "--" ends them. Wrong usage, with the nearest
// true word, for a command or a flag that is not known, a flag that the command does not take or that stands twice, a
// missing value, and too few or too many arguments (not looked at if --help is there). The commands must outlive the
// result.
absl::StatusOr<CommandLine> ParseCommandLine(const std::vector<std::string>& words,
                                             const std::vector<CommandSpec>& commands,
                                             const std::vector<FlagSpec>& flags);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_COMMAND_LINE_H_
