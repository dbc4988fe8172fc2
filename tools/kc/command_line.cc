#include "tools/kc/command_line.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

#include "common/base/status_macros.h"
#include "tools/kc/errors.h"
#include "tools/kc/table.h"

namespace kechuang::kc {
namespace {

constexpr char kSeeHelp[] = "; see kc --help";
constexpr char kSeeHelpChinese[] = "；见 kc --help";

const FlagSpec* FindFlag(const std::vector<FlagSpec>& flags, absl::string_view name) {
  for (const FlagSpec& flag : flags) {
    if (flag.name == name) return &flag;
  }
  return nullptr;
}

absl::Status UnknownFlag(absl::string_view name, const std::vector<FlagSpec>& flags) {
  std::vector<std::string> names;
  for (const FlagSpec& flag : flags) names.push_back(flag.name);
  const std::string nearest = NearestWord(name, names);
  if (nearest.empty()) {
    return WrongUsage(absl::StrCat("there is no flag --", name, kSeeHelp),
                      absl::StrCat("没有选项 --", name, kSeeHelpChinese));
  }
  return WrongUsage(absl::StrCat("there is no flag --", name, "; did you mean --", nearest, "?"),
                    absl::StrCat("没有选项 --", name, "；是否指 --", nearest, "？"));
}

absl::Status UnknownCommand(const std::vector<std::string>& words, const std::vector<CommandSpec>& commands) {
  std::vector<std::string> seconds;
  std::vector<std::string> firsts;
  for (const CommandSpec& command : commands) {
    const std::vector<std::string> parts = absl::StrSplit(command.words, ' ');
    firsts.push_back(parts[0]);
    if (parts.size() > 1 && parts[0] == words[0]) seconds.push_back(parts[1]);
  }
  if (!seconds.empty()) {
    const std::string choices = absl::StrJoin(seconds, ", ");
    return WrongUsage(absl::StrCat("kc ", words[0], " is followed by one of: ", choices),
                      absl::StrCat("kc ", words[0], " 之后须为以下之一：", choices));
  }
  const std::string nearest = NearestWord(words[0], firsts);
  if (nearest.empty()) {
    return WrongUsage(absl::StrCat("there is no command ", words[0], kSeeHelp),
                      absl::StrCat("没有命令 ", words[0], kSeeHelpChinese));
  }
  return WrongUsage(absl::StrCat("there is no command ", words[0], "; did you mean ", nearest, "?"),
                    absl::StrCat("没有命令 ", words[0], "；是否指 ", nearest, "？"));
}

// Splits flags from other words.
absl::Status Separate(const std::vector<std::string>& words, const std::vector<FlagSpec>& flags, CommandLine& line,
                      std::vector<std::string>& others) {
  bool flags_ended = false;
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string word = words[i] == "-h" && !flags_ended ? "--help" : words[i];
    if (flags_ended || !absl::StartsWith(word, "-") || word == "-") {
      others.push_back(word);
      continue;
    }
    if (word == "--") {
      flags_ended = true;
      continue;
    }
    const size_t equals = word.find('=');
    const std::string name = std::string(absl::StripPrefix(absl::StripPrefix(word.substr(0, equals), "-"), "-"));
    const FlagSpec* flag = absl::StartsWith(word, "--") ? FindFlag(flags, name) : nullptr;
    if (flag == nullptr) return UnknownFlag(name, flags);
    if (line.Has(name)) {
      return WrongUsage(absl::StrCat("--", name, " stands there twice"), absl::StrCat("--", name, " 重复出现"));
    }
    std::string value = equals == std::string::npos ? "" : word.substr(equals + 1);
    if (flag->value.empty() && equals != std::string::npos) {
      return WrongUsage(absl::StrCat("--", name, " takes no value"), absl::StrCat("--", name, " 不带值"));
    }
    if (!flag->value.empty() && equals == std::string::npos) {
      if (i + 1 == words.size()) {
        return WrongUsage(absl::StrCat("--", name, " needs a value: ", flag->value),
                          absl::StrCat("--", name, " 须带值：", flag->value));
      }
      value = words[++i];
    }
    line.flags[name] = std::move(value);
  }
  return absl::OkStatus();
}

// The command whose words begin these, the longest one; moves its words out.
const CommandSpec* TakeCommand(const std::vector<CommandSpec>& commands, std::vector<std::string>& words) {
  const CommandSpec* found = nullptr;
  size_t taken = 0;
  for (const CommandSpec& command : commands) {
    const std::vector<std::string> parts = absl::StrSplit(command.words, ' ');
    if (parts.size() > words.size() || parts.size() <= taken) continue;
    if (!std::equal(parts.begin(), parts.end(), words.begin())) continue;
    found = &command;
    taken = parts.size();
  }
  words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(taken));
  return found;
}

