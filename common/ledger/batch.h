#ifndef KECHUANG_COMMON_LEDGER_BATCH_H_
#define KECHUANG_COMMON_LEDGER_BATCH_H_

#include <optional>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "common/ledger/presumption.h"
#include "common/ledger/register.h"
#include "common/ledger/store.h"
#include "common/ledger/working_set.h"
#include "common/ledger/write_behind.h"
#include "common/mysql/database.h"

namespace kechuang::ledger {

// What a transaction under the head's lock wrote.
struct Written {
  Head head;             // after it
  bool journal = false;  // whether the journal grew
};

// Runs body, which takes the head's lock before it writes anything else, as one transaction. Of a connection lost at
// COMMIT the journal says what became of it; a body that wrote no journal may run again then.
absl::Status CommitUnderHead(mysql::Database& database, const Store& store, absl::Time deadline,
                             absl::FunctionRef<absl::StatusOr<Written>(mysql::Transaction&)> body);

// The clock's time as the database keeps it, to the microsecond.
absl::Time ColumnNow(const Clock& clock);

// What a batch takes for granted, so that it need not ask the database first.
struct Guess {
  bool names_free = false;   // that names and request ids that are to be new are
  std::optional<Head> head;  // that nobody has written since this was the head
};

// Runs batches of commands, one batch at a time.
class BatchRunner {
 public:
  BatchRunner(mysql::Database& database, const Store& store, const KindTable& kinds, const Clock& clock)
      : database_(database), store_(store), kinds_(kinds), clock_(clock) {}

  // The commands that came while the head's lock was waited for.
  using More = absl::FunctionRef<std::vector<const Command*>()>;

  // Runs commands as one transaction, in their order, and gives each its own outcome. An error is of the batch as a
  // whole: nothing was stored, and no command has an outcome. Counts the rows of imports in the same transaction.
  // A batch that takes the head's lock before it decides asks for more then, and decides those after the others.
  absl::StatusOr<std::vector<absl::StatusOr<Answer>>> Run(
      absl::Time deadline, std::vector<const Command*> commands,
      More more = [] { return std::vector<const Command*>(); });

 private:
  using Answers = std::vector<absl::StatusOr<Answer>>;

  Guess GuessFor(const std::vector<const Command*>& commands) const;
  // One transaction. wrong becomes whether it failed because guess was.
  absl::StatusOr<Answers> RunOnce(absl::Time deadline, std::vector<const Command*>& commands, More more,
                                  const Guess& guess, bool& wrong);

  mysql::Database& database_;
  const Store& store_;
  const KindTable& kinds_;
  const Clock& clock_;
  RemovedAt removed_;         // as the newest batch left it
  std::optional<Head> head_;  // the same
  Presumption names_free_;
  Presumption head_unmoved_;
  WriteBehind behind_;
};

}  // namespace kechuang::ledger

#endif  // KECHUANG_COMMON_LEDGER_BATCH_H_
