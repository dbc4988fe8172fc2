#ifndef KECHUANG_TOOLS_SHEET_CELL_H_
#define KECHUANG_TOOLS_SHEET_CELL_H_

#include <string>
#include <vector>

namespace kechuang::sheet {

// What a spreadsheet cell holds.
enum class CellKind {
  kEmpty,
  kText,
  kNumber,  // a numeric cell: text is its value as plain decimal text, at most 15 significant digits
  kDate,    // a numeric cell shown as a date: text is "2022-03-05", or "2022-03" if only the month is shown
  kBool,    // text is "TRUE" or "FALSE"
  kError,   // text is "#REF!" and the like
  kFormulaWithoutValue,  // a formula that was saved without its result
  kAsAbove,  // 同上, or a part of a merged block: stands for the cell above where a layout lets it, and is refused
             // elsewhere
};

// One cell that is not empty. A value; copies are independent.
struct Cell {
  int column = 0;  // from 0
  CellKind kind = CellKind::kEmpty;
  std::string text;      // UTF-8, as a person sees it but for the number format; a CSV file has text only
  bool percent = false;  // a numeric cell shown as a percentage: 0.0365 is seen as 3.65%
  bool scaled_unit =
      false;  // a numeric cell whose number format adds 万 or 亿, so that what is seen is not what is held
  bool since_1904 = false;  // the workbook counts days from 1904, should the number be one
};

// One row with the cells that are not empty, in the order of their columns.
struct Row {
  int number = 0;  // as a spreadsheet shows it, from 1
  bool hidden = false;
  std::vector<Cell> cells;
};

// "A" for column 0, "AB" for 27.
std::string ColumnLetters(int column);

}  // namespace kechuang::sheet

#endif  // KECHUANG_TOOLS_SHEET_CELL_H_
