#include "tools/sheet/table.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

#include "common/base/status_macros.h"
#include "common/domain/name_text.h"

namespace kechuang::sheet {
namespace {

constexpr size_t kHeaderRows = 30;
constexpr int kLeastHits = 2;
constexpr size_t kLabelCells = 3;
constexpr size_t kLabelCharacters = 14;

using Aliases = std::map<std::string, std::string, std::less<>>;

// A header's words apart from what stands in brackets.
struct Words {
  std::string whole;
  std::string outside;
  Unit unit = Unit::kNone;
};

Words SplitWords(absl::string_view header) {
  Words words;
  words.whole =
      absl::StrReplaceAll(NormaliseName(header), {{"*", ""}, {"【", "("}, {"】", ")"}, {"[", "("}, {"]", ")"}});
  absl::string_view rest = words.whole;
  while (!rest.empty()) {
    const size_t open = rest.find('(');
    absl::StrAppend(&words.outside, rest.substr(0, open));
    if (open == absl::string_view::npos) break;
    const size_t close = rest.find(')', open);
    const absl::string_view inside = rest.substr(open + 1, close == absl::string_view::npos ? close : close - open - 1);
    if (const Unit unit = UnitOf(inside); unit != Unit::kNone) words.unit = unit;
    rest = close == absl::string_view::npos ? absl::string_view() : rest.substr(close + 1);
  }
  return words;
}

// The key that a header names, and its unit: "贷款金额(万元)", "贷款金额万元" and "贷款金额:万元" are one column.
HeaderColumn Recognise(const Aliases& aliases, int column, absl::string_view header) {
  HeaderColumn result{column, std::string(header), "", Unit::kNone};
  const Words words = SplitWords(header);
  result.unit = words.unit;
  for (const std::string& candidate : {words.whole, words.outside}) {
    if (const auto found = aliases.find(candidate); found != aliases.end()) {
      result.key = found->second;
      return result;
    }
  }
  for (const absl::string_view suffix : {"亿元", "万元", "元", "%"}) {
    absl::string_view name = words.outside;
    if (!absl::ConsumeSuffix(&name, suffix)) continue;
    while (absl::ConsumeSuffix(&name, ":") || absl::ConsumeSuffix(&name, "/") || absl::ConsumeSuffix(&name, "_")) {
    }
    const auto found = aliases.find(name);
    if (found == aliases.end()) continue;
    result.key = found->second;
    result.unit = UnitOf(suffix);
    return result;
  }
  return result;
}

std::string Joined(absl::string_view text) { return absl::StrReplaceAll(text, {{"\n", ""}, {"\r", ""}}); }

const Cell* CellAt(const Row& row, int column) {
  for (const Cell& cell : row.cells) {
    if (cell.column == column) return &cell;
  }
  return nullptr;
}

int Hits(const std::vector<HeaderColumn>& columns) {
  std::set<absl::string_view> keys;
  for (const HeaderColumn& column : columns) {
    if (!column.key.empty()) keys.insert(column.key);
  }
  return static_cast<int>(keys.size());
}

std::vector<HeaderColumn> OneRowHeader(const Aliases& aliases, const Row& row) {
  std::vector<HeaderColumn> columns;
  for (const Cell& cell : row.cells) {
    if (!IsBlank(&cell)) columns.push_back(Recognise(aliases, cell.column, Joined(cell.text)));
  }
  return columns;
}

// A header of two rows: a group's name stands above its first column only, as merged cells are saved.
std::vector<HeaderColumn> TwoRowHeader(const Aliases& aliases, const Row& upper, const Row& lower) {
  std::vector<HeaderColumn> columns;
  const int last = std::max(upper.cells.back().column, lower.cells.back().column);
  std::string group;
  for (int i = 0; i <= last; ++i) {
    const Cell* top = CellAt(upper, i);
    const Cell* bottom = CellAt(lower, i);
    if (top != nullptr) group = Joined(top->text);
    if (bottom == nullptr && top == nullptr) continue;
    if (bottom == nullptr) {
      columns.push_back(Recognise(aliases, i, group));
      continue;
    }
    const std::string own = Joined(bottom->text);
    HeaderColumn column = Recognise(aliases, i, absl::StrCat(group, own));
    if (column.key.empty()) column = Recognise(aliases, i, own);
    if (column.unit == Unit::kNone) column.unit = SplitWords(group).unit;
    column.text = group.empty() ? own : absl::StrCat(group, " ", own);
    columns.push_back(std::move(column));
  }
  return columns;
}

// The unit that the rows above a header give to the whole sheet, as in "单位:万元".
Unit CornerUnit(const Row& row) {
  for (const Cell& cell : row.cells) {
    const std::string text = absl::StrReplaceAll(
        NormaliseName(cell.text), {{"(", " "}, {")", " "}, {",", " "}, {"、", " "}, {";", " "}, {"/", " "}});
    const size_t at = text.find("单位:");
    if (at == std::string::npos) continue;
    const std::vector<std::string> parts = absl::StrSplit(text.substr(at), ' ');
    if (const Unit unit = UnitOf(parts[0]); unit != Unit::kNone) return unit;
  }
  return Unit::kNone;
}

enum class Label { kNone, kNote, kTotal, kTotalWord };

// kTotalWord for 合计 and the like alone, kTotal for 2022年小计 and the like, kNote for 填表人 and the like.
Label LabelOf(const Cell& cell) {
  if (cell.kind != CellKind::kText) return Label::kNone;
  const std::string text = NormaliseName(cell.text);
  for (const absl::string_view word : {"合计", "小计", "总计", "共计", "累计", "总合计"}) {
    if (absl::StripSuffix(text, ":") == word) return Label::kTotalWord;
    if (CodePoints(text) > kLabelCharacters) continue;
    if (absl::StartsWith(text, word) || absl::EndsWith(absl::StripSuffix(text, ":"), word)) return Label::kTotal;
  }
  for (const absl::string_view word : {"注:", "说明:", "备注:"}) {
    if (absl::StartsWith(text, word)) return Label::kNote;
  }
  for (const absl::string_view word :
       {"填表人", "填报人", "制表人", "制表", "审核人", "复核人", "负责人", "单位负责人", "经办人", "填表日期",
        "填报日期", "制表日期", "填报单位", "联系人", "联系电话"}) {
    if (text == word || absl::StartsWith(text, absl::StrCat(word, ":"))) return Label::kNote;
  }
  return Label::kNone;
}

// The first rows wait here until the header is known; then rows go through one by one.
class TableReader {
 public:
  TableReader(const Layout& layout, const std::function<absl::Status(const Header&)>& on_header,
              const std::function<absl::Status(const DataRow&)>& on_row)
      : layout_(layout), on_header_(on_header), on_row_(on_row) {
    for (const ColumnSpec& column : layout.columns) {
      for (const std::string& alias : column.aliases) aliases_.emplace(NormaliseName(alias), column.key);
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
    if (gave_up_) {
      waiting_.clear();
      return absl::OkStatus();
    }
    Header best;
    int best_hits = 0;
    size_t first_data = 0;
    for (size_t i = 0; i < waiting_.size(); ++i) {
      std::vector<HeaderColumn> one = OneRowHeader(aliases_, waiting_[i]);
      const int hits = Hits(one);
      if (hits > best_hits) {
        best_hits = hits;
        best.row = waiting_[i].number;
        best.columns = std::move(one);
        first_data = i + 1;
      }
      if (i + 1 == waiting_.size() || waiting_[i + 1].number != waiting_[i].number + 1) continue;
      std::vector<HeaderColumn> two = TwoRowHeader(aliases_, waiting_[i], waiting_[i + 1]);
      const int two_hits = Hits(two);
      if (two_hits > best_hits && two_hits > Hits(OneRowHeader(aliases_, waiting_[i + 1]))) {
        best_hits = two_hits;
        best.row = waiting_[i + 1].number;
        best.columns = std::move(two);
        first_data = i + 2;
      }
    }
    if (best_hits < kLeastHits) {
      gave_up_ = true;
      waiting_.clear();
      return absl::OkStatus();
    }
    for (size_t i = 0; i + 1 < first_data; ++i) {
      if (best.sheet_unit == Unit::kNone) best.sheet_unit = CornerUnit(waiting_[i]);
    }
    summary_.has_header = true;
    header_ = std::move(best);
    last_row_ = header_->row;
    RETURN_IF_ERROR(on_header_(*header_));
    const std::vector<Row> rows = std::exchange(waiting_, {});
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
    if (IsRepeatedHeader(row)) {
      ++summary_.repeated_headers;
      return absl::OkStatus();
    }
    DataRow data{row.number, row.hidden, {}};
    for (const HeaderColumn& column : header_->columns) {
      const Cell* cell = CellAt(row, column.column);
      if (cell != nullptr && !column.key.empty()) data.cells.emplace(column.key, *cell);
    }
    if (IsNoData(row, data)) return absl::OkStatus();
    ++summary_.rows;
    return on_row_(data);
  }

  bool IsRepeatedHeader(const Row& row) const {
    size_t same = 0;
    for (const HeaderColumn& column : header_->columns) {
      const Cell* cell = CellAt(row, column.column);
      if (cell != nullptr && absl::EndsWith(NormaliseName(column.text), NormaliseName(cell->text))) ++same;
    }
    return same >= 2 && same * 2 > header_->columns.size();
  }

  // A label in one of the first cells makes a row a total or a note, unless the row has what identifies a record.
  bool IsNoData(const Row& row, const DataRow& data) {
    Label label = Label::kNone;
    for (size_t i = 0; i < row.cells.size() && i < kLabelCells && label == Label::kNone; ++i) {
      label = LabelOf(row.cells[i]);
      if (i > 0 && label == Label::kNote) label = Label::kNone;
    }
    if (label == Label::kNone) return false;
    if (label == Label::kTotal && HasIdentity(data)) return false;
    ++(label == Label::kNote ? summary_.note_rows : summary_.total_rows);
    return true;
  }

  bool HasIdentity(const DataRow& data) const {
    return std::any_of(layout_.identity.begin(), layout_.identity.end(), [&](const std::string& key) {
      const Cell* cell = data.Find(key);
      return !IsBlank(cell) && LabelOf(*cell) == Label::kNone;
    });
  }

  const Layout& layout_;
  const std::function<absl::Status(const Header&)>& on_header_;
  const std::function<absl::Status(const DataRow&)>& on_row_;
  Aliases aliases_;
  std::vector<Row> waiting_;
  std::optional<Header> header_;
  bool gave_up_ = false;
  int last_row_ = 0;
  TableSummary summary_;
};

}  // namespace

const HeaderColumn* Header::Find(absl::string_view key) const {
  for (const HeaderColumn& column : columns) {
    if (column.key == key) return &column;
  }
  return nullptr;
}

const Cell* DataRow::Find(absl::string_view key) const {
  const auto found = cells.find(key);
  return found == cells.end() ? nullptr : &found->second;
}

absl::StatusOr<TableSummary> ReadTable(Workbook& workbook, int sheet, const Layout& layout,
                                       const std::function<absl::Status(const Header&)>& on_header,
                                       const std::function<absl::Status(const DataRow&)>& on_row) {
  TableReader reader(layout, on_header, on_row);
  RETURN_IF_ERROR(workbook.ReadRows(sheet, [&](const Row& row) { return reader.Take(row); }));
  return reader.End();
}

}  // namespace kechuang::sheet
