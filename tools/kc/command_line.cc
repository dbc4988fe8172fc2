#include "tools/kc/command_line.h"

#include <algorithm>
#include <cstddef>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

#include "common/api/nearest.h"
#include "common/base/status_macros.h"
#include "tools/kc/errors.h"

namespace kechuang::kc {
namespace {

constexpr char kSeeHelp[] = "; see kc --help";
constexpr char kSeeHelpChinese[] = "；见 kc --help";

const FlagSpec* FindFlag(const std::vector<FlagSpec>& flags, absl::string_view name) {
  const auto found = std::find_if(flags.begin(), flags.end(), [&](const FlagSpec& flag) { return flag.name == name; });
  return found == flags.end() ? nullptr : &*found;
}

bool IsFlag(absl::string_view word) { return absl::StartsWith(word, "-") && word != "-"; }
std::string FlagName(absl::string_view word) {
  return std::string(absl::StripPrefix(absl::StripPrefix(word.substr(0, word.find('=')), "-"), "-"));
}

absl::Status UnknownFlag(absl::string_view name, const CommandSpec* command, const std::vector<FlagSpec>& flags) {
  std::vector<std::string> names;
  if (command != nullptr) {
    for (const FlagSpec* flag : FlagsOf(*command, flags)) names.push_back(flag->name);
  } else {
    for (const FlagSpec& flag : flags) names.push_back(flag.name);
  }
  const std::string nearest = api::NearestWord(name, names);
  if (nearest.empty()) {
    const std::string see = command == nullptr ? "kc --help" : absl::StrCat("kc ", command->words, " --help");
    return WrongUsage(absl::StrCat("there is no flag --", name, "; see ", see),
                      absl::StrCat("没有选项 --", name, "；见 ", see));
  }
  return WrongUsage(absl::StrCat("there is no flag --", name, "; did you mean --", nearest, "?"),
                    absl::StrCat("没有选项 --", name, "；是否指 --", nearest, "？"));
}

absl::Status UnknownCommand(const std::vector<std::string>& words, const std::vector<CommandSpec>& commands) {
  std::vector<std::string> seconds;
  std::set<std::string> firsts;
  for (const CommandSpec& command : commands) {
    if (command.hidden) continue;
    const std::vector<std::string> parts = absl::StrSplit(command.words, ' ');
    firsts.insert(parts[0]);
    if (parts.size() > 1 && parts[0] == words[0]) seconds.push_back(parts[1]);
  }
  if (!seconds.empty()) {
    const std::string nearest = words.size() > 1 ? api::NearestWord(words[1], seconds) : "";
    const std::string choices = absl::StrJoin(seconds, ", ");
    const Words hint = nearest.empty() ? Words{"", ""}
                                       : Words{absl::StrCat("; did you mean ", nearest, "?"),
                                               absl::StrCat("；是否指 ", nearest, "？")};
    return WrongUsage(absl::StrCat("kc ", words[0], " is followed by one of: ", choices, hint.english),
                      absl::StrCat("kc ", words[0], " 之后须为以下之一：", choices, hint.chinese));
  }
  const std::string nearest = api::NearestWord(words[0], {firsts.begin(), firsts.end()});
  if (nearest.empty()) {
    return WrongUsage(absl::StrCat("there is no command ", words[0], kSeeHelp),
                      absl::StrCat("没有命令 ", words[0], kSeeHelpChinese));
  }
  return WrongUsage(absl::StrCat("there is no command ", words[0], "; did you mean ", nearest, "?"),
                    absl::StrCat("没有命令 ", words[0], "；是否指 ", nearest, "？"));
}

// The flag's value in the word itself, or in the one behind it, which it then passes over.
absl::StatusOr<std::string> TakeValue(const FlagSpec& flag, const std::vector<std::string>& words, size_t& at) {
  const std::string& word = words[at];
  const size_t equals = word.find('=');
  const std::string inner = equals == std::string::npos ? "" : word.substr(equals + 1);
  if (flag.truth) {
    if (equals == std::string::npos || inner == "true" || inner == "false") return inner.empty() ? "true" : inner;
    return WrongUsage(absl::StrCat("--", flag.name, " stands alone, or is =true or =false"),
                      absl::StrCat("--", flag.name, " 不带值，或写作 =true、=false"));
  }
  if (flag.value.empty()) {
    if (equals == std::string::npos) return "";
    return WrongUsage(absl::StrCat("--", flag.name, " takes no value"), absl::StrCat("--", flag.name, " 不带值"));
  }
  if (equals != std::string::npos) return inner;
  if (at + 1 < words.size()) return words[++at];
  return WrongUsage(absl::StrCat("--", flag.name, " needs a value: ", flag.value),
                    absl::StrCat("--", flag.name, " 须带值：", flag.value));
}

// Splits flags from other words.
absl::Status Separate(const std::vector<std::string>& words, const CommandSpec* command,
                      const std::vector<FlagSpec>& flags, CommandLine& line, std::vector<std::string>& others) {
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--") {
      others.insert(others.end(), words.begin() + static_cast<std::ptrdiff_t>(i) + 1, words.end());
      break;
    }
    if (!IsFlag(words[i])) {
      others.push_back(words[i]);
      continue;
    }
    const std::string name = words[i] == "-h" ? "help" : FlagName(words[i]);
    const bool dashes = absl::StartsWith(words[i], "--") || words[i] == "-h";
    const FlagSpec* own = command == nullptr ? nullptr : FindFlag(command->own_flags, name);
    const FlagSpec* flag = !dashes ? nullptr : own != nullptr ? own : FindFlag(flags, name);
    if (flag == nullptr) return UnknownFlag(name, command, flags);
    if (line.Has(name) && !flag->repeated) {
      return WrongUsage(absl::StrCat("--", name, " stands there twice"), absl::StrCat("--", name, " 重复出现"));
    }
    ASSIGN_OR_RETURN(std::string value, TakeValue(*flag, words, i));
    line.ordered.emplace_back(name, value);
    line.flags[name] = std::move(value);
  }
  return absl::OkStatus();
}

