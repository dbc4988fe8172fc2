#ifndef KECHUANG_TOOLS_SAMPLE_CELLS_H_
#define KECHUANG_TOOLS_SAMPLE_CELLS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

#include "common/domain/day.h"
#include "tools/book/book_writer.h"

namespace kechuang::sample {

using book::BookWriter;
using book::Number;
using book::Percent;
using book::Value;

// The habits of those who fill in tables; style is any number, the same one gives the same habit.

// A day as a date cell or as text in one of four forms; "—" without one.
Value DayCell(const std::optional<Day>& day, size_t style);
// A code; one in eleven in full-width characters.
Value CodeCell(const std::string& code, size_t style);
// An amount in 万元, as a number; one in thirteen as text with separators.
Value WanYuanCell(int64_t fen, size_t style);
// Digits and letters of ASCII in full-width form.
std::string FullWidth(absl::string_view ascii);

}  // namespace kechuang::sample

#endif  // KECHUANG_TOOLS_SAMPLE_CELLS_H_
