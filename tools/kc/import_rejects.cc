#include "tools/kc/import_rejects.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace kechuang::kc {
namespace {

// As much of a text as a cell of a workbook holds; a CSV file has no such limit.
std::string Fitting(const std::string& text) {
  constexpr size_t kBytesMax = 32000;
  size_t size = std::min(text.size(), kBytesMax);
  while (size < text.size() && size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
  return text.substr(0, size);
}

// The cell as it stands in the file. What only another program could have computed is shown by its error, which an
// import refuses again.
book::Value ValueOf(const sheet::Cell& cell) {
  double number = 0;
  switch (cell.kind) {
    case sheet::CellKind::kEmpty:
      return std::monostate();
    case sheet::CellKind::kNumber:
      if (!absl::SimpleAtod(cell.text, &number)) return cell.text;
      if (cell.percent) return book::Percent{number};
      if (cell.scaled_unit) return book::Scaled{number};
      return book::Number{number};
    case sheet::CellKind::kDate:
      if (const auto day = Day::Parse(cell.text); day.ok()) return *day;
      return cell.text;
    case sheet::CellKind::kBool:
      return book::Truth{cell.text == "TRUE"};
    case sheet::CellKind::kFormulaWithoutValue:
      return std::string("#N/A");
    default:
      return Fitting(cell.text);
  }
}

}  // namespace

absl::Status RejectsBook::TakeTable(const SheetFacts& facts, std::vector<sheet::Row> head) {
  sheet_ = facts.name;
  header_ = facts.header;
  head_ = std::move(head);
  head_written_ = false;
  own_columns_ = 0;
  for (const sheet::HeaderColumn& column : header_.columns) {
    if (!IsMendingKey(column.key)) own_columns_ = std::max(own_columns_, column.column + 1);
  }
  return absl::OkStatus();
}

void RejectsBook::WriteHead() {
  if (book_ == nullptr)
    book_ = std::make_unique<book::BookWriter>(path_, /*constant_memory=*/true, book::DayForm::kIso);
  book_->AddSheet(sheet_);
  book_->SetWidth(own_columns_, own_columns_, 60);
  for (const sheet::Row& row : head_) {
    book_->GoToRow(row.number - 1);
    for (const sheet::Cell& cell : row.cells) {
      if (cell.column < own_columns_) book_->Put(cell.column, ValueOf(cell), book::Look::kHead);
    }
    if (row.number != header_.row) continue;
    int column = own_columns_;
    for (const MendingColumn& added : kMendingColumns) {
      book_->Put(column++, std::string(added.title), book::Look::kAdded);
    }
  }
  book_->GoToRow(header_.row);
  head_.clear();
  head_written_ = true;
}

absl::Status RejectsBook::TakeRow(const RowStory& story) {
  if (!story.refused()) return absl::OkStatus();
  if (!head_written_) WriteHead();
  ++rows_;
  std::map<int, book::Value> cells;
  std::map<int, std::string> texts;
  if (story.row.raw != nullptr) {
    for (const sheet::Cell& cell : story.row.raw->cells) {
      cells[cell.column] = ValueOf(cell);
      texts[cell.column] = cell.text;
    }
  }
  // A value that a row takes from the row above it (同上, merged cells) must not come from another row in the new file.
  for (const sheet::HeaderColumn& column : header_.columns) {
    const sheet::Cell* cell = column.key.empty() ? nullptr : story.row.cells.Find(column.key);
    if (cell != nullptr && cell->text != texts[column.column]) cells[column.column] = ValueOf(*cell);
  }
  std::set<int> bad;
  for (const Finding& fault : story.faults) bad.insert(fault.column);
  for (int column = 0; column < own_columns_; ++column) {
    const auto found = cells.find(column);
    const book::Look look = bad.count(column) > 0 ? book::Look::kBad : book::Look::kPlain;
    book_->Put(column, found == cells.end() ? book::Value() : found->second, look);
  }
  PutMending(story.faults, story.row.cells.number);
  book_->EndRow();
  return absl::OkStatus();
}

void RejectsBook::PutMending(const std::vector<Finding>& faults, int row) {
  const auto suggested =
      std::count_if(faults.begin(), faults.end(), [](const Finding& fault) { return !fault.suggestion.empty(); });
  const bool chinese = language_ == Language::kChinese;
  std::string reasons;
  std::string suggestions;
  std::set<std::string> codes;
  for (const Finding& fault : faults) {
    absl::StrAppend(&reasons,
                    reasons.empty() ? ""
                    : chinese       ? "；"
                                    : "; ",
                    fault.header,
                    fault.header.empty() ? ""
                    : chinese            ? "："
                                         : ": ",
                    fault.sentence.In(language_));
    if (!fault.reason.empty()) codes.insert(fault.reason);
    if (fault.suggestion.empty()) continue;
    if (suggested > 1) absl::StrAppend(&suggestions, suggestions.empty() ? "" : "；", fault.header, "：");
    suggestions += fault.suggestion;
  }
  std::string joined;
  for (const std::string& code : codes) absl::StrAppend(&joined, joined.empty() ? "" : " ", code);
  int column = own_columns_;
  for (book::Value& value : std::vector<book::Value>{Fitting(reasons), Fitting(suggestions), joined,
                                                     book::Number{static_cast<double>(row)}}) {
    book_->Put(column++, value);
  }
}

absl::Status RejectsBook::Close() { return book_ == nullptr ? absl::OkStatus() : book_->Close(); }

}  // namespace kechuang::kc
