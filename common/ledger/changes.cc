#include "common/ledger/changes.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/ledger/column_time.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::ledger {
namespace {

using mysql::Session;
using mysql::Value;

absl::Status OutOfRange(int64_t after, int64_t oldest, int64_t newest) {
  return Refuse(absl::StatusCode::kOutOfRange, api::v1::JOURNAL_RANGE)
      .With("oldest", absl::StrCat(oldest))
      .With("newest", absl::StrCat(newest))
      .Says(absl::StrCat("the journal cannot be followed from ", after, ": it holds the entries ", oldest, " to ",
                         newest),
            absl::StrCat("无法从流水号 ", after, " 之后开始：流水现有第 ", oldest, " 至 ", newest, " 号"));
}

// True if nothing tells that two neighbours come from different commands. Two commands of one caller without request
// ids may look like one; one never looks like two.
bool MayShareCommand(const JournalEntry& one, const JournalEntry& next) {
  const Author& a = one.author;
  const Author& b = next.author;
  return next.sequence == one.sequence + 1 && one.time == next.time && a.actor == b.actor && a.method == b.method &&
         a.request_id == b.request_id && a.reason == b.reason && a.import_id == b.import_id && a.origin == b.origin;
}

// "certifications" of "enterprises/X/certifications/Y".
absl::string_view CollectionOf(absl::string_view name) {
  const size_t end = name.rfind('/');
  if (end == absl::string_view::npos) return "";
  const size_t begin = name.rfind('/', end - 1);
  return begin == absl::string_view::npos ? name.substr(0, end) : name.substr(begin + 1, end - begin - 1);
}

absl::StatusOr<std::vector<JournalEntry>> Load(Session& session, const Store& store, absl::string_view where,
                                               const std::vector<Value>& values) {
  std::vector<JournalEntry> entries;
  RETURN_IF_ERROR(store.LoadJournal(session, where, values, [&](JournalEntry entry) {
    entries.push_back(std::move(entry));
    return absl::OkStatus();
  }));
  return entries;
}

// Fails unless the journal goes on right after the place asked for, or ends there.
absl::Status CheckPlace(Session& session, const Store& store, int64_t after, int64_t next) {
  if (next == after + 1) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Head head, store.ReadHead(session));
  if (next == 0 && after <= head.sequence) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<JournalEntry> first,
                   Load(session, store, "book=? ORDER BY sequence LIMIT 1", {store.book()}));
  return OutOfRange(after, first.empty() ? 0 : first.front().sequence, head.sequence);
}

// A change, with the record as it was before.
absl::StatusOr<Change> ChangeOf(Session& session, const Store& store, JournalEntry entry, bool more_of_command) {
  Change change{std::move(entry), "", more_of_command};
  if (change.entry.revision > 1) {
    RETURN_IF_ERROR(store.LoadJournal(session, "book=? AND name=? AND revision=?",
                                      {store.book(), change.entry.name, change.entry.revision - 1},
                                      [&](JournalEntry before) {
                                        change.before = std::move(before.record);
                                        return absl::OkStatus();
                                      }));
  }
  return change;
}

absl::Status Add(Session& session, const Store& store, JournalEntry entry, bool more_of_command, ChangesPage& page) {
  ASSIGN_OR_RETURN(page.changes.emplace_back(), ChangeOf(session, store, std::move(entry), more_of_command));
  return absl::OkStatus();
}

absl::StatusOr<ChangesPage> ReadAll(Session& session, const Store& store, const ChangesQuery& query) {
  ChangesPage page;
  page.through = query.after;
  // One more than the page: it tells whether the last change is the last of its command.
  ASSIGN_OR_RETURN(std::vector<JournalEntry> entries,
                   Load(session, store, "book=? AND sequence>? ORDER BY sequence LIMIT ?",
                        {store.book(), query.after, int64_t{query.limit} + 1}));
  RETURN_IF_ERROR(CheckPlace(session, store, query.after, entries.empty() ? 0 : entries.front().sequence));
  page.more = entries.size() > static_cast<size_t>(query.limit);
  const size_t shown = page.more ? static_cast<size_t>(query.limit) : entries.size();
  for (size_t i = 0; i < shown; ++i) {
    page.through = entries[i].sequence;
    if (!query.collection.empty() && CollectionOf(entries[i].name) != query.collection) continue;
    const bool more_of_command = i + 1 < entries.size() && MayShareCommand(entries[i], entries[i + 1]);
    RETURN_IF_ERROR(Add(session, store, std::move(entries[i]), more_of_command, page));
  }
  return page;
}

