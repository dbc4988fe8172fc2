// Single cells: dates, money, rates, codes, numbers written out, formats of numbers, and the suggestions for them.

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

#include "common/domain/name_text.h"
#include "tests/fuzz/layout.h"
#include "tools/sheet/number_format.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  namespace sheet = kechuang::sheet;
  // Workbooks give well-formed texts only, which their own fuzzers see to.
  if (input.empty() || !kechuang::IsValidUtf8(input.substr(1))) return 0;
  sheet::Cell cell;
  cell.kind = sheet::CellKind::kText;
  cell.text = std::string(input.substr(1));
  sheet::LookOfCode(cell.text);
  if (data[0] % 4 == 1) {
    const auto number = sheet::PlainDecimal(cell.text);
    if (!number.has_value()) return 0;
    cell.kind = sheet::CellKind::kNumber;
    cell.text = *number;
    cell.percent = data[0] % 8 == 5;
    sheet::DayOfSerial(cell.text, data[0] % 16 == 9);
  } else if (data[0] % 4 == 2) {
    cell.kind = sheet::CellKind::kDate;
  }
  kechuang::fuzz::ReadEveryWay(cell);
  return 0;
}
