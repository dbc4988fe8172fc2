#include "common/ledger/store.h"

#include <algorithm>
#include <bit>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/ledger/column_time.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::ledger {
namespace {

using google::protobuf::Message;
using mysql::PlaceholderRows;
using mysql::Placeholders;
using mysql::Row;
using mysql::Session;
using mysql::Value;

// Rows of one INSERT and names of one IN list. Sizes are powers of two, so that few different statements are prepared.
constexpr size_t kChunkMax = 256;
constexpr char kJournalColumns[] =
    "sequence,name,revision,actor,method,request_id,reason,import_id,origin,time,record,hash";

// Calls insert(first, count) until all rows are taken, count always a power of two.
absl::Status InChunks(size_t rows, absl::FunctionRef<absl::Status(size_t first, size_t count)> insert) {
  size_t first = 0;
  while (first < rows) {
    const size_t count = std::min(kChunkMax, std::bit_floor(rows - first));
    RETURN_IF_ERROR(insert(first, count));
    first += count;
  }
  return absl::OkStatus();
}

Insert InsertOf(std::string head, int width, std::string tail, std::vector<Value> values) {
  return {std::move(head), PlaceholderRows(1, width), static_cast<size_t>(width), std::move(tail), std::move(values)};
}

// The size of the IN list for this many names: the next power of two.
size_t PaddedSize(size_t names) { return std::bit_ceil(names); }

absl::Status SchemaDiffers(const Kind& kind, absl::string_view english, absl::string_view chinese) {
  return Refuse(absl::StatusCode::kFailedPrecondition, api::v1::SCHEMA_VERSION)
      .With("table", kind.table)
      .Says(absl::StrCat("table ", kind.table, " does not fit ", kind.type->full_name(), ": ", english),
            absl::StrCat("数据表 ", kind.table, " 与 ", kind.type->full_name(), " 不符：", chinese));
}

// What the columns of a table hold if an INSERT does not name them, as SQL; "" if they must be named.
using Defaults = std::map<std::string, std::string>;

absl::StatusOr<Defaults> LoadDefaults(Session& session, const std::string& table) {
  Defaults defaults;
  RETURN_IF_ERROR(
      session.Query("SELECT column_name,column_default,is_nullable FROM information_schema.columns WHERE "
                    "table_schema=DATABASE() AND table_name=?",
                    {table}, [&](const Row& row) {
                      std::string text = row.Text(1);
                      // MariaDB gives a default as it is written, MySQL a text without its quotes and no default for
                      // NULL.
                      if (row.IsNull(1)) {
                        text = row.Text(2) == "YES" ? "NULL" : "";
                      } else if (text.empty()) {
                        text = "''";
                      }
                      defaults[row.Text(0)] = std::move(text);
                      return absl::OkStatus();
                    }));
  return defaults;
}

absl::Status CompareColumns(const Kind& kind, const Columns& columns, Defaults found) {
  if (found.erase("book") == 0) return SchemaDiffers(kind, "no column book", "缺少 book 列");
  for (const Column& column : columns.all()) {
    const auto at = found.find(column.name);
    if (at == found.end()) {
      return SchemaDiffers(kind, absl::StrCat("no column ", column.name), absl::StrCat("缺少列 ", column.name));
    }
    if (column.name != "name" && at->second != column.empty) {
      return SchemaDiffers(kind, absl::StrCat("the default of column ", column.name, " is not ", column.empty),
                           absl::StrCat("列 ", column.name, " 的默认值不是 ", column.empty));
    }
    found.erase(at);
  }
  if (!found.empty()) {
    const std::string& name = found.begin()->first;
    return SchemaDiffers(kind, absl::StrCat("unknown column ", name), absl::StrCat("多余列 ", name));
  }
  return absl::OkStatus();
}

// Appends a row's values, each made where it stays.
template <class... Columns>
void AppendRow(std::vector<Value>& values, Columns&&... columns) {
  (values.emplace_back(std::forward<Columns>(columns)), ...);
}

std::vector<Value> CellValues(const std::string& book, const Cell& cell) {
  return {book, cell.measure, cell.grouping, cell.period, cell.cell};
}

constexpr char kCellMatch[] = "measure=? AND cut=? AND period=? AND cell=?";

std::string EscapeLike(absl::string_view prefix) {
  return absl::StrReplaceAll(prefix, {{"\\", "\\\\"}, {"%", "\\%"}, {"_", "\\_"}});
}

}  // namespace

