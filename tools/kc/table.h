#ifndef KECHUANG_TOOLS_KC_TABLE_H_
#define KECHUANG_TOOLS_KC_TABLE_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace kechuang::kc {

// Text that cannot steer a terminal: control characters, line ends among them, and bytes that are no UTF-8 become
// spaces or U+FFFD.
std::string Printable(absl::string_view text);
// The text filled up with spaces to a width in terminal columns, at its end or, for numbers, at its beginning.
std::string Padded(absl::string_view text, int width, bool right);
// The text, or its beginning and "…" where it takes more columns.
std::string Shortened(absl::string_view text, int width);

struct TableColumn {
  std::string title;
  bool right = false;  // aligned to the right, as numbers are
};

// How a table is printed.
struct TableStyle {
  int width_max = 0;       // columns of the terminal; 0 for no limit
  bool bold_head = false;  // with escape sequences of a terminal
};

// Rows under titles, each line ended, columns aligned by display width (Han characters are two wide). With a limit,
// long cells after the first column are shortened, and columns that still do not fit are left out from the right.
std::string TableText(const std::vector<TableColumn>& columns, const std::vector<std::vector<std::string>>& rows,
                      const TableStyle& style);

// One row of CSV as RFC 4180 has it, of cells that no spreadsheet program takes for formulas (book::Inert), ended by a
// line feed alone, as tools of the shell expect.
std::string CsvLine(const std::vector<std::string>& cells);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_TABLE_H_
