#include "common/ledger/working_set.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/ledger/chain.h"
#include "common/ledger/draft.h"
#include "common/ledger/record_json.h"
#include "common/ledger/stamps.h"

namespace kechuang::ledger {

using google::protobuf::Message;

absl::Status WorkingSet::Fail(absl::Status status) {
  if (!status.ok() && failure_.ok()) failure_ = status;
  return status;
}

absl::Status WorkingSet::Begin() {
  ASSIGN_OR_RETURN(head_, store_.LockHead(session_));
  return absl::OkStatus();
}

absl::Status WorkingSet::LoadInto(const Kind& kind, const std::vector<std::string>& names) {
  for (const std::string& name : names) slots_[name].kind = &kind;
  return Fail(store_.LoadRecords(session_, kind, names, [&](std::unique_ptr<Message> record) {
    FillDerived(kind, *record, now_);
    Slot& slot = slots_[NameOf(*record)];
    slot.current = std::move(record);
  }));
}

absl::Status WorkingSet::Prefetch(const std::set<std::string>& names, const std::set<std::string>& keys) {
  std::map<const Kind*, std::vector<std::string>> names_of_kind;
  for (const std::string& name : names) {
    const Kind* kind = kinds_.OfName(name);
    if (kind != nullptr && !slots_.contains(name)) names_of_kind[kind].push_back(name);
  }
  for (const auto& [kind, names_to_load] : names_of_kind) RETURN_IF_ERROR(LoadInto(*kind, names_to_load));
  std::vector<std::string> keys_to_load(keys.begin(), keys.end());
  for (const std::string& key : keys_to_load) names_of_key_[key];
  return Fail(store_.LoadKeys(session_, keys_to_load,
                              [&](RecordKey found) { names_of_key_[found.key].insert(std::move(found.name)); }));
}

absl::StatusOr<const Message*> WorkingSet::Current(const Kind& kind, absl::string_view name) {
  const std::string key(name);
  if (!slots_.contains(key)) RETURN_IF_ERROR(LoadInto(kind, {key}));
  return slots_[key].current.get();
}

absl::StatusOr<Amounts> WorkingSet::Total(const Cell& cell) {
  auto stored = stored_totals_.find(cell);
  if (stored == stored_totals_.end()) {
    absl::StatusOr<Amounts> loaded = store_.LoadTotal(session_, cell);
    if (!loaded.ok()) return Fail(loaded.status());
    stored = stored_totals_.emplace(cell, *loaded).first;
  }
  Amounts amounts = stored->second;
  if (const auto change = total_changes_.find(cell); change != total_changes_.end()) {
    amounts.count += change->second.count;
    amounts.amount_fen += change->second.amount_fen;
    amounts.part_fen += change->second.part_fen;
  }
  return amounts;
}

absl::StatusOr<const std::set<std::string>*> WorkingSet::NamesOfKey(const std::string& key) {
  if (!names_of_key_.contains(key)) {
    RETURN_IF_ERROR(Prefetch({}, {key}));
    for (const RecordKey& added : added_keys_) {
      if (added.key == key) names_of_key_[key].insert(added.name);
    }
    for (const RecordKey& removed : removed_keys_) {
      if (removed.key == key) names_of_key_[key].erase(removed.name);
    }
  }
  return &names_of_key_[key];
}

absl::StatusOr<std::string> WorkingSet::MaxKey(const std::string& prefix) {
  std::string stored;
  std::string below;
  while (true) {  // a key that this batch took from its last record does not count
    absl::StatusOr<std::string> greatest = store_.MaxKey(session_, prefix, below);
    if (!greatest.ok()) return Fail(greatest.status());
    stored = *std::move(greatest);
    if (stored.empty() || removed_keys_.empty()) break;
    ASSIGN_OR_RETURN(const std::set<std::string>* names, NamesOfKey(stored));
    if (!names->empty()) break;
    below = stored;
  }
  const auto after = added_keys_.lower_bound({prefix + "\xff", ""});
  if (after != added_keys_.begin()) {
    const RecordKey& added = *std::prev(after);
    if (absl::StartsWith(added.key, prefix)) stored = std::max(stored, added.key);
  }
  return stored;
}

absl::StatusOr<std::string> WorkingSet::Apply(const Command& command) {
  CommandDraft draft(*this, command.author);
  ASSIGN_OR_RETURN(std::string answer, command.decide(draft));
  RETURN_IF_ERROR(failure_);
  if (!command.validate_only) Keep(command.author, draft.TakeChanges());
  return answer;
}

void WorkingSet::Keep(const Author& author, Changes changes) {
  for (std::unique_ptr<Message>& change : changes) {
    const std::string name = NameOf(*change);
    Slot& slot = slots_[name];
    const Kind& kind = *slot.kind;
    if (kind.contribution) {
      if (slot.current != nullptr) {
        for (const Contribution& old : kind.contribution(*slot.current)) AddContribution(old, -1);
      }
      for (const Contribution& added : kind.contribution(*change)) AddContribution(added, 1);
    }
    if (kind.keys) {
      ChangeKeys(slot.current == nullptr ? std::vector<std::string>() : kind.keys(*slot.current), kind.keys(*change),
                 name);
    }
    Record(author, *change);
    slot.current = std::move(change);
    slot.changed = true;
  }
}

void WorkingSet::AddContribution(const Contribution& contribution, int64_t sign) {
  Amounts& change = total_changes_[contribution.cell];
  change.count += sign * contribution.count;
  change.amount_fen += sign * contribution.amount_fen;
  change.part_fen += sign * contribution.part_fen;
  if (!contribution.distinct_key.empty()) {
    counter_changes_[{contribution.cell, contribution.distinct_key}] += sign * contribution.count;
  }
}

void WorkingSet::ChangeKeys(const std::vector<std::string>& before, const std::vector<std::string>& after,
                            const std::string& name) {
  const std::set<std::string> old_keys(before.begin(), before.end());
  const std::set<std::string> new_keys(after.begin(), after.end());
  for (const std::string& key : old_keys) {
    if (new_keys.contains(key)) continue;
    if (added_keys_.erase({key, name}) == 0) removed_keys_.insert({key, name});
    if (const auto known = names_of_key_.find(key); known != names_of_key_.end()) known->second.erase(name);
  }
  for (const std::string& key : new_keys) {
    if (old_keys.contains(key)) continue;
    if (removed_keys_.erase({key, name}) == 0) added_keys_.insert({key, name});
    if (const auto known = names_of_key_.find(key); known != names_of_key_.end()) known->second.insert(name);
  }
}

void WorkingSet::Record(const Author& author, const Message& record) {
  JournalEntry entry;
  entry.sequence = head_.sequence + 1;
  entry.name = NameOf(record);
  entry.revision = RevisionOf(record);
  entry.author = author;
  entry.time = now_;
  entry.record = RecordToJson(record);
  entry.hash = ChainHash(head_.hash, entry);
  head_ = {entry.sequence, entry.hash};
  journal_.push_back(std::move(entry));
}

absl::Status WorkingSet::Write() {
  if (journal_.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(WriteRecords());
  RETURN_IF_ERROR(store_.StoreJournal(session_, journal_));
  RETURN_IF_ERROR(WriteTotals());
  RETURN_IF_ERROR(store_.RemoveKeys(session_, removed_keys_));
  RETURN_IF_ERROR(store_.AddKeys(session_, added_keys_));
  return store_.StoreHead(session_, head_);
}

absl::Status WorkingSet::WriteRecords() {
  std::map<std::string, std::pair<const Kind*, std::vector<const Message*>>> records_of_table;
  for (const auto& [name, slot] : slots_) {
    if (!slot.changed) continue;
    auto& [kind, records] = records_of_table[slot.kind->table];
    kind = slot.kind;
    records.push_back(slot.current.get());
  }
  for (auto& [table, entry] : records_of_table) {
    auto& [kind, records] = entry;
    std::sort(records.begin(), records.end(),  // locks are taken in the order of names
              [](const Message* a, const Message* b) { return NameOf(*a) < NameOf(*b); });
    RETURN_IF_ERROR(store_.StoreRecords(session_, *kind, records));
  }
  return absl::OkStatus();
}

absl::Status WorkingSet::WriteTotals() {
  std::erase_if(counter_changes_, [](const auto& entry) { return entry.second == 0; });
  std::map<CellKey, int64_t> before;
  for (const auto& [key, change] : counter_changes_) before[key] = 0;
  RETURN_IF_ERROR(store_.LoadCounters(session_, before));
  for (const auto& [key, change] : counter_changes_) {
    const int64_t held = before[key];
    total_changes_[key.cell].distinct += (held + change > 0 ? 1 : 0) - (held > 0 ? 1 : 0);
  }
  RETURN_IF_ERROR(store_.AddCounters(session_, counter_changes_));
  return store_.AddTotals(session_, total_changes_);
}

}  // namespace kechuang::ledger
