#include "tools/kc/table.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include "common/domain/name_text.h"
#include "tools/book/csv_line.h"

namespace kechuang::kc {
namespace {

constexpr int kGap = 2;
constexpr int kCellMin = 16;  // a cell is never shortened below this
constexpr char kReplacement[] = "\xEF\xBF\xBD";

// Codes that end lines, move the cursor, or turn the direction of writing.
bool IsControl(int32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x2028 || code == 0x2029 ||
         (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

std::vector<int> Widths(const std::vector<TableColumn>& columns, const std::vector<std::vector<std::string>>& rows) {
  std::vector<int> widths;
  for (const TableColumn& column : columns) widths.push_back(DisplayWidth(column.title));
  for (const std::vector<std::string>& row : rows) {
    for (size_t i = 0; i < row.size() && i < widths.size(); ++i) widths[i] = std::max(widths[i], DisplayWidth(row[i]));
  }
  return widths;
}

int Total(const std::vector<int>& widths) {
  int total = 0;
  for (const int width : widths) total += width + kGap;
  return total - kGap;
}

// Makes the widest columns narrower, then leaves columns out from the right, until the table fits. The first column
// stays whole: names are there to be copied.
void Fit(std::vector<int>& widths, int width_max) {
  while (Total(widths) > width_max) {
    const auto widest = std::max_element(widths.begin() + 1, widths.end());
    if (widest == widths.end() || *widest <= kCellMin) break;
    *widest = std::max(kCellMin, *widest - (Total(widths) - width_max));
  }
  while (widths.size() > 1 && Total(widths) > width_max) widths.pop_back();
}

}  // namespace

std::string Printable(absl::string_view text) {
  std::string printable;
  for (size_t at = 0; at < text.size();) {
    const size_t from = at;
    const int32_t code = NextCodePoint(text, at);
    if (code < 0) {
      printable += kReplacement;
    } else if (IsControl(code)) {
      printable += ' ';
    } else {
      absl::StrAppend(&printable, text.substr(from, at - from));
    }
  }
  return printable;
}

std::string Padded(absl::string_view text, int width, bool right) {
  const std::string spaces(static_cast<size_t>(std::max(0, width - DisplayWidth(text))), ' ');
  return right ? absl::StrCat(spaces, text) : absl::StrCat(text, spaces);
}

std::string Shortened(absl::string_view text, int width) {
  if (DisplayWidth(text) <= width) return std::string(text);
  size_t end = 0;
  for (size_t at = 0; at < text.size();) {
    NextCodePoint(text, at);
    if (DisplayWidth(text.substr(0, at)) > width - 1) break;
    end = at;
  }
  return absl::StrCat(text.substr(0, end), "…");
}

std::string TableText(const std::vector<TableColumn>& columns, const std::vector<std::vector<std::string>>& rows,
                      const TableStyle& style) {
  std::vector<std::vector<std::string>> cells;
  cells.reserve(rows.size());
  for (const std::vector<std::string>& row : rows) {
    cells.emplace_back();
    for (const std::string& cell : row) cells.back().push_back(Printable(cell));
  }
  std::vector<int> widths = Widths(columns, cells);
  if (style.width_max > 0) Fit(widths, style.width_max);

  const auto line = [&](const auto& text_of) {
    std::string text;
    for (size_t i = 0; i < widths.size(); ++i) {
      absl::StrAppend(&text, Padded(Shortened(text_of(i), widths[i]), widths[i], columns[i].right),
                      std::string(kGap, ' '));
    }
    return std::string(absl::StripTrailingAsciiWhitespace(text));
  };
  const std::string head = line([&](size_t i) { return absl::string_view(columns[i].title); });
  std::string table = style.bold_head ? absl::StrCat("\x1b[1m", head, "\x1b[0m\n") : absl::StrCat(head, "\n");
  for (const std::vector<std::string>& row : cells) {
    absl::StrAppend(&table, line([&](size_t i) { return i < row.size() ? absl::string_view(row[i]) : ""; }), "\n");
  }
  return table;
}

std::string CsvLine(const std::vector<std::string>& cells) {
  std::vector<std::string> inert;
  inert.reserve(cells.size());
  for (const std::string& cell : cells) inert.push_back(book::Inert(cell));
  return absl::StrCat(absl::StripSuffix(book::CsvLine(inert), "\r\n"), "\n");
}

}  // namespace kechuang::kc
