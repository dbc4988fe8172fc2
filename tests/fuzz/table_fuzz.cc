// Tables of cells made of the bytes: each line a row, each tab a cell, the first byte of a cell its kind; a line that
// begins with & merges cells instead. Reaches the finding of headers and the reading of rows without a file between.

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

#include "common/domain/name_text.h"
#include "tests/fuzz/layout.h"
#include "tools/sheet/workbook.h"

namespace {

namespace sheet = kechuang::sheet;

class BytesWorkbook final : public sheet::Workbook {
 public:
  explicit BytesWorkbook(absl::string_view input) : sheets_(1) {
    constexpr size_t kRowsMax = 200;
    for (const absl::string_view line : absl::StrSplit(input, '\n')) {
      if (rows_.size() < kRowsMax) AddLine(line);
    }
  }

  const std::vector<sheet::SheetInfo>& sheets() const override { return sheets_; }
  absl::Status ReadRows(int, const sheet::OnRow& on_row) override {
    for (const sheet::Row& row : rows_) {
      if (const absl::Status status = on_row(row); !status.ok()) return status;
    }
    return absl::OkStatus();
  }
  absl::StatusOr<std::vector<sheet::MergedBlock>> ReadMerges(int) override { return blocks_; }

 private:
  void AddLine(absl::string_view line) {
    ++number_;
    if (line.size() >= 4 && line[0] == '&') {
      const int column = line[1] % 8;
      blocks_.push_back(
          {number_, number_ + line[2] % 4, column < 0 ? 0 : column, (column < 0 ? 0 : column) + line[3] % 4});
      if (blocks_.back().last_row < number_) blocks_.back().last_row = number_;
      if (blocks_.back().last_column < blocks_.back().first_column) {
        blocks_.back().last_column = blocks_.back().first_column;
      }
      return;
    }
    sheet::Row row;
    row.number = number_;
    int column = -1;
    for (const absl::string_view text : absl::StrSplit(line, '\t')) {
      ++column;
      if (text.empty() || column >= 32) continue;
      sheet::Cell cell;
      cell.column = column;
      cell.kind = KindOf(text[0]);
      cell.text = std::string(cell.kind == sheet::CellKind::kText ? text : text.substr(1));
      cell.percent = text[0] == '%';
      row.cells.push_back(std::move(cell));
    }
    if (!row.cells.empty()) rows_.push_back(std::move(row));
  }

  static sheet::CellKind KindOf(char c) {
    switch (c) {
      case '#':
        return sheet::CellKind::kError;
      case '+':
      case '%':
        return sheet::CellKind::kNumber;
      case '@':
        return sheet::CellKind::kDate;
      case '=':
        return sheet::CellKind::kFormulaWithoutValue;
      case '!':
        return sheet::CellKind::kBool;
      default:
        return sheet::CellKind::kText;
    }
  }

  std::vector<sheet::SheetInfo> sheets_;
  std::vector<sheet::Row> rows_;
  std::vector<sheet::MergedBlock> blocks_;
  int number_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  // Workbooks give well-formed texts only, which their own fuzzers see to.
  if (!kechuang::IsValidUtf8(input)) return 0;
  BytesWorkbook workbook(input);
  kechuang::fuzz::ReadLoanTable(workbook, 0);
  return 0;
}
