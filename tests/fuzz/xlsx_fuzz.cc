// Whole files, of whatever form.

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

#include "tests/fuzz/file_input.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  kechuang::fuzz::ReadWhole(kechuang::fuzz::FileOf(input));
  return 0;
}
