#include "tools/sheet/table.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include "common/base/status_macros.h"
#include "common/domain/name_text.h"
#include "tools/sheet/merges.h"
#include "tools/sheet/values.h"

namespace kechuang::sheet {
namespace {

constexpr size_t kHeaderRows = 30;
constexpr size_t kLabelCells = 3;
constexpr size_t kLabelCharacters = 14;

enum class Label { kNone, kNote, kTotal, kTotalWord };

constexpr absl::string_view kTotalWords[] = {"合计", "小计", "总计", "共计", "累计", "总合计"};
constexpr absl::string_view kAfterTotalWords[] = {":",  "(",  "金额", "数", "额",   "户",
                                                  "家", "笔", "项",   "人", "万元", "元"};
constexpr absl::string_view kNoteBeginnings[] = {"注:",      "说明:",    "备注:",    "注1",
                                                 "填表说明", "填报说明", "以下空白", "此页无正文"};
// These are a note alone or before a colon.
constexpr absl::string_view kNoteWords[] = {"填表人",   "填报人",   "制表人",     "制表",   "审核人",
                                            "复核人",   "负责人",   "单位负责人", "经办人", "填表日期",
                                            "填报日期", "制表日期", "填报单位",   "联系人", "联系电话"};
constexpr absl::string_view kAsAboveWords[] = {"同上", "同上。", "同上行", "(同上)", "同前", "〃",
                                               "〞",   "″",      "\"",     "''",     "′′"};

// True for 合计(3家), 小计:12 and 累计金额, but not for the firm 小计量科技.
bool IsTotalOf(absl::string_view text, absl::string_view word) {
  if (!absl::ConsumePrefix(&text, word) || text.empty()) return false;
  for (const absl::string_view next : kAfterTotalWords) {
    if (absl::StartsWith(text, next)) return true;
  }
  return absl::ascii_isdigit(static_cast<unsigned char>(text[0]));
}

// kTotalWord for 合计 and the like alone, kTotal for 2022年小计 and the like, kNote for 填表人 and the like.
Label LabelOf(const Cell& cell) {
  if (cell.kind != CellKind::kText) return Label::kNone;
  const std::string text = NormaliseName(cell.text);
  const absl::string_view words = absl::StripSuffix(text, ":");
  const bool is_short = CodePoints(text) <= kLabelCharacters;
  for (const absl::string_view word : kTotalWords) {
    if (words == word) return Label::kTotalWord;
    if (is_short && (IsTotalOf(text, word) || absl::EndsWith(words, word))) return Label::kTotal;
  }
  for (const absl::string_view word : kNoteBeginnings) {
    if (absl::StartsWith(text, word)) return Label::kNote;
  }
  if (is_short && absl::StartsWith(text, "第") && absl::StrContains(text, "页")) return Label::kNote;
  for (const absl::string_view word : kNoteWords) {
    absl::string_view rest = text;
    if (absl::ConsumePrefix(&rest, word) && (rest.empty() || rest[0] == ':')) return Label::kNote;
  }
  return Label::kNone;
}

// True for 同上 and the marks that stand for it.
bool SaysAsAbove(const Cell& cell) {
  if (cell.kind != CellKind::kText) return false;
  const std::string text = NormaliseName(cell.text);
  return absl::c_linear_search(kAsAboveWords, text);
}

std::string TextOf(const Row& row) {
  std::string text;
  for (const Cell& cell : row.cells) {
    if (!IsBlank(&cell)) absl::StrAppend(&text, NormaliseName(cell.text), "\n");
  }
  return text;
}

// The first rows wait here until the header is known; then rows go through one by one.
class TableReader {
 public:
  TableReader(const Layout& layout, std::vector<MergedBlock> blocks,
              const std::function<absl::Status(const Header&)>& on_header,
              const std::function<absl::Status(const DataRow&)>& on_row)
      : layout_(layout),
        finder_(layout),
        blocks_(std::move(blocks)),
        merges_(blocks_),
        on_header_(on_header),
        on_row_(on_row) {
    for (const ColumnSpec& column : layout.columns) {
      if (column.inherits) inheriting_.insert(column.key);
    }
  }

