#ifndef KECHUANG_TOOLS_SHEET_WORKBOOK_H_
#define KECHUANG_TOOLS_SHEET_WORKBOOK_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "tools/sheet/cell.h"

namespace kechuang::sheet {

// What a file may cost. A file above a limit is refused with a sentence that names the limit.
struct Limits {
  int64_t file_bytes = int64_t{512} << 20;
  int64_t part_bytes = int64_t{2} << 30;      // of one XML part, unpacked
  int64_t string_bytes = int64_t{256} << 20;  // of all shared strings, which are held in memory
  int64_t cell_bytes = 131072;                // of one cell's text; Excel itself allows 32,767 characters
  int32_t rows = 1048576;
  int32_t columns = 1024;
  int32_t sheets = 256;
  int32_t merges = 200000;  // merged blocks of a sheet
  int32_t zip_ratio = 150;  // unpacked to packed, of a part above 8 MB
};

// A worksheet; a CSV file has one without a name.
struct SheetInfo {
  std::string name;
  bool hidden = false;
};

// A block of cells merged into one, whose content stands in its first cell. Columns from 0, rows from 1, both included.
struct MergedBlock {
  int first_row = 0;
  int last_row = 0;
  int first_column = 0;
  int last_column = 0;
};

// Receives rows in order. An error ends the reading and is its result.
using OnRow = std::function<absl::Status(const Row&)>;

// A file of rows, .xlsx or .csv, read as a stream: memory holds the shared strings and one row. One thread at a time.
class Workbook {
 public:
  virtual ~Workbook() = default;

  virtual const std::vector<SheetInfo>& sheets() const = 0;
  // Streams the rows of a sheet that have a cell; may be called again. INVALID_ARGUMENT names what is wrong with the
  // file.
  virtual absl::Status ReadRows(int sheet, const OnRow& on_row) = 0;
  // The merged blocks of a sheet, by their first rows.
  virtual absl::StatusOr<std::vector<MergedBlock>> ReadMerges(int sheet) = 0;
};

// Opens a file by what it holds, whatever its name ends in: .xlsx, or CSV in UTF-8 (with or without BOM) or GB18030.
// NOT_FOUND if there is no such file; INVALID_ARGUMENT with a sentence for everything else that it may be: .xls, .et,
// an encrypted workbook, an image, a truncated or bloated archive, an empty file.
absl::StatusOr<std::unique_ptr<Workbook>> OpenWorkbook(const std::string& path, const Limits& limits = {});

}  // namespace kechuang::sheet

#endif  // KECHUANG_TOOLS_SHEET_WORKBOOK_H_
