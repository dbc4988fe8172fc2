#ifndef KECHUANG_TESTS_FUZZ_FILE_INPUT_H_
#define KECHUANG_TESTS_FUZZ_FILE_INPUT_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

#include "tools/sheet/workbook.h"

namespace kechuang::fuzz {

// Puts bytes into a file in memory, always the same, and gives its path.
std::string FileOf(absl::string_view bytes);

// A zip archive of these parts, stored without packing, so that a fuzzer sees what it changes.
std::string StoredZip(const std::vector<std::pair<std::string, std::string>>& parts);

// Opens a file and reads every row and merged block of every sheet through the reader of tables, with small limits.
// Ends the process if a row breaks what the readers promise: columns in order and within the limits, texts within
// theirs.
void ReadWhole(const std::string& path);

// What these fuzzers let a file cost.
sheet::Limits SmallLimits();

}  // namespace kechuang::fuzz

#endif  // KECHUANG_TESTS_FUZZ_FILE_INPUT_H_
