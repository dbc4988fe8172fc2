#include "tools/kc/help.h"

#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

#include "common/domain/name_text.h"
#include "tools/kc/table.h"

namespace kechuang::kc {
namespace {

constexpr int kWidth = 100;
constexpr int kFlagColumn = 26;     // where the words about a flag begin
constexpr int kCommandColumn = 31;  // and those about a command

const Words kUsage = {"Usage: ", "用法："};
const Words kFlagsTitle = {"\nFlags:\n", "\n选项：\n"};
const Words kEverywhereTitle = {"\nFlags of every command:\n", "\n通用选项：\n"};
const Words kSurroundings = {
    "\nkc finds the suite that runs in this checkout by itself; KC_SERVER (host:port) and KC_KEY_FILE name another.\n"
    "With KC_CA_FILE it speaks TLS, without which no key goes to another machine; KC_CERT_FILE and KC_CERT_KEY_FILE\n"
    "then may take the place of a key.\n"
    "Long answers go through $PAGER (less -FRSX) on a terminal; NO_COLOR is obeyed.\n"
    "Exit codes: 0 done, 1 some rows rejected, 2 wrong usage, 3 refused or failed.\n",
    "\nkc 自动使用本检出目录中运行的系统；也可用环境变量 KC_SERVER（主机:端口）和 KC_KEY_FILE 指定。\n"
    "指定 KC_CA_FILE 时使用 TLS；没有 TLS 时密钥不会发送到其他机器；此时也可用 KC_CERT_FILE 和 KC_CERT_KEY_FILE "
    "代替密钥。\n"
    "在终端上，较长的输出经 $PAGER（默认 less -FRSX）分页显示；遵循 NO_COLOR。\n"
    "退出码：0 完成，1 部分行被拒绝，2 用法错误，3 被拒绝或失败。\n"};

Words TitleOfGroup(CommandGroup group) {
  switch (group) {
    case CommandGroup::kEveryday:
      return {"Everyday:", "常用："};
    case CommandGroup::kRecords:
      return {"Records (kc NOUN VERB; kc NOUN --help tells more):",
              "登记簿记录（kc 名词 动词；kc 名词 --help 查看说明）："};
    case CommandGroup::kTools:
      return {"Tools:", "工具："};
  }
  return {};
}

// A head, and words about it in a column of their own, below it if the head is too long.
std::string Entry(absl::string_view head, absl::string_view words, int column) {
  std::string text = absl::StrCat("  ", head);
  const bool fits = DisplayWidth(head) + 2 < column;
  text = fits ? Padded(text, column, false) : absl::StrCat(text, "\n", std::string(static_cast<size_t>(column), ' '));
  const std::string gap = absl::StrCat("\n", std::string(static_cast<size_t>(column), ' '));
  return absl::StrCat(text, absl::StrJoin(WrappedLines(words, kWidth - column), gap), "\n");
}

std::string HeadOf(const CommandSpec& command) {
  return absl::StrCat(command.words, command.arguments.empty() ? "" : " ", command.arguments);
}
std::string HeadOf(const FlagSpec& flag) {
  return absl::StrCat("--", flag.name, flag.value.empty() ? "" : " ", flag.value, flag.required ? " *" : "");
}

std::string FlagLines(const std::vector<const FlagSpec*>& flags, bool everywhere, Language language) {
  std::string lines;
  for (const FlagSpec* flag : flags) {
    if (flag->hidden || flag->everywhere != everywhere) continue;
    std::string words = flag->help.In(language);
    // Where the name of the value lists the choices, they are said.
    if (!flag->choices.empty() && !absl::StrContains(flag->value, "|")) {
      absl::StrAppend(&words, words.empty() ? "" : "\n", absl::StrJoin(flag->choices, " | "));
    }
    absl::StrAppend(&lines, Entry(HeadOf(*flag), words, kFlagColumn));
  }
  return lines;
}

std::string EverywhereLines(const std::vector<FlagSpec>& flags, Language language) {
  std::vector<const FlagSpec*> all;
  for (const FlagSpec& flag : flags) all.push_back(&flag);
  return FlagLines(all, true, language);
}

// Nouns in the order of their first command, each with its verbs.
std::vector<std::pair<std::string, std::vector<std::string>>> VerbsByNoun(const std::vector<CommandSpec>& commands) {
  std::vector<std::pair<std::string, std::vector<std::string>>> nouns;
  std::map<std::string, size_t> places;
  for (const CommandSpec& command : commands) {
    if (command.hidden || command.group != CommandGroup::kRecords) continue;
    const std::vector<std::string> parts = absl::StrSplit(command.words, absl::MaxSplits(' ', 1));
    const auto [place, fresh] = places.emplace(parts[0], nouns.size());
    if (fresh) nouns.push_back({parts[0], {}});
    nouns[place->second].second.push_back(parts.size() > 1 ? parts[1] : "");
  }
  return nouns;
}

bool HasRequired(const std::vector<const FlagSpec*>& flags) {
  for (const FlagSpec* flag : flags) {
    if (flag->required && !flag->hidden) return true;
  }
  return false;
}

// Text that roff takes as it is.
std::string Roff(absl::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\\') {
      escaped += "\\e";
    } else if (c == '-') {
      escaped += "\\-";
    } else {
      // A point or an apostrophe at the beginning of a line is a request.
      if ((c == '.' || c == '\'') && (escaped.empty() || escaped.back() == '\n')) escaped += "\\&";
      escaped += c;
    }
  }
  return escaped;
}

