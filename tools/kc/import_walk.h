#ifndef KECHUANG_TOOLS_KC_IMPORT_WALK_H_
#define KECHUANG_TOOLS_KC_IMPORT_WALK_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"

#include "kechuang/ledger/v1/import.pb.h"
#include "tools/kc/import_file.h"
#include "tools/kc/import_finding.h"
#include "tools/kc/import_spool.h"
#include "tools/kc/mapping.h"

namespace kechuang::kc {

// A row of the file together with what became of it.
struct RowStory {
  const FileRow& row;
  // KIND_REJECTED, without a name, for a row that could not be read.
  const ledger::v1::RowOutcome& outcome;
  std::vector<Finding> faults;  // by column

  bool refused() const {
    return outcome.kind() == ledger::v1::RowOutcome::KIND_REJECTED ||
           outcome.kind() == ledger::v1::RowOutcome::KIND_CONFLICT;
  }
};

using OnStory = std::function<absl::Status(const RowStory&)>;

// Reads the file once more beside the outcomes that were kept, and tells each row that could not be read or has one of
// them, in the order of the file. Memory holds one row. Errors are those of the file, of the disk and of the callbacks.
absl::Status WalkFile(const std::string& path, ImportKind kind, const MappingOptions& options, OutcomeSpool& outcomes,
                      const OnTable& on_table, const OnStory& on_story);

// "insert", "change", "same", "conflict" or "rejected".
absl::string_view VerdictOf(ledger::v1::RowOutcome::Kind kind);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_IMPORT_WALK_H_
