#ifndef KECHUANG_TOOLS_SHEET_XLSX_H_
#define KECHUANG_TOOLS_SHEET_XLSX_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"

#include "tools/sheet/workbook.h"

namespace kechuang::sheet {

// Opens an archive as an .xlsx workbook: reads its list of sheets, styles and shared strings.
absl::StatusOr<std::unique_ptr<Workbook>> OpenXlsx(const std::string& path, const Limits& limits);

}  // namespace kechuang::sheet

#endif  // KECHUANG_TOOLS_SHEET_XLSX_H_
