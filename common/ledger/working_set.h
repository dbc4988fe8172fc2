#ifndef KECHUANG_COMMON_LEDGER_WORKING_SET_H_
#define KECHUANG_COMMON_LEDGER_WORKING_SET_H_

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"

#include "common/ledger/register.h"
#include "common/ledger/store.h"
#include "common/ledger/write_behind.h"

namespace kechuang::ledger {

// Whether a register held names that were taken back when its journal ended with this hash.
struct RemovedAt {
  std::string hash;
  bool any = true;
};

// What one batch has loaded and changed: records, keys, totals and the journal entries to come. Commands are applied to
// it one after the other, in memory; Write then stores the sum of them with multi-row statements. For one transaction,
// one thread.
class WorkingSet {
 public:
  // With behind, records and journal entries are written a slice at a time while the commands after them are decided.
  WorkingSet(const Store& store, const KindTable& kinds, mysql::Session& session, absl::Time now,
             WriteBehind* behind = nullptr)
      : store_(store), kinds_(kinds), session_when_idle_(session), behind_(behind), now_(now) {}
  // Waits for what is being written.
  ~WorkingSet();

  // Takes the head row: from here on nobody else writes to this book. known is what an earlier batch found. With
  // presumed, which must be what the head was a moment ago, the row is taken as late as that is safe: before anything
  // is read, or by Write, which fails if the head has moved.
  absl::Status Begin(const RemovedAt& known = {}, const std::optional<Head>& presumed = std::nullopt);
  // Reads these records and keys in one statement each.
  absl::Status Prefetch(const std::set<std::string>& names, const std::set<std::string>& keys);
  // Takes it that these names are free, unless they were read. Write fails with RECORD_EXISTS if one is not; of a
  // command that does not store a record under its new names they are read before its answer counts.
  absl::Status Presume(const std::set<std::string>& names);
  // Takes the head row if it was not taken yet.
  absl::Status Hold();

  // Names of records that rows of imports may change, so that who changed them last is read for all of them at once.
  void ExpectImported(const std::set<std::string>& names) { expect_imported_ = names; }

  // Decides one command and, if it is not refused and not validate_only, keeps what it wants changed. effect becomes
  // what a row of an import did.
  absl::StatusOr<std::string> Apply(const Command& command, RowEffect& effect);
  // Puts a record back to what it was, as a further revision; takes it back if before is nullptr. There must be one.
  void Restore(const Author& author, const Kind& kind, const std::string& name,
               std::unique_ptr<google::protobuf::Message> before);
  // Stores everything kept. Nothing is written if nothing changed.
  absl::Status Write();

  absl::Time now() const { return now_; }
  // Not OK once a statement failed: the batch as a whole is to be given up, whatever the commands made of the error.
  const absl::Status& failure() const { return failure_; }
  // Whether the presumed head was not the head any more: all is to be decided again.
  bool head_moved() const { return head_moved_; }
  // Whether a record of this name was read.
  bool Found(const std::string& name) const;
  // The head after Write, and whether the journal grew.
  const Head& head() const { return head_; }
  bool wrote_journal() const { return !journal_.empty(); }

  // The current record, loaded if need be; nullptr if there is none.
  absl::StatusOr<const google::protobuf::Message*> Current(const Kind& kind, absl::string_view name);
  absl::StatusOr<Amounts> Total(const Cell& cell);
  absl::StatusOr<const std::set<std::string>*> NamesOfKey(const std::string& key);
  absl::StatusOr<std::string> MaxKey(const std::string& prefix);
  // The newest change by a command that is no import's, if an import had set the record before it and none has since.
  absl::StatusOr<std::optional<LaterChange>> ChangedSinceImport(const std::string& name);
  // The last revision of a record that was loaded, is not there, but was once; 0 if it never was.
  int64_t RemovedRevision(const std::string& name) { return slots_[name].removed_revision; }
  // Names of records that this batch took back.
  std::set<std::string> Removed() const;
  // For the next batch, once this one is committed; nothing if this one had no need to know.
  std::optional<RemovedAt> removed_at() const;
  const KindTable& kinds() const { return kinds_; }

 private:
  struct Slot {
    const Kind* kind = nullptr;
    std::unique_ptr<google::protobuf::Message> current;  // nullptr if there is none
    bool has_row = false;                                // in the table, as far as this transaction sees it
    bool found = false;                                  // by a look-up
    bool presumed = false;                               // to be free, which nothing has shown yet
    bool changed = false;                                // since the batch began
    bool unwritten = false;                              // since it was last written
    int64_t removed_revision = 0;                        // of a record taken back: its last one
    // Whether an import set the record, and another changed it since; told from the journal once that is known.
    bool origin_known = false;
    bool imported = false;
    bool changed_since = false;
  };
  using Changes = std::vector<std::unique_ptr<google::protobuf::Message>>;

  absl::Status Fail(absl::Status status);
  // The session under the head's lock, once nothing is being written by it.
  mysql::Session& Idle();
  void AwaitWrites();
  void LockHead();
  absl::Status HeadMoved();
  // Whether a name is taken to be free by others than the command that is being decided, and nothing has shown it yet.
  bool PresumedByOthers(const std::string& name, const Slot& slot) const;
  // The names that command took to be free and does not show to be.
  std::vector<std::string> Unproven(const Command& command, const Changes& changes, bool refused) const;
  absl::Status Confirm(const std::vector<std::string>& names);
  absl::Status LoadInto(const Kind& kind, const std::vector<std::string>& names);
  absl::Status LoadRemoved(const std::vector<std::string>& names);
  absl::Status LoadOrigins(const std::string& name);
  void Stage(Overlay& overlay, const Changes& changes);
  void Keep(const Author& author, Changes changes);
  // Puts next, or nothing, in the place of the slot's record, with all that follows for totals and keys.
  void Replace(const Author& author, const std::string& name, std::unique_ptr<google::protobuf::Message> next);
  void AddContribution(const Contribution& contribution, int64_t sign);
  void ChangeKeys(const std::vector<std::string>& before, const std::vector<std::string>& after,
                  const std::string& name);
  // The journal's next entry; record is nullptr for one that was taken back.
  void Record(const Author& author, const std::string& name, int64_t revision, const google::protobuf::Message* record);
  // The records and journal entries that are not written yet.
  std::vector<Insert> TakeInserts();
  void WriteSliceBehind();
  absl::Status WriteRemoved();
  absl::Status WriteTotals();

  const Store& store_;
  const KindTable& kinds_;
  mysql::Session& session_when_idle_;
  WriteBehind* const behind_;
  const absl::Time now_;
  absl::Status failure_;
  Head head_;
  Head head_before_;  // as it was, or is presumed to have been, when the batch began
  bool locked_ = false;
  bool head_moved_ = false;
  bool presumed_names_ = false;
  const Command* deciding_ = nullptr;
  std::unordered_map<std::string, Slot> slots_;
  std::optional<bool> any_removed_;  // whether the register holds a name that was taken back
  std::set<std::string> expect_imported_;
  std::vector<JournalEntry> journal_;
  size_t journal_written_ = 0;  // entries from the front
  std::vector<std::pair<absl::string_view, Slot*>> unwritten_;
  std::map<Cell, Amounts> stored_totals_;
  absl::flat_hash_map<Cell, Amounts> total_changes_;
  std::map<CellKey, int64_t> counter_changes_;
  std::map<std::string, std::set<std::string>> names_of_key_;
  std::set<RecordKey> added_keys_;
  std::set<RecordKey> removed_keys_;
};

}  // namespace kechuang::ledger

#endif  // KECHUANG_COMMON_LEDGER_WORKING_SET_H_
