#ifndef KECHUANG_TOOLS_KC_IMPORT_FILE_H_
#define KECHUANG_TOOLS_KC_IMPORT_FILE_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
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
  const sheet::DataRow& cells;
  const RowReader& reader;             // with its notes
  google::protobuf::Message& message;  // complete with its origin; may be moved from
};

// Reads every row of a file's visible sheets. INVALID_ARGUMENT if it is no table of the kind: no header, a column
// missing or there twice. Errors of on_row end it.
absl::StatusOr<std::vector<SheetFacts>> ReadImportFile(const std::string& path, ImportKind kind,
                                                       const MappingOptions& options,
                                                       const std::function<absl::Status(const FileRow&)>& on_row);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_IMPORT_FILE_H_
