#include "tools/sheet/xlsx.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

#include "common/base/status_macros.h"
#include "tools/sheet/merges.h"
#include "tools/sheet/number_format.h"
#include "tools/sheet/refusal.h"
#include "tools/sheet/xlsx_parts.h"
#include "tools/sheet/xml_part.h"

namespace kechuang::sheet {
namespace {

bool IsTrue(absl::string_view value) { return value == "1" || value == "true"; }

// What stays the same while one workbook is read.
struct Book {
  Archive archive;
  WorkbookPart workbook;
  SharedStrings strings;
  std::vector<NumberLook> looks;
  Limits limits;
};

// Turns the elements of one worksheet into rows.
class SheetReader {
 public:
  SheetReader(const Book& book, const OnRow& on_row) : book_(book), on_row_(on_row) {}

  absl::Status Start(absl::string_view element, const Attributes& attributes) {
    if (element == "row") return StartRow(attributes);
    if (element == "c") return StartCell(attributes);
    if (element == "f") has_formula_ = true;
    if (element == "rPh") in_phonetic_ = true;
    if (element == "v" || (element == "t" && !in_phonetic_)) in_value_ = in_cell_;
    return absl::OkStatus();
  }

  absl::Status End(absl::string_view element) {
    if (element == "v" || element == "t") in_value_ = false;
    if (element == "rPh") in_phonetic_ = false;
    if (element == "c") return EndCell();
    if (element != "row") return absl::OkStatus();
    return row_.cells.empty() ? absl::OkStatus() : on_row_(row_);
  }

  absl::Status Text(absl::string_view text) {
    if (!in_value_) return absl::OkStatus();
    value_.append(text.data(), text.size());
    if (static_cast<int64_t>(value_.size()) <= book_.limits.cell_bytes) return absl::OkStatus();
    return CellTooLong();
  }

 private:
  std::string Place() const { return absl::StrCat(ColumnLetters(cell_.column), row_.number); }

  absl::Status Odd(absl::string_view what) const {
    return Malformed(absl::StrCat("cell ", Place(), ": ", what, "; the file is damaged, save it again"),
                     absl::StrCat("单元格 ", Place(), "：内容异常（", what, "），文件已损坏，请重新保存"));
  }

  absl::Status CellTooLong() const {
    return TooLong(absl::StrCat("cell ", Place(), " holds more than ", book_.limits.cell_bytes, " bytes of text"),
                   absl::StrCat("单元格 ", Place(), " 的文字超过 ", book_.limits.cell_bytes, " 字节"));
  }

  absl::Status StartRow(const Attributes& attributes) {
    const int before = row_.number;
    row_.cells.clear();
    row_.hidden = IsTrue(attributes.Get("hidden"));
    next_column_ = 0;
    row_.number = before + 1;
    const absl::string_view number = attributes.Get("r");
    if (!number.empty() && (!absl::SimpleAtoi(number, &row_.number) || row_.number <= before)) {
      return Odd("row number");
    }
    if (row_.number <= book_.limits.rows) return absl::OkStatus();
    return TooLong(absl::StrCat("the sheet has more than ", book_.limits.rows, " rows; split it into several files"),
                   absl::StrCat("工作表超过 ", book_.limits.rows, " 行，请拆分为多个文件"));
  }

  absl::Status StartCell(const Attributes& attributes) {
    in_cell_ = true;
    has_formula_ = false;
    value_.clear();
    type_ = std::string(attributes.Get("t"));
    style_ = 0;
    if (!absl::SimpleAtoi(attributes.Get("s"), &style_)) style_ = 0;
    cell_ = Cell();
    cell_.column = next_column_;
    int column = 0;
    for (const char c : attributes.Get("r")) {
      if (!absl::ascii_isalpha(static_cast<unsigned char>(c)) || column > 1000000) break;
      column = column * 26 + (absl::ascii_toupper(static_cast<unsigned char>(c)) - 'A' + 1);
    }
    if (column > 0) cell_.column = column - 1;
    if (cell_.column < next_column_) return Odd("column order");
    next_column_ = cell_.column + 1;
    return absl::OkStatus();
  }

  absl::Status EndCell() {
    in_cell_ = false;
    RETURN_IF_ERROR(SetValue());
    if (cell_.kind == CellKind::kEmpty) return absl::OkStatus();
    if (cell_.column >= book_.limits.columns) {
      return TooLong(absl::StrCat("cell ", Place(), " is beyond column ", book_.limits.columns),
                     absl::StrCat("单元格 ", Place(), " 超出第 ", book_.limits.columns, " 列"));
    }
    row_.cells.push_back(std::move(cell_));
    return absl::OkStatus();
  }

