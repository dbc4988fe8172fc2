#include "common/mysql/database.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

#include "common/base/backoff.h"
#include "common/base/status_macros.h"
#include "common/mysql/pool.h"

namespace kechuang::mysql {
namespace {

constexpr absl::Duration kFirstWait = absl::Milliseconds(5);
constexpr absl::Duration kMostWait = absl::Milliseconds(250);
// How long an unreachable server is asked what became of a COMMIT, before the caller is told that it is away: others
// wait behind this transaction, and a repeat under the same request id is safe.
constexpr absl::Duration kSettleWait = absl::Seconds(3);

// How one run of a transaction ended.
enum class End {
  kDone,        // committed or refused: the status is the answer
  kRerun,       // undone by a conflict or a loss: it may run again
  kTurnedAway,  // undone because the server serves nobody now: it may run on another one
  kUncertain,   // nobody told what became of COMMIT
};

struct Run {
  End end;
  absl::Status status;
};

// Undoes the transaction that a fault ended.
Run Undo(Connection& connection) {
  const bool turned_away = connection.fault() == SqlFault::kUnreachable;
  const Run run = {turned_away ? End::kTurnedAway : End::kRerun, connection.fault_status()};
  if (!EndsConnection(connection.fault())) connection.Rollback().IgnoreError();
  return run;
}

Run RunTransaction(Pool& pool, const Clock& clock, absl::Time deadline,
                   absl::FunctionRef<absl::Status(Transaction&)> body) {
  const absl::StatusOr<Pool::Lease> lease = pool.Take(deadline, Patience::kPrompt);
  if (!lease.ok()) return {End::kDone, lease.status()};
  Connection& connection = **lease;
  absl::Status status = connection.BeginTransaction(Connection::Begin::kReadCommitted);
  if (status.ok()) status = body(connection);
  // The fault counts, not the status: the server has undone a transaction even if body made light of it.
  if (EndsTransaction(connection.fault())) return Undo(connection);
  if (status.ok() && clock.Now() >= deadline) status = StatusOf(SqlFault::kOutOfTime, "");
  if (!status.ok()) {
    connection.Rollback().IgnoreError();
    return {End::kDone, status};
  }
  status = connection.Commit();
  if (status.ok()) return {End::kDone, status};
  if (connection.fault() == SqlFault::kConflict) return Undo(connection);
  return {End::kUncertain, StatusOf(SqlFault::kLost, "")};
}

}  // namespace

Database::Database(DatabaseConfig config, const Clock& clock, Sleeper sleep)
    : clock_(clock), sleep_(std::move(sleep)), pool_(std::make_unique<Pool>(std::move(config), clock)) {}

Database::~Database() = default;

absl::Status Database::Transact(absl::Time deadline, absl::FunctionRef<absl::Status(Transaction&)> body,
                                const std::function<absl::StatusOr<Outcome>(Transaction&)>& settle) {
  Backoff backoff(kFirstWait, kMostWait);
  bool unsettled = false;
  int turned_away = 0;
  absl::Time settle_until = deadline;
  while (true) {
    Run run;
    if (unsettled) {
      Outcome outcome = Outcome::kNotCommitted;
      run = RunTransaction(*pool_, clock_, deadline, [&](Transaction& transaction) -> absl::Status {
        ASSIGN_OR_RETURN(outcome, settle(transaction));
        return absl::OkStatus();
      });
      // Answered only once its own COMMIT is: what it did may be what keeps the lost one from coming through.
      if (run.status.ok() && outcome == Outcome::kCommitted) return absl::OkStatus();
      if (run.status.ok()) {
        unsettled = false;
        continue;
      }
      // An answer is owed, so even a server that is down is asked for a while.
      if (run.end == End::kDone && !absl::IsUnavailable(run.status)) return run.status;
    } else {
      run = RunTransaction(*pool_, clock_, deadline, body);
      if (run.end == End::kDone) return run.status;
      if (run.end == End::kTurnedAway && ++turned_away >= pool_->nodes()) return run.status;
      if (run.end == End::kUncertain && !settle) return run.status;
      unsettled = run.end == End::kUncertain;
      settle_until = unsettled ? std::min(deadline, clock_.Now() + kSettleWait) : deadline;
    }
    if (!WaitToRerun(backoff.Next(), settle_until)) return run.status;
  }
}

absl::Status Database::Read(absl::Time deadline, absl::FunctionRef<absl::Status(Session&)> body) {
  return ReadFrom(deadline, Patience::kPrompt, body);
}

absl::Status Database::Snapshot(absl::Time deadline, absl::FunctionRef<absl::Status(Session&)> body) {
  return ReadFrom(deadline, Patience::kPatient, body);
}

absl::Status Database::ReadFrom(absl::Time deadline, Patience patience,
                                absl::FunctionRef<absl::Status(Session&)> body) {
  bool again = true;
  absl::Status status;
  for (int i = 0; again && i <= pool_->nodes(); ++i) status = ReadOnce(deadline, patience, body, again);
  return status;
}

absl::Status Database::ReadOnce(absl::Time deadline, Patience patience, absl::FunctionRef<absl::Status(Session&)> body,
                                bool& again) {
  again = false;
  const bool snapshot = patience == Patience::kPatient;
  ASSIGN_OR_RETURN(const Pool::Lease lease, pool_->Take(deadline, patience));
  absl::Status status;
  if (snapshot) status = lease->BeginTransaction(Connection::Begin::kSnapshot);
  if (status.ok()) status = body(*lease);
  // A node of a cluster ends a read, too, with a conflict when it cannot learn in time what the others have.
  again = lease->fault() == SqlFault::kLost || (EndsTransaction(lease->fault()) && pool_->nodes() > 1);
  if (EndsTransaction(lease->fault())) status = lease->fault_status();
  if (snapshot && !EndsConnection(lease->fault())) lease->Rollback().IgnoreError();
  return status;
}

bool Database::WaitToRerun(absl::Duration wait, absl::Time deadline) {
  if (clock_.Now() + wait >= deadline) return false;
  sleep_(wait);
  return true;
}

absl::Status Database::Ping(absl::Duration timeout) {
  return Read(clock_.Now() + timeout, [](Session& session) {
    return session.Query("SELECT 1", {}, [](const Row&) { return absl::OkStatus(); });
  });
}

std::string Placeholders(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += i == 0 ? "?" : ",?";
  return text;
}

std::string PlaceholderRows(int rows, int width) {
  const std::string row = absl::StrCat("(", Placeholders(width), ")");
  std::string text;
  for (int i = 0; i < rows; ++i) absl::StrAppend(&text, i == 0 ? "" : ",", row);
  return text;
}

}  // namespace kechuang::mysql
