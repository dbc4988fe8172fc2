#include "tools/kc/template_command.h"

#include <optional>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

#include "common/base/status_macros.h"
#include "tools/kc/connection.h"
#include "tools/kc/errors.h"
#include "tools/kc/import_stream.h"
#include "tools/kc/session.h"
#include "tools/kc/template.h"

namespace kechuang::kc {
namespace {

constexpr absl::Duration kListsWait = absl::Seconds(5);

// The names of banks and pools that the suite has now.
absl::StatusOr<TemplateLists> AskLists(Session& session, const CommandLine& command) {
  ASSIGN_OR_RETURN(SuitePlace place,
                   FindSuite({command.Value("server"), command.Value("key-file"), command.Value("ca-file")},
                             session.around.variables, session.around.program));
  const Connection connection(std::move(place), session.language, kListsWait);
  ASSIGN_OR_RETURN(const std::set<std::string> names,
                   ListBanksAndPools({connection.channel(), connection.authorization(), kListsWait}));
  TemplateLists lists;
  for (const std::string& name : names) {
    const std::string words = name.substr(name.find(' ') + 1);
    (absl::StartsWith(name, "banks/") ? lists.banks : lists.pools).push_back(words);
  }
  return lists;
}

absl::Status MakeTemplate(Session& session, const CommandLine& command) {
  const std::optional<ImportKind> kind = ImportKindOf(command.arguments[0]);
  const std::string& path = command.arguments[1];
  if (!kind.has_value()) {
    return WrongUsage(absl::StrCat("unknown kind \"", command.arguments[0], "\"; expected one of ", ImportKindWords()),
                      absl::StrCat("不认识的种类“", command.arguments[0], "”；应为 ", ImportKindWords()));
  }
  if (!absl::EndsWith(path, ".xlsx")) {
    return WrongUsage(absl::StrCat("a template is a workbook, so the file ends in .xlsx, not \"", path, "\""),
                      absl::StrCat("模板是工作簿，文件应为 .xlsx，而不是“", path, "”"));
  }
  const bool wants_lists = *kind == ImportKind::kLoans || *kind == ImportKind::kPools;
  const absl::StatusOr<TemplateLists> lists = wants_lists ? AskLists(session, command) : TemplateLists();
  if (!lists.ok()) {
    session.Note({"the suite did not answer, so the template has no lists of banks and pools",
                  "系统没有应答，模板中没有银行和资金池的下拉列表"});
  }
  RETURN_IF_ERROR(WriteTemplate(path, *kind, lists.ok() ? *lists : TemplateLists()));
  session.Note({absl::StrCat("template of ", command.arguments[0], " -> ", path),
                absl::StrCat("已生成 ", command.arguments[0], " 模板 -> ", path)});
  return absl::OkStatus();
}

int RunTemplate(Session& session, const CommandLine& command) {
  const absl::Status status = MakeTemplate(session, command);
  return status.ok() ? kDone : session.Fail(status);
}

}  // namespace

CommandSpec TemplateCommand() {
  CommandSpec command;
  command.words = "template";
  command.arguments = "KIND FILE.xlsx";
  command.arguments_min = command.arguments_max = 2;
  command.help = {"make an empty table to fill in and import", "生成可填写并导入的空白表格"};
  command.detail = {
      "KIND is that of kc import. Headers carry units and comments, lists offer the words that the importer takes, "
      "and\n"
      "today's banks and pools if the suite answers.",
      "KIND 与 kc import 相同。列名带单位和批注，下拉列表给出可填的词；系统有应答时还包括当前的银行和资金池。"};
  command.run = RunTemplate;
  command.offline = true;
  return command;
}

}  // namespace kechuang::kc
