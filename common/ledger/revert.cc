#include "common/ledger/revert.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/ledger/batch.h"
#include "common/ledger/draft.h"
#include "common/ledger/record_json.h"
#include "common/ledger/references.h"
#include "common/ledger/stamps.h"
#include "common/ledger/working_set.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::ledger {
namespace {

using google::protobuf::Message;
using mysql::Row;
using mysql::Session;
using mysql::Transaction;
using mysql::Value;

// Journal entries in one transaction, and the most that one row of an import makes.
constexpr int64_t kWindow = 256;
constexpr int64_t kRowEntriesMax = 32;
constexpr size_t kChunk = 64;
// Names of records left alone that a revert which only validates remembers.
constexpr size_t kKeptNamesMax = 100'000;
constexpr absl::Duration kReserve = absl::Seconds(1);

// The entries of one row of the file, newest first.
using RowEntries = std::vector<JournalEntry>;

// What becomes of one record of a row.
struct Undoing {
  const Kind* kind = nullptr;
  std::string name;
  std::unique_ptr<Message> target;  // nullptr if the record is taken back
};

// The newest later change of a record by others.
struct Foreign {
  int64_t sequence = 0;
  std::string actor;
};

absl::Status OutOfTime() {
  return Refuse(absl::StatusCode::kDeadlineExceeded, api::v1::DEADLINE)
      .Says("the time given ran out before all of the import was looked through; nothing was changed",
            "在规定时间内未能核查完整个导入，未作任何修改");
}

std::unique_ptr<Message> NewRecord(const Kind& kind) {
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(kind.type)->New());
}

// True if the record holds what the journal says it held after a change, whatever its revision.
bool HoldsStill(const Message& record, const Message& after, const std::string& after_json) {
  const std::unique_ptr<Message> copy(record.New());
  copy->CopyFrom(record);
  CopyStamps(after, *copy);
  return RecordToJson(*copy) == after_json;
}

// One transaction of a revert.
class Step {
 public:
  // names_kept is what a revert that only validates has left alone so far.
  Step(const Store& store, const KindTable& kinds, Transaction& transaction, absl::Time now, const RevertOrder& order,
       std::set<std::string>& names_kept)
      : store_(store),
        kinds_(kinds),
        transaction_(transaction),
        order_(order),
        names_kept_(names_kept),
        set_(store, kinds, transaction, now) {}

  // held is the import as the step before left it, of a revert that only validates.
  absl::StatusOr<Written> Run(const std::optional<ImportEntry>& held) {
    RETURN_IF_ERROR(set_.Begin());
    std::optional<ImportEntry> found = held;
    if (!found.has_value()) {
      ASSIGN_OR_RETURN(found, LoadImport(transaction_, store_.book(), order_.id));
    }
    if (!found.has_value()) return RecordNotFound(absl::StrCat("imports/", order_.id));
    entry_ = *std::move(found);
    if (entry_.state == ImportState::kReverted) return Written{set_.head()};
    if (entry_.state != ImportState::kReverting) RETURN_IF_ERROR(Enter());
    RETURN_IF_ERROR(UndoWindow());
    if (entry_.revert_sequence <= entry_.first_sequence || entry_.first_sequence == 0) {
      entry_.state = ImportState::kReverted;
      entry_.revert_time = set_.now();
    }
    if (!order_.validate_only) {
      RETURN_IF_ERROR(set_.Write());
      RETURN_IF_ERROR(StoreKeptEntries());
      RETURN_IF_ERROR(StoreImport(transaction_, store_.book(), entry_, set_.now()));
    }
    return Written{set_.head(), set_.wrote_journal() && !order_.validate_only};
  }

  const ImportEntry& entry() const { return entry_; }
  std::vector<KeptEntry>& kept() { return kept_; }

 private:
  absl::Status Enter() {
    entry_.state = ImportState::kReverting;
    entry_.revert_actor = order_.author.actor;
    entry_.revert_reason = order_.author.reason;
    entry_.revert_sequence = entry_.last_sequence + 1;
    entry_.restored = entry_.removed = entry_.kept = 0;
    entry_.revert_time.reset();
    return order_.validate_only ? absl::OkStatus() : ForgetKept(transaction_, store_.book(), order_.id);
  }

  // Of what was left alone, the first that fit the limit.
  absl::Status StoreKeptEntries() {
    const size_t before = static_cast<size_t>(entry_.kept) - kept_.size();
    const size_t room = before < order_.kept_max ? order_.kept_max - before : 0;
    std::vector<KeptEntry> stored = kept_;
    if (stored.size() > room) stored.resize(room);
    return StoreKept(transaction_, store_.book(), order_.id, stored);
  }