absl::Status Insert::Run(Session& session) const {
  return InChunks(values.size() / width, [&](size_t first, size_t count) -> absl::Status {
    std::string sql;
    sql.reserve(head.size() + (row.size() + 1) * count + tail.size());
    absl::StrAppend(&sql, head);
    for (size_t i = 0; i < count; ++i) absl::StrAppend(&sql, i == 0 ? "" : ",", row);
    absl::StrAppend(&sql, tail);
    return session.Execute(sql, absl::Span<const Value>(values.data() + first * width, count * width)).status();
  });
}

Store::Store(const KindTable& kinds, std::string book) : kinds_(kinds), book_(std::move(book)) {
  for (const Kind& kind : kinds_.all()) {
    columns_[kind.type] = std::make_unique<Columns>(kind.type);
    shapes_[kind.type] = std::make_unique<RowShapes>();
  }
}

absl::Status Store::Prepare(Session& session) const {
  RETURN_IF_ERROR(session
                      .Execute("INSERT INTO head (book,sequence,hash) VALUES (?,0,?) ON DUPLICATE KEY UPDATE book=book",
                               {book_, std::string(64, '0')})
                      .status());
  for (const Kind& kind : kinds_.all()) {
    ASSIGN_OR_RETURN(Defaults defaults, LoadDefaults(session, kind.table));
    RETURN_IF_ERROR(CompareColumns(kind, ColumnsOf(kind), std::move(defaults)));
  }
  return absl::OkStatus();
}

namespace {

absl::StatusOr<Head> QueryHead(Session& session, absl::string_view sql, const std::string& book) {
  Head head;
  bool found = false;
  RETURN_IF_ERROR(session.Query(sql, {book}, [&](const Row& row) {
    head = {row.Int(0), row.Text(1)};
    found = true;
    return absl::OkStatus();
  }));
  if (found) return head;
  return Refuse(absl::StatusCode::kFailedPrecondition, api::v1::INTERNAL_FAULT)
      .Says("the book has no head row", "账簿缺少首行记录");
}

}  // namespace

absl::StatusOr<Head> Store::LockHead(Session& session) const {
  return QueryHead(session, "SELECT sequence,hash FROM head WHERE book=? FOR UPDATE", book_);
}

absl::StatusOr<Head> Store::ReadHead(Session& session) const {
  return QueryHead(session, "SELECT sequence,hash FROM head WHERE book=?", book_);
}

absl::Status Store::StoreHead(Session& session, const Head& head) const {
  return session.Execute("UPDATE head SET sequence=?,hash=? WHERE book=?", {head.sequence, head.hash, book_}).status();
}

absl::StatusOr<bool> Store::MoveHead(Session& session, const Head& before, const Head& head) const {
  ASSIGN_OR_RETURN(const int64_t moved,
                   session.Execute("UPDATE head SET sequence=?,hash=? WHERE book=? AND sequence=? AND hash=?",
                                   {head.sequence, head.hash, book_, before.sequence, before.hash}));
  return moved == 1;
}

absl::Status Store::FenceHead(Session& session, const Head& head) const {
  RETURN_IF_ERROR(StoreHead(session, {head.sequence + 1, head.hash}));
  return StoreHead(session, head);
}

