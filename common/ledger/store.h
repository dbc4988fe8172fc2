#ifndef KECHUANG_COMMON_LEDGER_STORE_H_
#define KECHUANG_COMMON_LEDGER_STORE_H_

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "google/protobuf/message.h"

#include "common/ledger/columns.h"
#include "common/ledger/kind.h"
#include "common/ledger/register.h"
#include "common/ledger/row_shapes.h"
#include "common/mysql/database.h"

namespace kechuang::ledger {

// A request id of one caller.
struct RequestKey {
  std::string actor;
  std::string request_id;
  auto operator<=>(const RequestKey&) const = default;
};

// What was answered to a request id the first time.
struct StoredRequest {
  std::string method;
  std::string payload;  // the request without its request_id, serialized
  std::string answer;
};

using AnsweredRequest = std::pair<const RequestKey, StoredRequest>;

// Rows with their values, ready to be written with multi-row INSERT statements.
struct Insert {
  std::string head;  // "INSERT INTO t (a,b) VALUES "
  std::string row;   // "(?,'')"
  size_t width = 0;  // values of one row
  std::string tail;  // what comes after the rows; may be empty
  std::vector<mysql::Value> values;

  absl::Status Run(mysql::Session& session) const;
};

// A key and one record that carries it.
struct RecordKey {
  std::string key;
  std::string name;
  auto operator<=>(const RecordKey&) const = default;
};

// One counter below a cell: how many records carry this distinct key there.
struct CellKey {
  Cell cell;
  std::string distinct_key;
  auto operator<=>(const CellKey&) const = default;
};

// The SQL of one book of a register: set-based statements with bound values. Holds no connection; threads may share
// one.
class Store {
 public:
  Store(const KindTable& kinds, std::string book);

  const std::string& book() const { return book_; }
  const KindTable& kinds() const { return kinds_; }
  const Columns& ColumnsOf(const Kind& kind) const { return *columns_.at(kind.type); }

  // Makes the head row if the book is new; compares the tables' columns with the record types, naming what differs.
  absl::Status Prepare(mysql::Session& session) const;

  absl::StatusOr<Head> LockHead(mysql::Session& session) const;
  absl::StatusOr<Head> ReadHead(mysql::Session& session) const;
  absl::Status StoreHead(mysql::Session& session, const Head& head) const;
  // The same if the head is still the one before, which locks it; false if it is not.
  absl::StatusOr<bool> MoveHead(mysql::Session& session, const Head& before, const Head& head) const;
  // Changes the head, which is locked, and changes it back: nothing of it remains, but on a cluster no transaction that
  // changed the head on another node before this one commits can commit after it.
  absl::Status FenceHead(mysql::Session& session, const Head& head) const;

  absl::Status LoadRecords(mysql::Session& session, const Kind& kind, const std::vector<std::string>& names,
                           TakeRecord on_record) const;
  // are_new: none of the records has a row. Others are written over theirs, which costs more.
  Insert InsertOfRecords(const Kind& kind, const std::vector<const google::protobuf::Message*>& records,
                         bool are_new) const;
  absl::Status DeleteRecords(mysql::Session& session, const Kind& kind, const std::vector<std::string>& names) const;

  // Names of records that were taken back, with their last revisions.
  absl::StatusOr<bool> HasRemoved(mysql::Session& session) const;
  absl::Status LoadRemoved(mysql::Session& session, const std::vector<std::string>& names,
                           absl::FunctionRef<void(const std::string& name, int64_t revision)> on_name) const;
  absl::Status StoreRemoved(mysql::Session& session, const std::map<std::string, int64_t>& revisions) const;
  absl::Status ForgetRemoved(mysql::Session& session, const std::vector<std::string>& names) const;
  // Of each name on the journal its newest revision, and its newest one by an import, 0 if there is none.
  absl::Status LoadOrigins(
      mysql::Session& session, const std::vector<std::string>& names,
      absl::FunctionRef<void(const std::string& name, int64_t newest, int64_t newest_import)> on_name) const;

  absl::Status LoadRequests(mysql::Session& session, const std::vector<RequestKey>& keys,
                            std::map<RequestKey, StoredRequest>& found) const;
  absl::Status StoreRequests(mysql::Session& session, const std::vector<const AnsweredRequest*>& requests,
                             absl::Time time) const;

  absl::Status LoadKeys(mysql::Session& session, const std::vector<std::string>& keys,
                        absl::FunctionRef<void(RecordKey)> on_key) const;
  // The greatest key that begins with prefix and, unless below is empty, is less than below; empty if there is none.
  absl::StatusOr<std::string> MaxKey(mysql::Session& session, const std::string& prefix,
                                     const std::string& below) const;
  absl::Status AddKeys(mysql::Session& session, const std::set<RecordKey>& keys) const;
  absl::Status RemoveKeys(mysql::Session& session, const std::set<RecordKey>& keys) const;

  absl::StatusOr<Amounts> LoadTotal(mysql::Session& session, const Cell& cell) const;
  absl::Status AddTotals(mysql::Session& session, const std::map<Cell, Amounts>& changes) const;
  // Fills the entries of the counters that exist; the others stay as they are.
  absl::Status LoadCounters(mysql::Session& session, std::map<CellKey, int64_t>& counters) const;
  absl::Status AddCounters(mysql::Session& session, const std::map<CellKey, int64_t>& changes) const;

  Insert InsertOfJournal(absl::Span<const JournalEntry> entries) const;
  // Names of the records changed after a place of the journal up to a sequence, one as often as it changed; nothing if
  // the journal does not hold that place.
  absl::StatusOr<std::optional<std::vector<std::string>>> LoadChanged(mysql::Session& session, const Head& after,
                                                                      int64_t through) const;
  // Runs a SELECT of kJournalColumns; where is the text after WHERE.
  absl::Status LoadJournal(mysql::Session& session, absl::string_view where, const std::vector<mysql::Value>& values,
                           absl::FunctionRef<absl::Status(JournalEntry)> on_entry) const;

 private:
  const KindTable& kinds_;
  const std::string book_;
  std::map<const google::protobuf::Descriptor*, std::unique_ptr<Columns>> columns_;
  std::map<const google::protobuf::Descriptor*, std::unique_ptr<RowShapes>> shapes_;
};

}  // namespace kechuang::ledger

#endif  // KECHUANG_COMMON_LEDGER_STORE_H_
