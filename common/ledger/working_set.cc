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

namespace {

// Journal entries that are written together while the commands after them are decided.
constexpr size_t kSlice = 32;

}  // namespace

absl::Status WorkingSet::Fail(absl::Status status) {
  if (!status.ok() && failure_.ok()) failure_ = status;
  return status;
}

mysql::Session& WorkingSet::Idle() {
  AwaitWrites();
  if (!locked_) LockHead();
  return session_when_idle_;
}

void WorkingSet::AwaitWrites() {
  if (behind_ != nullptr) Fail(behind_->Wait()).IgnoreError();  // failure_ keeps it
}

// What was decided so far went by nothing that was read. So a head that has moved does no harm yet if nothing was
// written down for the journal after it, and no name was presumed to be free when it was older.
void WorkingSet::LockHead() {
  locked_ = true;
  const absl::StatusOr<Head> found = store_.LockHead(session_when_idle_);
  if (!found.ok()) {
    Fail(found.status()).IgnoreError();
  } else if (found->hash != head_before_.hash) {
    if (!journal_.empty() || presumed_names_) return HeadMoved().IgnoreError();
    head_ = head_before_ = *found;
    any_removed_.reset();
  }
}

absl::Status WorkingSet::HeadMoved() {
  head_moved_ = true;
  return Fail(absl::AbortedError("the head moved"));
}

WorkingSet::~WorkingSet() { AwaitWrites(); }

absl::Status WorkingSet::Begin(const RemovedAt& known, const std::optional<Head>& presumed) {
  if (presumed.has_value()) {
    head_ = *presumed;
  } else {
    locked_ = true;
    ASSIGN_OR_RETURN(head_, store_.LockHead(session_when_idle_));
  }
  head_before_ = head_;
  if (known.hash == head_.hash) any_removed_ = known.any;
  return absl::OkStatus();
}

absl::Status WorkingSet::Hold() {
  Idle();
  return failure_;
}

std::optional<RemovedAt> WorkingSet::removed_at() const {
  if (!any_removed_.has_value()) return std::nullopt;
  return RemovedAt{head_.hash, *any_removed_};
}

absl::Status WorkingSet::LoadInto(const Kind& kind, const std::vector<std::string>& names) {
  for (const std::string& name : names) slots_[name].kind = &kind;
  RETURN_IF_ERROR(Fail(store_.LoadRecords(Idle(), kind, names, [&](std::unique_ptr<Message> record) {
    FillDerived(kind, *record, now_);
    Slot& slot = slots_[NameOf(*record)];
    slot.current = std::move(record);
    slot.has_row = true;
    slot.found = true;
  })));
  std::vector<std::string> missing;
  for (const std::string& name : names) {
    if (slots_[name].current == nullptr) missing.push_back(name);
  }
  return missing.empty() ? absl::OkStatus() : Fail(LoadRemoved(missing));
}

absl::Status WorkingSet::LoadRemoved(const std::vector<std::string>& names) {
  if (!any_removed_.has_value()) {
    ASSIGN_OR_RETURN(any_removed_, store_.HasRemoved(Idle()));
  }
  if (!*any_removed_) return absl::OkStatus();
  return store_.LoadRemoved(
      Idle(), names, [&](const std::string& name, int64_t revision) { slots_[name].removed_revision = revision; });
}

absl::Status WorkingSet::LoadOrigins(const std::string& name) {
  std::vector<std::string> names = {name};
  for (const std::string& expected : std::exchange(expect_imported_, {})) {
    const auto slot = slots_.find(expected);
    const bool asked = slot != slots_.end() && slot->second.current != nullptr && !slot->second.origin_known;
    if (asked && expected != name) names.push_back(expected);
  }
  for (const std::string& loaded : names) slots_[loaded].origin_known = true;
  return store_.LoadOrigins(Idle(), names, [&](const std::string& found, int64_t newest, int64_t newest_import) {
    Slot& slot = slots_[found];
    slot.imported = newest_import > 0;
    slot.changed_since = slot.changed_since || newest > newest_import;
  });
}

