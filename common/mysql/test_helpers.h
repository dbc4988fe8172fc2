#ifndef KECHUANG_COMMON_MYSQL_TEST_HELPERS_H_
#define KECHUANG_COMMON_MYSQL_TEST_HELPERS_H_

#include <vector>

#include "absl/time/clock.h"

#include "common/mysql/database.h"

namespace kechuang::mysql {

// Far enough away for anything that a test waits for.
inline absl::Time Soon() { return absl::Now() + absl::Seconds(60); }

// Runs one statement in autocommit mode.
inline absl::Status Change(Database& database, absl::string_view sql, const std::vector<Value>& values = {},
                           absl::Time deadline = Soon()) {
  return database.Read(deadline, [&](Session& session) { return session.Execute(sql, values).status(); });
}

// Runs one query.
inline absl::Status Ask(Database& database, absl::string_view sql, const std::vector<Value>& values,
                        absl::FunctionRef<absl::Status(const Row&)> on_row, absl::Time deadline = Soon()) {
  return database.Read(deadline, [&](Session& session) { return session.Query(sql, values, on_row); });
}

// The first column of the last row, or -1 if the query fails or has no row.
inline int64_t Number(Database& database, absl::string_view sql) {
  int64_t number = -1;
  const absl::Status status = Ask(database, sql, {}, [&](const Row& row) {
    number = row.Int(0);
    return absl::OkStatus();
  });
  return status.ok() ? number : -1;
}

}  // namespace kechuang::mysql

#endif  // KECHUANG_COMMON_MYSQL_TEST_HELPERS_H_
