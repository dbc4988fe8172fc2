#ifndef KECHUANG_COMMON_LEDGER_BATCH_H_
#define KECHUANG_COMMON_LEDGER_BATCH_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "common/ledger/register.h"
#include "common/ledger/store.h"
#include "common/mysql/database.h"

namespace kechuang::ledger {

// Runs commands as one transaction, in their order, and gives each its own outcome. An error is of the batch as a
// whole: nothing was stored, and no command has an outcome.
absl::StatusOr<std::vector<absl::StatusOr<Answer>>> RunBatch(mysql::Database& database, const Store& store,
                                                             const KindTable& kinds, const Clock& clock,
                                                             absl::Time deadline,
                                                             const std::vector<const Command*>& commands);

}  // namespace kechuang::ledger

#endif  // KECHUANG_COMMON_LEDGER_BATCH_H_
