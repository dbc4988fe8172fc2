#ifndef KECHUANG_TOOLS_SHEET_SUGGEST_H_
#define KECHUANG_TOOLS_SHEET_SUGGEST_H_

#include <string>

#include "tools/sheet/cell.h"
#include "tools/sheet/values.h"

namespace kechuang::sheet {

// What a cell that cannot be read was likely meant to hold, as a text that can be read. Empty if nothing is likely, or
// if there are two ways to take it: a wrong suggestion costs more than none.

// "2022-03-05" for 2022.3.5前, 22.3.5, 2O22-03-05 or a serial number written as text.
std::string SuggestDay(const Cell& cell);

// "300" for 约300 or 3OO, "300万元" for 300w.
std::string SuggestMoney(const Cell& cell, const Units& units);

// "12" for 12人 or l2.
std::string SuggestNumber(const Cell& cell);

// "3.65%" for 3.65 without a sign, or for the fraction 0.0365.
std::string SuggestRate(const Cell& cell);

}  // namespace kechuang::sheet

#endif  // KECHUANG_TOOLS_SHEET_SUGGEST_H_
