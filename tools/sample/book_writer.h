#ifndef KECHUANG_TOOLS_SAMPLE_BOOK_WRITER_H_
#define KECHUANG_TOOLS_SAMPLE_BOOK_WRITER_H_

#include <xlsxwriter.h>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"

#include "common/domain/day.h"

namespace kechuang::sample {

// A number as a cell holds it, such as an amount in 万元.
struct Number {
  double value = 0;
};
// A number shown as a percentage: 0.0365 is seen as 3.65%.
struct Percent {
  double value = 0;
};
// Nothing, a text, a number, a percentage or a day in a date cell.
using Value = std::variant<std::monostate, std::string, Number, Percent, Day>;

// Writes one .xlsx workbook, byte for byte the same for the same content. Close it to have it on disk.
class BookWriter {
 public:
  // constant_memory writes row by row, for files of many rows.
  BookWriter(const std::string& path, bool constant_memory);
  ~BookWriter();
  BookWriter(const BookWriter&) = delete;
  BookWriter& operator=(const BookWriter&) = delete;

  // Rows go to the sheet that was added last.
  void AddSheet(const std::string& name);
  // A title across so many columns.
  void AddTitle(const std::string& text, int columns);
  void AddRow(const std::vector<Value>& values);
  // A row of headers, in bold.
  void AddHeader(const std::vector<std::string>& headers);
  void SkipRow() { ++row_; }

  // Writes the file; UNAVAILABLE with libxlsxwriter's words if the disk does not take it.
  absl::Status Close();

 private:
  std::string path_;
  lxw_workbook* book_ = nullptr;  // owned until workbook_close, which frees it
  lxw_worksheet* sheet_ = nullptr;
  lxw_format* bold_ = nullptr;
  lxw_format* date_ = nullptr;
  lxw_format* percent_ = nullptr;
  lxw_row_t row_ = 0;
};

}  // namespace kechuang::sample

#endif  // KECHUANG_TOOLS_SAMPLE_BOOK_WRITER_H_