  absl::Status Take(const Row& row) {
    summary_.has_cells = true;
    if (header_.has_value()) return TakeBelow(row);
    waiting_.push_back(row);
    return waiting_.size() < kHeaderRows ? absl::OkStatus() : Decide();
  }

  absl::StatusOr<TableSummary> End() {
    if (!header_.has_value()) RETURN_IF_ERROR(Decide());
    return summary_;
  }

 private:
  absl::Status Decide() {
    const std::vector<Row> rows = std::exchange(waiting_, {});
    if (gave_up_) return absl::OkStatus();
    size_t first_data = 0;
    Header header = finder_.Find(rows, blocks_, first_data);
    if (header.columns.empty()) {
      gave_up_ = true;
      return absl::OkStatus();
    }
    for (size_t i = 0; i < first_data; ++i) above_.insert(TextOf(rows[i]));
    summary_.has_header = true;
    header_ = std::move(header);
    for (const HeaderColumn& column : header_->columns) header_words_[column.column] = NormaliseName(column.text);
    last_row_ = header_->row;
    RETURN_IF_ERROR(on_header_(*header_));
    for (size_t i = first_data; i < rows.size(); ++i) RETURN_IF_ERROR(TakeBelow(rows[i]));
    return absl::OkStatus();
  }

  absl::Status TakeBelow(const Row& row) {
    summary_.blank_rows += row.number - last_row_ - 1;
    last_row_ = row.number;
    if (std::all_of(row.cells.begin(), row.cells.end(), [](const Cell& cell) { return IsBlank(&cell); })) {
      ++summary_.blank_rows;
      return absl::OkStatus();
    }
    merges_.MoveTo(row.number);
    if (above_.count(TextOf(row)) > 0 || IsRepeatedHeader(row)) {
      ++summary_.repeated_headers;
      return absl::OkStatus();
    }
    DataRow data{row.number, row.hidden, {}};
    for (const HeaderColumn& column : header_->columns) {
      const Cell* cell = CellAt(row, column.column);
      if (cell != nullptr && !column.key.empty()) data.cells.emplace(column.key, *cell);
    }
    if (IsNoData(row, data)) return absl::OkStatus();
    TakeFromAbove(data);
    ++summary_.rows;
    return on_row_(data);
  }

  // Both rows of a header of two come again on a new page: a group's name is the beginning of its columns' texts.
  bool IsRepeatedHeader(const Row& row) const {
    size_t same = 0;
    size_t filled = 0;
    for (const Cell& cell : row.cells) {
      if (IsBlank(&cell)) continue;
      ++filled;
      const auto words = header_words_.find(cell.column);
      if (words == header_words_.end()) continue;
      const std::string text = NormaliseName(cell.text);
      if (absl::StartsWith(words->second, text) || absl::EndsWith(words->second, text)) ++same;
    }
    return same >= 2 && same * 2 > filled;
  }

  // A label in one of the first cells makes a row a total or a note, unless the row has what identifies a record; so
  // does a single cell merged across half of the table.
  bool IsNoData(const Row& row, const DataRow& data) {
    std::vector<const Cell*> filled;
    for (const Cell& cell : row.cells) {
      if (!IsBlank(&cell)) filled.push_back(&cell);
    }
    Label label = Label::kNone;
    for (size_t i = 0; i < filled.size() && i < kLabelCells && label == Label::kNone; ++i) {
      label = LabelOf(*filled[i]);
      if (i > 0 && label == Label::kNote) label = Label::kNone;
    }
    if (label == Label::kNone && filled.size() == 1 && IsWide(*filled[0])) label = Label::kNote;
    if (label == Label::kNone) return false;
    if (label == Label::kTotal && HasIdentity(data)) return false;
    ++(label == Label::kNote ? summary_.note_rows : summary_.total_rows);
    return true;
  }

  bool IsWide(const Cell& cell) const {
    constexpr int kLeastColumns = 3;
    const MergedBlock* block = merges_.Find(cell.column);
    const int columns = block == nullptr ? 1 : block->last_column - block->first_column + 1;
    return columns >= kLeastColumns && columns * 2 >= static_cast<int>(header_->columns.size());
  }

