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
                         const std::vector<std::string>& names, TakeRecord on_record) {
  std::map<std::string, std::unique_ptr<Message>> found;
  RETURN_IF_ERROR(database.Read(deadline, [&](Session& session) {
    found.clear();
    return store.LoadRecords(session, kind, names, [&](std::unique_ptr<Message> record) {
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

// Runs a SELECT of record_key, name and more from record_key and what is joined to it. Gives a row of each record that
// carries a key beginning with the prefix, in key order; at most limit.
absl::Status SelectByKeyPrefix(Session& session, const Store& store, absl::string_view select, absl::string_view prefix,
                               int limit, absl::FunctionRef<absl::Status(const Row&)> on_record) {
  const size_t most = static_cast<size_t>(limit);
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
    RETURN_IF_ERROR(session.Query(absl::StrCat(select, " WHERE book=? AND record_key LIKE ?",
                                               first ? "" : " AND record_key>=? AND (record_key>? OR name>?)",
                                               " ORDER BY record_key,name LIMIT ?"),
                                  values, [&](const Row& row) {
                                    ++rows;
                                    key = row.Text(0);
                                    name = row.Text(1);
                                    const bool wanted = seen.size() < most && seen.insert(name).second;
                                    return wanted ? on_record(row) : absl::OkStatus();
                                  }));
  } while (rows == most && seen.size() < most);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<std::string>> NamesByKeyPrefix(Database& database, const Store& store, absl::Time deadline,
                                                          absl::string_view prefix, int limit) {
  std::vector<std::string> names;
  RETURN_IF_ERROR(database.Read(deadline, [&](Session& session) {
    names.clear();
    return SelectByKeyPrefix(session, store, "SELECT record_key,name FROM record_key", prefix, limit,
                             [&](const Row& row) {
                               names.push_back(row.Text(1));
                               return absl::OkStatus();
                             });
  }));
  return names;
}

absl::Status RecordsByKeyPrefix(Database& database, const Store& store, const Kind& kind, absl::Time now,
                                absl::Time deadline, absl::string_view prefix, int limit, TakeRecord on_record) {
  const Columns& columns = store.ColumnsOf(kind);
  // One statement: a list of names would have the server weigh all the table's indexes, which costs it more than the
  // records. The keys must lead, since only they come in the order asked for and end at the limit.
  const std::string select = absl::StrCat("SELECT STRAIGHT_JOIN record_key,name,", columns.list(),
                                          " FROM record_key JOIN `", kind.table, "` USING (book,name)");
  std::vector<std::unique_ptr<Message>> records;
  RETURN_IF_ERROR(database.Read(deadline, [&](Session& session) {
    records.clear();
    return SelectByKeyPrefix(session, store, select, prefix, limit, [&](const Row& row) -> absl::Status {
      records.emplace_back(google::protobuf::MessageFactory::generated_factory()->GetPrototype(kind.type)->New());
      return columns.ReadRow(row, 2, *records.back());
    });
  }));
  for (std::unique_ptr<Message>& record : records) {
    FillDerived(kind, *record, now);
    on_record(std::move(record));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<TotalRow>> ReadTotals(Database& database, const Store& store, absl::Time deadline,
                                                 const TotalsQuery& query) {
  std::vector<TotalRow> rows;
  RETURN_IF_ERROR(database.Read(deadline, [&](Session& session) {
    rows.clear();
    return session.Query(
        "SELECT period,cell,entries,amount_fen,part_fen,distinct_keys FROM total WHERE book=? AND measure=? AND cut=? "
        "AND "
        "period BETWEEN ? AND ? AND CHAR_LENGTH(period)=? AND cell LIKE ? ORDER BY period,cell",
        {store.book(), query.measure, query.grouping, query.first_period, query.last_period,
         static_cast<int64_t>(query.first_period.size()), LikePrefix(query.cell_prefix)},
        [&](const Row& row) {
          rows.push_back({{query.measure, query.grouping, row.Text(0), row.Text(1)},
                          {row.Int(2), row.Int(3), row.Int(4), row.Int(5)}});
          return absl::OkStatus();
        });
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

absl::StatusOr<JournalEntry> OnlyEntry(absl::StatusOr<std::vector<JournalEntry>> entries, absl::string_view what) {
  if (!entries.ok()) return entries.status();
  if (entries->empty()) return RecordNotFound(what);
  return std::move(entries->front());
}

}  // namespace

absl::StatusOr<std::vector<JournalEntry>> ReadHistory(Database& database, const Store& store, absl::Time deadline,
                                                      absl::string_view name, int64_t before_revision, int limit) {
  const int64_t below = before_revision > 0 ? before_revision : INT64_MAX;
  return ReadEntries(database, store, deadline, "book=? AND name=? AND revision<? ORDER BY revision DESC LIMIT ?",
                     {store.book(), std::string(name), below, int64_t{limit}});
}

absl::StatusOr<JournalEntry> ReadAtRevision(Database& database, const Store& store, absl::Time deadline,
                                            absl::string_view name, int64_t revision) {
  return OnlyEntry(ReadEntries(database, store, deadline, "book=? AND name=? AND revision=?",
                               {store.book(), std::string(name), revision}),
                   absl::StrCat(name, "@r", revision));
}

absl::StatusOr<JournalEntry> ReadAtTime(Database& database, const Store& store, absl::Time deadline,
                                        absl::string_view name, absl::Time time) {
  return OnlyEntry(
      ReadEntries(database, store, deadline, "book=? AND name=? AND time<=? ORDER BY revision DESC LIMIT 1",
                  {store.book(), std::string(name), TimeColumn(time)}),
      absl::StrCat(name, " at ", TimeColumn(time)));
}

}  // namespace kechuang::ledger