  void SetText(absl::string_view text) {
    cell_.text = DecodeEscapes(text);
    cell_.kind = cell_.text.empty() ? CellKind::kEmpty : CellKind::kText;
  }

  absl::Status SetValue() {
    if (type_ == "s") {
      int64_t index = 0;
      if (value_.empty()) return absl::OkStatus();
      if (!absl::SimpleAtoi(value_, &index) || index < 0 || index >= book_.strings.size()) return Odd("string number");
      const absl::string_view text = book_.strings.at(index);
      if (static_cast<int64_t>(text.size()) > book_.limits.cell_bytes) return CellTooLong();
      SetText(text);
    } else if (type_ == "inlineStr" || type_ == "str") {
      SetText(value_);
    } else if (value_.empty()) {
      if (has_formula_) cell_.kind = CellKind::kFormulaWithoutValue;
    } else if (type_ == "b") {
      cell_.kind = CellKind::kBool;
      cell_.text = IsTrue(value_) ? "TRUE" : "FALSE";
    } else if (type_ == "e") {
      cell_.kind = CellKind::kError;
      cell_.text = value_;
    } else if (type_ == "d") {
      cell_.kind = CellKind::kDate;
      cell_.text = value_.substr(0, 10);
    } else {
      return SetNumber();
    }
    return absl::OkStatus();
  }

  absl::Status SetNumber() {
    const std::optional<std::string> number = PlainDecimal(value_);
    if (!number.has_value()) return Odd("number");
    cell_.kind = CellKind::kNumber;
    cell_.text = *number;
    cell_.since_1904 = book_.workbook.since_1904;
    const auto style = static_cast<size_t>(style_);
    const NumberLook look = style_ >= 0 && style < book_.looks.size() ? book_.looks[style] : NumberLook::kPlain;
    cell_.percent = look == NumberLook::kPercent;
    cell_.scaled_unit = look == NumberLook::kScaledUnit;
    if (look != NumberLook::kDate && look != NumberLook::kMonth) return absl::OkStatus();
    const std::optional<std::string> day = DayOfSerial(*number, book_.workbook.since_1904);
    if (!day.has_value()) return absl::OkStatus();  // shown as ##### by a spreadsheet: stays the number that it is
    cell_.kind = CellKind::kDate;
    cell_.text = look == NumberLook::kMonth ? day->substr(0, day->rfind('-')) : *day;
    return absl::OkStatus();
  }

  const Book& book_;
  const OnRow& on_row_;
  Row row_;
  Cell cell_;
  int next_column_ = 0;
  bool in_cell_ = false;
  bool in_value_ = false;
  bool in_phonetic_ = false;
  bool has_formula_ = false;
  std::string type_;
  int style_ = 0;
  std::string value_;
};

class XlsxWorkbook final : public Workbook {
 public:
  explicit XlsxWorkbook(Book book) : book_(std::move(book)) {
    for (const SheetPart& sheet : book_.workbook.sheets) sheets_.push_back(sheet.info);
  }

  const std::vector<SheetInfo>& sheets() const override { return sheets_; }

  absl::Status ReadRows(int sheet, const OnRow& on_row) override {
    SheetReader reader(book_, on_row);
    const PartHandler handler{
        [&](absl::string_view element, const Attributes& attributes) { return reader.Start(element, attributes); },
        [&](absl::string_view element) { return reader.End(element); },
        [&](absl::string_view text) { return reader.Text(text); }};
    return book_.archive.Parse(book_.workbook.sheets[static_cast<size_t>(sheet)].part, handler);
  }

  absl::StatusOr<std::vector<MergedBlock>> ReadMerges(int sheet) override {
    return ReadMergedBlocks(book_.archive, book_.workbook.sheets[static_cast<size_t>(sheet)].part, book_.limits);
  }

 private:
  Book book_;
  std::vector<SheetInfo> sheets_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Workbook>> OpenXlsx(const std::string& path, const Limits& limits) {
  ASSIGN_OR_RETURN(Archive archive, Archive::Open(path, limits));
  ASSIGN_OR_RETURN(WorkbookPart workbook, ReadWorkbookPart(archive, limits));
  Book book{std::move(archive), std::move(workbook), {}, {}, limits};
  if (!book.workbook.strings_part.empty() && book.archive.Has(book.workbook.strings_part)) {
    RETURN_IF_ERROR(book.strings.Read(book.archive, book.workbook.strings_part, limits));
  }
  if (!book.workbook.styles_part.empty() && book.archive.Has(book.workbook.styles_part)) {
    ASSIGN_OR_RETURN(book.looks, ReadStyles(book.archive, book.workbook.styles_part));
  }
  return std::make_unique<XlsxWorkbook>(std::move(book));
}

}  // namespace kechuang::sheet
