#ifndef KECHUANG_TOOLS_SHEET_HEADER_H_
#define KECHUANG_TOOLS_SHEET_HEADER_H_

#include <functional>
#include <map>
#include <string>
#include <vector>

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
  // 同上, and a cell merged with the one above, stand for what is above; in other columns they are refused.
  bool inherits = false;
};

// The table that a reader expects.
struct Layout {
  std::vector<ColumnSpec> columns;
  // Keys that every true row fills at least one of: a row without any whose first text is 合计, 小计, 填表人 or the
  // like is no data.
  std::vector<std::string> identity;
  // What a person chose: a header's words, as NormaliseName gives them, and its key, which goes before all aliases. An
  // empty key leaves the column out.
  std::map<std::string, std::string, std::less<>> overrides = {};
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

// Finds headers by the names of a layout, which stays with the caller.
class HeaderFinder {
 public:
  explicit HeaderFinder(const Layout& layout);

  // The header among the first rows of a sheet, and the index of the first row below it: the row, or the pair of rows,
  // with the most columns of the layout. No columns if none has two. Blocks by their first rows.
  Header Find(const std::vector<Row>& rows, const std::vector<MergedBlock>& blocks, size_t& first_data) const;

 private:
  std::vector<HeaderColumn> OneRow(const Row& row) const;
  std::vector<HeaderColumn> TwoRows(const Row& upper, const Row& lower, const std::vector<MergedBlock>& blocks) const;
  HeaderColumn Recognise(int column, absl::string_view header) const;

  const Layout& layout_;
  std::map<std::string, std::string, std::less<>> aliases_;
};

// The cell of a row in a column; nullptr if it is empty.
const Cell* CellAt(const Row& row, int column);

// A header's words on one line, as a table without line breaks would show them, in a form that does not change with
// width, case and spaces: what makes two files one shape. "企业名称|信用代码|贷款金额(万元)".
std::string ShapeOf(const Header& header);

}  // namespace kechuang::sheet

#endif  // KECHUANG_TOOLS_SHEET_HEADER_H_
