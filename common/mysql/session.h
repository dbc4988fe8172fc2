#ifndef KECHUANG_COMMON_MYSQL_SESSION_H_
#define KECHUANG_COMMON_MYSQL_SESSION_H_

#include <cppconn/connection.h>
#include <cppconn/prepared_statement.h>
#include <cppconn/statement.h>

#include <list>
#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"

#include "common/mysql/driver.h"

namespace kechuang::mysql {

// The statements prepared on one connection; the one unused longest goes when there are too many. One thread at a time.
class StatementCache {
 public:
  explicit StatementCache(sql::Connection& connection) : connection_(connection) {}

  // The statement with this text, prepared now if it was not before, or if the one kept is still being read. Throws as
  // the driver does.
  std::shared_ptr<sql::PreparedStatement> Take(absl::string_view text);
  // Forgets the statement with this text, which failed.
  void Forget(absl::string_view text);

 private:
  struct Entry {
    std::string text;
    std::shared_ptr<sql::PreparedStatement> statement;
  };

  sql::Connection& connection_;
  std::list<Entry> entries_;  // used last comes first
  absl::flat_hash_map<absl::string_view, std::list<Entry>::iterator> by_text_;
};

// One connection with our session settings. Used by one thread at a time.
class Connection final : public Session {
 public:
  enum class Begin { kReadCommitted, kSnapshot };

  static absl::StatusOr<std::unique_ptr<Connection>> Open(const DatabaseConfig& config, const Server& server,
                                                          const Clock& clock);
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Starts a use until deadline.
  void Use(absl::Time deadline);

  absl::Status Query(absl::string_view sql, absl::Span<const Value> values,
                     absl::FunctionRef<absl::Status(const Row&)> on_row) override;
  absl::StatusOr<int64_t> Execute(absl::string_view sql, absl::Span<const Value> values) override;

  absl::Status BeginTransaction(Begin kind);
  // Neither minds the deadline: a transaction is ended whatever the time. If Commit fails with no fault, nobody knows
  // whether the transaction was committed.
  absl::Status Commit();
  absl::Status Rollback();

  // The fault of this use that ended the transaction or the connection, even if the caller of the statement hid it.
  SqlFault fault() const { return fault_; }
  // True if the server was lost by saying nothing for its whole limit: it may be there, but it does not serve.
  bool fell_silent() const { return fell_silent_; }
  // What to tell of that fault.
  const absl::Status& fault_status() const { return fault_status_; }
  // True if another caller may have the connection.
  bool reusable() const { return !in_transaction_ && !EndsConnection(fault_); }

 private:
  Connection(std::unique_ptr<sql::Connection> connection, const Server& server, const Clock& clock);

  absl::Status SetUp();
  // What a node of a Galera cluster needs besides; DATABASE_UNAVAILABLE if it serves nobody now.
  absl::Status SetUpInCluster();
  // Whether a statement outside a transaction is one by itself.
  absl::Status SetAutocommit(bool on);
  // OK if what was just committed went to the cluster.
  absl::Status CheckWritten();
  // Tells the server to end, or not to end, a transaction in which it hears nothing for a while. A snapshot may be idle
  // for as long as its reader is slow, and holds no lock.
  absl::Status LimitIdle(bool limited);
  // Runs a statement without values or rows that need not be prepared.
  absl::Status Control(absl::string_view sql);
  // The last value of the last row that a statement without values gives; empty if it gives none.
  absl::StatusOr<std::string> Tell(absl::string_view sql);
  // OK if a statement may be sent now; tells the server when to end it.
  absl::Status Ready();
  absl::Status Note(absl::string_view sql, const Failure& failure);

  const Clock& clock_;
  const absl::Duration limit_most_;
  const absl::Duration silence_limit_;
  std::unique_ptr<sql::Connection> connection_;
  StatementCache statements_;
  std::unique_ptr<sql::Statement> control_;
  bool is_mariadb_ = true;
  bool in_cluster_ = false;
  bool autocommit_ = true;
  bool wrote_ = false;        // the transaction changed rows
  std::string written_gtid_;  // of the cluster's latest transaction that came from this connection
  bool idle_limited_ = false;
  absl::Duration limit_;  // what the session's statements are limited to
  absl::Time deadline_ = absl::InfiniteFuture();
  absl::Time asked_ = absl::InfiniteFuture();  // when the latest statement was sent
  bool in_transaction_ = false;
  bool fell_silent_ = false;
  SqlFault fault_ = SqlFault::kNone;
  absl::Status fault_status_;
};

}  // namespace kechuang::mysql

#endif  // KECHUANG_COMMON_MYSQL_SESSION_H_
