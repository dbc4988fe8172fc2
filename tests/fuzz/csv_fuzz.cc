// Text files: the guess of encoding and separator, the decoder and the parser of records.

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

#include "tests/fuzz/file_input.h"
#include "tools/sheet/csv.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  namespace sheet = kechuang::sheet;
  const std::string path = kechuang::fuzz::FileOf(input);
  kechuang::fuzz::ReadWhole(path);
  // Both decoders, whatever the guess was.
  for (const sheet::CsvEncoding encoding : {sheet::CsvEncoding::kUtf8, sheet::CsvEncoding::kGb18030}) {
    const auto workbook = sheet::OpenCsv(path, encoding, kechuang::fuzz::SmallLimits());
    workbook->ReadRows(0, [](const sheet::Row&) { return absl::OkStatus(); }).IgnoreError();
  }
  return 0;
}
