#ifndef KECHUANG_COMMON_LEDGER_VERIFY_H_
#define KECHUANG_COMMON_LEDGER_VERIFY_H_

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "common/ledger/register.h"
#include "common/ledger/store.h"
#include "common/mysql/database.h"

namespace kechuang::ledger {

// Recomputes totals and keys from the records, compares each record with its newest journal entry, all in one snapshot.
absl::StatusOr<VerifyCounts> VerifyRecords(mysql::Database& database, const Store& store, const KindTable& kinds,
                                           absl::Time deadline, absl::FunctionRef<void(const Finding&)> report);

// Recomputes the chain of hashes from the first entry to the head, in one snapshot.
absl::StatusOr<VerifyCounts> VerifyChain(mysql::Database& database, const Store& store, absl::Time deadline,
                                         absl::FunctionRef<void(const Finding&)> report);

}  // namespace kechuang::ledger

#endif  // KECHUANG_COMMON_LEDGER_VERIFY_H_
