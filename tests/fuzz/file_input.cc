#include "tests/fuzz/file_input.h"

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

#include "common/domain/name_text.h"
#include "tests/fuzz/layout.h"
#include "tools/sheet/table.h"

namespace kechuang::fuzz {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

uint32_t Crc32(absl::string_view bytes) {
  static const std::array<uint32_t, 256> kTable = [] {
    std::array<uint32_t, 256> table{};
    for (uint32_t i = 0; i < table.size(); ++i) {
      uint32_t value = i;
      for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? 0xEDB88320U : 0);
      table[i] = value;
    }
    return table;
  }();
  uint32_t crc = 0xFFFFFFFFU;
  for (const char c : bytes) crc = kTable[(crc ^ static_cast<unsigned char>(c)) & 0xFF] ^ (crc >> 8);
  return ~crc;
}

void Append(std::string& out, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) {
    out.push_back(static_cast<char>(value & 0xFF));
    value >>= 8;
  }
}

// What the local header and the directory say alike of a part: version, flags, method, time, sum, sizes, length of
// name.
void AppendEntry(std::string& out, const std::pair<std::string, std::string>& part) {
  Append(out, 20, 2);
  Append(out, 0, 2);
  Append(out, 0, 2);
  Append(out, 0x00210000, 4);
  Append(out, Crc32(part.second), 4);
  Append(out, part.second.size(), 4);
  Append(out, part.second.size(), 4);
  Append(out, part.first.size(), 2);
}

void CheckRow(const sheet::Row& row, const sheet::Limits& limits, int last_row) {
  Require(row.number > last_row && row.number <= limits.rows && !row.cells.empty());
  int last_column = -1;
  for (const sheet::Cell& cell : row.cells) {
    Require(cell.column > last_column && cell.column < limits.columns);
    Require(cell.kind != sheet::CellKind::kEmpty);
    Require(static_cast<int64_t>(cell.text.size()) <= limits.cell_bytes && IsValidUtf8(cell.text));
    last_column = cell.column;
  }
}

}  // namespace

sheet::Limits SmallLimits() {
  sheet::Limits limits;
  limits.file_bytes = 1 << 20;
  limits.part_bytes = 1 << 20;
  limits.string_bytes = 1 << 18;
  limits.cell_bytes = 4096;
  limits.rows = 1000;
  limits.columns = 64;
  limits.sheets = 8;
  limits.merges = 64;
  return limits;
}

std::string FileOf(absl::string_view bytes) {
  static const int kFile = memfd_create("fuzz", 0);
  Require(kFile >= 0 && ftruncate(kFile, 0) == 0);
  Require(pwrite(kFile, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
  return absl::StrCat("/proc/self/fd/", kFile);
}

std::string StoredZip(const std::vector<std::pair<std::string, std::string>>& parts) {
  std::string out;
  std::string directory;
  for (const auto& part : parts) {
    const size_t offset = out.size();
    absl::StrAppend(&out, "PK\x03\x04");
    AppendEntry(out, part);
    Append(out, 0, 2);
    absl::StrAppend(&out, part.first, part.second);
    absl::StrAppend(&directory, "PK\x01\x02");
    Append(directory, 20, 2);
    AppendEntry(directory, part);
    Append(directory, 0, 12);  // lengths of extra field and comment, disk, attributes
    Append(directory, offset, 4);
    absl::StrAppend(&directory, part.first);
  }
  const size_t start = out.size();
  absl::StrAppend(&out, directory, "PK\x05\x06");
  Append(out, 0, 4);
  Append(out, parts.size(), 2);
  Append(out, parts.size(), 2);
  Append(out, directory.size(), 4);
  Append(out, start, 4);
  Append(out, 0, 2);
  return out;
}

void ReadWhole(const std::string& path) {
  const sheet::Limits limits = SmallLimits();
  const auto workbook = sheet::OpenWorkbook(path, limits);
  if (!workbook.ok()) {
    Require(!workbook.status().message().empty());
    return;
  }
  for (size_t i = 0; i < (*workbook)->sheets().size(); ++i) {
    const int sheet = static_cast<int>(i);
    int last_row = 0;
    (*workbook)
        ->ReadRows(sheet,
                   [&](const sheet::Row& row) {
                     CheckRow(row, limits, last_row);
                     last_row = row.number;
                     return absl::OkStatus();
                   })
        .IgnoreError();
    ReadLoanTable(**workbook, sheet);
  }
}

}  // namespace kechuang::fuzz
