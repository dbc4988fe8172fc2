#include "tools/kc/imports.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include "common/base/status_macros.h"
#include "kechuang/ledger/v1/import.pb.h"
#include "tools/kc/call.h"
#include "tools/kc/catalogue.h"
#include "tools/kc/errors.h"
#include "tools/kc/fields.h"
#include "tools/kc/json_text.h"
#include "tools/kc/session.h"

namespace kechuang::kc {
namespace {

using google::protobuf::ServiceDescriptor;
using ledger::v1::Import;
using ledger::v1::KeptChange;

constexpr int kPageSize = 100;

std::string StateOf(const Import& import, Language language) {
  const bool chinese = language == Language::kChinese;
  switch (import.state()) {
    case Import::STATE_RUNNING:
      return chinese ? "未完成" : "unfinished";
    case Import::STATE_FINISHED:
      return chinese ? "已完成" : "finished";
    case Import::STATE_REVERTING:
      return chinese ? "撤回中" : "being reverted";
    case Import::STATE_REVERTED:
      return chinese ? "已撤回" : "reverted";
    default:
      return "";
  }
}

std::string CauseOf(const KeptChange& kept, Language language) {
  const bool chinese = language == Language::kChinese;
  switch (kept.cause()) {
    case KeptChange::CAUSE_CHANGED_SINCE:
      return chinese ? "此后又被修改" : "changed since";
    case KeptChange::CAUSE_BOUND:
      return chinese ? "与未撤回的记录相关联" : "bound to a record that was kept";
    case KeptChange::CAUSE_IN_USE:
      return chinese ? "已被其他记录引用" : "other records refer to it";
    default:
      return "";
  }
}

std::string JournalOf(const Import& import) {
  return import.first_sequence() == 0 ? "" : absl::StrCat(import.first_sequence(), "-", import.last_sequence());
}

// The imports of one register, newest first, the first page or all.
absl::Status AddImports(const Connection& connection, const ServiceDescriptor& journal, const std::string& kind,
                        bool all, std::vector<Import>& imports) {
  ledger::v1::ListImportsRequest request;
  request.set_kind(kind);
  request.set_page_size(all ? 1000 : kPageSize);
  do {
    ledger::v1::ListImportsResponse page;
    RETURN_IF_ERROR(Ask(connection, *journal.FindMethodByName("ListImports"), request, page));
    for (Import& import : *page.mutable_imports()) imports.push_back(std::move(import));
    request.set_page_token(page.next_page_token());
  } while (all && !request.page_token().empty());
  return absl::OkStatus();
}

absl::Status ListAll(Session& session, const CommandLine& command) {
  const bool all = command.Has("all");
  std::vector<Import> imports;
  for (const ServiceDescriptor* journal : ServicesWith("ListImports")) {
    RETURN_IF_ERROR(AddImports(*session.connection, *journal, command.Value("kind"), all, imports));
  }
  std::stable_sort(imports.begin(), imports.end(), [](const Import& a, const Import& b) {
    return std::make_pair(a.create_time().seconds(), a.create_time().nanos()) >
           std::make_pair(b.create_time().seconds(), b.create_time().nanos());
  });
  if (!all && imports.size() > kPageSize) imports.resize(kPageSize);
  if (session.output == OutputFormat::kJson) {
    session.out() << "{\"imports\": [";
    for (size_t i = 0; i < imports.size(); ++i) {
      session.out() << (i == 0 ? "\n" : ",\n") << MessageToJson(imports[i], /*indented=*/false);
    }
    session.out() << "\n]}\n";
    return absl::OkStatus();
  }
  const bool chinese = session.language == Language::kChinese;
  std::vector<TableColumn> columns{{chinese ? "导入" : "import"},
                                   {chinese ? "种类" : "kind"},
                                   {chinese ? "文件" : "file"},
                                   {chinese ? "状态" : "state"},
                                   {chinese ? "新增" : "inserted", true},
                                   {chinese ? "更改" : "changed", true},
                                   {chinese ? "未变" : "unchanged", true},
                                   {chinese ? "拒绝" : "rejected", true},
                                   {chinese ? "冲突" : "conflicts", true},
                                   {chinese ? "日志" : "journal"},
                                   {chinese ? "何人" : "by"},
                                   {chinese ? "何时" : "began"}};
  std::vector<std::vector<std::string>> rows;
  for (const Import& import : imports) {
    rows.push_back({import.name(), import.kind(), import.file_name(), StateOf(import, session.language),
                    absl::StrCat(import.inserted_count()), absl::StrCat(import.changed_count()),
                    absl::StrCat(import.unchanged_count()), absl::StrCat(import.rejected_count()),
                    absl::StrCat(import.conflict_count()), JournalOf(import), import.actor(),
                    ChinaTime(import.create_time().seconds())});
  }
  PrintRows(session, "imports", columns, rows);
  return absl::OkStatus();
}

// An import, and the journal of the register that has it.
struct FoundImport {
  Import import;
  const ServiceDescriptor* journal = nullptr;
};

absl::StatusOr<FoundImport> Find(const Connection& connection, const std::string& name) {
  ledger::v1::GetImportRequest request;
  request.set_name(absl::StartsWith(name, "imports/") ? name : absl::StrCat("imports/", name));
  absl::Status status = Failure(absl::StatusCode::kNotFound, absl::StrCat("no register has an import ", request.name()),
                                absl::StrCat("没有导入 ", request.name()));
  for (const ServiceDescriptor* journal : ServicesWith("GetImport")) {
    FoundImport found;
    const absl::Status asked = Ask(connection, *journal->FindMethodByName("GetImport"), request, found.import);
    found.journal = journal;
    if (asked.ok()) return found;
    if (!absl::IsNotFound(asked)) return asked;
  }
  return status;
}

void PrintImport(Session& session, const Import& import) {
  if (session.output == OutputFormat::kJson) {
    session.out() << MessageToJson(import, /*indented=*/true);
    return;
  }
  std::vector<std::vector<std::string>> rows;
  const Reader reader = session.output == OutputFormat::kCsv ? Reader::kProgram : PersonOf(session.language);
  for (const FieldPath& path : ValuesOf(*Import::descriptor())) {
    const std::string text = path.Name() == "state" && reader != Reader::kProgram ? StateOf(import, session.language)
                                                                                  : TextOf(import, path, reader);
    if (!text.empty()) rows.push_back({TitleOf(path, reader), text});
  }
  const bool chinese = session.language == Language::kChinese;
  PrintRows(session, "import", {{chinese ? "字段" : "field"}, {chinese ? "值" : "value"}}, rows);
}

absl::Status GetOne(Session& session, const CommandLine& command) {
  ASSIGN_OR_RETURN(const FoundImport found, Find(*session.connection, command.arguments[0]));
  PrintImport(session, found.import);
  return absl::OkStatus();
}

void PrintKept(Session& session, const std::vector<KeptChange>& kept) {
  const bool chinese = session.language == Language::kChinese;
  std::vector<std::vector<std::string>> rows;
  for (const KeptChange& change : kept) {
    rows.push_back({change.record(), CauseOf(change, session.language), change.actor(), absl::StrCat(change.sequence()),
                    change.other_record(), change.origin()});
  }
  PrintRows(session, "kept",
            {{chinese ? "记录" : "record"},
             {chinese ? "未撤回的原因" : "left because"},
             {chinese ? "何人" : "by"},
             {chinese ? "日志" : "journal", true},
             {chinese ? "相关记录" : "other record"},
             {chinese ? "来源" : "origin"}},
            rows);
}

absl::StatusOr<bool> RevertOne(Session& session, const CommandLine& command) {
  ASSIGN_OR_RETURN(const FoundImport found, Find(*session.connection, command.arguments[0]));
  ledger::v1::RevertImportRequest request;
  request.set_name(found.import.name());
  request.set_validate_only(command.Has("dry-run"));
  request.set_reason(command.Value("reason"));
  if (request.reason().empty() && request.validate_only()) request.set_reason("dry run");
  if (request.reason().empty()) {
    return WrongUsage("say why with --reason, for the journal", "请用 --reason 说明撤回原因，供日志记录");
  }
  std::vector<KeptChange> kept;
  Import import;
  // A call reverts as much as its time allows, and the same call again goes on.
  do {
    ledger::v1::RevertImportResponse response;
    RETURN_IF_ERROR(Ask(*session.connection, *found.journal->FindMethodByName("RevertImport"), request, response));
    import = response.import();
    for (KeptChange& change : *response.mutable_kept()) kept.push_back(std::move(change));
  } while (import.state() == Import::STATE_REVERTING && !request.validate_only());
  if (session.output == OutputFormat::kJson) {
    ledger::v1::RevertImportResponse whole;
    *whole.mutable_import() = import;
    for (const KeptChange& change : kept) *whole.add_kept() = change;
    session.out() << MessageToJson(whole, /*indented=*/true);
    return import.kept_count() > 0;
  }
  if (!kept.empty()) PrintKept(session, kept);
  const std::string counts_english = absl::StrCat(import.restored_count(), " restored, ", import.removed_count(),
                                                  " taken back, ", import.kept_count(), " left alone");
  const std::string counts_chinese = absl::StrCat("恢复原值 ", import.restored_count(), "，移除 ",
                                                  import.removed_count(), "，保留 ", import.kept_count());
  session.Note(request.validate_only()
                   ? Words{absl::StrCat(import.name(), ": dry run, nothing written: ", counts_english),
                           absl::StrCat(import.name(), "：试运行，未写入：", counts_chinese)}
                   : Words{absl::StrCat(import.name(), ": reverted: ", counts_english),
                           absl::StrCat(import.name(), "：已撤回：", counts_chinese)});
  return import.kept_count() > 0;
}

int RunList(Session& session, const CommandLine& command) {
  const absl::Status status = ListAll(session, command);
  return status.ok() ? kDone : session.Fail(status);
}

int RunGet(Session& session, const CommandLine& command) {
  const absl::Status status = GetOne(session, command);
  return status.ok() ? kDone : session.Fail(status);
}

int RunRevert(Session& session, const CommandLine& command) {
  const absl::StatusOr<bool> kept = RevertOne(session, command);
  if (!kept.ok()) return session.Fail(kept.status());
  return *kept ? kSomeRejected : kDone;
}

CommandSpec OneImport(const char* verb, int (*run)(Session&, const CommandLine&)) {
  CommandSpec command;
  command.words = absl::StrCat("imports ", verb);
  command.arguments = "imports/ID";
  command.arguments_min = command.arguments_max = 1;
  command.flags = {"output", "timeout"};
  command.run = run;
  return command;
}

}  // namespace

std::vector<CommandSpec> ImportsCommands() {
  CommandSpec list;
  list.words = "imports list";
  list.flags = {"all", "output", "timeout"};
  list.own_flags = {{"kind", "KIND", {"imports of this kind only", "只列此种类的导入"}}};
  list.help = {"list the files that were imported, newest first", "列出已导入的文件，最新的在前"};
  list.run = RunList;
  list.paged = true;

  CommandSpec get = OneImport("get", RunGet);
  get.help = {"show what an import did", "显示一次导入的结果"};

  CommandSpec revert = OneImport("revert", RunRevert);
  revert.flags.push_back("dry-run");
  revert.own_flags = {{"reason", "TEXT", {"why, for the journal", "撤回原因，记入日志"}}};
  revert.help = {"take an import back", "撤回一次导入"};
  revert.detail = {
      "Records that nobody changed since get the values that they had before; records that the import made are taken\n"
      "back; the rest is left alone and listed with the reason, and the exit code is then 1. Interrupted, the same\n"
      "command again goes on. The file may be imported again afterwards.",
      "此后无人修改的记录恢复原值，由该次导入新建的记录予以移除；其余保留不动并逐条列出原因，此时退出码为 1。\n"
      "中断后再次执行同一命令即可继续。撤回后可再次导入该文件。"};
  revert.unhurried = true;
  return {list, get, revert};
}

}  // namespace kechuang::kc
