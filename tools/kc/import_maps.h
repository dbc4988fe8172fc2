#ifndef KECHUANG_TOOLS_KC_IMPORT_MAPS_H_
#define KECHUANG_TOOLS_KC_IMPORT_MAPS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "tools/kc/mapping.h"

namespace kechuang::kc {

// The choices of "表头=key" texts; INVALID_ARGUMENT for a text that is none, or a key that the kind does not have.
absl::StatusOr<ColumnChoices> ParseChoices(ImportKind kind, const std::vector<std::string>& maps);

// What a person chose for files of one kind and shape, kept in a file of theirs that nobody else may read.
class RememberedMaps {
 public:
  // An empty path remembers nothing.
  explicit RememberedMaps(std::string path) : path_(std::move(path)) {}

  // The choices for a shape; none if nothing is remembered, or if the file cannot be read.
  ColumnChoices Find(ImportKind kind, const std::string& shape) const;
  // Keeps choices in place of those of before; none forgets them. UNAVAILABLE if the file cannot be written.
  absl::Status Keep(ImportKind kind, const std::string& shape, const ColumnChoices& choices) const;

 private:
  std::string path_;
};

// The shape of the file's first table as it stands, whatever the choices are; empty if it has none. Errors are those of
// the file.
absl::StatusOr<std::string> ShapeOfFile(const std::string& path, ImportKind kind, const ColumnChoices& choices);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_IMPORT_MAPS_H_