std::string RoffEntry(absl::string_view head, absl::string_view words) {
  std::string text = absl::StrCat(".TP\n\\fB", Roff(head), "\\fR\n");
  for (const absl::string_view line : absl::StrSplit(words, '\n', absl::SkipEmpty())) {
    absl::StrAppend(&text, Roff(absl::StripAsciiWhitespace(line)), "\n.br\n");
  }
  return std::string(absl::StripSuffix(text, ".br\n"));
}

std::string RoffFlags(const std::vector<const FlagSpec*>& flags, bool everywhere, Language language) {
  std::string text;
  for (const FlagSpec* flag : flags) {
    if (flag->hidden || flag->everywhere != everywhere) continue;
    std::string words = flag->help.In(language);
    const bool said = absl::StrContains(flag->value, "|");
    if (!flag->choices.empty() && !said) absl::StrAppend(&words, "\n", absl::StrJoin(flag->choices, ", "));
    absl::StrAppend(&text, RoffEntry(HeadOf(*flag), words.empty() ? "\\&" : words));
  }
  return text;
}

// The text with each sentence on lines of its own: a line that ends within a sentence goes on in the next.
std::string Reflowed(absl::string_view text) {
  std::string reflowed;
  for (const absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    const bool goes_on = !reflowed.empty() && (absl::ascii_isalnum(reflowed.back()) || reflowed.back() == ',');
    absl::StrAppend(&reflowed, reflowed.empty() ? "" : goes_on ? " " : "\n", line);
  }
  return reflowed;
}

std::string RoffCommand(const CommandSpec& command, const std::vector<FlagSpec>& flags, Language language) {
  std::string text = absl::StrCat(".SS \"kc ", Roff(HeadOf(command)), "\"\n", Roff(command.help.In(language)), "\n");
  for (const absl::string_view line : absl::StrSplit(Reflowed(command.detail.In(language)), '\n', absl::SkipEmpty())) {
    absl::StrAppend(&text, ".br\n", Roff(absl::StripAsciiWhitespace(line)), "\n");
  }
  return absl::StrCat(text, RoffFlags(FlagsOf(command, flags), false, language));
}

}  // namespace

std::vector<std::string> WrappedLines(absl::string_view text, int width) {
  std::vector<std::string> lines;
  for (const absl::string_view given : absl::StrSplit(text, '\n')) {
    std::string line;
    size_t last_break = 0;  // where the line may end; 0 if nowhere yet
    for (size_t at = 0; at < given.size();) {
      const size_t from = at;
      const bool wide = NextCodePoint(given, at) >= 0x2E80;
      if (given[from] == ' ') last_break = line.size();
      if (wide && !line.empty()) last_break = line.size();
      absl::StrAppend(&line, given.substr(from, at - from));
      if (DisplayWidth(line) <= width || last_break == 0) continue;
      const std::string rest(absl::StripLeadingAsciiWhitespace(absl::string_view(line).substr(last_break)));
      lines.push_back(line.substr(0, last_break));
      line = rest;
      last_break = 0;
    }
    lines.push_back(line);
  }
  return lines;
}

