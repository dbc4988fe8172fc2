#include "common/ledger/imports.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/ledger/column_time.h"
#include "common/ledger/store.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::ledger {
namespace {

using mysql::Row;
using mysql::Session;
using mysql::Value;

constexpr char kColumns[] =
    "import_id,generation,kind,file_name,file_hash,actor,state,inserted,changed,unchanged,rejected,conflicts,"
    "first_sequence,last_sequence,revert_actor,revert_reason,revert_sequence,restored,removed,kept,revision,"
    "create_time,update_time,finish_time,revert_time";
constexpr int kColumnCount = 25;

// What a new run of the same import may change.
constexpr char kUpdates[] =
    "generation=VALUES(generation),kind=VALUES(kind),file_name=VALUES(file_name),file_hash=VALUES(file_hash),"
    "actor=VALUES(actor),state=VALUES(state),inserted=VALUES(inserted),changed=VALUES(changed),"
    "unchanged=VALUES(unchanged),rejected=VALUES(rejected),conflicts=VALUES(conflicts),"
    "first_sequence=VALUES(first_sequence),last_sequence=VALUES(last_sequence),revert_actor=VALUES(revert_actor),"
    "revert_reason=VALUES(revert_reason),revert_sequence=VALUES(revert_sequence),restored=VALUES(restored),"
    "removed=VALUES(removed),kept=VALUES(kept),revision=VALUES(revision),create_time=VALUES(create_time),"
    "update_time=VALUES(update_time),finish_time=VALUES(finish_time),revert_time=VALUES(revert_time)";

constexpr std::pair<ImportState, const char*> kStates[] = {{ImportState::kRunning, "RUNNING"},
                                                           {ImportState::kFinished, "FINISHED"},
                                                           {ImportState::kReverting, "REVERTING"},
                                                           {ImportState::kReverted, "REVERTED"}};

std::string TextOf(ImportState state) {
  for (const auto& [value, text] : kStates) {
    if (value == state) return text;
  }
  return "";
}

ImportState StateOf(const std::string& text) {
  for (const auto& [value, name] : kStates) {
    if (text == name) return value;
  }
  return ImportState::kRunning;
}

constexpr std::pair<KeptEntry::Cause, const char*> kCauses[] = {{KeptEntry::Cause::kChangedSince, "CHANGED_SINCE"},
                                                                {KeptEntry::Cause::kBound, "BOUND"},
                                                                {KeptEntry::Cause::kInUse, "IN_USE"}};

std::string TextOf(KeptEntry::Cause cause) {
  for (const auto& [value, text] : kCauses) {
    if (value == cause) return text;
  }
  return "";
}

KeptEntry::Cause CauseOf(const std::string& text) {
  for (const auto& [value, name] : kCauses) {
    if (text == name) return value;
  }
  return KeptEntry::Cause::kBound;
}

absl::StatusOr<std::optional<absl::Time>> OptionalTime(const Row& row, int column) {
  if (row.IsNull(column)) return std::optional<absl::Time>();
  ASSIGN_OR_RETURN(const absl::Time time, TimeOfColumn(row.Text(column)));
  return std::optional<absl::Time>(time);
}

Value TimeValue(const std::optional<absl::Time>& time) {
  if (!time.has_value()) return std::monostate();
  return TimeColumn(*time);
}

absl::StatusOr<ImportEntry> ReadEntry(const Row& row) {
  ImportEntry entry;
  entry.file = {row.Text(0), row.Text(2), row.Text(3), row.Text(4)};
  entry.generation = row.Int(1);
  entry.actor = row.Text(5);
  entry.state = StateOf(row.Text(6));
  entry.inserted = row.Int(7);
  entry.changed = row.Int(8);
  entry.unchanged = row.Int(9);
  entry.rejected = row.Int(10);
  entry.conflicts = row.Int(11);
  entry.first_sequence = row.Int(12);
  entry.last_sequence = row.Int(13);
  entry.revert_actor = row.Text(14);
  entry.revert_reason = row.Text(15);
  entry.revert_sequence = row.Int(16);
  entry.restored = row.Int(17);
  entry.removed = row.Int(18);
  entry.kept = row.Int(19);
  entry.revision = row.Int(20);
  ASSIGN_OR_RETURN(entry.create_time, TimeOfColumn(row.Text(21)));
  ASSIGN_OR_RETURN(entry.update_time, TimeOfColumn(row.Text(22)));
  ASSIGN_OR_RETURN(entry.finish_time, OptionalTime(row, 23));
  ASSIGN_OR_RETURN(entry.revert_time, OptionalTime(row, 24));
  return entry;
}

}  // namespace

absl::Status ImportReverted(absl::string_view id) {
  return Refuse(absl::StatusCode::kFailedPrecondition, api::v1::IMPORT_REVERTED)
      .About(absl::StrCat("imports/", id))
      .Says(absl::StrCat("imports/", id,
                         " was taken back, or is being taken back; end that with RevertImport, then import the file "
                         "anew"),
            absl::StrCat("imports/", id, " 已被撤销或正在撤销；请先完成撤销，再重新导入该文件"));
}

