#include "tools/kc/commands.h"

#include <algorithm>
#include <string>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"

#include "tools/kc/any_call.h"
#include "tools/kc/catalogue.h"
#include "tools/kc/completion.h"
#include "tools/kc/errors.h"
#include "tools/kc/explain.h"
#include "tools/kc/export.h"
#include "tools/kc/gen.h"
#include "tools/kc/help.h"
#include "tools/kc/history.h"
#include "tools/kc/import.h"
#include "tools/kc/imports.h"
#include "tools/kc/login.h"
#include "tools/kc/method_form.h"
#include "tools/kc/method_run.h"
#include "tools/kc/records.h"
#include "tools/kc/report.h"
#include "tools/kc/roles.h"
#include "tools/kc/template_command.h"
#include "tools/kc/verify.h"
#include "tools/kc/watch.h"

namespace kechuang::kc {
namespace {

// Where this person's column choices are remembered; empty if there is no place for them.
std::string MapsFile(const Variables& variables) {
  const std::string config = variables("XDG_CONFIG_HOME");
  if (!config.empty()) return absl::StrCat(config, "/kechuang/maps.json");
  const std::string home = variables("HOME");
  return home.empty() ? "" : absl::StrCat(home, "/.config/kechuang/maps.json");
}

int RunImportCommand(Session& session, const CommandLine& command) {
  ImportOptions options;
  options.kind = command.arguments[0];
  options.file = command.arguments[1];
  options.partial = command.Has("partial");
  options.dry_run = command.Has("dry-run");
  options.create_missing = command.Has("create-missing");
  options.pool = command.Value("pool");
  options.division = command.Value("division");
  options.overwrite = command.Has("overwrite");
  options.verbose = command.Has("verbose");
  options.json = session.output == OutputFormat::kJson;
  options.rejects = command.Value("rejects");
  options.report = command.Value("report");
  options.maps = command.Values("map");
  options.forget_map = command.Has("forget-map");
  options.maps_file = MapsFile(session.around.variables);
  options.terminal = session.around.err_is_terminal;
  return RunImport(options, session.connection->channel(), session.connection->authorization(), session.language,
                   session.around.out, session.around.err);
}

std::vector<FlagSpec> ImportFlags() {
  FlagSpec map{
      "map",
      "HEADER=KEY",
      {"take a column for this field; remembered for files of its shape", "将某列作为此字段；同样格式的文件下次沿用"}};
  map.repeated = true;
  return {{"overwrite",
           "",
           {"change records that somebody changed since an import last set them", "覆盖导入后又被他人修改过的记录"}},
          {"verbose", "", {"tell of each row what it does", "逐行列出处理结果"}},
          {"rejects",
           "FILE.xlsx",
           {"write refused rows there, to be mended and imported", "将被拒绝的行写入该文件，改正后可直接导入"}},
          {"report", "FILE.json|.csv", {"write there what each row does", "将逐行处理结果写入该文件"}},
          map,
          {"forget-map", "", {"forget the remembered columns of such files", "取消此类文件已记住的列对应"}}};
}

Words ImportDetail() {
  return {
      "KIND is enterprises, certifications, pools, banks, loans or contracts.\n"
      "A file with a wrong row changes nothing unless --partial is given. The same file again changes nothing; "
      "after an interruption the same command goes on.\n"
      "A row makes a record or changes the one with its key: the credit code, the contract's registration number, "
      "the names of banks and pools; loans by borrower, bank, day and batch.\n"
      "A column that is not there and an empty cell keep what the register has; 清空 or <clear> in a cell clears it.\n"
      "A row that would change a record which somebody changed since an import last set it is a conflict and is not "
      "written, unless --overwrite is given.\n"
      "--dry-run tells exactly what the real run will do, and which field each column is taken for.",
      "KIND 为 enterprises（企业）、certifications（资质）、pools（资金池）、banks（银行）、loans（贷款）或 "
      "contracts（技术合同）。\n任何一行有误则整个文件不写入，除非加 "
      "--partial。重复导入同一文件不会改变任何数据；中断后再次执行同一命令即可继续。\n"
      "每行按主键新增或更改记录：企业按信用代码，合同按登记编号，银行和资金池按名称，贷款按借款企业、银行、日期和批次。"
      "\n"
      "没有的列和空单元格保持原值；单元格写“清空”或 <clear> 则清空该值。\n"
      "导入后又被他人修改过的记录，若该行会改变它，则视为冲突而不写入，除非加 --overwrite。\n"
      "--dry-run 给出与正式导入完全一致的结果，并列出每一列对应的字段。"};
}

CommandSpec ImportCommand() {
  CommandSpec command;
  command.words = "import";
  command.arguments = "KIND FILE";
  command.arguments_min = command.arguments_max = 2;
  command.flags = {"partial", "dry-run", "create-missing", "pool", "division", "output"};
  command.own_flags = ImportFlags();
  command.help = {"take a spreadsheet (.xlsx or .csv) into its register", "将表格（.xlsx 或 .csv）导入登记簿"};
  command.detail = ImportDetail();
  command.places = {"enterprises|certifications|pools|banks|loans|contracts", "file"};
  command.run = RunImportCommand;
  return command;
}

// Commands that list records share their flags, which AllFlags knows; what a list takes beside them stays its own.
CommandSpec ListCommand(const MethodForm& form) {
  CommandSpec command = CommandOf(form);
  const std::vector<std::string> shared = {"filter", "order-by", "page-size", "page-token", "show-deleted", "parent"};
  command.flags = {"filter", "order-by", "limit", "all", "page-size", "page-token", "columns", "output", "timeout"};
  const auto is_shared = [&](const FlagSpec& flag) { return absl::c_linear_search(shared, flag.name); };
  if (absl::c_any_of(command.own_flags, [](const FlagSpec& flag) { return flag.name == "show-deleted"; })) {
    command.flags.push_back("show-deleted");
  }
  if (!form.places.empty()) command.flags.push_back("parent");
  command.own_flags.erase(std::remove_if(command.own_flags.begin(), command.own_flags.end(), is_shared),
                          command.own_flags.end());
  command.detail = {"A table shows what tells most, or --columns; json, yaml and csv have every field, money in fen.",
                    "表格只显示主要字段，或 --columns 所列字段；json、yaml 和 csv 含全部字段，金额以分为单位。"};
  command.run = RunList;
  command.paged = true;
  return command;
}

CommandSpec FormCommand(const MethodForm& form) {
  if (KindOfWords(form.words.noun) != nullptr && form.words.verb == "list") return ListCommand(form);
  CommandSpec command = CommandOf(form);
  command.run = RunForm;
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
  command.paged = true;
  return command;
}

CommandSpec WatchCommand() {
  CommandSpec command;
  command.words = "watch";
  command.arguments = "WHAT";
  command.arguments_min = command.arguments_max = 1;
  command.flags = {"output", "timeout"};
  command.own_flags = {{"after",
                        "ENTRY",
                        {"begin after this journal entry, 0 for the first; with the next change by default",
                         "从该流水号之后开始，0 为从头开始；默认只看新的修改"}},
                       {"catch-up-only", "", {"end once everything so far is shown", "显示完现有修改后即结束"}}};
  command.help = {"follow changes as they are made", "实时跟踪修改"};
  command.detail = {
      "WHAT is a register (enterprise, loan, contract), a collection such as loans, or a record such as "
      "loans/2022-0007.\n"
      "In the order of the journal, none left out and none twice, also across a restart of the service. --output json "
      "prints a JSON object a line; its sequence is where --after goes on.",
      "WHAT 为登记簿（enterprise、loan、contract）、一类记录（如 loans）或一条记录（如 loans/2022-0007）。\n"
      "按流水次序显示，不遗漏、不重复，服务重启后自动继续。--output json 每行输出一个 JSON 对象，其中 sequence "
      "可用于下次的 --after。"};
  command.run = RunWatch;
  command.unhurried = true;
  return command;
}

CommandSpec ReportCommand() {
  CommandSpec command;
  command.words = "report annual";
  command.flags = {"year", "division", "output", "timeout"};
  command.help = {"print the figures of a year's work report", "输出年度工作报告的各项指标"};
  command.run = RunAnnualReport;
  command.paged = true;
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
  command.places = {"method", ""};
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
  command.paged = true;
  return command;
}

CommandSpec ExplainCommand() {
  CommandSpec command;
  command.words = "explain";
  command.arguments = "FIGURE";
  command.arguments_min = command.arguments_max = 1;
  command.places = {"figure"};
  command.flags = {"year", "division", "limit", "output", "timeout"};
  command.help = {"list the records that make up a figure of the annual report, and compare their sum",
                  "列出年度报告某项指标的构成记录，并核对合计"};
  command.detail = {"FIGURE is an id of kc report annual, such as S04. Exit code 3 if the sum does not agree.",
                    "FIGURE 为 kc report annual 中的编号，如 S04。合计不符时退出码为 3。"};
  command.run = RunExplain;
  command.paged = true;
  return command;
}

CommandSpec CompletionCommand() {
  CommandSpec command;
  command.words = "completion";
  command.arguments = "bash|zsh";
  command.arguments_min = command.arguments_max = 1;
  command.places = {"bash|zsh"};
  command.help = {"print the script that lets a shell complete kc's words", "输出命令行补全脚本"};
  command.detail = {"Load it with: source <(kc completion bash), or zsh; put that into ~/.bashrc or ~/.zshrc.",
                    "加载：source <(kc completion bash)（或 zsh），可写入 ~/.bashrc 或 ~/.zshrc。"};
  command.run = RunCompletion;
  command.offline = true;
  return command;
}

CommandSpec HiddenCommand(const char* words, size_t arguments_max, int (*run)(Session&, const CommandLine&)) {
  CommandSpec command;
  command.words = words;
  command.arguments_max = arguments_max;
  command.help = {"for scripts", "供脚本使用"};
  command.run = run;
  command.offline = true;
  command.hidden = true;
  return command;
}

// kc __man: the page for man, in the language of the person.
int RunMan(Session& session, const CommandLine&) {
  session.out() << ManPage(AllCommands(), AllFlags(), session.language, KC_VERSION);
  return kDone;
}

CommandSpec InGroup(CommandSpec command, CommandGroup group) {
  command.group = group;
  return command;
}

// Adds a command for every form of a method. A command that stands there already, written by hand, keeps its words and
// stands for the form's methods.
void AddForms(std::vector<CommandSpec>& commands) {
  for (const MethodForm& form : MethodForms()) {
    const std::string words = absl::StrCat(form.words.noun, " ", form.words.verb);
    const auto same = absl::c_find_if(commands, [&](const CommandSpec& command) { return command.words == words; });
    if (same == commands.end()) {
      commands.push_back(FormCommand(form));
    } else if (same->methods.empty()) {
      same->methods = form.methods;
    }
  }
}

std::vector<CommandSpec> MakeCommands() {
  std::vector<CommandSpec> commands = {ImportCommand(), TemplateCommand(), ExportCommand()};
  for (CommandSpec& command : ImportsCommands()) commands.push_back(std::move(command));
  commands.push_back(ReportCommand());
  commands.push_back(ExplainCommand());
  commands.push_back(HistoryCommand());
  commands.push_back(WatchCommand());
  commands.push_back(VerifyCommand());
  commands.push_back(AuditVerifyCommand());
  for (CommandSpec& command : LoginCommands()) commands.push_back(InGroup(std::move(command), CommandGroup::kTools));
  commands.push_back(InGroup(RolesCommand(), CommandGroup::kTools));
  commands.push_back(InGroup(CallCommand(), CommandGroup::kTools));
  commands.push_back(InGroup(MethodsCommand(), CommandGroup::kTools));
  commands.push_back(GenCommand());
  commands.push_back(InGroup(CompletionCommand(), CommandGroup::kTools));
  constexpr size_t kWordsMax = 10'000;
  commands.push_back(HiddenCommand("__complete", kWordsMax, RunComplete));
  commands.push_back(HiddenCommand("__man", 0, RunMan));
  AddForms(commands);
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
      {"limit", "N", {"at most so many records", "最多列出的记录数"}},
      {"show-deleted", "", {"deleted records too", "包括已删除的记录"}, false, false, true},
      {"parent", "NAME", {"those of one parent; all by default", "限于某一上级记录；默认全部"}},
      {"year", "YEAR", {"the calendar year, such as 2022", "年份，如 2022"}},
      {"output",
       "table|json|csv|yaml",
       {"form of the answer; with json errors are JSON, too", "输出格式；选 json 时错误也以 JSON 输出"},
       false,
       false,
       false,
       false,
       false,
       {"table", "json", "csv", "yaml"}},
      {"columns", "A,B,C", {"which columns, in which order", "要显示的列及其顺序"}},
      {"from-file",
       "FILE",
       {"the record, or the request, as JSON; - is standard input", "JSON 形式的记录或请求；- 为标准输入"}},
      {"timeout",
       "SECONDS",
       {"longest wait for an answer, 0 for no limit; 30 (verify, watch: 0)",
        "最长等待秒数，0 为不限；默认 30（核对、跟踪为 0）"}},
      {"server", "HOST:PORT", {"where the suite is (KC_SERVER)", "系统地址（KC_SERVER）"}, true},
      {"key-file", "FILE", {"file of the key (KC_KEY_FILE)", "密钥文件（KC_KEY_FILE）"}, true},
      {"cert-file",
       "FILE",
       {"show this certificate in place of a key (KC_CERT_FILE)", "出示该客户端证书以代替密钥（KC_CERT_FILE）"},
       true},
      {"cert-key-file",
       "FILE",
       {"private key of --cert-file, mode 0600 (KC_CERT_KEY_FILE)",
        "--cert-file 的私钥，权限 0600（KC_CERT_KEY_FILE）"},
       true},
      {"ca-file",
       "FILE",
       {"speak TLS; file of the authority that signed the server's certificate (KC_CA_FILE)",
        "使用 TLS；签发服务器证书的颁发机构文件（KC_CA_FILE）"},
       true},
      {"reveal",
       "REASON",
       {"show personal data unmasked, if the key may; the reason goes on the access log",
        "显示未脱敏的个人信息（须有权限）；理由记入访问日志"},
       true},
      {"language",
       "zh|en",
       {"language; the locale's by default", "语言，默认取自系统区域设置"},
       true,
       false,
       false,
       false,
       false,
       {"zh", "en"}},
      {"lang", "zh|en", {"the same", "同上"}, true, false, false, false, true, {"zh", "en"}},
      {"color",
       "auto|always|never",
       {"colours; auto obeys NO_COLOR", "颜色；auto 遵循 NO_COLOR"},
       true,
       false,
       false,
       false,
       false,
       {"auto", "always", "never"}},
      {"no-pager", "", {"never page by page", "不分页显示"}, true},
      {"help", "", {"this help", "显示帮助"}, true},
      {"version", "", {"version of kc", "显示版本"}, true},
  };
  return flags;
}

}  // namespace kechuang::kc
