#ifndef KECHUANG_COMMON_LEDGER_LIST_H_
#define KECHUANG_COMMON_LEDGER_LIST_H_

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"

#include "common/ledger/register.h"
#include "common/ledger/store.h"
#include "common/mysql/database.h"

namespace kechuang::ledger {

// Reads one page of a kind's records and hands them over in order; gives the next page's token, empty at the end. Pages
// are cut by the last record's values and not by counting, so rows that come and go meanwhile move nothing, and a late
// page costs what the first does. LIST_ARGUMENT for a bad filter, order_by, page_size or token, or a token of other
// arguments.
absl::StatusOr<std::string> ListRecordsOf(mysql::Database& database, const Store& store, const Kind& kind,
                                          absl::Time now, absl::Time deadline, const ListQuery& query,
                                          TakeRecord on_record);

}  // namespace kechuang::ledger

#endif  // KECHUANG_COMMON_LEDGER_LIST_H_
