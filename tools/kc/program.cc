#include "tools/kc/program.h"

#include <cmath>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

#include "common/base/status_macros.h"
#include "tools/kc/command_line.h"
#include "tools/kc/commands.h"
#include "tools/kc/errors.h"

namespace kechuang::kc {
namespace {

constexpr absl::Duration kDefaultTimeout = absl::Seconds(30);
constexpr double kTimeoutSecondsMax = 1'000'000;

// The language that --lang asks for, looked for before anything else so that even a wrong command line is answered in
// it; else the locale's.
Language AskedLanguage(const std::vector<std::string>& words, const Variables& variables) {
  for (size_t i = 0; i < words.size() && words[i] != "--"; ++i) {
    if (words[i] != "--lang" && !absl::StartsWith(words[i], "--lang=")) continue;
    const std::string code = words[i] != "--lang" ? words[i].substr(7) : i + 1 < words.size() ? words[i + 1] : "";
    if (const auto language = LanguageOfCode(code)) return *language;
  }
  return LanguageOfLocale(variables);
}

absl::Status ReadOutput(const CommandLine& line, Session& session) {
  const std::string output = line.Value("output");
  session.output_chosen = line.Has("output");
  if (!session.output_chosen || output == "table") return absl::OkStatus();
  if (output == "json" || output == "csv") {
    session.output = output == "json" ? OutputFormat::kJson : OutputFormat::kCsv;
    return absl::OkStatus();
  }
  return WrongUsage(absl::StrCat("--output takes table, json or csv, not \"", output, "\""),
                    absl::StrCat("--output 须为 table、json 或 csv，不能是“", output, "”"));
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
  ASSIGN_OR_RETURN(const absl::Duration timeout, ReadTimeout(line));
  ASSIGN_OR_RETURN(SuitePlace place, FindSuite({line.Value("server"), line.Value("key-file")}, session.around.variables,
                                               session.around.program));
  if (!IsLoopback(place.server)) {
    session.Note({absl::StrCat("Warning: the key and the data go to ", place.server, " unencrypted."),
                  absl::StrCat("警告：密钥和数据将以明文发送到 ", place.server, "。")});
  }
  session.connection = std::make_unique<Connection>(std::move(place), session.language, timeout);
  return absl::OkStatus();
}

int RunCommand(const CommandLine& line, Session& session) {
  absl::Status ready = ReadOutput(line, session);
  if (ready.ok() && !line.command->offline) ready = Connect(line, session);
  if (!ready.ok()) return session.Fail(ready);
  return line.command->run(session, line);
}

}  // namespace

int RunProgram(const std::vector<std::string>& words, Surroundings& around) {
  Session session{around};
  session.language = AskedLanguage(words, around.variables);
  const absl::StatusOr<CommandLine> line = ParseCommandLine(words, AllCommands(), AllFlags());
  if (!line.ok()) return session.Fail(line.status());
  if (line->Has("lang") && !LanguageOfCode(line->Value("lang")).has_value()) {
    return session.Fail(WrongUsage("--lang takes zh or en", "--lang 须为 zh 或 en"));
  }

  int exit_code = kDone;
  if (line->Has("version")) {
    around.out << "kc " << KC_VERSION << "\n";
  } else if (line->Has("help")) {
    around.out << (line->command == nullptr ? HelpText(AllCommands(), AllFlags(), session.language)
                                            : HelpText(*line->command, AllFlags(), session.language));
  } else {
    exit_code = RunCommand(*line, session);
  }
  if (around.out.flush()) return exit_code;
  return session.Fail(
      Failure(absl::StatusCode::kResourceExhausted, "the answer could not be written out whole", "输出未能完整写出"));
}

}  // namespace kechuang::kc
