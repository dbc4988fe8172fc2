#include "tools/kc/explain.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

#include "common/base/status_macros.h"
#include "common/domain/fen.h"
#include "kechuang/report/v1/report_service.pb.h"
#include "tools/kc/call.h"
#include "tools/kc/catalogue.h"
#include "tools/kc/errors.h"
#include "tools/kc/figure_parts.h"
#include "tools/kc/json_text.h"

namespace kechuang::kc {
namespace {

using report::v1::AnnualReport;
using report::v1::Figure;

struct Explanation {
  Figure figure;
  std::vector<FigurePart> parts;
  int64_t sum = 0;       // of the parts
  int64_t total = 0;     // the register's own
  std::string sum_text;  // as the report would print the sum
  bool is_money = false;

  bool agrees() const { return sum == total && sum_text == figure.value(); }
};

absl::StatusOr<AnnualReport> ReadReport(const Session& session, const CommandLine& command) {
  int year = 0;
  if (!absl::SimpleAtoi(command.Value("year"), &year)) {
    return WrongUsage("kc explain needs --year and a year, such as --year 2022",
                      "kc explain 须用 --year 给出年份，如 --year 2022");
  }
  report::v1::GetAnnualReportRequest request;
  request.set_year(year);
  request.set_division_code(command.Value("division"));
  request.set_language(std::string(CodeOf(session.language)));
  ASSIGN_OR_RETURN(const google::protobuf::MethodDescriptor* method, FindMethod("ReportService/GetAnnualReport"));
  AnnualReport annual;
  RETURN_IF_ERROR(Ask(*session.connection, *method, request, annual));
  return annual;
}

absl::StatusOr<Figure> FindFigure(const AnnualReport& annual, const std::string& id) {
  std::vector<std::string> ids;
  for (const Figure& figure : annual.figures()) {
    if (figure.figure_id() == absl::AsciiStrToUpper(id)) return figure;
    ids.push_back(figure.figure_id());
  }
  const std::string span = ids.empty() ? "" : absl::StrCat(ids.front(), " - ", ids.back());
  return WrongUsage(absl::StrCat("there is no figure ", id, "; the report has ", span, ", see kc report annual"),
                    absl::StrCat("没有指标 ", id, "；报告中有 ", span, "，见 kc report annual"));
}

std::string Amount(const Explanation& explanation, int64_t value, Language language) {
  if (!explanation.is_money) return absl::StrCat(value);
  return absl::StrCat(ToYuan(Fen(value)), language == Language::kChinese ? " 元" : " yuan");
}

std::string Verdict(const Explanation& explanation, Language language) {
  const Figure& figure = explanation.figure;
  const std::string sum = Amount(explanation, explanation.sum, language);
  const std::string total = Amount(explanation, explanation.total, language);
  const std::string said = absl::StrCat(figure.value(), " ", figure.unit());
  const size_t count = explanation.parts.size();
  if (language == Language::kChinese) {
    return absl::StrCat(count, " 条记录合计 ", sum, "；登记簿汇总 ", total, "；报告数值 ", said, "：",
                        explanation.agrees() ? "相符" : "不符", "\n");
  }
  return absl::StrCat(count, count == 1 ? " record adds" : " records add", " up to ", sum, "; the register's total is ",
                      total, "; the report says ", said, ": ", explanation.agrees() ? "agrees" : "DOES NOT AGREE",
                      "\n");
}

std::vector<TableColumn> ColumnsOf(const Explanation& explanation, Language language) {
  const auto title = [&](const char* english, const char* chinese) {
    return language == Language::kChinese ? chinese : english;
  };
  const bool money = explanation.is_money;
  return {{title("name", "记录")},
          {title("date", "日期")},
          {title("adds", money ? "计入（元）" : "计入"), true},
          {title("about", "名称")}};
}

// How many of the parts are listed; the sum is of all.
absl::StatusOr<size_t> ListedParts(const CommandLine& command, size_t all) {
  if (!command.Has("limit")) return all;
  size_t limit = 0;
  if (absl::SimpleAtoi(command.Value("limit"), &limit)) return std::min(limit, all);
  return WrongUsage("--limit takes a number", "--limit 须为整数");
}

void PrintTable(const Session& session, const Explanation& explanation, size_t listed) {
  const Language language = session.language;
  const Figure& figure = explanation.figure;
  const bool chinese = language == Language::kChinese;
  session.out() << figure.figure_id() << "  " << Printable(chinese ? figure.label() : figure.label_en()) << "  "
                << figure.period() << "  "
                << (figure.held() ? figure.value() : std::string(chinese ? "暂无" : "not held"))
                << (figure.held() ? absl::StrCat(" ", figure.unit()) : "") << "\n"
                << Printable(figure.definition()) << "\n";
  if (!figure.held()) return;
  session.out() << (chinese ? "来源：" : "Source: ") << figure.source_method() << "\n\n";
  std::vector<std::vector<std::string>> rows;
  for (size_t i = 0; i < listed; ++i) {
    const FigurePart& part = explanation.parts[i];
    rows.push_back(
        {part.name, part.date, explanation.is_money ? ToYuan(Fen(part.adds)) : absl::StrCat(part.adds), part.about});
  }
  session.out() << TableText(ColumnsOf(explanation, language), rows, session.style());
  const size_t more = explanation.parts.size() - listed;
  if (more > 0)
    session.out() << (chinese ? absl::StrCat("另有 ", more, " 条\n") : absl::StrCat("and ", more, " more\n"));
  session.out() << "\n" << Verdict(explanation, language);
}

void PrintCsv(const Session& session, const Explanation& explanation, size_t listed) {
  session.out() << CsvLine({"name", "date", explanation.is_money ? "adds_fen" : "adds", "about"});
  for (size_t i = 0; i < listed; ++i) {
    const FigurePart& part = explanation.parts[i];
    session.out() << CsvLine({part.name, part.date, absl::StrCat(part.adds), part.about});
  }
  if (explanation.figure.held())
    session.Note({Verdict(explanation, Language::kEnglish), Verdict(explanation, Language::kChinese)});
}

void PrintJson(const Session& session, const Explanation& explanation, size_t listed) {
  const char* unit = explanation.is_money ? "_fen" : "";
  session.out() << "{\"figure\":" << MessageToJson(explanation.figure, false) << ",\"records\":[";
  for (size_t i = 0; i < listed; ++i) {
    const FigurePart& part = explanation.parts[i];
    session.out() << (i == 0 ? "\n" : ",\n") << "{\"name\":" << JsonQuoted(part.name)
                  << ",\"date\":" << JsonQuoted(part.date) << ",\"adds" << unit
                  << "\":" << JsonQuoted(absl::StrCat(part.adds)) << ",\"about\":" << JsonQuoted(part.about) << "}";
  }
  session.out() << "]";
  if (explanation.figure.held()) {
    session.out() << ",\"record_count\":" << explanation.parts.size() << ",\"sum" << unit << "\":\"" << explanation.sum
                  << "\",\"register_total" << unit << "\":\"" << explanation.total
                  << "\",\"agrees\":" << (explanation.agrees() ? "true" : "false");
  }
  session.out() << "}\n";
}

absl::StatusOr<Explanation> Explain(const Session& session, const CommandLine& command) {
  Explanation explanation;
  ASSIGN_OR_RETURN(const AnnualReport annual, ReadReport(session, command));
  ASSIGN_OR_RETURN(explanation.figure, FindFigure(annual, command.arguments[0]));
  if (!explanation.figure.held()) return explanation;
  const FigureRule* rule = RuleOf(explanation.figure.figure_id());
  if (rule == nullptr) {
    const std::string& id = explanation.figure.figure_id();
    return Failure(absl::StatusCode::kUnimplemented,
                   absl::StrCat("this kc cannot say which records make up ", id, "; ask ",
                                explanation.figure.source_method(), " with kc call"),
                   absl::StrCat("此版本的 kc 不能列出 ", id, " 的构成记录；可用 kc call 调用 ",
                                explanation.figure.source_method()));
  }
  const FigureScope scope{annual.year(), annual.division_code()};
  explanation.is_money = rule->is_money;
  ASSIGN_OR_RETURN(explanation.parts, rule->parts(*session.connection, scope));
  ASSIGN_OR_RETURN(explanation.total, rule->total(*session.connection, scope));
  for (const FigurePart& part : explanation.parts) explanation.sum += part.adds;
  explanation.sum_text = rule->render(explanation.sum);
  return explanation;
}

absl::StatusOr<bool> Run(const Session& session, const CommandLine& command) {
  ASSIGN_OR_RETURN(const Explanation explanation, Explain(session, command));
  ASSIGN_OR_RETURN(const size_t listed, ListedParts(command, explanation.parts.size()));
  switch (session.output) {
    case OutputFormat::kTable:
      PrintTable(session, explanation, listed);
      break;
    case OutputFormat::kCsv:
      PrintCsv(session, explanation, listed);
      break;
    case OutputFormat::kJson:
      PrintJson(session, explanation, listed);
      break;
  }
  return !explanation.figure.held() || explanation.agrees();
}

}  // namespace

int RunExplain(Session& session, const CommandLine& command) {
  const absl::StatusOr<bool> agrees = Run(session, command);
  if (!agrees.ok()) return session.Fail(agrees.status());
  return *agrees ? kDone : kFailed;
}

}  // namespace kechuang::kc
