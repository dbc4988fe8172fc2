#include "tools/sheet/header.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

#include "common/domain/name_text.h"

namespace kechuang::sheet {
namespace {

constexpr int kLeastHits = 2;

// A header's words apart from what stands in brackets.
struct Words {
  std::string whole;
  std::string outside;
  Unit unit = Unit::kNone;
};

// The words behind a number such as "1.", "(1)" or "一、".
absl::string_view WithoutNumber(absl::string_view words) {
  absl::string_view rest = words;
  while (!rest.empty() && rest[0] >= '0' && rest[0] <= '9') rest.remove_prefix(1);
  if (rest.size() < words.size() && (absl::ConsumePrefix(&rest, ".") || absl::ConsumePrefix(&rest, "、"))) return rest;
  return words;
}

Words SplitWords(absl::string_view header) {
  Words words;
  words.whole = absl::StrReplaceAll(
      NormaliseName(header),
      {{"*", ""}, {"★", ""}, {"☆", ""}, {"【", "("}, {"】", ")"}, {"[", "("}, {"]", ")"}, {"〔", "("}, {"〕", ")"}});
  words.whole = std::string(absl::StripSuffix(WithoutNumber(words.whole), ":"));
  const std::string& whole = words.whole;
  if (absl::StartsWith(whole, "(") && whole.find(')') == whole.size() - 1) {
    words.whole = whole.substr(1, whole.size() - 2);
  }
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

std::string Joined(absl::string_view text) { return absl::StrReplaceAll(text, {{"\n", ""}, {"\r", ""}}); }

int Hits(const std::vector<HeaderColumn>& columns) {
  std::set<absl::string_view> keys;
  for (const HeaderColumn& column : columns) {
    if (!column.key.empty()) keys.insert(column.key);
  }
  return static_cast<int>(keys.size());
}

// The unit that the rows above a header give to the whole sheet, as in "单位:万元". None if they name two.
Unit CornerUnit(const Row& row) {
  Unit found = Unit::kNone;
  for (const Cell& cell : row.cells) {
    const std::string text = absl::StrReplaceAll(
        NormaliseName(cell.text), {{"(", " "}, {")", " "}, {",", " "}, {"、", " "}, {";", " "}, {"/", " "}});
    const size_t at = text.find("单位:");
    if (at == std::string::npos) continue;
    for (const absl::string_view part : absl::StrSplit(text.substr(at), ' ')) {
      const Unit unit = UnitOf(part);
      if (unit == Unit::kNone || unit == Unit::kPercent) continue;
      if (found != Unit::kNone && found != unit) return Unit::kOther;
      found = unit;
    }
  }
  return found;
}

// The group that a merged block of the upper row gives to a column; nullptr if the column is in none.
const MergedBlock* GroupAt(const std::vector<MergedBlock>& blocks, int row, int column) {
  for (const MergedBlock& block : blocks) {
    if (block.first_row == row && block.first_column <= column && column <= block.last_column) return &block;
  }
  return nullptr;
}

bool HasGroups(const std::vector<MergedBlock>& blocks, int row) {
  return std::any_of(blocks.begin(), blocks.end(), [&](const MergedBlock& block) {
    return block.first_row == row && block.last_column > block.first_column;
  });
}

}  // namespace

HeaderFinder::HeaderFinder(const Layout& layout) : layout_(layout) {
  for (const ColumnSpec& column : layout.columns) {
    for (const std::string& alias : column.aliases) aliases_.emplace(NormaliseName(alias), column.key);
  }
}

// "贷款金额(万元)", "贷款金额万元" and "贷款金额:万元" are one column.
HeaderColumn HeaderFinder::Recognise(int column, absl::string_view header) const {
  HeaderColumn result{column, std::string(header), "", Unit::kNone};
  const Words words = SplitWords(header);
  result.unit = words.unit;
  const auto find = [&](absl::string_view name) {
    const auto chosen = layout_.overrides.find(name);
    const auto& names = chosen == layout_.overrides.end() ? aliases_ : layout_.overrides;
    const auto found = names.find(name);
    if (found == names.end()) return false;
    result.key = found->second;
    return true;
  };
  if (find(NormaliseName(header)) || find(words.whole) || find(words.outside)) return result;
  for (const absl::string_view suffix : {"亿元", "万元", "元", "%"}) {
    absl::string_view name = words.outside;
    if (!absl::ConsumeSuffix(&name, suffix)) continue;
    while (absl::ConsumeSuffix(&name, ":") || absl::ConsumeSuffix(&name, "/") || absl::ConsumeSuffix(&name, "_") ||
           absl::ConsumeSuffix(&name, "-") || absl::ConsumeSuffix(&name, "单位")) {
    }
    if (!find(name)) continue;
    result.unit = UnitOf(suffix);
    return result;
  }
  return result;
}

std::vector<HeaderColumn> HeaderFinder::OneRow(const Row& row) const {
  std::vector<HeaderColumn> columns;
  for (const Cell& cell : row.cells) {
    if (!IsBlank(&cell)) columns.push_back(Recognise(cell.column, Joined(cell.text)));
  }
  return columns;
}

// A group's name stands in the first cell of its block; where nothing is merged, as in a CSV file, it holds up to the
// next group's.
std::vector<HeaderColumn> HeaderFinder::TwoRows(const Row& upper, const Row& lower,
                                                const std::vector<MergedBlock>& blocks) const {
  std::vector<HeaderColumn> columns;
  const int last = std::max(upper.cells.back().column, lower.cells.back().column);
  const bool merged = HasGroups(blocks, upper.number);
  std::string group;
  for (int i = 0; i <= last; ++i) {
    const Cell* top = CellAt(upper, i);
    const Cell* bottom = CellAt(lower, i);
    if (top != nullptr) {
      group = Joined(top->text);
    } else if (merged && GroupAt(blocks, upper.number, i) == nullptr) {
      group.clear();
    }
    if (bottom == nullptr && top == nullptr) continue;
    if (bottom == nullptr) {
      columns.push_back(Recognise(i, group));
      continue;
    }
    const std::string own = Joined(bottom->text);
    HeaderColumn column = Recognise(i, absl::StrCat(group, own));
    if (column.key.empty()) column = Recognise(i, own);
    if (column.unit == Unit::kNone) column.unit = SplitWords(group).unit;
    column.text = group.empty() ? own : absl::StrCat(group, " ", own);
    columns.push_back(std::move(column));
  }
  return columns;
}

Header HeaderFinder::Find(const std::vector<Row>& rows, const std::vector<MergedBlock>& blocks,
                          size_t& first_data) const {
  Header best;
  int best_hits = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    std::vector<HeaderColumn> one = OneRow(rows[i]);
    const int hits = Hits(one);
    if (hits > best_hits) {
      best_hits = hits;
      best.row = rows[i].number;
      best.columns = std::move(one);
      first_data = i + 1;
    }
    if (i + 1 == rows.size() || rows[i + 1].number != rows[i].number + 1) continue;
    std::vector<HeaderColumn> two = TwoRows(rows[i], rows[i + 1], blocks);
    const int two_hits = Hits(two);
    if (two_hits > best_hits && two_hits > Hits(OneRow(rows[i + 1]))) {
      best_hits = two_hits;
      best.row = rows[i + 1].number;
      best.columns = std::move(two);
      first_data = i + 2;
    }
  }
  if (best_hits < kLeastHits) return Header();
  for (size_t i = 0; i + 1 < first_data; ++i) {
    if (best.sheet_unit == Unit::kNone) best.sheet_unit = CornerUnit(rows[i]);
  }
  return best;
}

const HeaderColumn* Header::Find(absl::string_view key) const {
  for (const HeaderColumn& column : columns) {
    if (column.key == key) return &column;
  }
  return nullptr;
}

const Cell* CellAt(const Row& row, int column) {
  for (const Cell& cell : row.cells) {
    if (cell.column == column) return &cell;
  }
  return nullptr;
}

std::string ShapeOf(const Header& header) {
  std::string shape;
  for (const HeaderColumn& column : header.columns) {
    absl::StrAppend(&shape, shape.empty() ? "" : "|", absl::StrReplaceAll(NormaliseName(column.text), {{"|", "/"}}));
  }
  return shape;
}

}  // namespace kechuang::sheet
