#ifndef KECHUANG_COMMON_LEDGER_WORKING_SET_H_
#define KECHUANG_COMMON_LEDGER_WORKING_SET_H_

#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"

#include "common/ledger/register.h"
#include "common/ledger/store.h"

namespace kechuang::ledger {

// What one batch has loaded and changed: records, keys, totals and the journal entries to come. Commands are applied to
// it one after the other, in memory; Write then stores the sum of them with multi-row statements. For one transaction,
// one thread.
class WorkingSet {
 public:
  WorkingSet(const Store& store, const KindTable& kinds, mysql::Session& session, absl::Time now)
      : store_(store), kinds_(kinds), session_(session), now_(now) {}

  // Takes the head row: from here on nobody else writes to this book.
  absl::Status Begin();
  // Reads these records and keys in one statement each.
  absl::Status Prefetch(const std::set<std::string>& names, const std::set<std::string>& keys);

  // Decides one command and, if it is not refused and not validate_only, keeps what it wants changed.
  absl::StatusOr<std::string> Apply(const Command& command);
  // Stores everything kept. Nothing is written if nothing changed.
  absl::Status Write();

  absl::Time now() const { return now_; }
  // Not OK once a statement failed: the batch as a whole is to be given up, whatever the commands made of the error.
  const absl::Status& failure() const { return failure_; }
  // The head after Write, and whether the journal grew.
  const Head& head() const { return head_; }
  bool wrote_journal() const { return !journal_.empty(); }

  // The current record, loaded if need be; nullptr if there is none.
  absl::StatusOr<const google::protobuf::Message*> Current(const Kind& kind, absl::string_view name);
  absl::StatusOr<Amounts> Total(const Cell& cell);
  absl::StatusOr<const std::set<std::string>*> NamesOfKey(const std::string& key);
  absl::StatusOr<std::string> MaxKey(const std::string& prefix);
  const KindTable& kinds() const { return kinds_; }

 private:
  struct Slot {
    const Kind* kind = nullptr;
    std::unique_ptr<google::protobuf::Message> current;  // nullptr if there is none
    bool changed = false;
  };
  using Changes = std::vector<std::unique_ptr<google::protobuf::Message>>;

  absl::Status Fail(absl::Status status);
  absl::Status LoadInto(const Kind& kind, const std::vector<std::string>& names);
  void Keep(const Author& author, Changes changes);
  void AddContribution(const Contribution& contribution, int64_t sign);
  void ChangeKeys(const std::vector<std::string>& before, const std::vector<std::string>& after,
                  const std::string& name);
  void Record(const Author& author, const google::protobuf::Message& record);
  absl::Status WriteRecords();
  absl::Status WriteTotals();

  const Store& store_;
  const KindTable& kinds_;
  mysql::Session& session_;
  const absl::Time now_;
  absl::Status failure_;
  Head head_;
  std::unordered_map<std::string, Slot> slots_;
  std::vector<JournalEntry> journal_;
  std::map<Cell, Amounts> stored_totals_;
  std::map<Cell, Amounts> total_changes_;
  std::map<CellKey, int64_t> counter_changes_;
  std::map<std::string, std::set<std::string>> names_of_key_;
  std::set<RecordKey> added_keys_;
  std::set<RecordKey> removed_keys_;
};

}  // namespace kechuang::ledger

#endif  // KECHUANG_COMMON_LEDGER_WORKING_SET_H_
