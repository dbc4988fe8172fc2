#include "tools/kc/session.h"

#include "absl/strings/str_cat.h"

#include "tools/kc/errors.h"
#include "tools/kc/json_text.h"

namespace kechuang::kc {
namespace {

// Whether a stream has colours: as --color says, else if it is a terminal that nobody asked to stay plain.
bool HasColours(const Surroundings& around, ColourMode mode, bool is_terminal) {
  if (mode != ColourMode::kAuto) return mode == ColourMode::kAlways;
  return is_terminal && around.variables("NO_COLOR").empty() && around.variables("TERM") != "dumb";
}

}  // namespace

TableStyle Session::style() const {
  return {around.out_is_terminal ? around.width : 0, HasColours(around, colour, around.out_is_terminal)};
}

bool Session::colours_err() const { return HasColours(around, colour, around.err_is_terminal); }

int Session::Fail(const absl::Status& status) const {
  around.out.flush();
  const ErrorPlace place = connection == nullptr ? ErrorPlace() : connection->Describe();
  around.err << (errors_as_json ? ErrorJson(status, place) : ErrorText(status, language, place, colours_err()));
  return ExitCodeOf(status);
}

void Session::Note(const Words& words) const {
  around.out.flush();
  around.err << Printable(words.In(language)) << "\n";
}

void PrintRows(const Session& session, const std::string& items, const std::vector<TableColumn>& columns,
               const std::vector<std::vector<std::string>>& rows) {
  if (session.output == OutputFormat::kTable) {
    session.out() << TableText(columns, rows, session.style());
    return;
  }
  if (session.output == OutputFormat::kCsv) {
    std::vector<std::string> head;
    for (const TableColumn& column : columns) head.push_back(column.title);
    session.out() << CsvLine(head);
    for (const std::vector<std::string>& row : rows) session.out() << CsvLine(row);
    return;
  }
  std::string text = absl::StrCat("{", JsonQuoted(items), ":[");
  for (size_t i = 0; i < rows.size(); ++i) {
    absl::StrAppend(&text, i == 0 ? "{" : ",{");
    for (size_t j = 0; j < columns.size() && j < rows[i].size(); ++j) {
      absl::StrAppend(&text, j == 0 ? "" : ",", JsonQuoted(columns[j].title), ":", JsonQuoted(rows[i][j]));
    }
    absl::StrAppend(&text, "}");
  }
  session.out() << text << "]}\n";
}

}  // namespace kechuang::kc
