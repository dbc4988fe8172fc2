#include "tools/book/csv_line.h"

#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"

namespace kechuang::book {
namespace {

bool IsNumber(const std::string& text) {
  double value = 0;
  return text.find_first_not_of("+-.0123456789") == std::string::npos && absl::SimpleAtod(text, &value);
}

bool NeedsApostrophe(const std::string& text) {
  constexpr absl::string_view kActive = "=+-@\t\r'";
  return !text.empty() && kActive.find(text.front()) != absl::string_view::npos && !IsNumber(text);
}

}  // namespace

std::string Inert(const std::string& text) { return NeedsApostrophe(text) ? "'" + text : text; }

std::string CsvLine(const std::vector<std::string>& cells) {
  std::string line;
  for (const std::string& cell : cells) {
    if (&cell != &cells.front()) line += ',';
    const bool quoted = cell.find_first_of(",\"\r\n") != std::string::npos;
    line += quoted ? "\"" + absl::StrReplaceAll(cell, {{"\"", "\"\""}}) + "\"" : cell;
  }
  return line + "\r\n";
}

}  // namespace kechuang::book