absl::Status CheckFit(const CommandLine& line, const std::vector<FlagSpec>& flags) {
  const CommandSpec& command = *line.command;
  const std::string usage = absl::StrCat("kc ", command.words, command.arguments.empty() ? "" : " ", command.arguments);
  for (const auto& [name, value] : line.flags) {
    const bool taken = FindFlag(flags, name)->everywhere ||
                       std::find(command.flags.begin(), command.flags.end(), name) != command.flags.end();
    if (taken) continue;
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

std::string FlagLines(const std::vector<FlagSpec>& flags, Language language, const CommandSpec* command) {
  std::vector<const FlagSpec*> shown;
  for (const FlagSpec& flag : flags) {
    const bool own = command != nullptr &&
                     std::find(command->flags.begin(), command->flags.end(), flag.name) != command->flags.end();
    if (command == nullptr ? flag.everywhere : own) shown.push_back(&flag);
  }
  std::string lines;
  for (const FlagSpec* flag : shown) {
    const std::string head = absl::StrCat("--", flag->name, flag->value.empty() ? "" : " ", flag->value);
    absl::StrAppend(&lines, "  ", Padded(head, 22, false), "  ", flag->help.In(language), "\n");
  }
  return lines;
}

}  // namespace

std::string CommandLine::Value(const std::string& flag) const {
  const auto found = flags.find(flag);
  return found == flags.end() ? "" : found->second;
}

absl::StatusOr<CommandLine> ParseCommandLine(const std::vector<std::string>& words,
                                             const std::vector<CommandSpec>& commands,
                                             const std::vector<FlagSpec>& flags) {
  CommandLine line;
  std::vector<std::string> others;
  RETURN_IF_ERROR(Separate(words, flags, line, others));
  const bool asks = line.Has("help") || line.Has("version");
  if (others.empty()) {
    if (asks) return line;
    return WrongUsage(absl::StrCat("say what to do", kSeeHelp), absl::StrCat("请给出命令", kSeeHelpChinese));
  }
  line.command = TakeCommand(commands, others);
  if (line.command == nullptr) {
    if (asks) return line;
    return UnknownCommand(others, commands);
  }
  line.arguments = std::move(others);
  if (!asks) RETURN_IF_ERROR(CheckFit(line, flags));
  return line;
}

std::string HelpText(const std::vector<CommandSpec>& commands, const std::vector<FlagSpec>& flags, Language language) {
  std::string text = Words{"kc: the command line of kechuang\n\nUsage: kc COMMAND [FLAGS]\n\nCommands:\n",
                           "kc：科创系统命令行\n\n用法：kc 命令 [选项]\n\n命令：\n"}
                         .In(language);
  for (const CommandSpec& command : commands) {
    const std::string head = absl::StrCat(command.words, command.arguments.empty() ? "" : " ", command.arguments);
    absl::StrAppend(&text, "  ", Padded(head, 27, false), "  ", command.help.In(language), "\n");
  }
  absl::StrAppend(&text, Words{"\nFlags of every command:\n", "\n通用选项：\n"}.In(language),
                  FlagLines(flags, language, nullptr));
  absl::StrAppend(
      &text,
      Words{"\nkc finds the suite that runs in this checkout by itself; KC_SERVER (host:port) and KC_KEY_FILE name "
            "another.\nExit codes: 0 done, 1 some rows rejected, 2 wrong usage, 3 refused or failed.\n",
            "\nkc 自动使用本检出目录中运行的系统；也可用环境变量 KC_SERVER（主机:端口）和 KC_KEY_FILE 指定。\n"
            "退出码：0 完成，1 部分行被拒绝，2 用法错误，3 被拒绝或失败。\n"}
          .In(language));
  return text;
}

std::string HelpText(const CommandSpec& command, const std::vector<FlagSpec>& flags, Language language) {
  std::string text = absl::StrCat(Words{"Usage: ", "用法："}.In(language), "kc ", command.words,
                                  command.arguments.empty() ? "" : " ", command.arguments,
                                  Words{" [FLAGS]\n\n", " [选项]\n\n"}.In(language), command.help.In(language), "\n");
  if (!command.detail.In(language).empty()) absl::StrAppend(&text, command.detail.In(language), "\n");
  const std::string own = FlagLines(flags, language, &command);
  if (!own.empty()) absl::StrAppend(&text, Words{"\nFlags:\n", "\n选项：\n"}.In(language), own);
  absl::StrAppend(&text, Words{"\nFlags of every command:\n", "\n通用选项：\n"}.In(language),
                  FlagLines(flags, language, nullptr));
  return text;
}

}  // namespace kechuang::kc
