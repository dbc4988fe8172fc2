#include "tools/kc/export_file.h"

#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

#include "tools/book/atomic_file.h"
#include "tools/book/csv_line.h"
#include "tools/kc/export_rows.h"

namespace kechuang::kc {
namespace {

class WorkbookExport final : public ExportFile {
 public:
  WorkbookExport(const std::string& path, std::string sheet, std::vector<TableColumnSpec> columns)
      : book_(path, /*constant_memory=*/true, book::DayForm::kIso),
        sheet_(std::move(sheet)),
        columns_(std::move(columns)) {
    StartSheet();
  }

  void AddRow(const std::vector<book::Value>& values) override {
    if (book_.row() == book::BookWriter::kRowsMax) StartSheet();
    for (size_t i = 0; i < values.size(); ++i) {
      book_.Put(static_cast<int>(i), WorkbookValueOf(values[i], columns_[i].form));
    }
    book_.EndRow();
  }
  void AddJson(const std::string&) override {}
  bool good() const override { return true; }
  absl::Status Close() override { return book_.Close(); }

 private:
  void StartSheet() {
    ++sheets_;
    book_.AddSheet(sheets_ == 1 ? sheet_ : absl::StrCat(sheet_, " ", sheets_));
    int column = 0;
    for (const TableColumnSpec& spec : columns_) {
      if (spec.form == CellForm::kCode) book_.MakeTextColumn(column, 22);
      book_.Put(column++, spec.title, book::Look::kHead);
    }
    book_.EndRow();
  }

  book::BookWriter book_;
  const std::string sheet_;
  const std::vector<TableColumnSpec> columns_;
  int sheets_ = 0;
};

// CSV and JSON lines.
class TextExport final : public ExportFile {
 public:
  TextExport(const std::string& path, std::ostream& out, bool csv, std::vector<TableColumnSpec> columns)
      : columns_(std::move(columns)), out_(&out) {
    if (!path.empty()) {
      file_.emplace(path);
      text_.open(file_->temporary_path(), std::ios::binary | std::ios::trunc);
      out_ = &text_;
    }
    if (!csv) return;
    std::vector<std::string> titles;
    for (const TableColumnSpec& column : columns_) titles.push_back(column.title);
    *out_ << "\xEF\xBB\xBF" << book::CsvLine(titles);
  }

  void AddRow(const std::vector<book::Value>& values) override {
    std::vector<std::string> cells;
    for (size_t i = 0; i < values.size(); ++i) cells.push_back(CsvTextOf(values[i], columns_[i].form));
    *out_ << book::CsvLine(cells);
  }
  void AddJson(const std::string& json) override { *out_ << json << "\n"; }
  bool good() const override { return out_->good(); }

  absl::Status Close() override {
    out_->flush();
    if (file_.has_value()) text_.close();
    if (out_->good()) return file_.has_value() ? file_->Commit() : absl::OkStatus();
    return absl::UnavailableError(
        absl::StrCat("cannot write ", file_.has_value() ? file_->path() : "the answer", " (无法写入)"));
  }

 private:
  const std::vector<TableColumnSpec> columns_;
  std::optional<book::AtomicFile> file_;
  std::ofstream text_;
  std::ostream* out_;
};

}  // namespace

std::optional<ExportFormat> ExportFormatOf(absl::string_view word) {
  if (word == "xlsx") return ExportFormat::kXlsx;
  if (word == "csv") return ExportFormat::kCsv;
  if (word == "jsonl") return ExportFormat::kJsonl;
  return std::nullopt;
}

std::unique_ptr<ExportFile> OpenExport(ExportFormat format, const std::string& path, std::ostream& out,
                                       const std::string& sheet, std::vector<TableColumnSpec> columns) {
  if (format == ExportFormat::kXlsx) return std::make_unique<WorkbookExport>(path, sheet, std::move(columns));
  return std::make_unique<TextExport>(path, out, format == ExportFormat::kCsv, std::move(columns));
}

}  // namespace kechuang::kc
