#ifndef KECHUANG_COMMON_LEDGER_REVERT_H_
#define KECHUANG_COMMON_LEDGER_REVERT_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "common/base/clock.h"
#include "common/ledger/register.h"
#include "common/ledger/store.h"
#include "common/mysql/database.h"

namespace kechuang::ledger {

// Which import to take back, and how.
struct RevertOrder {
  std::string id;
  Author author;  // who, by which call, and why
  bool validate_only = false;
  size_t kept_max = 0;  // how many of the changes left alone to tell
};

// Takes an import back, its rows from the last to the first, each whole or not at all. A change is undone if nobody
// changed the record since: the record gets the values of the revision before, as a further revision, or is taken back
// if the import had made it, unless other records came to refer to it. A kind may say how one of its changes is undone
// in a record that was changed since (Kind::undo). Rows already undone count as never having been, so that a record
// changed by several rows is undone step by step.
//
// Every transaction undoes the rows of at most 256 journal entries and notes down to which sequence the revert is done,
// so a revert that was cut short goes on where it was. Ends when all is done, or a second before deadline. A revert
// that is done already changes nothing. RECORD_NOT_FOUND if there is no such import.
absl::StatusOr<Reverted> Revert(mysql::Database& database, const Store& store, const KindTable& kinds,
                                const Clock& clock, absl::Time deadline, const RevertOrder& order);

}  // namespace kechuang::ledger

#endif  // KECHUANG_COMMON_LEDGER_REVERT_H_
