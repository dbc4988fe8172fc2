#ifndef KECHUANG_TOOLS_SHEET_TABLE_H_
#define KECHUANG_TOOLS_SHEET_TABLE_H_

#include <functional>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "tools/sheet/cell.h"
#include "tools/sheet/header.h"
#include "tools/sheet/workbook.h"

namespace kechuang::sheet {

// A row of data; cells of columns that the layout does not know are left out, and cells that stand for the one above
// hold what stands there if the layout lets them.
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
  int total_rows = 0;        // 合计, 小计, 总计
  int note_rows = 0;         // 填表人, 审核人, 注, and titles across the table
  int repeated_headers = 0;  // and titles that come again with them
  int inherited_cells = 0;   // 同上 and parts of merged blocks that hold what stands above
};

// Streams the table of one sheet, merged blocks resolved: finds the header by its names among the first 30 rows, skips
// titles above it, and blank rows, totals, notes and repeated headers below it. Errors are those of the file and of the
// callbacks.
absl::StatusOr<TableSummary> ReadTable(Workbook& workbook, int sheet, const Layout& layout,
                                       const std::function<absl::Status(const Header&)>& on_header,
                                       const std::function<absl::Status(const DataRow&)>& on_row);

}  // namespace kechuang::sheet

#endif  // KECHUANG_TOOLS_SHEET_TABLE_H_
