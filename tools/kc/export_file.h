#ifndef KECHUANG_TOOLS_KC_EXPORT_FILE_H_
#define KECHUANG_TOOLS_KC_EXPORT_FILE_H_

#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"

#include "tools/book/book_writer.h"
#include "tools/kc/export_columns.h"

namespace kechuang::kc {

enum class ExportFormat { kXlsx, kCsv, kJsonl };

// The format of "xlsx", "csv" or "jsonl"; no value for other words.
std::optional<ExportFormat> ExportFormatOf(absl::string_view word);

// Where exported records go, one by one: a file, which is there when it is whole, or a stream.
class ExportFile {
 public:
  virtual ~ExportFile() = default;

  // Takes the row of a table; not of JSON lines.
  virtual void AddRow(const std::vector<book::Value>& values) = 0;
  // Takes a record as JSON in one line; of JSON lines only.
  virtual void AddJson(const std::string& json) = 0;
  // False once the disk, or who reads the stream, takes no more.
  virtual bool good() const = 0;
  virtual absl::Status Close() = 0;
};

// Opens a file of a format. An empty path writes to out, which no workbook can. sheet names the first sheet; more than
// BookWriter::kRowsMax rows go on in further ones.
std::unique_ptr<ExportFile> OpenExport(ExportFormat format, const std::string& path, std::ostream& out,
                                       const std::string& sheet, std::vector<TableColumnSpec> columns);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_EXPORT_FILE_H_
