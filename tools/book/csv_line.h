#ifndef KECHUANG_TOOLS_BOOK_CSV_LINE_H_
#define KECHUANG_TOOLS_BOOK_CSV_LINE_H_

#include <string>
#include <vector>

namespace kechuang::book {

// The text of a cell of a CSV file that no spreadsheet program takes for a formula: one that begins with = + - @, a tab
// or a carriage return gets an apostrophe before it, and so does one that begins with an apostrophe, so that taking one
// off again gives the text. Plain numbers stay as they are.
std::string Inert(const std::string& text);

// One record of a CSV file, ended by CR and LF: RFC 4180.
std::string CsvLine(const std::vector<std::string>& cells);

}  // namespace kechuang::book

#endif  // KECHUANG_TOOLS_BOOK_CSV_LINE_H_
