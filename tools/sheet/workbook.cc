#include "tools/sheet/workbook.h"

#include <memory>
#include <string>

#include "common/base/status_macros.h"
#include "tools/sheet/csv.h"
#include "tools/sheet/detect.h"
#include "tools/sheet/xlsx.h"

namespace kechuang::sheet {

absl::StatusOr<std::unique_ptr<Workbook>> OpenWorkbook(const std::string& path, const Limits& limits) {
  ASSIGN_OR_RETURN(const FileForm form, DetectForm(path, limits));
  switch (form) {
    case FileForm::kZip:
      return OpenXlsx(path, limits);
    case FileForm::kUtf8Text:
      return OpenCsv(path, CsvEncoding::kUtf8, limits);
    case FileForm::kGb18030Text:
      break;
  }
  return OpenCsv(path, CsvEncoding::kGb18030, limits);
}

}  // namespace kechuang::sheet