  bool HasIdentity(const DataRow& data) const {
    return std::any_of(layout_.identity.begin(), layout_.identity.end(), [&](const std::string& key) {
      const Cell* cell = data.Find(key);
      return !IsBlank(cell) && LabelOf(*cell) == Label::kNone;
    });
  }

  // Cells that stand for the one above get its content, or are marked as what cannot be read.
  void TakeFromAbove(DataRow& data) {
    for (const HeaderColumn& column : header_->columns) {
      if (column.key.empty()) continue;
      const auto at = data.cells.find(column.key);
      const MergedBlock* block = merges_.Find(column.column);
      const bool is_first =
          block == nullptr || (block->first_row == data.number && block->first_column == column.column);
      const bool below_header = block != nullptr && block->first_row > header_->row;
      const bool says = at != data.cells.end() && SaysAsAbove(at->second);
      const bool merged = at == data.cells.end() && !is_first && below_header;
      if (says || merged) {
        FillFromAbove(data, column, merged ? block : nullptr);
      } else if (at != data.cells.end()) {
        above_cells_[column.key] = at->second;
        above_rows_[column.key] = data.number;
      } else {
        above_cells_.erase(column.key);
      }
    }
  }

  bool HasCellAt(const DataRow& data, int column) const {
    return std::any_of(data.cells.begin(), data.cells.end(),
                       [&](const auto& entry) { return entry.second.column == column; });
  }

  void FillFromAbove(DataRow& data, const HeaderColumn& column, const MergedBlock* block) {
    const auto above = above_cells_.find(column.key);
    const bool same_column = block == nullptr || block->first_column == column.column;
    // What a block holds stands in its first row; nothing is known of it if that row was no data.
    const bool known = above != above_cells_.end() &&
                       (block == nullptr || (same_column && above_rows_[column.key] >= block->first_row));
    if (known && inheriting_.count(column.key) > 0) {
      data.cells[column.key] = above->second;
      ++summary_.inherited_cells;
      return;
    }
    // A merged block with nothing in it stands for nothing.
    if (block != nullptr && block->first_row == data.number && !HasCellAt(data, block->first_column)) return;
    if (block != nullptr && same_column && above == above_cells_.end() && block->first_row < data.number) return;
    Cell cell;
    cell.column = column.column;
    cell.kind = CellKind::kAsAbove;
    cell.text = "同上";
    data.cells[column.key] = cell;
  }

  const Layout& layout_;
  HeaderFinder finder_;
  std::vector<MergedBlock> blocks_;
  MergeCursor merges_;
  const std::function<absl::Status(const Header&)>& on_header_;
  const std::function<absl::Status(const DataRow&)>& on_row_;
  std::set<std::string, std::less<>> inheriting_;
  std::vector<Row> waiting_;
  std::optional<Header> header_;
  std::map<int, std::string> header_words_;  // of each of its columns
  std::set<std::string> above_;              // the texts of the rows up to the header, which may come again
  std::map<std::string, Cell, std::less<>> above_cells_;
  std::map<std::string, int, std::less<>> above_rows_;
  bool gave_up_ = false;
  int last_row_ = 0;
  TableSummary summary_;
};

}  // namespace

const Cell* DataRow::Find(absl::string_view key) const {
  const auto found = cells.find(key);
  return found == cells.end() ? nullptr : &found->second;
}

absl::StatusOr<TableSummary> ReadTable(Workbook& workbook, int sheet, const Layout& layout,
                                       const std::function<absl::Status(const Header&)>& on_header,
                                       const std::function<absl::Status(const DataRow&)>& on_row) {
  ASSIGN_OR_RETURN(std::vector<MergedBlock> blocks, workbook.ReadMerges(sheet));
  TableReader reader(layout, std::move(blocks), on_header, on_row);
  RETURN_IF_ERROR(workbook.ReadRows(sheet, [&](const Row& row) { return reader.Take(row); }));
  return reader.End();
}

}  // namespace kechuang::sheet