absl::Status CheckFit(const CommandLine& line, const std::vector<FlagSpec>& flags) {
  const CommandSpec& command = *line.command;
  const std::string usage = absl::StrCat("kc ", command.words, command.arguments.empty() ? "" : " ", command.arguments);
  for (const auto& [name, value] : line.flags) {
    if (FlagOf(command, flags, name) != nullptr) continue;
    return WrongUsage(absl::StrCat("kc ", command.words, " takes no --", name),
                      absl::StrCat("kc ", command.words, " 不接受 --", name));
  }
  if (line.arguments.size() < command.arguments_min) {
    return WrongUsage(absl::StrCat("something is missing; it is: ", usage), absl::StrCat("参数不全，用法：", usage));
  }
  if (line.arguments.size() > command.arguments_max) {
    const std::string& odd = line.arguments[command.arguments_max];
    return WrongUsage(absl::StrCat("there is no place for \"", odd, "\"; it is: ", usage),
                      absl::StrCat("多余的参数“", odd, "”，用法：", usage));
  }
  return absl::OkStatus();
}

}  // namespace

std::string CommandLine::Value(const std::string& flag) const {
  const auto found = flags.find(flag);
  return found == flags.end() ? "" : found->second;
}

std::vector<std::string> CommandLine::Values(const std::string& flag) const {
  std::vector<std::string> values;
  for (const auto& [name, value] : ordered) {
    if (name == flag) values.push_back(value);
  }
  return values;
}

const FlagSpec* FlagOf(const CommandSpec& command, const std::vector<FlagSpec>& flags, absl::string_view name) {
  if (const FlagSpec* own = FindFlag(command.own_flags, name); own != nullptr) return own;
  const FlagSpec* flag = FindFlag(flags, name);
  if (flag == nullptr || flag->everywhere) return flag;
  return std::find(command.flags.begin(), command.flags.end(), name) != command.flags.end() ? flag : nullptr;
}

std::vector<const FlagSpec*> FlagsOf(const CommandSpec& command, const std::vector<FlagSpec>& flags) {
  std::vector<const FlagSpec*> found;
  for (const FlagSpec& flag : command.own_flags) found.push_back(&flag);
  for (const FlagSpec& flag : flags) {
    if (FlagOf(command, flags, flag.name) == &flag) found.push_back(&flag);
  }
  return found;
}

const CommandSpec* CommandOf(const std::vector<std::string>& words, const std::vector<CommandSpec>& commands,
                             const std::vector<FlagSpec>& flags) {
  std::vector<std::string> others;
  for (size_t i = 0; i < words.size() && words[i] != "--"; ++i) {
    if (!IsFlag(words[i])) {
      others.push_back(words[i]);
      continue;
    }
    // Flags of single commands stand behind their command, so only those of all commands matter here.
    const FlagSpec* flag = FindFlag(flags, FlagName(words[i]));
    if (flag != nullptr && !flag->value.empty() && !absl::StrContains(words[i], '=')) ++i;
  }
  const CommandSpec* found = nullptr;
  size_t taken = 0;
  for (const CommandSpec& command : commands) {
    const std::vector<std::string> parts = absl::StrSplit(command.words, ' ');
    if (parts.size() > others.size() || parts.size() <= taken) continue;
    if (!std::equal(parts.begin(), parts.end(), others.begin())) continue;
    found = &command;
    taken = parts.size();
  }
  return found;
}

absl::StatusOr<CommandLine> ParseCommandLine(const std::vector<std::string>& words,
                                             const std::vector<CommandSpec>& commands,
                                             const std::vector<FlagSpec>& flags) {
  CommandLine line;
  std::vector<std::string> others;
  const CommandSpec* command = CommandOf(words, commands, flags);
  RETURN_IF_ERROR(Separate(words, command, flags, line, others));
  const bool asks = line.Has("help") || line.Has("version");
  if (others.empty()) {
    if (asks) return line;
    return WrongUsage(absl::StrCat("say what to do", kSeeHelp), absl::StrCat("请给出命令", kSeeHelpChinese));
  }
  if (command == nullptr) {
    line.topic = others.front();
    if (asks) return line;
    return UnknownCommand(others, commands);
  }
  line.command = command;
  const std::vector<std::string> parts = absl::StrSplit(command->words, ' ');
  line.arguments.assign(others.begin() + static_cast<std::ptrdiff_t>(parts.size()), others.end());
  if (!asks) RETURN_IF_ERROR(CheckFit(line, flags));
  return line;
}

}  // namespace kechuang::kc