  // Undoes the rows whose newest entry lies in the next window below.
  absl::Status UndoWindow() {
    const int64_t low = std::max(entry_.first_sequence, entry_.revert_sequence - kWindow);
    ASSIGN_OR_RETURN(const std::vector<RowEntries> rows, LoadRows(low));
    RETURN_IF_ERROR(LoadAbout(rows));
    int64_t done = low;
    for (const RowEntries& row : rows) {
      RETURN_IF_ERROR(UndoRow(row));
      done = std::min(done, row.back().sequence);
    }
    entry_.revert_sequence = done;
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<RowEntries>> LoadRows(int64_t low) {
    std::vector<RowEntries> rows;
    RETURN_IF_ERROR(store_.LoadJournal(
        transaction_, "book=? AND sequence<? AND sequence>=? AND import_id=? ORDER BY sequence DESC",
        {store_.book(), entry_.revert_sequence, std::max(entry_.first_sequence, low - kRowEntriesMax), order_.id},
        [&](JournalEntry entry) {
          const bool same_row = !rows.empty() && rows.back().back().author.request_id == entry.author.request_id;
          if (!same_row) rows.emplace_back();
          rows.back().push_back(std::move(entry));
          return absl::OkStatus();
        }));
    std::erase_if(rows, [&](const RowEntries& row) { return row.front().sequence < low; });
    return rows;
  }

  // Reads the records, what they were before, and who changed them later.
  absl::Status LoadAbout(const std::vector<RowEntries>& rows) {
    std::set<std::string> names;
    std::vector<std::pair<std::string, int64_t>> earlier;
    int64_t oldest = entry_.revert_sequence;
    for (const RowEntries& row : rows) {
      for (const JournalEntry& entry : row) {
        names.insert(entry.name);
        if (entry.revision > 1) earlier.emplace_back(entry.name, entry.revision - 1);
        oldest = std::min(oldest, entry.sequence);
      }
    }
    RETURN_IF_ERROR(set_.Prefetch(names, {}));
    RETURN_IF_ERROR(LoadEarlier(earlier));
    return LoadForeign({names.begin(), names.end()}, oldest);
  }

  absl::Status LoadEarlier(const std::vector<std::pair<std::string, int64_t>>& wanted) {
    for (size_t first = 0; first < wanted.size(); first += kChunk) {
      const size_t end = std::min(wanted.size(), first + kChunk);
      std::vector<Value> values = {store_.book()};
      std::vector<std::string> matches;
      for (size_t i = first; i < end; ++i) {
        matches.emplace_back("(name=? AND revision=?)");
        values.insert(values.end(), {wanted[i].first, wanted[i].second});
      }
      RETURN_IF_ERROR(store_.LoadJournal(transaction_,
                                         absl::StrCat("book=? AND (", absl::StrJoin(matches, " OR "), ")"), values,
                                         [&](JournalEntry entry) {
                                           earlier_[{entry.name, entry.revision}] = std::move(entry.record);
                                           return absl::OkStatus();
                                         }));
    }
    return absl::OkStatus();
  }

  absl::Status LoadForeign(const std::vector<std::string>& names, int64_t after) {
    for (size_t first = 0; first < names.size(); first += kChunk) {
      const size_t end = std::min(names.size(), first + kChunk);
      std::vector<Value> values = {store_.book()};
      for (size_t i = first; i < end; ++i) values.emplace_back(names[i]);
      values.insert(values.end(), {after, order_.id});
      const std::string in = mysql::Placeholders(static_cast<int>(end - first));
      RETURN_IF_ERROR(
          transaction_.Query(absl::StrCat("SELECT name,sequence,actor FROM journal WHERE book=? AND name IN (", in,
                                          ") AND sequence>? AND import_id<>?"),
                             values, [&](const Row& row) {
                               Foreign& newest = foreign_[row.Text(0)];
                               if (row.Int(1) > newest.sequence) newest = {row.Int(1), row.Text(2)};
                               return absl::OkStatus();
                             }));
    }
    return absl::OkStatus();
  }

  absl::Status UndoRow(const RowEntries& row) {
    std::vector<Undoing> undoings;
    for (const JournalEntry& entry : row) {
      ASSIGN_OR_RETURN(const std::optional<KeptEntry> kept, Plan(entry, undoings));
      if (kept.has_value()) return KeepRow(row, *kept);
    }
    ASSIGN_OR_RETURN(const std::optional<KeptEntry> used, FindUse(row, undoings));
    if (used.has_value()) return KeepRow(row, *used);
    for (size_t i = 0; i < row.size(); ++i) {
      Author author = order_.author;
      author.import_id = order_.id;
      author.origin = absl::StrCat("revert of ", row[i].author.origin);
      Undoing& undoing = undoings[i];
      ++(undoing.target == nullptr ? entry_.removed : entry_.restored);
      if (order_.validate_only) continue;
      set_.Restore(author, *undoing.kind, undoing.name, std::move(undoing.target));
    }
    return absl::OkStatus();
  }

  // Adds what becomes of the record that the entry changed, or says why it is left alone.
  absl::StatusOr<std::optional<KeptEntry>> Plan(const JournalEntry& entry, std::vector<Undoing>& undoings) {
    const Kind* kind = kinds_.OfName(entry.name);
    KeptEntry kept{entry.sequence, entry.name, KeptEntry::Cause::kBound, "", entry.sequence, "", entry.author.origin};
    if (kind == nullptr || entry.record.empty()) return std::optional<KeptEntry>(kept);
    const Foreign later = foreign_[entry.name];
    if (later.sequence > entry.sequence) {
      kept.cause = KeptEntry::Cause::kChangedSince;
      kept.actor = later.actor;
      kept.sequence = later.sequence;
    }
    const std::unique_ptr<Message> after = NewRecord(*kind);
    RETURN_IF_ERROR(RecordFromJson(entry.record, *after));
    const std::string& before_json = earlier_[{entry.name, entry.revision - 1}];
    std::unique_ptr<Message> before = NewRecord(*kind);
    if (!before_json.empty()) RETURN_IF_ERROR(RecordFromJson(before_json, *before));
    ASSIGN_OR_RETURN(const Message* current, set_.Current(*kind, entry.name));
    if (current == nullptr) return std::optional<KeptEntry>(kept);

    const bool untouched =
        later.sequence < entry.sequence &&
        (order_.validate_only ? !names_kept_.contains(entry.name) : HoldsStill(*current, *after, entry.record));
    if (untouched) {
      undoings.push_back({kind, entry.name, before_json.empty() ? nullptr : std::move(before)});
      return std::optional<KeptEntry>();
    }
    std::unique_ptr<Message> mended(current->New());
    mended->CopyFrom(*current);
    if (!kind->undo || !kind->undo(*mended, *before, *after)) return std::optional<KeptEntry>(kept);
    undoings.push_back({kind, entry.name, std::move(mended)});
    return std::optional<KeptEntry>();
  }

  // A record to be taken back that others refer to, which are not taken back with it.
  absl::StatusOr<std::optional<KeptEntry>> FindUse(const RowEntries& row, const std::vector<Undoing>& undoings) {
    std::set<std::string> gone = set_.Removed();
    for (const Undoing& undoing : undoings) {
      if (undoing.target == nullptr) gone.insert(undoing.name);
    }
    for (size_t i = 0; i < undoings.size(); ++i) {
      if (undoings[i].target != nullptr) continue;
      const RefererQuery query = {gone, order_.validate_only ? order_.id : "", entry_.first_sequence};
      ASSIGN_OR_RETURN(const std::string referer,
                       FindReferer(transaction_, store_, kinds_, *undoings[i].kind, undoings[i].name, query));
      if (referer.empty()) continue;
      return std::optional<KeptEntry>(KeptEntry{row[i].sequence, row[i].name, KeptEntry::Cause::kInUse, "",
                                                row[i].sequence, referer, row[i].author.origin});
    }
    return std::optional<KeptEntry>();
  }

  absl::Status KeepRow(const RowEntries& row, const KeptEntry& cause) {
    for (const JournalEntry& entry : row) {
      ++entry_.kept;
      if (order_.validate_only && names_kept_.size() < kKeptNamesMax) names_kept_.insert(entry.name);
      if (entry.name == cause.name) {
        kept_.push_back(cause);
      } else {
        kept_.push_back({entry.sequence, entry.name, KeptEntry::Cause::kBound, "", entry.sequence, cause.name,
                         entry.author.origin});
      }
    }
    return absl::OkStatus();
  }

  const Store& store_;
  const KindTable& kinds_;
  Transaction& transaction_;
  const RevertOrder& order_;
  std::set<std::string>& names_kept_;
  WorkingSet set_;
  ImportEntry entry_;
  std::map<std::pair<std::string, int64_t>, std::string> earlier_;
  std::map<std::string, Foreign> foreign_;
  std::vector<KeptEntry> kept_;
};

}  // namespace