absl::StatusOr<std::optional<LaterChange>> WorkingSet::ChangedSinceImport(const std::string& name) {
  if (!slots_[name].origin_known) RETURN_IF_ERROR(Fail(LoadOrigins(name)));
  const Slot& slot = slots_[name];
  if (!slot.imported || !slot.changed_since) return std::optional<LaterChange>();
  LaterChange later;
  for (const JournalEntry& entry : journal_) {
    if (entry.name == name && entry.author.import_id.empty()) later = {entry.author.actor, entry.sequence};
  }
  if (later.sequence == 0) {
    RETURN_IF_ERROR(Fail(store_.LoadJournal(Idle(), "book=? AND name=? AND import_id='' ORDER BY revision DESC LIMIT 1",
                                            {store_.book(), name}, [&](const JournalEntry& entry) {
                                              later = {entry.author.actor, entry.sequence};
                                              return absl::OkStatus();
                                            })));
  }
  return std::optional<LaterChange>(later);
}

std::set<std::string> WorkingSet::Removed() const {
  std::set<std::string> removed;
  for (const auto& [name, slot] : slots_) {
    if (slot.changed && slot.current == nullptr) removed.insert(name);
  }
  return removed;
}

absl::Status WorkingSet::Prefetch(const std::set<std::string>& names, const std::set<std::string>& keys) {
  std::map<const Kind*, std::vector<std::string>> names_of_kind;
  for (const std::string& name : names) {
    const Kind* kind = kinds_.OfName(name);
    if (kind != nullptr && !slots_.contains(name)) names_of_kind[kind].push_back(name);
  }
  for (const auto& [kind, names_to_load] : names_of_kind) RETURN_IF_ERROR(LoadInto(*kind, names_to_load));
  std::vector<std::string> keys_to_load(keys.begin(), keys.end());
  if (keys_to_load.empty()) return absl::OkStatus();
  for (const std::string& key : keys_to_load) names_of_key_[key];
  return Fail(store_.LoadKeys(Idle(), keys_to_load,
                              [&](RecordKey found) { names_of_key_[found.key].insert(std::move(found.name)); }));
}

absl::Status WorkingSet::Presume(const std::set<std::string>& names) {
  std::vector<std::string> presumed;
  for (const std::string& name : names) {
    const Kind* kind = kinds_.OfName(name);
    if (kind == nullptr || slots_.contains(name)) continue;
    Slot& slot = slots_[name];
    slot.kind = kind;
    slot.presumed = true;
    presumed.push_back(name);
  }
  // Where that is not known, the journal's INSERT tells of a name that was ever used: it has a first revision already.
  if (any_removed_.value_or(false)) RETURN_IF_ERROR(Fail(LoadRemoved(presumed)));
  presumed_names_ = presumed_names_ || !presumed.empty();
  return absl::OkStatus();
}

bool WorkingSet::Found(const std::string& name) const {
  const auto slot = slots_.find(name);
  return slot != slots_.end() && slot->second.found;
}

bool WorkingSet::PresumedByOthers(const std::string& name, const Slot& slot) const {
  if (!slot.presumed || slot.changed) return false;
  const std::vector<std::string>& own = deciding_->new_names;
  return std::find(own.begin(), own.end(), name) == own.end();
}

std::vector<std::string> WorkingSet::Unproven(const Command& command, const Changes& changes, bool refused) const {
  std::vector<std::string> unproven;
  for (const std::string& name : command.new_names) {
    const auto slot = slots_.find(name);
    if (slot == slots_.end() || !slot->second.presumed || slot->second.changed) continue;
    const auto stores = [&](const std::unique_ptr<Message>& change) { return NameOf(*change) == name; };
    if (refused || std::none_of(changes.begin(), changes.end(), stores)) unproven.push_back(name);
  }
  return unproven;
}

absl::Status WorkingSet::Confirm(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    Slot& slot = slots_[name];
    slot.presumed = false;
    RETURN_IF_ERROR(LoadInto(*slot.kind, {name}));
  }
  return failure_;
}

absl::StatusOr<const Message*> WorkingSet::Current(const Kind& kind, absl::string_view name) {
  const std::string key(name);
  const auto slot = slots_.find(key);
  if (slot == slots_.end()) {
    RETURN_IF_ERROR(LoadInto(kind, {key}));
  } else if (PresumedByOthers(key, slot->second)) {
    RETURN_IF_ERROR(Confirm({key}));
  }
  return slots_[key].current.get();
}

