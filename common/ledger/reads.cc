#include "common/ledger/reads.h"

#include <map>
#include <memory>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/ledger/column_time.h"
#include "common/ledger/draft.h"
#include "common/ledger/record_json.h"
#include "common/ledger/row_scope.h"
#include "common/ledger/stamps.h"

namespace kechuang::ledger {

using google::protobuf::Message;
using mysql::Database;
using mysql::Row;
using mysql::Session;
using mysql::Value;

std::string LikePrefix(absl::string_view prefix) {
  return absl::StrCat(absl::StrReplaceAll(prefix, {{"\\", "\\\\"}, {"%", "\\%"}, {"_", "\\_"}}), "%");
}

absl::Status ReadRecords(Database& database, const Store& store, const Kind& kind, absl::Time now, absl::Time deadline,
                         const std::vector<std::string>& names, absl::string_view scope, TakeRecord on_record) {
  std::map<std::string, std::unique_ptr<Message>> found;
  RETURN_IF_ERROR(database.Read(deadline, [&](Session& session) {
    found.clear();
    return store.LoadRecords(session, kind, names, [&](std::unique_ptr<Message> record) {
      if (!Covers(scope, *record)) return;
      FillDerived(kind, *record, now);
      found[NameOf(*record)] = std::move(record);
    });
  }));
  std::set<std::string> missing;
  for (const std::string& name : names) {
    if (!found.contains(name)) missing.insert(name);
  }
  if (!missing.empty()) return RecordNotFound(absl::StrJoin(missing, ", "));
  std::map<std::string, int> asked;
  for (const std::string& name : names) ++asked[name];
  for (const std::string& name : names) {
    std::unique_ptr<Message>& record = found[name];
    if (--asked[name] == 0) {
      on_record(std::move(record));
      continue;
    }
    std::unique_ptr<Message> copy(record->New());  // asked for again later
    copy->MergeFrom(*record);
    on_record(std::move(copy));
  }
  return absl::OkStatus();
}

namespace {

// Names of records that carry a key beginning with the prefix, in key order, each once; at most limit.
absl::StatusOr<std::vector<std::string>> SelectByKeyPrefix(Session& session, const Store& store,
                                                           absl::string_view prefix, int limit) {
  const size_t most = static_cast<size_t>(limit);
  std::vector<std::string> names;
  std::set<std::string> seen;
  std::string key;
  std::string name;
  size_t rows = 0;
  // A record may carry several such keys, so a page of rows may hold too few records.
  do {
    rows = 0;
    // Where nothing goes before, to say so costs the server half as much again.
    const bool first = seen.empty();
    std::vector<Value> values = {store.book(), LikePrefix(prefix)};
    if (!first) values.insert(values.end(), {key, key, name});
    values.emplace_back(int64_t{limit});
    RETURN_IF_ERROR(
        session.Query(absl::StrCat("SELECT record_key,name FROM record_key WHERE book=? AND record_key LIKE ?",
                                   first ? "" : " AND record_key>=? AND (record_key>? OR name>?)",
                                   " ORDER BY record_key,name LIMIT ?"),
                      values, [&](const Row& row) {
                        ++rows;
                        key = row.Text(0);
                        name = row.Text(1);
                        if (names.size() < most && seen.insert(name).second) names.push_back(name);
                        return absl::OkStatus();
                      }));
  } while (rows == most && names.size() < most);
  return names;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> NamesByKeyPrefix(Database& database, const Store& store, absl::Time deadline,
                                                          absl::string_view prefix, int limit) {
  std::vector<std::string> names;
  RETURN_IF_ERROR(database.Read(deadline, [&](Session& session) -> absl::Status {
    ASSIGN_OR_RETURN(names, SelectByKeyPrefix(session, store, prefix, limit));
    return absl::OkStatus();
  }));
  return names;
}

absl::Status RecordsByKeyPrefix(Database& database, const Store& store, PointReader& reader, const Kind& kind,
                                absl::Time now, absl::Time deadline, absl::string_view prefix, int limit,
                                TakeRecord on_record) {
  std::vector<RecordCache::Record> found;
  RETURN_IF_ERROR(database.Read(deadline, [&](Session& session) -> absl::Status {
    ASSIGN_OR_RETURN(const std::vector<std::string> names, SelectByKeyPrefix(session, store, prefix, limit));
    ASSIGN_OR_RETURN(found, reader.Find(session, kind, names));
    return absl::OkStatus();
  }));
  for (const RecordCache::Record& record : found) {
    if (record != nullptr) on_record(PointReader::Show(kind, *record, now));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<TotalRow>> SelectTotals(Session& session, const Store& store, const TotalsQuery& query) {
  std::vector<TotalRow> rows;
  RETURN_IF_ERROR(session.Query(
      "SELECT period,cell,entries,amount_fen,part_fen,distinct_keys FROM total WHERE book=? AND measure=? AND cut=? "
      "AND period BETWEEN ? AND ? AND CHAR_LENGTH(period)=? AND cell LIKE ? ORDER BY period,cell",
      {store.book(), query.measure, query.grouping, query.first_period, query.last_period,
       static_cast<int64_t>(query.first_period.size()), LikePrefix(query.cell_prefix)},
      [&](const Row& row) {
        rows.push_back({{query.measure, query.grouping, row.Text(0), row.Text(1)},
                        {row.Int(2), row.Int(3), row.Int(4), row.Int(5)}});
        return absl::OkStatus();
      }));
  return rows;
}

absl::StatusOr<std::vector<TotalRow>> ReadTotals(Database& database, const Store& store, absl::Time deadline,
                                                 const TotalsQuery& query) {
  std::vector<TotalRow> rows;
  RETURN_IF_ERROR(database.Read(deadline, [&](Session& session) -> absl::Status {
    ASSIGN_OR_RETURN(rows, SelectTotals(session, store, query));
    return absl::OkStatus();
  }));
  return rows;
}

namespace {

absl::StatusOr<std::vector<JournalEntry>> ReadEntries(Database& database, const Store& store, absl::Time deadline,
                                                      absl::string_view where, const std::vector<Value>& values) {
  std::vector<JournalEntry> entries;
  RETURN_IF_ERROR(database.Read(deadline, [&](Session& session) {
    entries.clear();
    return store.LoadJournal(session, where, values, [&](JournalEntry entry) {
      entries.push_back(std::move(entry));
      return absl::OkStatus();
    });
  }));
  return entries;
}

// Whether the record was one of the scope's rows after this change.
absl::StatusOr<bool> IsOwn(const Store& store, const JournalEntry& entry, absl::string_view scope) {
  const Kind* kind = store.kinds().OfName(entry.name);
  if (kind == nullptr || entry.record.empty()) return false;  // one that was taken back is nobody's
  const std::unique_ptr<Message> record(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(kind->type)->New());
  RETURN_IF_ERROR(RecordFromJson(entry.record, *record));
  return Covers(scope, *record);
}

// Takes away, of one record's entries from the newest to the oldest, the first that is none of the scope's and all that
// come before it in time: what a record was before it came to somebody is not theirs.
absl::Status KeepOwn(const Store& store, absl::string_view scope, std::vector<JournalEntry>& entries) {
  for (size_t i = 0; i < entries.size(); ++i) {
    ASSIGN_OR_RETURN(const bool own, IsOwn(store, entries[i], scope));
    if (own) continue;
    entries.resize(i);
    break;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<JournalEntry>> ReadBelow(Database& database, const Store& store, absl::Time deadline,
                                                    absl::string_view name, int64_t below, int limit) {
  return ReadEntries(database, store, deadline, "book=? AND name=? AND revision<? ORDER BY revision DESC LIMIT ?",
                     {store.book(), std::string(name), below, int64_t{limit}});
}

// The entries that the scope may see of a record; all, if there is no scope. A record that is not theirs now has none.
absl::StatusOr<std::vector<JournalEntry>> OfScope(Database& database, const Store& store, absl::Time deadline,
                                                  absl::string_view name, absl::string_view scope,
                                                  std::vector<JournalEntry> entries) {
  if (scope.empty()) return entries;
  ASSIGN_OR_RETURN(std::vector<JournalEntry> newest, ReadBelow(database, store, deadline, name, INT64_MAX, 1));
  RETURN_IF_ERROR(KeepOwn(store, scope, newest));
  if (newest.empty()) return newest;
  RETURN_IF_ERROR(KeepOwn(store, scope, entries));
  return entries;
}

absl::StatusOr<JournalEntry> OnlyEntry(std::vector<JournalEntry> entries, absl::string_view what) {
  if (entries.empty()) return RecordNotFound(what);
  return std::move(entries.front());
}

}  // namespace

absl::StatusOr<std::vector<JournalEntry>> ReadHistory(Database& database, const Store& store, absl::Time deadline,
                                                      absl::string_view name, int64_t before_revision, int limit,
                                                      absl::string_view scope) {
  ASSIGN_OR_RETURN(
      std::vector<JournalEntry> entries,
      ReadBelow(database, store, deadline, name, before_revision > 0 ? before_revision : INT64_MAX, limit));
  return OfScope(database, store, deadline, name, scope, std::move(entries));
}

absl::StatusOr<JournalEntry> ReadAtRevision(Database& database, const Store& store, absl::Time deadline,
                                            absl::string_view name, int64_t revision, absl::string_view scope) {
  ASSIGN_OR_RETURN(std::vector<JournalEntry> entries,
                   ReadEntries(database, store, deadline, "book=? AND name=? AND revision=?",
                               {store.book(), std::string(name), revision}));
  ASSIGN_OR_RETURN(entries, OfScope(database, store, deadline, name, scope, std::move(entries)));
  return OnlyEntry(std::move(entries), absl::StrCat(name, "@r", revision));
}

absl::StatusOr<JournalEntry> ReadAtTime(Database& database, const Store& store, absl::Time deadline,
                                        absl::string_view name, absl::Time time, absl::string_view scope) {
  ASSIGN_OR_RETURN(
      std::vector<JournalEntry> entries,
      ReadEntries(database, store, deadline, "book=? AND name=? AND time<=? ORDER BY revision DESC LIMIT 1",
                  {store.book(), std::string(name), TimeColumn(time)}));
  ASSIGN_OR_RETURN(entries, OfScope(database, store, deadline, name, scope, std::move(entries)));
  return OnlyEntry(std::move(entries), absl::StrCat(name, " at ", TimeColumn(time)));
}

}  // namespace kechuang::ledger
