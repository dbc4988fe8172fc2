#ifndef KECHUANG_TOOLS_SHEET_CSV_H_
#define KECHUANG_TOOLS_SHEET_CSV_H_

#include <memory>
#include <string>

#include "absl/strings/string_view.h"

#include "tools/sheet/workbook.h"

namespace kechuang::sheet {

// The encoding of a CSV file.
enum class CsvEncoding { kUtf8, kGb18030 };

// Opens a CSV file of RFC 4180: quotes doubled inside quotes, line breaks allowed inside them. Cells are parted by the
// comma, semicolon or tab that most of the first lines have, or by what a first line "sep=;" names. Row numbers count
// records, as a spreadsheet shows them.
std::unique_ptr<Workbook> OpenCsv(const std::string& path, CsvEncoding encoding, const Limits& limits);

// The separator of a CSV text, judged by its beginning in UTF-8: ',', ';' or '\t'.
char SeparatorOf(absl::string_view beginning);

}  // namespace kechuang::sheet

#endif  // KECHUANG_TOOLS_SHEET_CSV_H_
