#include "tools/sheet/csv.h"

#include <unicode/ucnv.h>

#include <array>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

#include "common/base/status_macros.h"
#include "tools/sheet/refusal.h"

namespace kechuang::sheet {
namespace {

constexpr size_t kBlock = 65536;
constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr absl::string_view kNamed = "sep=";
constexpr std::array<char, 3> kSeparators{',', '\t', ';'};

absl::Status BadEncoding() {
  return SaveAsXlsx("neither UTF-8 nor GB18030 text, or damaged", "既非 UTF-8 也非 GB18030 编码的文本，或已损坏");
}

// Turns pieces of GB18030 into UTF-8.
class Gb18030Decoder {
 public:
  Gb18030Decoder() : from_(ucnv_open("gb18030", &error_), ucnv_close), to_(ucnv_open("UTF-8", &error_), ucnv_close) {
    if (U_FAILURE(error_)) return;
    ucnv_setToUCallBack(from_.get(), UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &error_);
  }

  // Adds the UTF-8 of the next piece; the last piece must not end within a character.
  absl::Status Decode(absl::string_view piece, bool last, std::string& utf8) {
    const char* source = piece.data();
    const char* const source_end = source + piece.size();
    bool more = true;
    while (more) {
      if (U_FAILURE(error_)) return BadEncoding();
      char* target = target_.data();
      ucnv_convertEx(to_.get(), from_.get(), &target, target_.data() + target_.size(), &source, source_end,
                     pivot_.data(), &pivot_source_, &pivot_target_, pivot_.data() + pivot_.size(), 0, last ? 1 : 0,
                     &error_);
      utf8.append(target_.data(), static_cast<size_t>(target - target_.data()));
      more = error_ == U_BUFFER_OVERFLOW_ERROR;
      if (more) error_ = U_ZERO_ERROR;
    }
    return U_FAILURE(error_) ? BadEncoding() : absl::OkStatus();
  }

 private:
  UErrorCode error_ = U_ZERO_ERROR;
  std::unique_ptr<UConverter, void (*)(UConverter*)> from_;
  std::unique_ptr<UConverter, void (*)(UConverter*)> to_;
  std::vector<char> target_ = std::vector<char>(kBlock * 2);
  std::vector<UChar> pivot_ = std::vector<UChar>(kBlock);
  UChar* pivot_source_ = pivot_.data();
  UChar* pivot_target_ = pivot_.data();
};

// Takes characters and gives rows.
class Records {
 public:
  Records(char separator, const Limits& limits, const OnRow& on_row)
      : separator_(separator), limits_(limits), on_row_(on_row) {
    row_.number = 1;
  }

  absl::Status Take(char c) {
    if (quoted_ && quote_seen_) {
      quote_seen_ = false;
      if (c == '"') return Add(c);
      quoted_ = false;
    } else if (quoted_) {
      if (c != '"') return Add(c);
      quote_seen_ = true;
      return absl::OkStatus();
    }
    const bool after_return = std::exchange(after_return_, c == '\r');
    if (c == '\n' && after_return) return absl::OkStatus();
    if (c == '\r' || c == '\n') return EndRow();
    if (c == separator_) return EndCell();
    if (c == '"' && cell_.empty()) {
      quoted_ = true;
      return absl::OkStatus();
    }
    return Add(c);
  }

  void SkipRow() { ++row_.number; }

  absl::Status End() {
    if (quoted_ && !quote_seen_) {
      return Malformed(
          absl::StrCat("row ", row_.number, ": a quotation mark is never closed; the file is truncated or damaged"),
          absl::StrCat("第 ", row_.number, " 行：引号没有结束，文件不完整或已损坏"));
    }
    return EndRow();
  }

 private:
  absl::Status Add(char c) {
    cell_.push_back(c);
    if (static_cast<int64_t>(cell_.size()) <= limits_.cell_bytes) return absl::OkStatus();
    return TooLong(
        absl::StrCat("cell ", ColumnLetters(column_), row_.number, " holds more than ", limits_.cell_bytes,
                     " bytes of text"),
        absl::StrCat("单元格 ", ColumnLetters(column_), row_.number, " 的文字超过 ", limits_.cell_bytes, " 字节"));
  }

