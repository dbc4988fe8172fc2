#include "common/mysql/session.h"

#include <cppconn/datatype.h>
#include <cppconn/exception.h>
#include <cppconn/resultset.h>
#include <cppconn/resultset_metadata.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"

#include "common/base/status_macros.h"

namespace kechuang::mysql {
namespace {

// A batch writes some eight tables with statements of nine sizes each, and some in several shapes.
constexpr size_t kStatementsKept = 256;
// A lock wait ends well before the usual deadline of a call, so that a rerun may still win.
constexpr int kLockWaitSeconds = 5;
// Between the statements of a transaction that writes we only think. A server that hears nothing for so long has lost
// us, be it that our machine or the way to it went away, and must let our locks go: others wait for them.
constexpr int kIdleInTransactionSeconds = 15;
// Before it reads the rows of so many names, the optimiser looks each of them up once to see how many there are; beyond
// that it trusts its statistics, which are right for names. A filter has fewer values and is worth the look.
constexpr int kDivesMax = 8;
constexpr absl::Duration kLeastLimit = absl::Milliseconds(1);
constexpr char kWrittenGtid[] = "SELECT WSREP_LAST_WRITTEN_GTID()";

class ResultRow final : public Row {
 public:
  explicit ResultRow(sql::ResultSet& result) : result_(result) {}

  bool IsNull(int column) const override {
    return Get(true, [&] { return result_.isNull(Index(column)); });
  }
  int64_t Int(int column) const override {
    return Get(int64_t{0}, [&] { return result_.getInt64(Index(column)); });
  }
  std::string Text(int column) const override {
    return Get(std::string(), [&] {
      std::string text = result_.getString(Index(column)).asStdString();
      // The driver leaves out a fraction of zero.
      if (LooksLikeWholeSecond(text) && Has(column, sql::DataType::TIMESTAMP)) text += ".000000";
      // It also writes early years with two digits.
      if (LooksLikeEarlyDay(text) && Has(column, sql::DataType::DATE)) text.insert(0, 10 - text.size(), '0');
      return text;
    });
  }

  // Throws what reading a value threw: nothing may pass through the code that reads rows.
  void Rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  static uint32_t Index(int column) { return static_cast<uint32_t>(column + 1); }
  static bool LooksLikeWholeSecond(const std::string& text) {
    return text.size() == 19 && text[4] == '-' && text[10] == ' ' && text[13] == ':';
  }
  static bool LooksLikeEarlyDay(const std::string& text) {
    return (text.size() == 8 || text.size() == 9) && text[text.size() - 6] == '-' && text[text.size() - 3] == '-';
  }
  bool Has(int column, int type) const { return result_.getMetaData()->getColumnType(Index(column)) == type; }
  template <typename T, typename Read>
  T Get(T otherwise, Read read) const {
    try {
      return read();
    } catch (const std::exception&) {
      if (!error_) error_ = std::current_exception();
      return otherwise;
    }
  }

  sql::ResultSet& result_;
  mutable std::exception_ptr error_;
};

struct Binder {
  sql::PreparedStatement& statement;
  unsigned int index;

