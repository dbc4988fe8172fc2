#ifndef KECHUANG_TOOLS_SHEET_CSV_H_
#define KECHUANG_TOOLS_SHEET_CSV_H_

#include <memory>
#include <string>

#include "tools/sheet/workbook.h"

namespace kechuang::sheet {

// The encoding of a CSV file.
enum class CsvEncoding { kUtf8, kGb18030 };

// Opens a CSV file of RFC 4180: commas, quotes doubled inside quotes, line breaks allowed inside them. Row numbers
// count records, as a spreadsheet shows them.
std::unique_ptr<Workbook> OpenCsv(const std::string& path, CsvEncoding encoding, const Limits& limits);

}  // namespace kechuang::sheet

#endif  // KECHUANG_TOOLS_SHEET_CSV_H_