absl::StatusOr<Reverted> Revert(mysql::Database& database, const Store& store, const KindTable& kinds,
                                const Clock& clock, absl::Time deadline, const RevertOrder& order) {
  Reverted reverted;
  std::optional<ImportEntry> dry;  // a revert that only validates carries on in memory
  std::set<std::string> names_kept;
  bool begun = false;
  do {
    const bool late = absl::Now() > deadline - kReserve;
    if (late && order.validate_only) return OutOfTime();
    if (late && begun) break;
    std::vector<KeptEntry> kept;
    std::set<std::string> names;
    RETURN_IF_ERROR(
        CommitUnderHead(database, store, deadline, [&](Transaction& transaction) -> absl::StatusOr<Written> {
          names = names_kept;
          Step step(store, kinds, transaction, ColumnNow(clock), order, names);
          ASSIGN_OR_RETURN(const Written written, step.Run(dry));
          reverted.entry = step.entry();
          kept = std::move(step.kept());
          return written;
        }));
    begun = true;
    names_kept = std::move(names);
    if (!order.validate_only) continue;
    dry = reverted.entry;
    for (KeptEntry& entry : kept) {
      if (reverted.kept.size() < order.kept_max) reverted.kept.push_back(std::move(entry));
    }
  } while (reverted.entry.state != ImportState::kReverted);
  if (order.validate_only) return reverted;
  RETURN_IF_ERROR(database.Read(deadline, [&](Session& session) -> absl::Status {
    ASSIGN_OR_RETURN(reverted.kept, LoadKept(session, store.book(), order.id, order.kept_max));
    return absl::OkStatus();
  }));
  return reverted;
}

}  // namespace kechuang::ledger