std::string HelpText(const std::vector<CommandSpec>& commands, const std::vector<FlagSpec>& flags, Language language) {
  std::string text = Words{"kc: the command line of kechuang\n\nUsage: kc COMMAND [FLAGS]\n",
                           "kc：科创系统命令行\n\n用法：kc 命令 [选项]\n"}
                         .In(language);
  for (const CommandGroup group : {CommandGroup::kEveryday, CommandGroup::kRecords, CommandGroup::kTools}) {
    std::string lines;
    if (group == CommandGroup::kRecords) {
      for (const auto& [noun, verbs] : VerbsByNoun(commands)) {
        absl::StrAppend(&lines, Entry(noun, absl::StrJoin(verbs, "  "), kCommandColumn - 7));
      }
    }
    for (const CommandSpec& command : commands) {
      if (command.hidden || command.group != group || group == CommandGroup::kRecords) continue;
      absl::StrAppend(&lines, Entry(HeadOf(command), command.help.In(language), kCommandColumn));
    }
    if (!lines.empty()) absl::StrAppend(&text, "\n", TitleOfGroup(group).In(language), "\n", lines);
  }
  return absl::StrCat(text, kEverywhereTitle.In(language), EverywhereLines(flags, language),
                      kSurroundings.In(language));
}

std::string HelpText(absl::string_view noun, const std::vector<CommandSpec>& commands, Language language) {
  std::string lines;
  for (const CommandSpec& command : commands) {
    const std::vector<std::string> parts = absl::StrSplit(command.words, ' ');
    if (command.hidden || parts[0] != noun) continue;
    absl::StrAppend(&lines, Entry(HeadOf(command), command.help.In(language), kCommandColumn + 6));
  }
  if (lines.empty()) return "";
  return absl::StrCat(kUsage.In(language), "kc ", noun, Words{" VERB [FLAGS]\n\n", " 动词 [选项]\n\n"}.In(language),
                      lines, "\n", absl::StrCat(Words{"kc ", "kc "}.In(language), noun),
                      Words{" VERB --help lists the flags.\n", " 动词 --help 列出选项。\n"}.In(language));
}

std::string HelpText(const CommandSpec& command, const std::vector<FlagSpec>& flags, Language language) {
  std::string text =
      absl::StrCat(kUsage.In(language), "kc ", HeadOf(command), Words{" [FLAGS]\n\n", " [选项]\n\n"}.In(language));
  absl::StrAppend(&text, absl::StrJoin(WrappedLines(command.help.In(language), kWidth), "\n"), "\n");
  if (!command.detail.In(language).empty()) {
    absl::StrAppend(&text, absl::StrJoin(WrappedLines(Reflowed(command.detail.In(language)), kWidth), "\n"), "\n");
  }
  const std::vector<const FlagSpec*> own = FlagsOf(command, flags);
  const std::string lines = FlagLines(own, false, language);
  if (!lines.empty()) absl::StrAppend(&text, kFlagsTitle.In(language), lines);
  if (HasRequired(own)) absl::StrAppend(&text, Words{"  * must be given.\n", "  * 为必填。\n"}.In(language));
  return absl::StrCat(text, kEverywhereTitle.In(language), EverywhereLines(flags, language));
}

std::string ManPage(const std::vector<CommandSpec>& commands, const std::vector<FlagSpec>& flags, Language language,
                    absl::string_view version) {
  std::string text = absl::StrCat(
      ".TH KC 1 \"\" \"kechuang ", Roff(version), "\" \"kechuang\"\n.SH ", Words{"NAME", "名称"}.In(language), "\n",
      Words{"kc \\- the command line of kechuang", "kc \\- 科创系统命令行"}.In(language), "\n.SH ",
      Words{"SYNOPSIS", "用法"}.In(language), "\n.B kc\n.I COMMAND\n[\\fIFLAGS\\fR]\n.SH ",
      Words{"DESCRIPTION", "说明"}.In(language), "\n");
  for (const absl::string_view line : absl::StrSplit(kSurroundings.In(language), '\n', absl::SkipEmpty())) {
    absl::StrAppend(&text, Roff(line), "\n.PP\n");
  }
  std::vector<const FlagSpec*> all;
  for (const FlagSpec& flag : flags) all.push_back(&flag);
  text = absl::StrCat(absl::StripSuffix(text, ".PP\n"), ".SH ",
                      Words{"FLAGS OF EVERY COMMAND", "通用选项"}.In(language), "\n", RoffFlags(all, true, language));
  for (const CommandGroup group : {CommandGroup::kEveryday, CommandGroup::kRecords, CommandGroup::kTools}) {
    std::string lines;
    for (const CommandSpec& command : commands) {
      if (!command.hidden && command.group == group) absl::StrAppend(&lines, RoffCommand(command, flags, language));
    }
    const std::string title = TitleOfGroup(group).In(language);
    const std::string shorter(absl::StripAsciiWhitespace(title.substr(0, title.find_first_of("(:"))));
    if (!lines.empty()) {
      absl::StrAppend(&text, ".SH \"", Roff(absl::StripSuffix(shorter, "：")), "\"\n", lines);
    }
  }
  return text;
}

}  // namespace kechuang::kc