  absl::Status EndCell() {
    if (!cell_.empty()) {
      Cell cell;
      cell.column = column_;
      cell.kind = CellKind::kText;
      cell.text = std::move(cell_);
      row_.cells.push_back(std::move(cell));
    }
    cell_.clear();
    quoted_ = false;
    if (++column_ <= limits_.columns) return absl::OkStatus();
    return TooLong(absl::StrCat("row ", row_.number, " has more than ", limits_.columns, " columns"),
                   absl::StrCat("第 ", row_.number, " 行超过 ", limits_.columns, " 列"));
  }

  absl::Status EndRow() {
    RETURN_IF_ERROR(EndCell());
    if (row_.number > limits_.rows) {
      return TooLong(absl::StrCat("the file has more than ", limits_.rows, " rows; split it into several files"),
                     absl::StrCat("文件超过 ", limits_.rows, " 行，请拆分为多个文件"));
    }
    if (!row_.cells.empty()) RETURN_IF_ERROR(on_row_(row_));
    row_.cells.clear();
    ++row_.number;
    column_ = 0;
    return absl::OkStatus();
  }

  const char separator_;
  const Limits& limits_;
  const OnRow& on_row_;
  Row row_;
  int column_ = 0;
  std::string cell_;
  bool quoted_ = false;
  bool quote_seen_ = false;
  bool after_return_ = false;
};

class CsvWorkbook final : public Workbook {
 public:
  CsvWorkbook(std::string path, CsvEncoding encoding, const Limits& limits)
      : path_(std::move(path)), encoding_(encoding), limits_(limits), sheets_(1) {}

  const std::vector<SheetInfo>& sheets() const override { return sheets_; }

  absl::StatusOr<std::vector<MergedBlock>> ReadMerges(int) override { return std::vector<MergedBlock>(); }

  absl::Status ReadRows(int, const OnRow& on_row) override {
    std::ifstream file(path_, std::ios::binary);
    std::optional<Records> records;
    Gb18030Decoder decoder;
    std::string block(kBlock, '\0');
    std::string decoded;
    while (file) {
      file.read(block.data(), static_cast<std::streamsize>(block.size()));
      absl::string_view text(block.data(), static_cast<size_t>(file.gcount()));
      if (encoding_ == CsvEncoding::kGb18030) {
        decoded.clear();
        RETURN_IF_ERROR(decoder.Decode(text, !file, decoded));
        text = decoded;
      }
      if (!records.has_value()) {
        absl::ConsumePrefix(&text, kByteOrderMark);
        records.emplace(SeparatorOf(text), limits_, on_row);
        // What tells Excel the separator is the first row to a person, and nothing to read.
        if (text.substr(0, kNamed.size()) == kNamed) {
          const size_t end = text.find('\n');
          text.remove_prefix(end == absl::string_view::npos ? text.size() : end + 1);
          records->SkipRow();
        }
      }
      for (const char c : text) RETURN_IF_ERROR(records->Take(c));
    }
    return records.has_value() ? records->End() : absl::OkStatus();
  }

 private:
  std::string path_;
  CsvEncoding encoding_;
  Limits limits_;
  std::vector<SheetInfo> sheets_;
};

}  // namespace

char SeparatorOf(absl::string_view beginning) {
  constexpr size_t kLines = 50;
  if (beginning.substr(0, kNamed.size()) == kNamed && beginning.size() > kNamed.size()) {
    for (const char separator : kSeparators) {
      if (beginning[kNamed.size()] == separator) return separator;
    }
  }
  // A comma in a name or an amount stands in some lines only; the separator stands in nearly all, and often.
  std::array<size_t, kSeparators.size()> lines{};
  std::array<size_t, kSeparators.size()> all{};
  std::array<bool, kSeparators.size()> in_line{};
  bool quoted = false;
  size_t line = 0;
  for (size_t i = 0; i < beginning.size() && line < kLines; ++i) {
    const char c = beginning[i];
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == '\n') {
      in_line.fill(false);
      ++line;
    }
    for (size_t k = 0; k < kSeparators.size(); ++k) {
      if (c != kSeparators[k]) continue;
      ++all[k];
      if (!in_line[k]) ++lines[k];
      in_line[k] = true;
    }
  }
  size_t best = 0;
  for (size_t k = 1; k < kSeparators.size(); ++k) {
    if (std::make_pair(lines[k], all[k]) > std::make_pair(lines[best], all[best])) best = k;
  }
  return kSeparators[best];
}

std::unique_ptr<Workbook> OpenCsv(const std::string& path, CsvEncoding encoding, const Limits& limits) {
  return std::make_unique<CsvWorkbook>(path, encoding, limits);
}

}  // namespace kechuang::sheet
