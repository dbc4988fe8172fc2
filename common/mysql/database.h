#ifndef KECHUANG_COMMON_MYSQL_DATABASE_H_
#define KECHUANG_COMMON_MYSQL_DATABASE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "absl/types/span.h"

#include "common/base/clock.h"

namespace kechuang::mysql {

// A value bound to a statement: NULL, a number, or a text (which also carries dates and binary strings).
using Value = std::variant<std::monostate, int64_t, std::string>;

// Where the database is and who asks.
struct DatabaseConfig {
  // "unix:///path/to.sock" or "tcp://host:port" each: the nodes of one cluster, in the order in which they are tried.
  std::vector<std::string> endpoints;
  std::string user;
  std::string password;
  std::string schema;   // database name; empty selects none
  std::string ca_file;  // certificate authority; needed for tcp:// outside loopback, where TLS is then enforced
  int pool_size = 8;    // most connections open at once
  // The longest that one statement may run, however late the deadline. A server that is silent 5 s longer counts as
  // lost.
  absl::Duration statement_limit = absl::Seconds(30);
  // The same where several endpoints are given, but for Snapshot: another node can go on, and should before callers
  // lose their patience. A server that is silent 1 s longer counts as lost.
  absl::Duration cluster_statement_limit = absl::Seconds(4);
};

// One row of a result, valid only inside the callback that receives it. Columns count from 0.
class Row {
 public:
  virtual ~Row() = default;
  virtual bool IsNull(int column) const = 0;
  virtual int64_t Int(int column) const = 0;  // NULL reads as 0
  virtual std::string Text(
      int column) const = 0;  // NULL reads as ""; DATE as 2022-03-05, DATETIME(6) as 2022-03-05 01:02:03.123456
};

// A connection in use by one thread: runs statements, always with bound values, prepared once per connection and kept.
class Session {
 public:
  virtual ~Session() = default;
  // Runs a SELECT and hands over its rows in order; stops at the first error of on_row, draining the rest. on_row may
  // run other statements of the same session: the rows are all here already.
  virtual absl::Status Query(absl::string_view sql, absl::Span<const Value> values,
                             absl::FunctionRef<absl::Status(const Row&)> on_row) = 0;
  // Runs any other statement; the number of rows that it changed.
  virtual absl::StatusOr<int64_t> Execute(absl::string_view sql, absl::Span<const Value> values) = 0;
};

// A transaction under way, for the length of the body that Transact runs.
using Transaction = Session;

// What became of a transaction whose connection was lost while COMMIT was under way.
enum class Outcome { kCommitted, kNotCommitted };

// Waits before a rerun; a test may count instead.
using Sleeper = std::function<void(absl::Duration)>;

class Pool;
enum class Patience;

// A pool of connections to one schema. Threads may share one. All are to one node, the one that worked last, at first
// the first; when it is gone or says that it serves nobody, all go to the next one, in turn, and stay there. Sessions
// on a node of a Galera cluster see whatever any node has acknowledged before. Errors are statuses built with Refuse:
// DATABASE_UNAVAILABLE (kUnavailable, RetryInfo) for a lost or absent server, of several for all of them, CONFLICT
// (kAborted, RetryInfo) for a conflict that lasted until the deadline, RECORD_EXISTS (kAlreadyExists) for a duplicate
// key, DEADLINE (kDeadlineExceeded) for a statement or wait that ran out of time, else INTERNAL_FAULT (kInternal) with
// an error id; the driver's text goes to the log only.
class Database {
 public:
  // Remembers where to connect; connects at first use, so that it also opens while the server is down.
  explicit Database(DatabaseConfig config, const Clock& clock = SystemClock(), Sleeper sleep = absl::SleepFor);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Runs body in one transaction (READ COMMITTED); commits if it returns OK, rolls back otherwise. Runs it again,
  // whole, when the database reports a conflict (1213, 1205) or the connection is lost before COMMIT was sent, with
  // backoff, until deadline. So body assigns its results, never appends, and touches nothing but the transaction and
  // memory. settle, if given, is asked on a new connection, in a transaction of its own, when the connection was lost
  // while COMMIT was under way, until it answers, or for at most 3 s if the server stays away: kCommitted ends with OK,
  // kNotCommitted runs body again. Without settle such a loss is DATABASE_UNAVAILABLE. A server that cannot be
  // connected to, of several all of them, is DATABASE_UNAVAILABLE at once.
  absl::Status Transact(absl::Time deadline, absl::FunctionRef<absl::Status(Transaction&)> body,
                        const std::function<absl::StatusOr<Outcome>(Transaction&)>& settle = nullptr);

  // Runs body, which only reads, on a connection in autocommit mode; once more on a new connection if the first was
  // lost, of several nodes once more for each. No statement runs past deadline: the server ends it (max_statement_time
  // on MariaDB, max_execution_time on MySQL).
  absl::Status Read(absl::Time deadline, absl::FunctionRef<absl::Status(Session&)> body);

  // Runs body, which only reads, in one consistent snapshot (REPEATABLE READ).
  absl::Status Snapshot(absl::Time deadline, absl::FunctionRef<absl::Status(Session&)> body);

  // OK if a new or pooled connection answers within timeout.
  absl::Status Ping(absl::Duration timeout);

 private:
  absl::Status ReadFrom(absl::Time deadline, Patience patience, absl::FunctionRef<absl::Status(Session&)> body);
  absl::Status ReadOnce(absl::Time deadline, Patience patience, absl::FunctionRef<absl::Status(Session&)> body,
                        bool& again);
  bool WaitToRerun(absl::Duration wait, absl::Time deadline);

  const Clock& clock_;
  Sleeper sleep_;
  std::unique_ptr<Pool> pool_;
};

// "?,?,?" for count values; "(?,?),(?,?)" for rows of that width.
std::string Placeholders(int count);
std::string PlaceholderRows(int rows, int width);

}  // namespace kechuang::mysql

#endif  // KECHUANG_COMMON_MYSQL_DATABASE_H_
