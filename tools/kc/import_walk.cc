#include "tools/kc/import_walk.h"

#include <string>
#include <utility>

#include "common/base/status_macros.h"

namespace kechuang::kc {

using ledger::v1::RowOutcome;

absl::Status WalkFile(const std::string& path, ImportKind kind, const MappingOptions& options, OutcomeSpool& outcomes,
                      const OnTable& on_table, const OnStory& on_story) {
  const KindSpec& spec = SpecOf(kind);
  RowOutcome unreadable;
  unreadable.set_kind(RowOutcome::KIND_REJECTED);
  outcomes.Rewind();
  RETURN_IF_ERROR(ReadImportFile(
                      path, kind, options,
                      [&](const FileRow& row) -> absl::Status {
                        if (row.reader.has_faults()) return on_story({row, unreadable, FaultsOf(spec, row)});
                        const RowOutcome* outcome = outcomes.Current();
                        if (outcome == nullptr || outcome->origin().row() != row.cells.number ||
                            outcome->origin().sheet() != row.sheet) {
                          return absl::OkStatus();
                        }
                        RowStory story{row, *outcome, {}};
                        if (story.refused()) {
                          story.faults = FaultsOf(spec, row.header, *outcome);
                          for (Finding& fault : story.faults) {
                            const sheet::Cell* cell = row.cells.Find(fault.key);
                            if (cell != nullptr) fault.value = cell->text;
                          }
                        }
                        RETURN_IF_ERROR(on_story(story));
                        outcomes.Next();
                        return absl::OkStatus();
                      },
                      on_table)
                      .status());
  RETURN_IF_ERROR(outcomes.status());
  if (outcomes.Current() == nullptr) return absl::OkStatus();
  return absl::AbortedError(
      "the file changed while it was read; run the command again (文件在读取过程中被修改，请重新执行)");
}

absl::string_view VerdictOf(RowOutcome::Kind kind) {
  switch (kind) {
    case RowOutcome::KIND_INSERTED:
      return "insert";
    case RowOutcome::KIND_CHANGED:
      return "change";
    case RowOutcome::KIND_UNCHANGED:
      return "same";
    case RowOutcome::KIND_CONFLICT:
      return "conflict";
    default:
      return "rejected";
  }
}

}  // namespace kechuang::kc
