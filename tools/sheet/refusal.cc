#include "tools/sheet/refusal.h"

#include "absl/strings/str_cat.h"

#include "common/base/error.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::sheet {

absl::Status Malformed(absl::string_view english, absl::string_view chinese) {
  return Refuse(absl::StatusCode::kInvalidArgument, api::v1::FIELD_MALFORMED).Says(english, chinese);
}

absl::Status TooLong(absl::string_view english, absl::string_view chinese) {
  return Refuse(absl::StatusCode::kInvalidArgument, api::v1::FIELD_TOO_LONG).Says(english, chinese);
}

absl::Status NotASheet(absl::string_view english, absl::string_view chinese) {
  return Malformed(absl::StrCat("the file is ", english,
                                ", not a spreadsheet; hand over the table itself, from WPS or Excel by File > Save As "
                                "with the type Excel Workbook (*.xlsx)"),
                   absl::StrCat("文件是", chinese,
                                "，不是表格；请提供表格本身：在 WPS 或 Excel 中点“文件”→“另存为”，文件类型选"
                                "“Excel 工作簿(*.xlsx)”"));
}

absl::Status SaveAsXlsx(absl::string_view english, absl::string_view chinese) {
  return Malformed(
      absl::StrCat("the file is ", english,
                   "; open it in WPS or Excel, choose File > Save As with the type Excel Workbook (*.xlsx) "
                   "and hand over the new file"),
      absl::StrCat("文件是", chinese,
                   "；请用 WPS 或 Excel 打开，点“文件”→“另存为”，文件类型选“Excel 工作簿(*.xlsx)”"
                   "（WPS 中为“Microsoft Excel 文件(*.xlsx)”），再导入新文件"));
}

}  // namespace kechuang::sheet
