#include "tools/kc/completion.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"

#include "tools/kc/catalogue.h"
#include "tools/kc/commands.h"
#include "tools/kc/connection.h"
#include "tools/kc/errors.h"
#include "tools/kc/figure_parts.h"
#include "tools/kc/help.h"
#include "tools/kc/method_words.h"
#include "tools/kc/records.h"

namespace kechuang::kc {
namespace {

constexpr absl::Duration kPatience = absl::Milliseconds(700);
constexpr int kNamesMost = 50;
constexpr int kAboutWidth = 60;

// An array in zsh loses empty items without (@), and bash splits lines at IFS only.
constexpr char kBash[] = R"(# bash completion of kc; load it with: source <(kc completion bash)
_kc() {
    local IFS=$'\n' line current="${COMP_WORDS[COMP_CWORD]}"
    [[ $current == "=" ]] && current=""
    COMPREPLY=()
    while read -r line; do
        if [[ $line == ":files" ]]; then
            compopt -o filenames 2>/dev/null
            COMPREPLY+=($(compgen -f -- "$current"))
        else
            COMPREPLY+=("${line%%$'\t'*}")
            [[ $line == */ ]] && compopt -o nospace 2>/dev/null
        fi
    done < <("${COMP_WORDS[0]}" __complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _kc kc
)";

constexpr char kZsh[] = R"(#compdef kc
# zsh completion of kc; load it with: source <(kc completion zsh)
_kc() {
    local -a values shown
    local line
    while IFS= read -r line; do
        if [[ $line == ":files" ]]; then
            _files
        else
            values+=("${line%%$'\t'*}")
            shown+=("${line/$'\t'/  -- }")
        fi
    done < <("${words[1]}" __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)
    (( $#values )) && compadd -l -d shown -a values
    return 0
}
if [[ "${funcstack[1]}" == "_kc" ]]; then
    _kc "$@"
elif (( $+functions[compdef] )); then
    compdef _kc kc
fi
)";

// A word that is being typed, and what stands before it.
struct Typed {
  std::vector<std::string> before;
  std::string word;
  bool behind_equals = false;  // the shell splits at the equals sign, so that only what follows it is replaced
};

// Puts together what the shell took apart: "--state", "=", "AC".
Typed Join(const std::vector<std::string>& words) {
  Typed typed;
  std::vector<std::string> joined;
  bool open = false;  // the last word ends in an equals sign that stood alone
  for (size_t i = 0; i < words.size(); ++i) {
    const bool to_flag = !joined.empty() && absl::StartsWith(joined.back(), "--");
    if (open || (words[i] == "=" && to_flag)) {
      joined.back() += words[i];
      typed.behind_equals = i + 1 == words.size();
      open = words[i] == "=" && !open;
    } else {
      joined.push_back(words[i]);
    }
  }
  if (!joined.empty()) {
    typed.word = joined.back();
    joined.pop_back();
  }
  typed.before = std::move(joined);
  return typed;
}

std::string FirstLine(const std::string& text) {
  const std::vector<std::string> lines = WrappedLines(text, kAboutWidth);
  return lines.empty() ? "" : lines.front();
}

class Completer {
 public:
  Completer(const std::vector<CommandSpec>& commands, const std::vector<FlagSpec>& flags, const RecordNames& names,
            Language language)
      : commands_(commands), flags_(flags), names_(names), language_(language) {}

  Completion Run(const Typed& typed) {
    const CommandSpec* command = CommandOf(typed.before, commands_, flags_);
    const size_t equals = typed.word.find('=');
    if (const FlagSpec* open = OpenFlag(typed.before, command); open != nullptr) {
      AddValues(*open, typed.word, "");
    } else if (absl::StartsWith(typed.word, "-") && equals == std::string::npos) {
      AddFlags(command, typed);
    } else if (absl::StartsWith(typed.word, "--")) {
      const FlagSpec* flag = Find(command, typed.word.substr(2, equals - 2));
      const std::string head = typed.behind_equals ? "" : typed.word.substr(0, equals + 1);
      if (flag != nullptr) AddValues(*flag, typed.word.substr(equals + 1), head);
    } else {
      AddWords(command, typed);
    }
    return std::move(completion_);
  }

 private:
  const FlagSpec* Find(const CommandSpec* command, absl::string_view name) const {
    if (command != nullptr) return FlagOf(*command, flags_, name);
    for (const FlagSpec& flag : flags_) {
      if (flag.name == name && flag.everywhere) return &flag;
    }
    return nullptr;
  }

  // The flag before the word that still needs its value; null if there is none.
  const FlagSpec* OpenFlag(const std::vector<std::string>& before, const CommandSpec* command) const {
    if (before.empty() || !absl::StartsWith(before.back(), "--") || absl::StrContains(before.back(), "="))
      return nullptr;
    const FlagSpec* flag = Find(command, before.back().substr(2));
    return flag != nullptr && !flag->value.empty() ? flag : nullptr;
  }

  void Offer(const std::string& text, const std::string& about) {
    completion_.candidates.push_back({text, FirstLine(about)});
  }

  void OfferIf(const std::string& text, absl::string_view typed, const std::string& head,
               const std::string& about = "") {
    if (absl::StartsWithIgnoreCase(text, typed)) Offer(absl::StrCat(head, text), about);
  }

  // What a place or a value may be: "kind:banks" for records, "file", "method", "figure", or words between bars.
  void AddMeant(const std::string& meaning, const std::string& typed, const std::string& head) {
    if (absl::StartsWith(meaning, "kind:")) return AddNames(meaning.substr(5), typed, head);
    if (meaning == "file") {
      completion_.files = true;
    } else if (meaning == "figure") {
      for (const std::string& id : RuleIds()) OfferIf(id, typed, head);
    } else if (meaning == "method") {
      for (const auto* service : Services()) {
        for (int i = 0; i < service->method_count(); ++i) OfferIf(PathOf(*service->method(i)), typed, head);
      }
    } else {
      for (const absl::string_view word : absl::StrSplit(meaning, '|', absl::SkipEmpty())) {
        OfferIf(std::string(word), typed, head);
      }
    }
  }

  void AddValues(const FlagSpec& flag, const std::string& typed, const std::string& head) {
    for (const std::string& choice : flag.choices) {
      // As the person types it: development as well as DEVELOPMENT.
      const bool lower = !typed.empty() && absl::ascii_islower(typed.front());
      OfferIf(lower ? absl::AsciiStrToLower(choice) : choice, typed, head);
    }
    if (!flag.kind.empty()) AddNames(flag.kind, typed, head);
    if (absl::StrContains(flag.value, "FILE") || absl::StrContains(flag.value, "DIR")) completion_.files = true;
  }

  void AddFlags(const CommandSpec* command, const Typed& typed) {
    std::set<std::string> there;
    for (const std::string& word : typed.before) there.insert(word.substr(0, word.find('=')));
    const auto offer = [&](const FlagSpec& flag) {
      const std::string text = absl::StrCat("--", flag.name);
      if (flag.hidden || (there.contains(text) && !flag.repeated)) return;
      OfferIf(text, typed.word, "", flag.help.In(language_));
    };
    if (command != nullptr) {
      for (const FlagSpec* flag : FlagsOf(*command, flags_)) offer(*flag);
      return;
    }
    for (const FlagSpec& flag : flags_) {
      if (flag.everywhere) offer(flag);
    }
  }

  // The next word of commands that begin so, and what the place of a command may be.
  void AddWords(const CommandSpec* command, const Typed& typed) {
    std::vector<std::string> others;
    for (size_t i = 0; i < typed.before.size(); ++i) {
      const bool is_flag = absl::StartsWith(typed.before[i], "-");
      if (!is_flag) others.push_back(typed.before[i]);
      const std::vector<std::string> until(typed.before.begin(),
                                           typed.before.begin() + static_cast<std::ptrdiff_t>(i) + 1);
      if (is_flag && OpenFlag(until, command) != nullptr) ++i;
    }
    std::set<std::string> seen;
    for (const CommandSpec& candidate : commands_) {
      const std::vector<std::string> parts = absl::StrSplit(candidate.words, ' ');
      if (candidate.hidden || parts.size() <= others.size()) continue;
      if (!std::equal(others.begin(), others.end(), parts.begin())) continue;
      const std::string& next = parts[others.size()];
      const bool last = parts.size() == others.size() + 1;
      if (seen.insert(next).second) OfferIf(next, typed.word, "", last ? candidate.help.In(language_) : "");
    }
    if (command == nullptr) return;
    const std::vector<std::string> parts = absl::StrSplit(command->words, ' ');
    if (others.size() < parts.size() || command->places.empty()) return;
    const size_t place = std::min(others.size() - parts.size(), command->places.size() - 1);
    if (others.size() - parts.size() < command->arguments_max) AddMeant(command->places[place], typed.word, "");
  }

  void AddNames(const std::string& kind, const std::string& typed, const std::string& head) {
    const RecordKind* known = KindOfWords(kind);
    if (known == nullptr) return;
    const std::string collection = CollectionOf(*known->type);
    // A name of the top level may be typed without its collection.
    const bool whole = absl::StrContains(typed, "/");
    if (!whole && !typed.empty() && absl::StartsWith(collection, typed)) return Offer(head + collection, "");
    for (const std::string& name : names_(kind, whole ? typed : absl::StrCat(collection, typed))) {
      const std::string rest = name.substr(std::min(collection.size(), name.size()));
      const bool shorten = !whole && !absl::StrContains(rest, "/");
      Offer(absl::StrCat(head, shorten ? rest : name), "");
    }
  }

  const std::vector<CommandSpec>& commands_;
  const std::vector<FlagSpec>& flags_;
  const RecordNames& names_;
  const Language language_;
  Completion completion_;
};

// Asks the suite, for as long as a person does not notice. Silent about everything that goes wrong.
std::vector<std::string> AskForNames(const Session& session, const std::string& kind, const std::string& prefix) {
  std::vector<std::string> names;
  const RecordKind* known = KindOfWords(kind);
  const bool plain = std::all_of(prefix.begin(), prefix.end(),
                                 [](char c) { return absl::ascii_isalnum(c) || absl::StrContains("._~/-", c); });
  auto place = FindSuite({}, session.around.variables, session.around.program);
  if (known == nullptr || !plain || !place.ok()) return names;
  const Connection connection(*std::move(place), session.language, kPatience);
  const std::unique_ptr<google::protobuf::Message> request = NewListRequest(*known, kNamesMost);
  SetText(*request, "filter", absl::StrCat("name = \"", prefix, "*\""));
  const auto* name = known->type->FindFieldByName("name");
  ForEachRecord(connection, *known, *request, [&](const google::protobuf::Message& record) {
    if (name != nullptr) names.push_back(record.GetReflection()->GetString(record, name));
    return names.size() < kNamesMost;
  }).IgnoreError();
  return names;
}

}  // namespace

Completion Complete(const std::vector<std::string>& words, const std::vector<CommandSpec>& commands,
                    const std::vector<FlagSpec>& flags, const RecordNames& names, Language language) {
  return Completer(commands, flags, names, language).Run(Join(words));
}

int RunCompletion(Session& session, const CommandLine& command) {
  const std::string& shell = command.arguments[0];
  if (shell == "bash" || shell == "zsh") {
    session.out() << (shell == "bash" ? kBash : kZsh);
    return kDone;
  }
  return session.Fail(WrongUsage(absl::StrCat("kc completion knows bash and zsh, not ", shell),
                                 absl::StrCat("kc completion 支持 bash 和 zsh，不支持 ", shell)));
}

int RunComplete(Session& session, const CommandLine& command) {
  const RecordNames names = [&](const std::string& kind, const std::string& prefix) {
    return AskForNames(session, kind, prefix);
  };
  const Completion completion = Complete(command.arguments, AllCommands(), AllFlags(), names, session.language);
  for (const Candidate& candidate : completion.candidates) {
    session.out() << candidate.text << (candidate.about.empty() ? "" : "\t") << candidate.about << "\n";
  }
  if (completion.files) session.out() << ":files\n";
  return kDone;
}

}  // namespace kechuang::kc
