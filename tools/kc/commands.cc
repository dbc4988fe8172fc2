#include "tools/kc/commands.h"

#include <string>

#include "absl/strings/str_cat.h"

#include "tools/kc/any_call.h"
#include "tools/kc/catalogue.h"
#include "tools/kc/errors.h"
#include "tools/kc/history.h"
#include "tools/kc/import.h"
#include "tools/kc/records.h"
#include "tools/kc/report.h"
#include "tools/kc/verify.h"

namespace kechuang::kc {
namespace {

int RunImportCommand(Session& session, const CommandLine& command) {
  ImportOptions options;
  options.kind = command.arguments[0];
  options.file = command.arguments[1];
  options.partial = command.Has("partial");
  options.dry_run = command.Has("dry-run");
  options.create_missing = command.Has("create-missing");
  options.pool = command.Value("pool");
  options.division = command.Value("division");
  options.terminal = session.around.err_is_terminal;
  return RunImport(options, session.connection->channel(), session.connection->authorization(), session.language,
                   session.around.out, session.around.err);
}

CommandSpec ImportCommand() {
  CommandSpec command;
  command.words = "import";
  command.arguments = "KIND FILE";
  command.arguments_min = command.arguments_max = 2;
  command.flags = {"partial", "dry-run", "create-missing", "pool", "division"};
  command.help = {"take a spreadsheet (.xlsx or .csv) into its register", "将表格（.xlsx 或 .csv）导入登记簿"};
  command.detail = {
      "KIND is enterprises, certifications, pools, banks, loans or contracts.\n"
      "A file with a wrong row changes nothing unless --partial is given. The same file again changes nothing.",
      "KIND 为 enterprises（企业）、certifications（资质）、pools（资金池）、banks（银行）、loans（贷款）或 "
      "contracts（技术合同）。\n任何一行有误则整个文件不写入，除非加 --partial。重复导入同一文件不会改变任何数据。"};
  command.run = RunImportCommand;
  return command;
}

CommandSpec ListCommand(const RecordKind& kind) {
  CommandSpec command;
  command.words = absl::StrCat(kind.words, " list");
  command.flags = {"filter", "order-by", "page-size", "page-token", "all", "output", "timeout"};
  const auto* request = kind.list->input_type();
  if (request->FindFieldByName("show_deleted") != nullptr) command.flags.push_back("show-deleted");
  if (request->FindFieldByName("parent") != nullptr) command.flags.push_back("parent");
  command.help = {absl::StrCat("list ", kind.words), absl::StrCat("列出 ", kind.words)};
  command.detail = {"A table shows what tells most; json and csv have every field, money in fen.",
                    "表格只显示主要字段；json 和 csv 含全部字段，金额以分为单位。"};
  command.run = RunList;
  return command;
}

CommandSpec GetCommand(const RecordKind& kind) {
  CommandSpec command;
  command.words = absl::StrCat(kind.words, " get");
  command.arguments = "NAME";
  command.arguments_min = command.arguments_max = 1;
  command.flags = {"output", "timeout"};
  command.help = {absl::StrCat("show one of the ", kind.words), absl::StrCat("显示一条 ", kind.words, " 记录")};
  command.run = RunGet;
  return command;
}

CommandSpec HistoryCommand() {
  CommandSpec command;
  command.words = "history";
  command.arguments = "NAME";
  command.arguments_min = command.arguments_max = 1;
  command.flags = {"output", "timeout"};
  command.help = {"show who changed a record, when, and from what to what",
                  "显示记录的修改历史：何时、何人、由何值改为何值"};
  command.detail = {"Newest first. NAME is a record's name, such as loans/2022-0007.",
                    "最新的在前。NAME 为记录名，如 loans/2022-0007。"};
  command.run = RunHistory;
  return command;
}

CommandSpec ReportCommand() {
  CommandSpec command;
  command.words = "report annual";
  command.flags = {"year", "division", "output", "timeout"};
  command.help = {"print the figures of a year's work report", "输出年度工作报告的各项指标"};
  command.run = RunAnnualReport;
  return command;
}

CommandSpec VerifyCommand() {
  CommandSpec command;
  command.words = "verify";
  command.flags = {"output", "timeout"};
  command.help = {"recompute all totals and compare all records with the journals",
                  "重新计算全部汇总，并将全部记录与流水核对"};
  command.detail = {"Exit code 3 if anything differs.", "如有不符，退出码为 3。"};
  command.run = RunVerify;
  command.unhurried = true;
  return command;
}

CommandSpec AuditVerifyCommand() {
  CommandSpec command = VerifyCommand();
  command.words = "audit verify";
  command.help = {"recompute the chains of hashes of the journals", "重新计算各流水的哈希链"};
  command.run = RunAuditVerify;
  return command;
}

CommandSpec CallCommand() {
  CommandSpec command;
  command.words = "call";
  command.arguments = "METHOD [JSON]";
  command.arguments_min = 1;
  command.arguments_max = 2;
  command.flags = {"output", "timeout"};
  command.help = {"call any method with a JSON object", "以 JSON 对象调用任一方法"};
  command.detail = {
      "METHOD is a whole name or its end, such as loan.v1.LoanService/GetLoan or GetLoan. JSON is {} by default; - "
      "reads "
      "it from standard input.\nThe answer is JSON, unless --output says otherwise. Streams are one JSON object a "
      "line.",
      "METHOD 为方法全名或其末尾部分，如 loan.v1.LoanService/GetLoan 或 GetLoan。JSON 默认为 {}；- "
      "表示从标准输入读取。\n"
      "应答默认为 JSON，可用 --output 改变。流式方法每行一个 JSON 对象。"};
  command.run = RunCall;
  return command;
}

CommandSpec MethodsCommand() {
  CommandSpec command;
  command.words = "methods";
  command.arguments = "[TEXT]";
  command.arguments_max = 1;
  command.flags = {"output"};
  command.help = {"list the methods that kc call takes", "列出 kc call 可调用的方法"};
  command.run = RunMethods;
  command.offline = true;
  return command;
}

std::vector<CommandSpec> MakeCommands() {
  std::vector<CommandSpec> commands = {ImportCommand()};
  for (const RecordKind& kind : RecordKinds()) {
    commands.push_back(ListCommand(kind));
    if (kind.get != nullptr) commands.push_back(GetCommand(kind));
  }
  commands.push_back(HistoryCommand());
  commands.push_back(ReportCommand());
  commands.push_back(VerifyCommand());
  commands.push_back(AuditVerifyCommand());
  commands.push_back(CallCommand());
  commands.push_back(MethodsCommand());
  return commands;
}

}  // namespace

const std::vector<CommandSpec>& AllCommands() {
  static const std::vector<CommandSpec> commands = MakeCommands();
  return commands;
}

const std::vector<FlagSpec>& AllFlags() {
  static const std::vector<FlagSpec> flags = {
      {"partial", "", {"write the good rows although others are rejected", "拒绝有误的行，其余照常写入"}},
      {"dry-run", "", {"judge every row and write nothing", "逐行校验，不写入"}},
      {"create-missing",
       "",
       {"loans: make banks, and the pool of --pool, that are not there yet",
        "贷款：自动建立缺少的银行和 --pool 指定的资金池"}},
      {"pool", "pools/ID", {"loans: the pool of rows that name none", "贷款：未写明资金池的行所属的资金池"}},
      {"division", "CODE", {"division of 6 digits", "6 位行政区划代码"}},
      {"filter", "FILTER", {"which records, such as 'state = ACTIVE'", "筛选条件，如 'state = ACTIVE'"}},
      {"order-by", "FIELDS", {"order, such as 'due_date desc'", "排序，如 'due_date desc'"}},
      {"page-size", "N", {"most records of a page, 1 to 1000", "每页记录数，1 到 1000"}},
      {"page-token", "TOKEN", {"the page after the one that gave this token", "从该翻页标记继续"}},
      {"all", "", {"every page", "列出全部"}},
      {"show-deleted", "", {"deleted records too", "包括已删除的记录"}},
      {"parent", "NAME", {"those of one parent; all by default", "限于某一上级记录；默认全部"}},
      {"year", "YEAR", {"the calendar year, such as 2022", "年份，如 2022"}},
      {"output", "table|json|csv", {"form of the answer", "输出格式"}},
      {"timeout",
       "SECONDS",
       {"longest wait for an answer, 0 for no limit; 30 (verify: 0)", "最长等待秒数，0 为不限；默认 30（核对为 0）"}},
      {"server", "HOST:PORT", {"where the suite is (KC_SERVER)", "系统地址（KC_SERVER）"}, true},
      {"key-file", "FILE", {"file of the key (KC_KEY_FILE)", "密钥文件（KC_KEY_FILE）"}, true},
      {"lang", "zh|en", {"language; the locale's by default", "语言，默认取自系统区域设置"}, true},
      {"help", "", {"this help", "显示帮助"}, true},
      {"version", "", {"version of kc", "显示版本"}, true},
  };
  return flags;
}

}  // namespace kechuang::kc