  void operator()(std::monostate) const { statement.setNull(index, sql::DataType::SQLNULL); }
  void operator()(int64_t number) const { statement.setInt64(index, number); }
  void operator()(const std::string& text) const { statement.setString(index, sql::SQLString(text)); }
};

void Bind(sql::PreparedStatement& statement, absl::Span<const Value> values) {
  for (size_t i = 0; i < values.size(); ++i) {
    std::visit(Binder{statement, static_cast<unsigned int>(i + 1)}, values[i]);
  }
}

// A wait must end as such before the statement's own limit does.
int LockWaitSeconds(absl::Duration statement_limit) {
  return std::clamp(static_cast<int>(absl::ToInt64Seconds(statement_limit)) - 1, 1, kLockWaitSeconds);
}

// A result that nobody reads would leave the connection out of step.
bool ReturnsRows(absl::string_view sql) {
  sql = absl::StripLeadingAsciiWhitespace(sql);
  return absl::StartsWithIgnoreCase(sql, "SELECT") || absl::StartsWithIgnoreCase(sql, "SHOW") ||
         absl::StartsWithIgnoreCase(sql, "WITH") || absl::StrContains(sql, " RETURNING ");
}

}  // namespace

std::shared_ptr<sql::PreparedStatement> StatementCache::Take(absl::string_view text) {
  const auto found = by_text_.find(text);
  if (found != by_text_.end() && found->second->statement.use_count() == 1) {
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->statement;
  }
  std::shared_ptr<sql::PreparedStatement> statement(
      connection_.prepareStatement(sql::SQLString(text.data(), text.size())));
  if (found != by_text_.end()) return statement;
  entries_.push_front({std::string(text), statement});
  by_text_[entries_.front().text] = entries_.begin();
  if (entries_.size() > kStatementsKept) {
    by_text_.erase(entries_.back().text);
    entries_.pop_back();
  }
  return statement;
}

void StatementCache::Forget(absl::string_view text) {
  const auto found = by_text_.find(text);
  if (found == by_text_.end()) return;
  const std::list<Entry>::iterator entry = found->second;
  by_text_.erase(found);
  entries_.erase(entry);
}

Connection::Connection(std::unique_ptr<sql::Connection> connection, const Server& server, const Clock& clock)
    : clock_(clock),
      limit_most_(server.statement_limit),
      silence_limit_(server.silence_limit),
      connection_(std::move(connection)),
      statements_(*connection_),
      limit_(server.statement_limit) {}

Connection::~Connection() { UseDriverInThisThread(); }

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(const DatabaseConfig& config, const Server& server,
                                                             const Clock& clock) {
  ASSIGN_OR_RETURN(std::unique_ptr<sql::Connection> raw, Connect(config, server));
  std::unique_ptr<Connection> connection(new Connection(std::move(raw), server, clock));
  RETURN_IF_ERROR(connection->SetUp());
  return connection;
}

absl::Status Connection::SetUp() {
  const std::optional<Failure> failure =
      Catch("making a statement", [&] { control_.reset(connection_->createStatement()); });
  if (failure.has_value()) return Note("", *failure);
  ASSIGN_OR_RETURN(const std::string version, Tell("SHOW VARIABLES LIKE 'version'"));
  is_mariadb_ = absl::StrContains(version, "MariaDB");
  const absl::StatusOr<std::string> cluster = Tell("SHOW VARIABLES LIKE 'wsrep_on'");
  RETURN_IF_ERROR(cluster.status());
  in_cluster_ = *cluster == "ON";
  if (in_cluster_) RETURN_IF_ERROR(SetUpInCluster());
  RETURN_IF_ERROR(Control("SET NAMES utf8mb4 COLLATE utf8mb4_bin"));
  // The driver itself asks for REPEATABLE READ at connect.
  RETURN_IF_ERROR(Control("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED"));
  RETURN_IF_ERROR(Control(
      absl::StrCat("SET SESSION sql_mode='STRICT_TRANS_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,",
                   "NO_ENGINE_SUBSTITUTION', time_zone='+00:00', autocommit=1, eq_range_index_dive_limit=", kDivesMax,
                   ", innodb_lock_wait_timeout=", LockWaitSeconds(limit_most_))));
  limit_ = absl::ZeroDuration();
  return absl::OkStatus();
}

absl::Status Connection::SetUpInCluster() {
  // A node that is cut off from the others, or on its way back to them, still answers such questions.
  ASSIGN_OR_RETURN(const std::string ready, Tell("SHOW GLOBAL STATUS LIKE 'wsrep_ready'"));
  if (ready != "ON") return StatusOf(SqlFault::kUnreachable, "");
  // What one node has acknowledged, another shows a moment later, unless a read waits for it: 1 is for reads and for
  // the beginning of transactions.
  return Control("SET SESSION wsrep_sync_wait=1");
}

void Connection::Use(absl::Time deadline) {
  deadline_ = deadline;
  fault_ = SqlFault::kNone;
  fault_status_ = absl::OkStatus();
}

absl::Status Connection::Query(absl::string_view sql, absl::Span<const Value> values,
                               absl::FunctionRef<absl::Status(const Row&)> on_row) {
  if (!in_transaction_) RETURN_IF_ERROR(SetAutocommit(true));
  RETURN_IF_ERROR(Ready());
  absl::Status outcome;
  const std::optional<Failure> failure = Catch(sql, [&] {
    const std::shared_ptr<sql::PreparedStatement> statement = statements_.Take(sql);
    Bind(*statement, values);
    const std::unique_ptr<sql::ResultSet> result(statement->executeQuery());
    const ResultRow row(*result);
    while (outcome.ok() && result->next()) {
      outcome = on_row(row);
      row.Rethrow();
    }
  });
  if (failure.has_value()) return Note(sql, *failure);
  return outcome;
}

absl::StatusOr<int64_t> Connection::Execute(absl::string_view sql, absl::Span<const Value> values) {
  if (ReturnsRows(sql)) return InternalFailure(absl::StrCat("Execute was given a query: ", sql)).status;
  if (!in_transaction_) RETURN_IF_ERROR(SetAutocommit(true));
  RETURN_IF_ERROR(Ready());
  int64_t changed = 0;
  const std::optional<Failure> failure = Catch(sql, [&] {
    const std::shared_ptr<sql::PreparedStatement> statement = statements_.Take(sql);
    Bind(*statement, values);
    changed = statement->executeUpdate();
  });
  if (failure.has_value()) return Note(sql, *failure);
  wrote_ = wrote_ || changed > 0;
  return changed;
}

absl::Status Connection::LimitIdle(bool limited) {
  if (!is_mariadb_ || limited == idle_limited_) return absl::OkStatus();
  RETURN_IF_ERROR(
      Control(absl::StrCat("SET SESSION idle_transaction_timeout=", limited ? kIdleInTransactionSeconds : 0)));
  idle_limited_ = limited;
  return absl::OkStatus();
}

absl::Status Connection::SetAutocommit(bool on) {
  if (on == autocommit_) return absl::OkStatus();
  RETURN_IF_ERROR(Control(absl::StrCat("SET autocommit=", on ? 1 : 0)));
  autocommit_ = on;
  return absl::OkStatus();
}

// A node of a cluster undoes a transaction that is in the way of one of another node, and does not always say so: what
// it does while it prepares a statement, for one, it keeps to itself (MariaDB 10.11). Statements that come after would
// be a transaction each, and half a change would be committed. So in a cluster no statement is committed by itself, a
// savepoint that is gone betrays that the beginning is, and after COMMIT the node is asked whether it sent anything.
absl::Status Connection::BeginTransaction(Begin kind) {
  RETURN_IF_ERROR(Ready());
  const bool snapshot = kind == Begin::kSnapshot;
  RETURN_IF_ERROR(LimitIdle(!snapshot));
  RETURN_IF_ERROR(SetAutocommit(snapshot || !in_cluster_));
  if (snapshot) RETURN_IF_ERROR(Control("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"));
  in_transaction_ = true;
  wrote_ = false;
  if (snapshot) return Control("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
  if (!in_cluster_) return Control("START TRANSACTION");
  ASSIGN_OR_RETURN(written_gtid_, Tell(kWrittenGtid));
  RETURN_IF_ERROR(Control("START TRANSACTION"));
  return Control("SAVEPOINT beginning");
}

absl::Status Connection::Commit() {
  if (in_cluster_) RETURN_IF_ERROR(Control("RELEASE SAVEPOINT beginning"));
  RETURN_IF_ERROR(Control("COMMIT"));
  in_transaction_ = false;
  return in_cluster_ && wrote_ ? CheckWritten() : absl::OkStatus();
}

absl::Status Connection::CheckWritten() {
  ASSIGN_OR_RETURN(const std::string gtid, Tell(kWrittenGtid));
  if (gtid != written_gtid_) return absl::OkStatus();
  return InternalFailure("a node undid a transaction and told nobody").status;
}

absl::Status Connection::Rollback() {
  RETURN_IF_ERROR(Control("ROLLBACK"));
  in_transaction_ = false;
  return absl::OkStatus();
}

absl::Status Connection::Control(absl::string_view sql) {
  asked_ = clock_.Now();
  const std::optional<Failure> failure = Catch(sql, [&] { control_->execute(sql::SQLString(sql.data(), sql.size())); });
  return failure.has_value() ? Note(sql, *failure) : absl::OkStatus();
}

absl::StatusOr<std::string> Connection::Tell(absl::string_view sql) {
  asked_ = clock_.Now();
  std::string value;
  const std::optional<Failure> failure = Catch(sql, [&] {
    const std::unique_ptr<sql::ResultSet> result(control_->executeQuery(sql::SQLString(sql.data(), sql.size())));
    while (result->next()) value = result->getString(result->getMetaData()->getColumnCount()).asStdString();
  });
  if (failure.has_value()) return Note(sql, *failure);
  return value;
}

absl::Status Connection::Ready() {
  if (EndsTransaction(fault_)) return fault_status_;
  asked_ = clock_.Now();
  const absl::Duration left = deadline_ - asked_;
  if (left <= absl::ZeroDuration()) return StatusOf(SqlFault::kOutOfTime, "");
  // Calls mostly come with one usual deadline, so a limit a little short of it fits the next call, too.
  const absl::Duration wanted = std::min(left, limit_most_);
  if (limit_ <= wanted && limit_ >= wanted * 0.75) return absl::OkStatus();
  const absl::Duration limit = wanted == limit_most_ ? limit_most_ : std::max(wanted * 0.95, kLeastLimit);
  RETURN_IF_ERROR(Control(
      is_mariadb_
          ? absl::StrFormat("SET SESSION max_statement_time=%.3f", absl::ToDoubleSeconds(limit))
          : absl::StrCat("SET SESSION max_execution_time=", std::max<int64_t>(1, absl::ToInt64Milliseconds(limit)))));
  limit_ = limit;
  return absl::OkStatus();
}

absl::Status Connection::Note(absl::string_view sql, const Failure& failure) {
  statements_.Forget(sql);
  if (failure.fault == SqlFault::kLost && clock_.Now() - asked_ >= silence_limit_) fell_silent_ = true;
  if (EndsTransaction(failure.fault) && !EndsConnection(fault_)) {
    fault_ = failure.fault;
    fault_status_ = failure.status;
  }
  return failure.status;
}

}  // namespace kechuang::mysql
