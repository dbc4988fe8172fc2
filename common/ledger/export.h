#ifndef KECHUANG_COMMON_LEDGER_EXPORT_H_
#define KECHUANG_COMMON_LEDGER_EXPORT_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"

#include "common/ledger/register.h"
#include "common/ledger/store.h"
#include "common/mysql/database.h"

namespace kechuang::ledger {

// Reads every record of a kind that the query's filter and show_deleted let through, in the order of names, out of one
// snapshot on one connection, and hands them over in pages together with the journal's sequence at that moment; the
// first page may be empty. An error of on_page ends it and comes back. Holds one page at a time. A connection lost
// after the first page is DATABASE_UNAVAILABLE: another one would show another moment.
absl::Status ExportRecordsOf(mysql::Database& database, const Store& store, const Kind& kind, absl::Time now,
                             absl::Time deadline, const ListQuery& query, OnExportPage on_page);

}  // namespace kechuang::ledger

#endif  // KECHUANG_COMMON_LEDGER_EXPORT_H_
