#ifndef KECHUANG_TOOLS_SHEET_XLSX_PARTS_H_
#define KECHUANG_TOOLS_SHEET_XLSX_PARTS_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "tools/sheet/number_format.h"
#include "tools/sheet/workbook.h"
#include "tools/sheet/xml_part.h"

namespace kechuang::sheet {

// One relationship of a part to another.
struct Relation {
  std::string id;
  std::string kind;    // the last word of its type: "worksheet", "styles", "sharedStrings", "officeDocument"
  std::string target;  // the part's name in the archive
};

// The relationships of a part ("" for the archive itself); none if the archive says none.
absl::StatusOr<std::vector<Relation>> ReadRelations(const Archive& archive, const std::string& part);

// A worksheet and the part that holds it.
struct SheetPart {
  SheetInfo info;
  std::string part;
};

// What the workbook part says.
struct WorkbookPart {
  std::vector<SheetPart> sheets;
  bool since_1904 = false;
  std::string styles_part;   // empty if there is none
  std::string strings_part;  // empty if there is none
};

// Reads the list of worksheets. INVALID_ARGUMENT if the archive is no workbook, or one that is not read here (.ods,
// .xlsb, .xlsm, a Word document).
absl::StatusOr<WorkbookPart> ReadWorkbookPart(const Archive& archive, const Limits& limits);

// The shared strings, held in one block of memory.
class SharedStrings {
 public:
  absl::Status Read(const Archive& archive, const std::string& part, const Limits& limits);
  int64_t size() const { return static_cast<int64_t>(ends_.size()); }
  absl::string_view at(int64_t index) const;

 private:
  std::string block_;
  std::vector<uint32_t> ends_;
};

// The look of each cell style by its index.
absl::StatusOr<std::vector<NumberLook>> ReadStyles(const Archive& archive, const std::string& part);

// Text with the escapes of control characters (_x000D_) decoded, carriage returns dropped.
std::string DecodeEscapes(absl::string_view text);

}  // namespace kechuang::sheet

#endif  // KECHUANG_TOOLS_SHEET_XLSX_PARTS_H_
