#ifndef KECHUANG_TOOLS_KC_IMPORT_FILE_H_
#define KECHUANG_TOOLS_KC_IMPORT_FILE_H_

#include <array>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

#include "tools/kc/mapping.h"
#include "tools/sheet/table.h"

namespace kechuang::kc {

// Names of one file as an import knows it.
struct FileIdentity {
  std::string file_name;  // without its folder
  std::string file_hash;  // SHA-256 of the bytes, 64 hex digits
  std::string import_id;  // 32 hex digits: the bytes, the kind and the options that change rows
};

// Hashes a file. NOT_FOUND if it cannot be read.
absl::StatusOr<FileIdentity> IdentifyFile(const std::string& path, ImportKind kind, const MappingOptions& options);

// A column that a file of refused rows has beside its own. It is known when the mended file comes back, and nothing is
// taken from it.
struct MendingColumn {
  absl::string_view key;
  absl::string_view title;
};
inline constexpr std::array<MendingColumn, 4> kMendingColumns{{{"mending.reason", "原因"},
                                                               {"mending.suggestion", "建议"},
                                                               {"mending.code", "原因代码"},
                                                               {"mending.row", "原行号"}}};
bool IsMendingKey(absl::string_view key);

// What one sheet turned out to hold.
struct SheetFacts {
  std::string name;
  bool hidden = false;  // such a sheet is not read
  sheet::Header header;
  sheet::TableSummary summary;
  std::vector<int> hidden_rows;
};

// One row of data.
struct FileRow {
  const std::string& sheet;
  const sheet::Header& header;
  const sheet::DataRow& cells;
  const RowReader& reader;             // with its notes
  google::protobuf::Message& message;  // complete with its origin and clear_mask; may be moved from
  const sheet::Row* raw = nullptr;     // all its cells, as they stand in the file; only where on_table is given
};

using OnFileRow = std::function<absl::Status(const FileRow&)>;
// Takes a sheet whose header was just found, and the rows down to that header as they stand in the file.
using OnTable = std::function<absl::Status(const SheetFacts&, const std::vector<sheet::Row>& head)>;

// Reads every row of a file's visible sheets. A cell that says 清空 or <clear> asks to clear its field.
// INVALID_ARGUMENT if it is no table of the kind: no header, a column missing or there twice. Errors of the callbacks
// end it.
absl::StatusOr<std::vector<SheetFacts>> ReadImportFile(const std::string& path, ImportKind kind,
                                                       const MappingOptions& options, const OnFileRow& on_row,
                                                       const OnTable& on_table = nullptr);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_IMPORT_FILE_H_
