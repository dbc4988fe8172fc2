#ifndef KECHUANG_TOOLS_SHEET_REFUSAL_H_
#define KECHUANG_TOOLS_SHEET_REFUSAL_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace kechuang::sheet {

// A file or a cell that does not have the form asked for: INVALID_ARGUMENT, FIELD_MALFORMED.
absl::Status Malformed(absl::string_view english, absl::string_view chinese);
// A file or a cell beyond a limit: INVALID_ARGUMENT, FIELD_TOO_LONG.
absl::Status TooLong(absl::string_view english, absl::string_view chinese);

// A file that no spreadsheet can be made of ("a PNG image").
absl::Status NotASheet(absl::string_view english, absl::string_view chinese);
// A file that a spreadsheet program can open ("an old Excel workbook (.xls)"): says how to make the .xlsx that is
// wanted of it.
absl::Status SaveAsXlsx(absl::string_view english, absl::string_view chinese);

}  // namespace kechuang::sheet

#endif  // KECHUANG_TOOLS_SHEET_REFUSAL_H_