absl::Status Store::LoadRecords(Session& session, const Kind& kind, const std::vector<std::string>& names,
                                TakeRecord on_record) const {
  const Columns& columns = ColumnsOf(kind);
  for (size_t first = 0; first < names.size(); first += kChunkMax) {
    const size_t count = std::min(kChunkMax, names.size() - first);
    std::vector<Value> values = {book_};
    for (size_t i = 0; i < PaddedSize(count); ++i) values.push_back(names[first + std::min(i, count - 1)]);
    RETURN_IF_ERROR(
        // Every index of a record table begins with the book, and the optimiser would weigh them all for each list.
        session.Query(absl::StrCat("SELECT ", columns.list(), " FROM `", kind.table,
                                   "` FORCE INDEX (PRIMARY) WHERE book=? AND name IN (",
                                   Placeholders(static_cast<int>(PaddedSize(count))), ")"),
                      values, [&](const Row& row) -> absl::Status {
                        std::unique_ptr<Message> record(
                            google::protobuf::MessageFactory::generated_factory()->GetPrototype(kind.type)->New());
                        RETURN_IF_ERROR(columns.ReadRow(row, 0, *record));
                        on_record(std::move(record));
                        return absl::OkStatus();
                      }));
  }
  return absl::OkStatus();
}

Insert Store::InsertOfRecords(const Kind& kind, const std::vector<const Message*>& records, bool are_new) const {
  const Columns& columns = ColumnsOf(kind);
  std::vector<bool> used(columns.all().size());
  for (const Message* record : records) columns.MarkUsed(*record, used);
  used = shapes_.at(kind.type)->Covering(std::move(used));

  // A column that is empty in all records is left to its default: whatever stands in a statement for it, bound or not,
  // costs the server more than to store it.
  std::string list;
  std::string updates;
  for (size_t i = 0; i < columns.all().size(); ++i) {
    const Column& column = columns.all()[i];
    if (used[i]) absl::StrAppend(&list, ",`", column.name, "`");
    if (column.name == "name") continue;
    const std::string value = used[i] ? absl::StrCat("VALUES(`", column.name, "`)") : std::string(column.empty);
    absl::StrAppend(&updates, updates.empty() ? "" : ",", "`", column.name, "`=", value);
  }
  Insert insert;
  insert.head = absl::StrCat("INSERT INTO `", kind.table, "` (book", list, ") VALUES ");
  insert.width = static_cast<size_t>(std::count(used.begin(), used.end(), true)) + 1;
  insert.row = PlaceholderRows(1, static_cast<int>(insert.width));
  if (!are_new) insert.tail = absl::StrCat(" ON DUPLICATE KEY UPDATE ", updates);
  insert.values.reserve(insert.width * records.size());
  for (const Message* record : records) {
    insert.values.emplace_back(book_);
    columns.AppendValues(*record, used, insert.values);
  }
  return insert;
}

