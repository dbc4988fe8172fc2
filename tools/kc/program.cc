#include "tools/kc/program.h"

#include <sstream>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"

#include "common/base/status_macros.h"
#include "tools/kc/command_line.h"
#include "tools/kc/commands.h"
#include "tools/kc/errors.h"
#include "tools/kc/help.h"
#include "tools/kc/login.h"
#include "tools/kc/yaml_text.h"

namespace kechuang::kc {
namespace {

constexpr absl::Duration kDefaultTimeout = absl::Seconds(30);
constexpr double kTimeoutSecondsMax = 1'000'000;

// True if a flag of this name is the one that many commands share, not one of the command's own.
bool TakesShared(const CommandLine& line, absl::string_view name) {
  return absl::c_none_of(line.command->own_flags, [&](const FlagSpec& flag) { return flag.name == name; });
}

// The language that --language asks for, looked for before anything else so that even a wrong command line is answered
// in it; else the locale's.
Language AskedLanguage(const std::vector<std::string>& words, const Variables& variables) {
  for (size_t i = 0; i < words.size() && words[i] != "--"; ++i) {
    for (const std::string flag : {"--language", "--lang"}) {
      const bool joined = absl::StartsWith(words[i], flag + "=");
      if (words[i] != flag && !joined) continue;
      const std::string code = joined ? words[i].substr(flag.size() + 1) : i + 1 < words.size() ? words[i + 1] : "";
      if (const auto language = LanguageOfCode(code)) return *language;
    }
  }
  return LanguageOfLocale(variables);
}

absl::Status ReadOutput(const CommandLine& line, Session& session, bool& yaml) {
  if (FlagOf(*line.command, AllFlags(), "output") != nullptr && TakesShared(line, "output")) {
    const std::string output = line.Value("output");
    session.output_chosen = line.Has("output");
    yaml = output == "yaml";
    session.errors_as_json = session.output_chosen && output == "json";
    if (output == "csv") session.output = OutputFormat::kCsv;
    if (output == "json" || yaml) session.output = OutputFormat::kJson;
    if (session.output_chosen && output != "table" && session.output == OutputFormat::kTable) {
      return WrongUsage(absl::StrCat("--output takes table, json, csv or yaml, not \"", output, "\""),
                        absl::StrCat("--output 须为 table、json、csv 或 yaml，不能是“", output, "”"));
    }
  }
  if (line.Has("columns") && TakesShared(line, "columns")) {
    session.columns = absl::StrSplit(line.Value("columns"), ',', absl::SkipWhitespace());
  }
  return absl::OkStatus();
}

absl::Status ReadLook(const CommandLine& line, Session& session) {
  for (const char* flag : {"lang", "language"}) {
    if (!line.Has(flag) || LanguageOfCode(line.Value(flag)).has_value()) continue;
    return WrongUsage("--language takes zh or en", "--language 须为 zh 或 en");
  }
  const std::string colour = line.Value("color");
  if (colour == "always") session.colour = ColourMode::kAlways;
  if (colour == "never") session.colour = ColourMode::kNever;
  if (!line.Has("color") || colour == "auto" || session.colour != ColourMode::kAuto) return absl::OkStatus();
  return WrongUsage("--color takes auto, always or never", "--color 须为 auto、always 或 never");
}

absl::StatusOr<absl::Duration> ReadTimeout(const CommandLine& line) {
  if (!line.Has("timeout")) return line.command->unhurried ? absl::InfiniteDuration() : kDefaultTimeout;
  double seconds = 0;
  if (!absl::SimpleAtod(line.Value("timeout"), &seconds) || !(seconds >= 0) || seconds > kTimeoutSecondsMax) {
    return WrongUsage("--timeout takes a number of seconds, 0 for no limit", "--timeout 须为秒数，0 表示不限");
  }
  return seconds == 0 ? absl::InfiniteDuration() : absl::Seconds(seconds);
}

absl::Status Connect(const CommandLine& line, Session& session) {
  if (line.Has("reveal") && line.Value("reveal").empty()) {
    return WrongUsage("--reveal takes the reason why personal data are needed", "--reveal 须说明查看个人信息的理由");
  }
  ASSIGN_OR_RETURN(const absl::Duration timeout, ReadTimeout(line));
  ASSIGN_OR_RETURN(SuitePlace place,
                   FindSuite({line.Value("server"), line.Value("key-file"), line.Value("ca-file"),
                              line.command->keyless, line.Value("cert-file"), line.Value("cert-key-file")},
                             session.around.variables, session.around.program));
  RETURN_IF_ERROR(KeepFresh(place, session.around.variables, session.language));
  session.connection = std::make_unique<Connection>(std::move(place), session.language, timeout, line.Value("reveal"));
  return absl::OkStatus();
}

int RunDirectly(const CommandLine& line, Session& session) {
  absl::Status ready = absl::OkStatus();
  if (!line.command->offline) ready = Connect(line, session);
  return ready.ok() ? line.command->run(session, line) : session.Fail(ready);
}

// A text as it goes to the person: page by page if it comes from a command that is read so, on a terminal.
void Show(const std::string& text, bool paged, Surroundings& around) {
  if (text.empty()) return;
  if (!paged || !around.out_is_terminal || !around.page || !around.page(text)) around.out << text;
}

int RunCommand(const CommandLine& line, Session& session) {
  bool yaml = false;
  const absl::Status ready = ReadOutput(line, session, yaml);
  if (!ready.ok()) return session.Fail(ready);
  Surroundings& around = session.around;
  const bool paged = line.command->paged && around.out_is_terminal && around.page && !line.Has("no-pager");
  if (!yaml && !paged) return RunDirectly(line, session);

  std::ostringstream buffer;
  Surroundings inner{around.variables, around.program, around.in, buffer, around.err};
  inner.out_is_terminal = around.out_is_terminal && !yaml;
  inner.err_is_terminal = around.err_is_terminal;
  inner.width = around.width;
  inner.ask_secret = around.ask_secret;
  Session captured{inner};
  captured.language = session.language;
  captured.output = session.output;
  captured.output_chosen = session.output_chosen;
  captured.errors_as_json = session.errors_as_json;
  captured.colour = session.colour;
  captured.columns = session.columns;
  const int exit_code = RunDirectly(line, captured);
  Show(yaml ? YamlOfJson(buffer.str()) : buffer.str(), paged, around);
  return exit_code;
}

absl::StatusOr<std::string> HelpFor(const CommandLine& line, Language language) {
  if (line.command != nullptr) return HelpText(*line.command, AllFlags(), language);
  if (line.topic.empty()) return HelpText(AllCommands(), AllFlags(), language);
  std::string text = HelpText(line.topic, AllCommands(), language);
  if (!text.empty()) return text;
  return WrongUsage(absl::StrCat("there is no command ", line.topic, "; see kc --help"),
                    absl::StrCat("没有命令 ", line.topic, "；见 kc --help"));
}

}  // namespace

int RunProgram(const std::vector<std::string>& words, Surroundings& around) {
  Session session{around};
  session.language = AskedLanguage(words, around.variables);
  const absl::StatusOr<CommandLine> line = ParseCommandLine(words, AllCommands(), AllFlags());
  if (!line.ok()) return session.Fail(line.status());
  if (const absl::Status look = ReadLook(*line, session); !look.ok()) return session.Fail(look);

  int exit_code = kDone;
  if (line->Has("version")) {
    around.out << "kc " << KC_VERSION << "\n";
  } else if (line->Has("help")) {
    const absl::StatusOr<std::string> help = HelpFor(*line, session.language);
    if (!help.ok()) return session.Fail(help.status());
    Show(*help, !line->Has("no-pager"), around);
  } else {
    exit_code = RunCommand(*line, session);
  }
  if (around.out.flush()) return exit_code;
  return session.Fail(
      Failure(absl::StatusCode::kResourceExhausted, "the answer could not be written out whole", "输出未能完整写出"));
}

}  // namespace kechuang::kc
