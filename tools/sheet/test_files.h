#ifndef KECHUANG_TOOLS_SHEET_TEST_FILES_H_
#define KECHUANG_TOOLS_SHEET_TEST_FILES_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "tools/sheet/cell.h"
#include "tools/sheet/workbook.h"

namespace kechuang::sheet {

// Writes a file into the test's own folder and gives its path.
std::string WriteFile(const std::string& name, absl::string_view bytes);
// Writes a zip archive of these parts.
std::string WriteZip(const std::string& name, const std::map<std::string, std::string>& parts);
// Writes a workbook of one sheet from the XML inside <sheetData>, and of the other parts if they are not empty.
struct BookParts {
  std::string sheet_data;
  std::string shared_strings;  // the XML inside <sst>
  std::string styles;          // the XML inside <styleSheet>
  std::string workbook_properties;
  std::string doctype;
};
std::string WriteBook(const std::string& name, const BookParts& parts);

// Every row of the first sheet.
absl::StatusOr<std::vector<Row>> ReadAll(const std::string& path, const Limits& limits = {});

}  // namespace kechuang::sheet

#endif  // KECHUANG_TOOLS_SHEET_TEST_FILES_H_
