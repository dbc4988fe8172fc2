#ifndef KECHUANG_TOOLS_SHEET_TABLE_H_
#define KECHUANG_TOOLS_SHEET_TABLE_H_

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "tools/sheet/cell.h"
#include "tools/sheet/values.h"
#include "tools/sheet/workbook.h"

namespace kechuang::sheet {

// A column that a reader asks for, and what people call it. Headers are compared as NormaliseName gives them, without a
// unit at the end.
struct ColumnSpec {
  std::string key;
  std::vector<std::string> aliases;
};

// The table that a reader expects.
struct Layout {
  std::vector<ColumnSpec> columns;
  // Keys that every true row fills at least one of: a row without any whose first text is 合计, 小计, 填表人 or the
  // like is no data.
  std::vector<std::string> identity;
};

// A column as it stands in a file.
struct HeaderColumn {
  int column = 0;
  std::string text;  // as a person reads it; a header of two rows as "贷款情况 金额"
  std::string key;   // empty if the layout does not know it
  Unit unit = Unit::kNone;
};

// The header of a table.
struct Header {
  int row = 0;  // the lower one, if it has two
  Unit sheet_unit = Unit::kNone;
  std::vector<HeaderColumn> columns;

  // The column of a key; nullptr if the file has none.
  const HeaderColumn* Find(absl::string_view key) const;
};

// A row of data; cells of columns that the layout does not know are left out.
struct DataRow {
  int number = 0;
  bool hidden = false;
  std::map<std::string, Cell, std::less<>> cells;

  // The cell under a key; nullptr if it is empty.
  const Cell* Find(absl::string_view key) const;
};

// What a sheet held beside its rows of data.
struct TableSummary {
  bool has_header = false;  // false if no row of the first 30 has two headers of the layout
  bool has_cells = false;
  int rows = 0;
  int blank_rows = 0;
  int total_rows = 0;  // 合计, 小计, 总计
  int note_rows = 0;   // 填表人, 审核人, 注
  int repeated_headers = 0;
};

// Streams the table of one sheet: finds the header by its names among the first 30 rows, skips titles above it, and
// blank rows, totals, notes and repeated headers below it. Errors are those of the file and of the callbacks.
absl::StatusOr<TableSummary> ReadTable(Workbook& workbook, int sheet, const Layout& layout,
                                       const std::function<absl::Status(const Header&)>& on_header,
                                       const std::function<absl::Status(const DataRow&)>& on_row);

}  // namespace kechuang::sheet

#endif  // KECHUANG_TOOLS_SHEET_TABLE_H_
