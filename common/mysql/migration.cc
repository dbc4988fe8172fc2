#include "common/mysql/migration.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"

#include "common/base/error.h"
#include "common/base/sha256.h"
#include "common/base/status_macros.h"
#include "common/mysql/driver.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::mysql {
namespace {

// The lock is given back within this time even if the deadline came in the middle of a step.
constexpr absl::Duration kGrace = absl::Seconds(5);
constexpr absl::Duration kLockWait = absl::Seconds(5);
constexpr char kLockName[] = "CONCAT('migrate ', LEFT(SHA2(DATABASE(), 256), 40))";
constexpr char kVersionTable[] =
    "CREATE TABLE IF NOT EXISTS schema_version (version INT NOT NULL, name VARCHAR(100) NOT NULL, checksum CHAR(64) "
    "NOT "
    "NULL, applied_time DATETIME(6) NOT NULL, PRIMARY KEY (version)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 "
    "COLLATE=utf8mb4_bin";

absl::Status ChangedStep(const std::string& name, const std::string& applied, const std::string& now) {
  return Refuse(absl::StatusCode::kFailedPrecondition, api::v1::SCHEMA_VERSION)
      .With("step", name)
      .With("applied", applied)
      .With("now", now)
      .Says(
          absl::StrCat("schema step ", name, " was applied with another content; add a new step instead of editing it"),
          absl::StrCat("数据库结构步骤 ", name, " 已按不同内容执行过，请新增步骤而不要修改旧步骤"));
}

absl::Status OutsideRange(int version, VersionRange range) {
  return Refuse(absl::StatusCode::kFailedPrecondition, api::v1::SCHEMA_VERSION)
      .With("version", version)
      .With("least", range.least)
      .With("most", range.most)
      .Says(absl::StrCat("the schema has version ", version, "; this program serves versions ", range.least, " to ",
                         range.most),
            absl::StrCat("数据库结构版本为 ", version, "，本程序支持的版本为 ", range.least, " 至 ", range.most));
}

std::vector<std::string> StatementsOf(absl::string_view sql) {
  std::vector<std::string> statements;
  std::string statement;
  for (absl::string_view line : absl::StrSplit(sql, '\n')) {
    line = absl::StripTrailingAsciiWhitespace(line);
    const absl::string_view content = absl::StripLeadingAsciiWhitespace(line);
    if (content.empty() || absl::StartsWith(content, "--")) continue;
    const bool last = absl::EndsWith(line, ";");
    if (last) line.remove_suffix(1);
    absl::StrAppend(&statement, statement.empty() ? "" : "\n", line);
    if (last) statements.push_back(std::exchange(statement, ""));
  }
  if (!statement.empty()) statements.push_back(statement);
  return statements;
}

absl::Status CheckNumbers(const std::vector<Migration>& migrations) {
  for (size_t i = 0; i < migrations.size(); ++i) {
    if (migrations[i].version != static_cast<int>(i) + 1) {
      return InternalFailure(absl::StrCat("schema step ", migrations[i].name, " does not have number ", i + 1)).status;
    }
  }
  return absl::OkStatus();
}

// Waits for the lock in short turns, because the server may end a longer wait.
absl::Status Lock(Session& session, absl::Time deadline) {
  int64_t locked = 0;
  while (locked != 1) {
    const absl::Duration left = deadline - absl::Now();
    if (left <= absl::ZeroDuration()) return StatusOf(SqlFault::kOutOfTime, "");
    const int64_t wait = std::max<int64_t>(1, absl::ToInt64Seconds(std::min(left / 2, kLockWait)));
    RETURN_IF_ERROR(
        session.Query(absl::StrCat("SELECT GET_LOCK(", kLockName, ", ?)"), {Value(wait)}, [&](const Row& row) {
          locked = row.Int(0);
          return absl::OkStatus();
        }));
  }
  return absl::OkStatus();
}

absl::Status Unlock(Session& session) {
  return session.Query(absl::StrCat("SELECT RELEASE_LOCK(", kLockName, ")"), {},
                       [](const Row&) { return absl::OkStatus(); });
}

absl::Status Apply(Session& session, absl::Time deadline, const Migration& migration, const std::string& checksum) {
  for (const std::string& statement : StatementsOf(migration.sql)) {
    if (absl::Now() >= deadline) return StatusOf(SqlFault::kOutOfTime, "");
    RETURN_IF_ERROR(session.Execute(statement, {}).status());
  }
  spdlog::info("applied schema step {}", migration.name);
  return session
      .Execute("INSERT INTO schema_version (version, name, checksum, applied_time) VALUES (?, ?, ?, UTC_TIMESTAMP(6))",
               {Value(int64_t{migration.version}), Value(migration.name), Value(checksum)})
      .status();
}

absl::Status ApplyAll(Session& session, absl::Time deadline, const std::vector<Migration>& migrations) {
  RETURN_IF_ERROR(session.Execute(kVersionTable, {}).status());
  std::map<int64_t, std::string> applied;
  RETURN_IF_ERROR(session.Query("SELECT version, checksum FROM schema_version", {}, [&](const Row& row) {
    applied[row.Int(0)] = row.Text(1);
    return absl::OkStatus();
  }));
  for (const Migration& migration : migrations) {
    const std::string checksum = Sha256Hex(migration.sql);
    const auto before = applied.find(migration.version);
    if (before == applied.end()) {
      RETURN_IF_ERROR(Apply(session, deadline, migration, checksum));
    } else if (before->second != checksum) {
      return ChangedStep(migration.name, before->second, checksum);
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Migrate(Database& database, absl::Time deadline, const std::vector<Migration>& migrations) {
  RETURN_IF_ERROR(CheckNumbers(migrations));
  return database.Read(deadline + kGrace, [&](Session& session) -> absl::Status {
    RETURN_IF_ERROR(Lock(session, deadline));
    const absl::Status status = ApplyAll(session, deadline, migrations);
    const absl::Status unlocked = Unlock(session);
    return status.ok() ? unlocked : status;
  });
}

absl::Status CheckVersion(Database& database, absl::Time deadline, VersionRange range) {
  int version = 0;
  const absl::Status read = database.Read(deadline, [&](Session& session) -> absl::Status {
    int64_t tables = 0;
    RETURN_IF_ERROR(session.Query(
        "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ?",
        {Value(std::string("schema_version"))}, [&](const Row& row) {
          tables = row.Int(0);
          return absl::OkStatus();
        }));
    if (tables == 0) return absl::OkStatus();
    return session.Query("SELECT COALESCE(MAX(version), 0) FROM schema_version", {}, [&](const Row& row) {
      version = static_cast<int>(row.Int(0));
      return absl::OkStatus();
    });
  });
  RETURN_IF_ERROR(read);
  return version < range.least || version > range.most ? OutsideRange(version, range) : absl::OkStatus();
}

}  // namespace kechuang::mysql
