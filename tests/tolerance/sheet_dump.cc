// Prints what the importer reads from files, as one JSON object a line, without a register: for tests whose files
// another program has made.
//
//   sheet_dump [--map HEADER=KEY]... KIND FILE...
//
// A line is one of
//   {"file", "error", "chinese"}                                 the file is refused
//   {"file", "sheet", "hidden", "header_row", "unit", "shape", "columns": {"A": {"key", "text"}}, "summary": {...}}
//   {"file", "sheet", "row", "hidden", "message": {...}, "notes": [{"key", "column", "warning", "text", "chinese",
//    "suggestion"}]}
//   {"file", "sheet", "row", "key", "outlier": fen}              an amount far from the middle of its column

#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "google/protobuf/util/json_util.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "nlohmann/json.hpp"
#include "tools/kc/import_outliers.h"
#include "tools/kc/mapping.h"
#include "tools/sheet/table.h"
#include "tools/sheet/workbook.h"

namespace kechuang {
namespace {

using Json = nlohmann::ordered_json;

std::string UnitText(sheet::Unit unit) {
  switch (unit) {
    case sheet::Unit::kNone:
      return "";
    case sheet::Unit::kYuan:
      return "元";
    case sheet::Unit::kWanYuan:
      return "万元";
    case sheet::Unit::kYiYuan:
      return "亿元";
    case sheet::Unit::kPercent:
      return "%";
    case sheet::Unit::kOther:
      break;
  }
  return "?";
}

class FileDump {
 public:
  FileDump(std::string file, kc::ImportKind kind, const kc::MappingOptions& options)
      : file_(std::move(file)), kind_(kind), options_(options) {}

  absl::Status Run() {
    ASSIGN_OR_RETURN(const std::unique_ptr<sheet::Workbook> workbook, sheet::OpenWorkbook(file_));
    const sheet::Layout layout = kc::SpecOf(kind_).Layout(options_.columns);
    for (size_t i = 0; i < workbook->sheets().size(); ++i) {
      const sheet::SheetInfo& info = workbook->sheets()[i];
      header_ = sheet::Header();
      sheet::TableSummary summary;
      if (!info.hidden) {
        ASSIGN_OR_RETURN(summary, sheet::ReadTable(
                                      *workbook, static_cast<int>(i), layout,
                                      [&](const sheet::Header& header) {
                                        header_ = header;
                                        return absl::OkStatus();
                                      },
                                      [&](const sheet::DataRow& row) { return TakeRow(info.name, row); }));
      }
      PrintSheet(info, summary);
    }
    for (const auto& [key, search] : outliers_) {
      for (const kc::OutlierSearch::Amount& amount : search.Far()) {
        Print({{"file", file_}, {"sheet", amount.sheet}, {"row", amount.row}, {"key", key}, {"outlier", amount.fen}});
      }
    }
    return absl::OkStatus();
  }

  void PrintError(const absl::Status& status) const {
    Print({{"file", file_}, {"error", std::string(status.message())}, {"chinese", ChineseOf(status)}});
  }

 private:
  static void Print(const Json& line) {
    std::cout << line.dump(-1, ' ', false, Json::error_handler_t::replace) << "\n";
  }

  absl::Status TakeRow(const std::string& sheet, const sheet::DataRow& row) {
    const std::unique_ptr<google::protobuf::Message> message = kc::NewRow(kind_);
    kc::RowReader reader(sheet, header_, row);
    kc::FillRow(kind_, options_, state_, reader, *message);
    Json notes = Json::array();
    for (const kc::CellNote& note : reader.notes()) {
      const sheet::HeaderColumn* column = header_.Find(note.key);
      notes.push_back({{"key", note.key},
                       {"column", column == nullptr ? "" : sheet::ColumnLetters(column->column)},
                       {"warning", note.warning},
                       {"text", std::string(note.status.message())},
                       {"chinese", ChineseOf(note.status)},
                       {"suggestion", note.suggestion}});
    }
    for (const auto& [key, fen] : reader.amounts()) outliers_[key].Take(sheet, row.number, fen);
    std::string json;
    google::protobuf::util::JsonPrintOptions print;
    print.preserve_proto_field_names = true;
    if (!google::protobuf::util::MessageToJsonString(*message, &json, print).ok()) {
      return absl::InternalError("the row cannot be printed");
    }
    Print({{"file", file_},
           {"sheet", sheet},
           {"row", row.number},
           {"hidden", row.hidden},
           {"message", Json::parse(json)},
           {"notes", notes}});
    return absl::OkStatus();
  }

  void PrintSheet(const sheet::SheetInfo& info, const sheet::TableSummary& summary) const {
    Json columns = Json::object();
    for (const sheet::HeaderColumn& column : header_.columns) {
      columns[sheet::ColumnLetters(column.column)] = {
          {"key", column.key}, {"text", column.text}, {"unit", UnitText(column.unit)}};
    }
    Print({{"file", file_},
           {"sheet", info.name},
           {"hidden", info.hidden},
           {"header_row", header_.row},
           {"unit", UnitText(header_.sheet_unit)},
           {"shape", sheet::ShapeOf(header_)},
           {"columns", columns},
           {"summary",
            {{"has_header", summary.has_header},
             {"rows", summary.rows},
             {"blank_rows", summary.blank_rows},
             {"total_rows", summary.total_rows},
             {"note_rows", summary.note_rows},
             {"repeated_headers", summary.repeated_headers},
             {"inherited_cells", summary.inherited_cells}}}});
  }

  const std::string file_;
  const kc::ImportKind kind_;
  const kc::MappingOptions& options_;
  kc::MappingState state_;
  sheet::Header header_;
  std::map<std::string, kc::OutlierSearch> outliers_;
};

int Main(const std::vector<std::string>& arguments) {
  kc::MappingOptions options;
  size_t at = 0;
  for (; at + 1 < arguments.size() && arguments[at] == "--map"; at += 2) {
    const std::vector<std::string> parts = absl::StrSplit(arguments[at + 1], absl::MaxSplits('=', 1));
    options.columns[parts[0]] = parts.size() > 1 ? parts[1] : "";
  }
  const auto kind = at < arguments.size() ? kc::ImportKindOf(arguments[at]) : std::nullopt;
  if (!kind.has_value()) {
    std::cerr << "usage: sheet_dump [--map HEADER=KEY]... KIND FILE...; kinds: " << kc::ImportKindWords() << "\n";
    return 2;
  }
  if (const absl::Status status = kc::CheckChoices(*kind, options.columns); !status.ok()) {
    std::cerr << ChineseOf(status) << "\n";
    return 2;
  }
  for (++at; at < arguments.size(); ++at) {
    FileDump dump(arguments[at], *kind, options);
    if (const absl::Status status = dump.Run(); !status.ok()) dump.PrintError(status);
  }
  return 0;
}

}  // namespace
}  // namespace kechuang

int main(int argc, char** argv) { return kechuang::Main(std::vector<std::string>(argv + 1, argv + argc)); }
