#ifndef KECHUANG_TOOLS_KC_COMPLETION_H_
#define KECHUANG_TOOLS_KC_COMPLETION_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

#include "tools/kc/command_line.h"
#include "tools/kc/session.h"

namespace kechuang::kc {

// One way to go on.
struct Candidate {
  std::string text;   // takes the place of the word that is being typed
  std::string about;  // a few words about it; may be empty
};

struct Completion {
  std::vector<Candidate> candidates;
  bool files = false;  // names of files fit, too
};

// The names of records of a kind ("banks") that begin with a text; none if nobody answers soon.
using RecordNames = std::function<std::vector<std::string>(const std::string& kind, const std::string& prefix)>;

// What may stand where the last word is being typed; words are those behind the program's name. A shell that takes
// "--state=AC" for three words gets what may stand behind the equals sign, others the whole word.
Completion Complete(const std::vector<std::string>& words, const std::vector<CommandSpec>& commands,
                    const std::vector<FlagSpec>& flags, const RecordNames& names, Language language);

// kc completion bash|zsh: the script that makes the shell ask kc.
int RunCompletion(Session& session, const CommandLine& command);
// kc __complete -- WORDS...: a candidate a line, a tab before what it is about; ":files" where files fit.
int RunComplete(Session& session, const CommandLine& command);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_COMPLETION_H_
