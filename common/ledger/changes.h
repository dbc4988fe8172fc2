#ifndef KECHUANG_COMMON_LEDGER_CHANGES_H_
#define KECHUANG_COMMON_LEDGER_CHANGES_H_

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "common/ledger/register.h"
#include "common/ledger/store.h"
#include "common/mysql/database.h"

namespace kechuang::ledger {

// The next changes on the journal. A sequence is given out under the head row's lock and becomes visible with its
// transaction, so whatever one statement sees is the journal up to some commit, whole: no gap can close later.
absl::StatusOr<ChangesPage> ReadChangesAfter(mysql::Database& database, const Store& store, absl::Time deadline,
                                             const ChangesQuery& query);

// The changes that a search asks for, in the part of the journal that one call reads.
absl::StatusOr<JournalFound> SearchJournalBelow(mysql::Database& database, const Store& store, absl::Time deadline,
                                                const JournalSearch& search);

}  // namespace kechuang::ledger

#endif  // KECHUANG_COMMON_LEDGER_CHANGES_H_