absl::StatusOr<Amounts> WorkingSet::Total(const Cell& cell) {
  auto stored = stored_totals_.find(cell);
  if (stored == stored_totals_.end()) {
    absl::StatusOr<Amounts> loaded = store_.LoadTotal(Idle(), cell);
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
    absl::StatusOr<std::string> greatest = store_.MaxKey(Idle(), prefix, below);
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

absl::StatusOr<std::string> WorkingSet::Apply(const Command& command, RowEffect& effect) {
  Overlay* const overlay = command.validate_only ? command.overlay.get() : nullptr;
  CommandDraft draft(*this, command, overlay);
  deciding_ = &command;
  absl::StatusOr<std::string> answer = command.decide(draft);
  RETURN_IF_ERROR(failure_);
  Changes changes = draft.TakeChanges();
  if (const std::vector<std::string> unproven = Unproven(command, changes, !answer.ok()); !unproven.empty()) {
    RETURN_IF_ERROR(Confirm(unproven));
    return Apply(command, effect);
  }
  RETURN_IF_ERROR(answer.status());
  effect = draft.effect();
  if (overlay != nullptr) {
    Stage(*overlay, changes);
  } else if (!command.validate_only) {
    Keep(command.author, std::move(changes));
  }
  return answer;
}

void WorkingSet::Stage(Overlay& overlay, const Changes& changes) {
  for (const std::unique_ptr<Message>& change : changes) {
    const Kind& kind = kinds_.Of(change->GetDescriptor());
    if (!kind.keys) {
      overlay.Stage(*change, {}, {});
      continue;
    }
    const Message* stored = slots_[NameOf(*change)].current.get();
    overlay.Stage(*change, kind.keys(*change), stored == nullptr ? std::vector<std::string>() : kind.keys(*stored));
  }
}

void WorkingSet::Keep(const Author& author, Changes changes) {
  for (std::unique_ptr<Message>& change : changes) {
    const std::string name = NameOf(*change);
    Record(author, name, RevisionOf(*change), change.get());
    Replace(author, name, std::move(change));
  }
  // The head's lock is taken before those of records.
  if (behind_ != nullptr && locked_ && journal_.size() - journal_written_ >= kSlice) WriteSliceBehind();
}

void WorkingSet::Restore(const Author& author, const Kind& kind, const std::string& name,
                         std::unique_ptr<Message> before) {
  Slot& slot = slots_[name];
  const int64_t revision = RevisionOf(*slot.current) + 1;
  if (before != nullptr) {
    StampNext(*before, slot.current.get(), now_);
    FillDerived(kind, *before, now_);
  } else {
    slot.removed_revision = revision;
  }
  Record(author, name, revision, before.get());
  Replace(author, name, std::move(before));
}

void WorkingSet::Replace(const Author& author, const std::string& name, std::unique_ptr<Message> next) {
  Slot& slot = slots_[name];
  const Kind& kind = *slot.kind;
  if (kind.contribution) {
    if (slot.current != nullptr) {
      for (const Contribution& old : kind.contribution(*slot.current)) AddContribution(old, -1);
    }
    if (next != nullptr) {
      for (const Contribution& added : kind.contribution(*next)) AddContribution(added, 1);
    }
  }
  if (kind.keys) {
    ChangeKeys(slot.current == nullptr ? std::vector<std::string>() : kind.keys(*slot.current),
               next == nullptr ? std::vector<std::string>() : kind.keys(*next), name);
  }
  slot.current = std::move(next);
  slot.changed = true;
  if (!std::exchange(slot.unwritten, true)) unwritten_.emplace_back(slots_.find(name)->first, &slot);
  if (author.import_id.empty()) {
    slot.changed_since = true;
  } else {
    slot.origin_known = true;
    slot.imported = true;
    slot.changed_since = false;
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

void WorkingSet::Record(const Author& author, const std::string& name, int64_t revision, const Message* record) {
  JournalEntry entry;
  entry.sequence = head_.sequence + 1;
  entry.name = name;
  entry.revision = revision;
  entry.author = author;
  entry.time = now_;
  if (record != nullptr) entry.record = RecordToJson(*record);
  entry.hash = ChainHash(head_.hash, entry);
  head_ = {entry.sequence, entry.hash};
  journal_.push_back(std::move(entry));
}

absl::Status WorkingSet::Write() {
  if (journal_.empty()) return absl::OkStatus();
  AwaitWrites();
  RETURN_IF_ERROR(failure_);  // of what was written behind
  const bool head_stored = !locked_;
  if (!locked_) {
    locked_ = true;
    ASSIGN_OR_RETURN(const bool moved, store_.MoveHead(session_when_idle_, head_before_, head_));
    if (!moved) return HeadMoved();
  }
  for (const Insert& insert : TakeInserts()) RETURN_IF_ERROR(insert.Run(Idle()));
  RETURN_IF_ERROR(WriteRemoved());
  RETURN_IF_ERROR(WriteTotals());
  RETURN_IF_ERROR(store_.RemoveKeys(Idle(), removed_keys_));
  RETURN_IF_ERROR(store_.AddKeys(Idle(), added_keys_));
  return head_stored ? absl::OkStatus() : store_.StoreHead(Idle(), head_);
}

std::vector<Insert> WorkingSet::TakeInserts() {
  std::sort(unwritten_.begin(), unwritten_.end());  // locks are taken in the order of names
  std::map<std::pair<std::string, bool>, std::pair<const Kind*, std::vector<const Message*>>> records_of_table;
  for (const auto& [name, slot] : unwritten_) {
    slot->unwritten = false;
    if (slot->current == nullptr) continue;
    auto& [kind, records] = records_of_table[{slot->kind->table, !slot->has_row}];
    kind = slot->kind;
    records.push_back(slot->current.get());
    slot->has_row = true;
  }
  unwritten_.clear();
  std::vector<Insert> inserts;
  for (const auto& [key, entry] : records_of_table) {
    inserts.push_back(store_.InsertOfRecords(*entry.first, entry.second, /*are_new=*/key.second));
  }
  inserts.push_back(store_.InsertOfJournal(absl::MakeConstSpan(journal_).subspan(journal_written_)));
  journal_written_ = journal_.size();
  return inserts;
}

void WorkingSet::WriteSliceBehind() {
  behind_->Post([session = &session_when_idle_, inserts = TakeInserts()]() -> absl::Status {
    for (const Insert& insert : inserts) RETURN_IF_ERROR(insert.Run(*session));
    return absl::OkStatus();
  });
}

absl::Status WorkingSet::WriteRemoved() {
  std::map<const Kind*, std::vector<std::string>> names_of_kind;
  std::map<std::string, int64_t> removed;
  std::vector<std::string> back;
  for (const auto& [name, slot] : slots_) {
    if (!slot.changed || slot.removed_revision == 0) continue;
    if (slot.current != nullptr) {
      back.push_back(name);
    } else {
      names_of_kind[slot.kind].push_back(name);
      removed[name] = slot.removed_revision;
    }
  }
  for (auto& [kind, names] : names_of_kind) {
    std::sort(names.begin(), names.end());
    RETURN_IF_ERROR(store_.DeleteRecords(Idle(), *kind, names));
  }
  RETURN_IF_ERROR(store_.StoreRemoved(Idle(), removed));
  std::sort(back.begin(), back.end());
  return store_.ForgetRemoved(Idle(), back);
}

absl::Status WorkingSet::WriteTotals() {
  std::erase_if(counter_changes_, [](const auto& entry) { return entry.second == 0; });
  std::map<CellKey, int64_t> before;
  for (const auto& [key, change] : counter_changes_) before[key] = 0;
  RETURN_IF_ERROR(store_.LoadCounters(Idle(), before));
  for (const auto& [key, change] : counter_changes_) {
    const int64_t held = before[key];
    total_changes_[key.cell].distinct += (held + change > 0 ? 1 : 0) - (held > 0 ? 1 : 0);
  }
  RETURN_IF_ERROR(store_.AddCounters(Idle(), counter_changes_));
  // In the order of the index, so that neighbours are written together.
  return store_.AddTotals(Idle(), {total_changes_.begin(), total_changes_.end()});
}

}  // namespace kechuang::ledger
