#include "tools/kc/report.h"

#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

#include "common/base/status_macros.h"
#include "kechuang/report/v1/report_service.pb.h"
#include "tools/kc/call.h"
#include "tools/kc/catalogue.h"
#include "tools/kc/errors.h"
#include "tools/kc/fields.h"
#include "tools/kc/json_text.h"
#include "tools/kc/print.h"

namespace kechuang::kc {
namespace {

using report::v1::AnnualReport;
using report::v1::Figure;
using report::v1::GetAnnualReportRequest;

void PrintTable(const Session& session, const AnnualReport& annual) {
  const Language language = session.language;
  session.out() << Words{absl::StrCat("Work report of ", annual.year(), ", division ",
                                      Printable(annual.division_code())),
                         absl::StrCat(annual.year(), " 年工作报告，区划 ", Printable(annual.division_code()))}
                       .In(language)
                << "\n\n";
  const auto title = [&](const char* english, const char* chinese) {
    return language == Language::kChinese ? chinese : english;
  };
  const std::vector<TableColumn> columns = {{title("id", "编号"), false},
                                            {title("figure", "指标"), false},
                                            {title("value", "数值"), true},
                                            {title("unit", "单位"), false},
                                            {title("period", "时期"), false}};
  std::vector<std::vector<std::string>> rows;
  for (const Figure& figure : annual.figures()) {
    rows.push_back({figure.figure_id(), language == Language::kChinese ? figure.label() : figure.label_en(),
                    figure.held() ? figure.value() : title("not held", "暂无"), figure.unit(), figure.period()});
  }
  session.out() << TableText(columns, rows, session.style());
}

void PrintCsv(const Session& session, const AnnualReport& annual) {
  const std::vector<FieldPath> values = ValuesOf(*Figure::descriptor());
  std::vector<std::string> head;
  for (const FieldPath& path : values) head.push_back(TitleOf(path, Reader::kProgram));
  session.out() << CsvLine(head);
  for (const Figure& figure : annual.figures()) {
    std::vector<std::string> cells;
    for (const FieldPath& path : values) cells.push_back(TextOf(figure, path, Reader::kProgram));
    session.out() << CsvLine(cells);
  }
}

absl::Status PrintAnnualReport(const Session& session, const CommandLine& command) {
  int year = 0;
  if (!absl::SimpleAtoi(command.Value("year"), &year)) {
    return WrongUsage("kc report annual needs --year and a year, such as --year 2022",
                      "kc report annual 须用 --year 给出年份，如 --year 2022");
  }
  GetAnnualReportRequest request;
  request.set_year(year);
  request.set_division_code(command.Value("division"));
  request.set_language(std::string(CodeOf(session.language)));
  ASSIGN_OR_RETURN(const google::protobuf::MethodDescriptor* method, FindMethod("ReportService/GetAnnualReport"));
  AnnualReport annual;
  RETURN_IF_ERROR(Ask(*session.connection, *method, request, annual));
  switch (session.output) {
    case OutputFormat::kTable:
      PrintTable(session, annual);
      break;
    case OutputFormat::kJson:
      PrintMessage(session, annual);
      break;
    case OutputFormat::kCsv:
      PrintCsv(session, annual);
      break;
  }
  return absl::OkStatus();
}

}  // namespace

int RunAnnualReport(Session& session, const CommandLine& command) {
  const absl::Status status = PrintAnnualReport(session, command);
  return status.ok() ? kDone : session.Fail(status);
}

}  // namespace kechuang::kc
