#ifndef KECHUANG_TESTS_FUZZ_LAYOUT_H_
#define KECHUANG_TESTS_FUZZ_LAYOUT_H_

#include "tools/sheet/cell.h"
#include "tools/sheet/workbook.h"

namespace kechuang::fuzz {

// Reads a sheet as a list of loans, and every cell as everything that it could be.
void ReadLoanTable(sheet::Workbook& workbook, int sheet);

// Reads a cell by every reader of values. Ends the process if a suggestion cannot be read itself.
void ReadEveryWay(const sheet::Cell& cell);

}  // namespace kechuang::fuzz

#endif  // KECHUANG_TESTS_FUZZ_LAYOUT_H_
