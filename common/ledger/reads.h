#ifndef KECHUANG_COMMON_LEDGER_READS_H_
#define KECHUANG_COMMON_LEDGER_READS_H_

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"

#include "common/ledger/point_reader.h"
#include "common/ledger/register.h"
#include "common/ledger/store.h"
#include "common/mysql/database.h"

// What Register promises of reading, over one book's store. now is the time that derived fields are worked out for.
// What is none of the scope's rows (row_scope.h) is as good as absent.
namespace kechuang::ledger {

absl::Status ReadRecords(mysql::Database& database, const Store& store, const Kind& kind, absl::Time now,
                         absl::Time deadline, const std::vector<std::string>& names, absl::string_view scope,
                         TakeRecord on_record);
absl::StatusOr<std::vector<std::string>> NamesByKeyPrefix(mysql::Database& database, const Store& store,
                                                          absl::Time deadline, absl::string_view prefix, int limit);
// The keys are read first, so that a record is no older than the key that led to it.
absl::Status RecordsByKeyPrefix(mysql::Database& database, const Store& store, PointReader& reader, const Kind& kind,
                                absl::Time now, absl::Time deadline, absl::string_view prefix, int limit,
                                TakeRecord on_record);
absl::StatusOr<std::vector<TotalRow>> SelectTotals(mysql::Session& session, const Store& store,
                                                   const TotalsQuery& query);
absl::StatusOr<std::vector<TotalRow>> ReadTotals(mysql::Database& database, const Store& store, absl::Time deadline,
                                                 const TotalsQuery& query);
absl::StatusOr<std::vector<JournalEntry>> ReadHistory(mysql::Database& database, const Store& store,
                                                      absl::Time deadline, absl::string_view name,
                                                      int64_t before_revision, int limit, absl::string_view scope);
absl::StatusOr<JournalEntry> ReadAtRevision(mysql::Database& database, const Store& store, absl::Time deadline,
                                            absl::string_view name, int64_t revision, absl::string_view scope);
absl::StatusOr<JournalEntry> ReadAtTime(mysql::Database& database, const Store& store, absl::Time deadline,
                                        absl::string_view name, absl::Time time, absl::string_view scope);

// A LIKE pattern for texts that begin with prefix.
std::string LikePrefix(absl::string_view prefix);

}  // namespace kechuang::ledger

#endif  // KECHUANG_COMMON_LEDGER_READS_H_