// By the record's own index, however far the journal goes on beside it.
absl::StatusOr<ChangesPage> ReadOfRecord(Session& session, const Store& store, const ChangesQuery& query) {
  ASSIGN_OR_RETURN(const Head head, store.ReadHead(session));
  ASSIGN_OR_RETURN(
      const std::vector<JournalEntry> next,
      Load(session, store, "book=? AND sequence>? ORDER BY sequence LIMIT 1", {store.book(), query.after}));
  RETURN_IF_ERROR(CheckPlace(session, store, query.after, next.empty() ? 0 : next.front().sequence));
  ASSIGN_OR_RETURN(std::vector<JournalEntry> entries,
                   Load(session, store, "book=? AND name=? AND sequence>? AND sequence<=? ORDER BY revision LIMIT ?",
                        {store.book(), query.record, query.after, head.sequence, int64_t{query.limit} + 1}));
  ChangesPage page;
  page.more = entries.size() > static_cast<size_t>(query.limit);
  const size_t shown = page.more ? static_cast<size_t>(query.limit) : entries.size();
  page.through = page.more ? entries[shown - 1].sequence : std::max(query.after, head.sequence);
  for (size_t i = 0; i < shown; ++i) {
    const bool more_of_command = i + 1 < entries.size() && MayShareCommand(entries[i], entries[i + 1]);
    RETURN_IF_ERROR(Add(session, store, std::move(entries[i]), more_of_command, page));
  }
  return page;
}

// What a search asks of the entries [from, below).
std::pair<std::string, std::vector<Value>> WhereOf(const Store& store, const JournalSearch& search, int64_t from,
                                                   int64_t below) {
  std::string where = "book=? AND sequence>=? AND sequence<?";
  std::vector<Value> values = {store.book(), from, below};
  const auto add = [&](absl::string_view condition, Value value) {
    absl::StrAppend(&where, " AND ", condition);
    values.push_back(std::move(value));
  };
  if (!search.actor.empty()) add("actor=?", search.actor);
  if (!search.method.empty()) add("method=?", search.method);
  if (!search.record.empty()) add("name=?", search.record);
  if (search.since > absl::InfinitePast()) add("time>=?", TimeColumn(search.since));
  if (search.until < absl::InfiniteFuture()) add("time<?", TimeColumn(search.until));
  // A record's revisions are in the order of the journal, and there is an index over them.
  absl::StrAppend(&where, " ORDER BY ", search.record.empty() ? "sequence" : "revision", " DESC LIMIT ?");
  values.emplace_back(int64_t{search.limit});
  return {std::move(where), std::move(values)};
}

absl::StatusOr<JournalFound> Search(Session& session, const Store& store, const JournalSearch& search) {
  ASSIGN_OR_RETURN(const Head head, store.ReadHead(session));
  const int64_t below = search.below > 0 ? std::min(search.below, head.sequence + 1) : head.sequence + 1;
  // A record's own index leads to all of its entries at once.
  const int64_t from = search.record.empty() ? std::max<int64_t>(1, below - search.entries_max) : 1;
  const auto [where, values] = WhereOf(store, search, from, below);
  ASSIGN_OR_RETURN(std::vector<JournalEntry> entries, Load(session, store, where, values));
  JournalFound found;
  const bool full = entries.size() == static_cast<size_t>(search.limit);
  found.below = full ? entries.back().sequence : from;
  if (found.below <= 1) found.below = 0;
  for (JournalEntry& entry : entries) {
    ASSIGN_OR_RETURN(found.changes.emplace_back(), ChangeOf(session, store, std::move(entry), false));
  }
  return found;
}

}  // namespace

absl::StatusOr<JournalFound> SearchJournalBelow(mysql::Database& database, const Store& store, absl::Time deadline,
                                                const JournalSearch& search) {
  JournalFound found;
  RETURN_IF_ERROR(database.Read(deadline, [&](Session& session) -> absl::Status {
    ASSIGN_OR_RETURN(found, Search(session, store, search));
    return absl::OkStatus();
  }));
  return found;
}

absl::StatusOr<ChangesPage> ReadChangesAfter(mysql::Database& database, const Store& store, absl::Time deadline,
                                             const ChangesQuery& query) {
  ChangesPage page;
  RETURN_IF_ERROR(database.Read(deadline, [&](Session& session) -> absl::Status {
    ASSIGN_OR_RETURN(page, query.record.empty() ? ReadAll(session, store, query) : ReadOfRecord(session, store, query));
    return absl::OkStatus();
  }));
  return page;
}

}  // namespace kechuang::ledger
