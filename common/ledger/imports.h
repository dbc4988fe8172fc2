#ifndef KECHUANG_COMMON_LEDGER_IMPORTS_H_
#define KECHUANG_COMMON_LEDGER_IMPORTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "common/mysql/database.h"

namespace kechuang::ledger {

// The file that an import reads.
struct ImportFile {
  std::string id;         // of the import
  std::string kind;       // what the file lists, in the importer's word
  std::string file_name;  // without folder
  std::string file_hash;  // SHA-256, 64 hex digits
};

enum class ImportState { kRunning, kFinished, kReverting, kReverted };

// What one row of an import did.
enum class RowEffect { kNone, kInserted, kChanged, kUnchanged };

// What an import did to a register: the row of table import. Written under the head's lock only.
struct ImportEntry {
  ImportFile file;
  // 1, one more each time that the file is imported anew after a revert. A row's request id counts within a generation.
  int64_t generation = 0;
  std::string actor;  // who began it
  ImportState state = ImportState::kRunning;
  // Rows by what they did, counted when they were stored, whichever run stored them.
  int64_t inserted = 0;
  int64_t changed = 0;
  int64_t unchanged = 0;
  // Rows that the newest run read to its end refused.
  int64_t rejected = 0;
  int64_t conflicts = 0;
  // Its first and last entries on the journal; 0 if it changed nothing.
  int64_t first_sequence = 0;
  int64_t last_sequence = 0;
  // The revert: who, why, and down to which sequence it is done; what it did so far.
  std::string revert_actor;
  std::string revert_reason;
  int64_t revert_sequence = 0;
  int64_t restored = 0;
  int64_t removed = 0;
  int64_t kept = 0;
  int64_t revision = 0;  // one more with every write
  absl::Time create_time;
  absl::Time update_time;
  std::optional<absl::Time> finish_time;
  std::optional<absl::Time> revert_time;
};

// A change of an import that its revert left alone.
struct KeptEntry {
  enum class Cause { kChangedSince, kBound, kInUse };
  int64_t own_sequence = 0;  // of the import's change
  std::string name;
  Cause cause = Cause::kBound;
  std::string actor;     // who made the later change, of kChangedSince
  int64_t sequence = 0;  // of the later change, of kChangedSince; else of the import's own
  std::string other;     // the record on which the cause lies, where it is another
  std::string origin;    // where in the file the kept change comes from
};

// Where a page of imports begins: below this one, newest first.
struct ImportPlace {
  absl::Time create_time = absl::InfiniteFuture();
  std::string id;
};

// The import of this id; nothing if there is none.
absl::StatusOr<std::optional<ImportEntry>> LoadImport(mysql::Session& session, const std::string& book,
                                                      const std::string& id);
// Stores it under the next revision and this update time.
absl::Status StoreImport(mysql::Session& session, const std::string& book, ImportEntry& entry, absl::Time now);
// Imports of this kind, or of all kinds if it is empty, newest first, below a place; at most limit.
absl::StatusOr<std::vector<ImportEntry>> LoadImports(mysql::Session& session, const std::string& book,
                                                     const std::string& kind, const ImportPlace& below, int limit);

// What the newest revert of an import left alone, newest change first; at most limit.
absl::StatusOr<std::vector<KeptEntry>> LoadKept(mysql::Session& session, const std::string& book, const std::string& id,
                                                size_t limit);
absl::Status StoreKept(mysql::Session& session, const std::string& book, const std::string& id,
                       const std::vector<KeptEntry>& kept);
// Forgets what an earlier revert left alone.
absl::Status ForgetKept(mysql::Session& session, const std::string& book, const std::string& id);

// The import as a run of it finds it: as it is, as a new one, or as the next generation of one that was reverted.
// IMPORT_REVERTED (kFailedPrecondition) while it is being reverted.
absl::StatusOr<ImportEntry> EnterImport(const std::optional<ImportEntry>& held, const ImportFile& file,
                                        const std::string& actor, absl::Time now);

// Notes what a row did, and the journal entries (first, last] that it made.
void NoteRow(ImportEntry& entry, RowEffect effect, int64_t before_sequence, int64_t after_sequence);

// The rows of an import that was reverted, or is being, are not taken.
absl::Status ImportReverted(absl::string_view id);

}  // namespace kechuang::ledger

#endif  // KECHUANG_COMMON_LEDGER_IMPORTS_H_
