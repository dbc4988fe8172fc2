#ifndef KECHUANG_COMMON_MYSQL_MIGRATION_H_
#define KECHUANG_COMMON_MYSQL_MIGRATION_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "common/mysql/database.h"

namespace kechuang::mysql {

// One numbered step of a schema: a file schema/NNNN_name.sql, compiled in. Statements end with a semicolon at a line's
// end.
struct Migration {
  int version;       // 1, 2, 3, ... without gap
  std::string name;  // "0001_first"
  std::string sql;
};

// The schema versions a program can serve.
struct VersionRange {
  int least;
  int most;
};

// Brings the schema to the newest version, one step after the other, each noted in table schema_version (version, name,
// checksum, applied_time). Safe to run from several processes at once and again after a kill in the middle: every
// statement of a step is written so that it can be repeated (IF NOT EXISTS). Fails if a step that was applied has
// another checksum now.
absl::Status Migrate(Database& database, absl::Time deadline, const std::vector<Migration>& migrations);

// OK if the schema's version is in range; SCHEMA_VERSION (kFailedPrecondition) with both figures otherwise.
absl::Status CheckVersion(Database& database, absl::Time deadline, VersionRange range);

}  // namespace kechuang::mysql

#endif  // KECHUANG_COMMON_MYSQL_MIGRATION_H_