absl::StatusOr<std::optional<ImportEntry>> LoadImport(Session& session, const std::string& book,
                                                      const std::string& id) {
  std::optional<ImportEntry> found;
  RETURN_IF_ERROR(session.Query(absl::StrCat("SELECT ", kColumns, " FROM `import` WHERE book=? AND import_id=?"),
                                {book, id}, [&](const Row& row) -> absl::Status {
                                  ASSIGN_OR_RETURN(found, ReadEntry(row));
                                  return absl::OkStatus();
                                }));
  return found;
}

absl::Status StoreImport(Session& session, const std::string& book, ImportEntry& entry, absl::Time now) {
  ++entry.revision;
  entry.update_time = now;
  return session
      .Execute(absl::StrCat("INSERT INTO `import` (book,", kColumns, ") VALUES ",
                            mysql::PlaceholderRows(1, kColumnCount + 1), " ON DUPLICATE KEY UPDATE ", kUpdates),
               {book,
                entry.file.id,
                entry.generation,
                entry.file.kind,
                entry.file.file_name,
                entry.file.file_hash,
                entry.actor,
                TextOf(entry.state),
                entry.inserted,
                entry.changed,
                entry.unchanged,
                entry.rejected,
                entry.conflicts,
                entry.first_sequence,
                entry.last_sequence,
                entry.revert_actor,
                entry.revert_reason,
                entry.revert_sequence,
                entry.restored,
                entry.removed,
                entry.kept,
                entry.revision,
                TimeColumn(entry.create_time),
                TimeColumn(entry.update_time),
                TimeValue(entry.finish_time),
                TimeValue(entry.revert_time)})
      .status();
}

absl::StatusOr<std::vector<ImportEntry>> LoadImports(Session& session, const std::string& book, const std::string& kind,
                                                     const ImportPlace& below, int limit) {
  std::string where = "book=?";
  std::vector<Value> values = {book};
  if (!kind.empty()) {
    where += " AND kind=?";
    values.emplace_back(kind);
  }
  if (below.create_time != absl::InfiniteFuture()) {
    where += " AND (create_time<? OR (create_time=? AND import_id<?))";
    const std::string time = TimeColumn(below.create_time);
    values.insert(values.end(), {time, time, below.id});
  }
  values.emplace_back(int64_t{limit});
  std::vector<ImportEntry> entries;
  RETURN_IF_ERROR(session.Query(absl::StrCat("SELECT ", kColumns, " FROM `import` WHERE ", where,
                                             " ORDER BY create_time DESC,import_id DESC LIMIT ?"),
                                values, [&](const Row& row) -> absl::Status {
                                  ASSIGN_OR_RETURN(entries.emplace_back(), ReadEntry(row));
                                  return absl::OkStatus();
                                }));
  return entries;
}

absl::StatusOr<std::vector<KeptEntry>> LoadKept(Session& session, const std::string& book, const std::string& id,
                                                size_t limit) {
  std::vector<KeptEntry> kept;
  RETURN_IF_ERROR(session.Query(
      "SELECT sequence,name,cause,actor,later_sequence,other,origin FROM import_kept WHERE book=? AND import_id=? "
      "ORDER BY sequence DESC LIMIT ?",
      {book, id, static_cast<int64_t>(limit)}, [&](const Row& row) {
        kept.push_back(
            {row.Int(0), row.Text(1), CauseOf(row.Text(2)), row.Text(3), row.Int(4), row.Text(5), row.Text(6)});
        return absl::OkStatus();
      }));
  return kept;
}

absl::Status StoreKept(Session& session, const std::string& book, const std::string& id,
                       const std::vector<KeptEntry>& kept) {
  for (const KeptEntry& entry : kept) {
    RETURN_IF_ERROR(session
                        .Execute("INSERT INTO import_kept "
                                 "(book,import_id,sequence,name,cause,actor,later_sequence,other,origin) VALUES "
                                 "(?,?,?,?,?,?,?,?,?) ON DUPLICATE KEY UPDATE name=name",
                                 {book, id, entry.own_sequence, entry.name, TextOf(entry.cause), entry.actor,
                                  entry.sequence, entry.other, entry.origin})
                        .status());
  }
  return absl::OkStatus();
}

absl::Status ForgetKept(Session& session, const std::string& book, const std::string& id) {
  return session.Execute("DELETE FROM import_kept WHERE book=? AND import_id=?", {book, id}).status();
}

absl::StatusOr<ImportEntry> EnterImport(const std::optional<ImportEntry>& held, const ImportFile& file,
                                        const std::string& actor, absl::Time now) {
  if (held.has_value() && held->state == ImportState::kReverting) return ImportReverted(file.id);
  ImportEntry entry;
  if (held.has_value() && held->state != ImportState::kReverted) {
    entry = *held;
  } else {
    entry.generation = held.has_value() ? held->generation + 1 : 1;
    entry.revision = held.has_value() ? held->revision : 0;
    entry.actor = actor;
    entry.create_time = now;
  }
  entry.file = file;
  entry.state = ImportState::kRunning;
  return entry;
}

void NoteRow(ImportEntry& entry, RowEffect effect, int64_t before_sequence, int64_t after_sequence) {
  if (effect == RowEffect::kInserted) ++entry.inserted;
  if (effect == RowEffect::kChanged) ++entry.changed;
  if (effect == RowEffect::kUnchanged) ++entry.unchanged;
  if (after_sequence == before_sequence) return;
  if (entry.first_sequence == 0) entry.first_sequence = before_sequence + 1;
  entry.last_sequence = after_sequence;
}

}  // namespace kechuang::ledger