namespace {

// Runs before + "IN (?,..)" + after over the names, a chunk at a time, with the book bound before them.
absl::Status ForNames(const std::string& book, const std::vector<std::string>& names,
                      absl::FunctionRef<absl::Status(const std::string& in, const std::vector<Value>& values)> run) {
  for (size_t first = 0; first < names.size(); first += kChunkMax) {
    const size_t count = std::min(kChunkMax, names.size() - first);
    std::vector<Value> values = {book};
    for (size_t i = 0; i < PaddedSize(count); ++i) values.push_back(names[first + std::min(i, count - 1)]);
    RETURN_IF_ERROR(run(absl::StrCat(" IN (", Placeholders(static_cast<int>(PaddedSize(count))), ")"), values));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Store::DeleteRecords(Session& session, const Kind& kind, const std::vector<std::string>& names) const {
  return ForNames(book_, names, [&](const std::string& in, const std::vector<Value>& values) {
    return session.Execute(absl::StrCat("DELETE FROM `", kind.table, "` WHERE book=? AND name", in), values).status();
  });
}

absl::StatusOr<bool> Store::HasRemoved(Session& session) const {
  bool found = false;
  RETURN_IF_ERROR(session.Query("SELECT 1 FROM removed_record WHERE book=? LIMIT 1", {book_}, [&](const Row&) {
    found = true;
    return absl::OkStatus();
  }));
  return found;
}

absl::Status Store::LoadRemoved(Session& session, const std::vector<std::string>& names,
                                absl::FunctionRef<void(const std::string&, int64_t)> on_name) const {
  return ForNames(book_, names, [&](const std::string& in, const std::vector<Value>& values) {
    return session.Query(absl::StrCat("SELECT name,revision FROM removed_record WHERE book=? AND name", in), values,
                         [&](const Row& row) {
                           on_name(row.Text(0), row.Int(1));
                           return absl::OkStatus();
                         });
  });
}

absl::Status Store::StoreRemoved(Session& session, const std::map<std::string, int64_t>& revisions) const {
  std::vector<Value> values;
  for (const auto& [name, revision] : revisions) AppendRow(values, book_, name, revision);
  return InsertOf("INSERT INTO removed_record (book,name,revision) VALUES ", 3,
                  " ON DUPLICATE KEY UPDATE revision=VALUES(revision)", std::move(values))
      .Run(session);
}

absl::Status Store::ForgetRemoved(Session& session, const std::vector<std::string>& names) const {
  return ForNames(book_, names, [&](const std::string& in, const std::vector<Value>& values) {
    return session.Execute(absl::StrCat("DELETE FROM removed_record WHERE book=? AND name", in), values).status();
  });
}

absl::Status Store::LoadOrigins(Session& session, const std::vector<std::string>& names,
                                absl::FunctionRef<void(const std::string&, int64_t, int64_t)> on_name) const {
  return ForNames(book_, names, [&](const std::string& in, const std::vector<Value>& values) {
    return session.Query(absl::StrCat("SELECT name,MAX(revision),COALESCE(MAX(CASE WHEN import_id<>'' THEN revision "
                                      "END),0) FROM journal WHERE book=? AND name",
                                      in, " GROUP BY name"),
                         values, [&](const Row& row) {
                           on_name(row.Text(0), row.Int(1), row.Int(2));
                           return absl::OkStatus();
                         });
  });
}

absl::Status Store::LoadRequests(Session& session, const std::vector<RequestKey>& keys,
                                 std::map<RequestKey, StoredRequest>& found) const {
  std::map<std::string, std::vector<std::string>> ids_of_actor;
  for (const RequestKey& key : keys) ids_of_actor[key.actor].push_back(key.request_id);
  for (const auto& [actor, ids] : ids_of_actor) {
    for (size_t first = 0; first < ids.size(); first += kChunkMax) {
      const size_t count = std::min(kChunkMax, ids.size() - first);
      std::vector<Value> values = {book_, actor};
      for (size_t i = 0; i < PaddedSize(count); ++i) values.push_back(ids[first + std::min(i, count - 1)]);
      RETURN_IF_ERROR(session.Query(
          absl::StrCat(
              "SELECT request_id,method,payload,answer FROM request WHERE book=? AND actor=? AND request_id IN (",
              Placeholders(static_cast<int>(PaddedSize(count))), ")"),
          values, [&, key_actor = actor](const Row& row) {
            found[{key_actor, row.Text(0)}] = {row.Text(1), row.Text(2), row.Text(3)};
            return absl::OkStatus();
          }));
    }
  }
  return absl::OkStatus();
}

absl::Status Store::StoreRequests(Session& session, const std::vector<const AnsweredRequest*>& requests,
                                  absl::Time time) const {
  std::vector<Value> values;
  values.reserve(requests.size() * 7);
  for (const AnsweredRequest* answered : requests) {
    const auto& [key, request] = *answered;
    AppendRow(values, book_, key.actor, key.request_id, request.method, request.payload, request.answer,
              TimeColumn(time));
  }
  return InsertOf("INSERT INTO request (book,actor,request_id,method,payload,answer,time) VALUES ", 7, "",
                  std::move(values))
      .Run(session);
}

absl::Status Store::LoadKeys(Session& session, const std::vector<std::string>& keys,
                             absl::FunctionRef<void(RecordKey)> on_key) const {
  for (size_t first = 0; first < keys.size(); first += kChunkMax) {
    const size_t count = std::min(kChunkMax, keys.size() - first);
    std::vector<Value> values = {book_};
    for (size_t i = 0; i < PaddedSize(count); ++i) values.push_back(keys[first + std::min(i, count - 1)]);
    RETURN_IF_ERROR(
        session.Query(absl::StrCat("SELECT record_key,name FROM record_key WHERE book=? AND record_key IN (",
                                   Placeholders(static_cast<int>(PaddedSize(count))), ")"),
                      values, [&](const Row& row) {
                        on_key({row.Text(0), row.Text(1)});
                        return absl::OkStatus();
                      }));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> Store::MaxKey(Session& session, const std::string& prefix, const std::string& below) const {
  std::string greatest;
  const std::string limit = below.empty() ? "" : " AND record_key<?";
  std::vector<Value> values = {book_, absl::StrCat(EscapeLike(prefix), "%")};
  if (!below.empty()) values.emplace_back(below);
  RETURN_IF_ERROR(session.Query(absl::StrCat("SELECT record_key FROM record_key WHERE book=? AND record_key LIKE ?",
                                             limit, " ORDER BY record_key DESC LIMIT 1"),
                                values, [&](const Row& row) {
                                  greatest = row.Text(0);
                                  return absl::OkStatus();
                                }));
  return greatest;
}

absl::Status Store::AddKeys(Session& session, const std::set<RecordKey>& keys) const {
  std::vector<Value> values;
  for (const RecordKey& key : keys) AppendRow(values, book_, key.key, key.name);
  return InsertOf("INSERT INTO record_key (book,record_key,name) VALUES ", 3, "", std::move(values)).Run(session);
}

absl::Status Store::RemoveKeys(Session& session, const std::set<RecordKey>& keys) const {
  for (const RecordKey& key : keys) {
    RETURN_IF_ERROR(
        session.Execute("DELETE FROM record_key WHERE book=? AND record_key=? AND name=?", {book_, key.key, key.name})
            .status());
  }
  return absl::OkStatus();
}

absl::StatusOr<Amounts> Store::LoadTotal(Session& session, const Cell& cell) const {
  Amounts amounts;
  RETURN_IF_ERROR(session.Query(
      absl::StrCat("SELECT entries,amount_fen,part_fen,distinct_keys FROM total WHERE book=? AND ", kCellMatch),
      CellValues(book_, cell), [&](const Row& row) {
        amounts = {row.Int(0), row.Int(1), row.Int(2), row.Int(3)};
        return absl::OkStatus();
      }));
  return amounts;
}

absl::Status Store::AddTotals(Session& session, const std::map<Cell, Amounts>& changes) const {
  std::vector<Value> values;
  values.reserve(changes.size() * 9);
  for (const auto& [cell, change] : changes) {
    if (change == Amounts()) continue;
    AppendRow(values, book_, cell.measure, cell.grouping, cell.period, cell.cell, change.count, change.amount_fen,
              change.part_fen, change.distinct);
  }
  return InsertOf("INSERT INTO total (book,measure,cut,period,cell,entries,amount_fen,part_fen,distinct_keys) VALUES ",
                  9,
                  " ON DUPLICATE KEY UPDATE entries=entries+VALUES(entries),amount_fen=amount_fen+VALUES(amount_fen),"
                  "part_fen=part_fen+VALUES(part_fen),distinct_keys=distinct_keys+VALUES(distinct_keys)",
                  std::move(values))
      .Run(session);
}

absl::Status Store::LoadCounters(Session& session, std::map<CellKey, int64_t>& counters) const {
  std::vector<const CellKey*> keys;
  for (const auto& entry : counters) keys.push_back(&entry.first);
  for (size_t first = 0; first < keys.size(); first += kChunkMax) {
    const size_t count = std::min(kChunkMax, keys.size() - first);
    std::vector<Value> values = {book_};
    std::vector<std::string> matches;
    for (size_t i = 0; i < PaddedSize(count); ++i) {
      const CellKey& key = *keys[first + std::min(i, count - 1)];
      matches.push_back(absl::StrCat("(", kCellMatch, " AND distinct_key=?)"));
      values.insert(values.end(),
                    {key.cell.measure, key.cell.grouping, key.cell.period, key.cell.cell, key.distinct_key});
    }
    RETURN_IF_ERROR(session.Query(
        absl::StrCat("SELECT measure,cut,period,cell,distinct_key,entries FROM total_key WHERE book=? AND (",
                     absl::StrJoin(matches, " OR "), ")"),
        values, [&](const Row& row) {
          counters[{{row.Text(0), row.Text(1), row.Text(2), row.Text(3)}, row.Text(4)}] = row.Int(5);
          return absl::OkStatus();
        }));
  }
  return absl::OkStatus();
}

absl::Status Store::AddCounters(Session& session, const std::map<CellKey, int64_t>& changes) const {
  std::vector<Value> values;
  for (const auto& [key, change] : changes) {
    if (change == 0) continue;
    const Cell& cell = key.cell;
    AppendRow(values, book_, cell.measure, cell.grouping, cell.period, cell.cell, key.distinct_key, change);
  }
  return InsertOf("INSERT INTO total_key (book,measure,cut,period,cell,distinct_key,entries) VALUES ", 7,
                  " ON DUPLICATE KEY UPDATE entries=entries+VALUES(entries)", std::move(values))
      .Run(session);
}

Insert Store::InsertOfJournal(absl::Span<const JournalEntry> entries) const {
  std::vector<Value> values;
  values.reserve(entries.size() * 13);
  for (const JournalEntry& entry : entries) {
    const Author& author = entry.author;
    AppendRow(values, book_, entry.sequence, entry.name, entry.revision, author.actor, author.method, author.request_id,
              author.reason, author.import_id, author.origin, TimeColumn(entry.time), entry.record, entry.hash);
  }
  return InsertOf(absl::StrCat("INSERT INTO journal (book,", kJournalColumns, ") VALUES "), 13, "", std::move(values));
}

absl::StatusOr<std::optional<std::vector<std::string>>> Store::LoadChanged(Session& session, const Head& after,
                                                                           int64_t through) const {
  std::vector<std::string> names;
  bool held = after.sequence == 0;
  RETURN_IF_ERROR(session.Query(
      "SELECT sequence,name,IF(sequence=?,hash,'') FROM journal WHERE book=? AND sequence BETWEEN ? AND ?",
      {after.sequence, book_, after.sequence, through}, [&](const Row& row) {
        if (row.Int(0) == after.sequence) {
          held = row.Text(2) == after.hash;
        } else {
          names.push_back(row.Text(1));
        }
        return absl::OkStatus();
      }));
  return held ? std::optional<std::vector<std::string>>(std::move(names)) : std::nullopt;
}

absl::Status Store::LoadJournal(Session& session, absl::string_view where, const std::vector<Value>& values,
                                absl::FunctionRef<absl::Status(JournalEntry)> on_entry) const {
  return session.Query(absl::StrCat("SELECT ", kJournalColumns, " FROM journal WHERE ", where), values,
                       [&](const Row& row) -> absl::Status {
                         JournalEntry entry;
                         entry.sequence = row.Int(0);
                         entry.name = row.Text(1);
                         entry.revision = row.Int(2);
                         entry.author = {row.Text(3), row.Text(4), row.Text(5), row.Text(6), row.Text(7), row.Text(8)};
                         ASSIGN_OR_RETURN(entry.time, TimeOfColumn(row.Text(9)));
                         entry.record = row.Text(10);
                         entry.hash = row.Text(11);
                         return on_entry(std::move(entry));
                       });
}

}  // namespace kechuang::ledger
