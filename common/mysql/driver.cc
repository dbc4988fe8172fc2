#include "common/mysql/driver.h"

#include <cppconn/driver.h>
#include <cppconn/exception.h>
#include <cppconn/resultset.h>
#include <cppconn/statement.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <string>

#include "absl/random/random.h"
#include "absl/strings/str_format.h"

#include "common/base/status_macros.h"
#include "common/mysql/endpoints.h"

namespace kechuang::mysql {
namespace {

constexpr size_t kLoggedCharacters = 300;

sql::Driver& TheDriver() {
  static sql::Driver* const driver = get_driver_instance();
  return *driver;
}

// The client library keeps memory per thread, which it wants announced and given back.
class ThreadUse {
 public:
  ThreadUse() { TheDriver().threadInit(); }
  ~ThreadUse() { TheDriver().threadEnd(); }
  ThreadUse(const ThreadUse&) = delete;
  ThreadUse& operator=(const ThreadUse&) = delete;
};

std::string NewErrorId() {
  thread_local absl::BitGen random;
  return absl::StrFormat("%016x", absl::Uniform<uint64_t>(random));
}

Failure Explain(SqlFault fault, int code, absl::string_view words, absl::string_view doing) {
  const std::string id = NewErrorId();
  spdlog::level::level_enum level = spdlog::level::info;
  // An INSERT that is refused tells what a look-up would have; who asked for it hears of it.
  if (fault == SqlFault::kDuplicate) level = spdlog::level::debug;
  if (fault == SqlFault::kInternal) level = spdlog::level::err;
  if (EndsConnection(fault)) level = spdlog::level::warn;
  spdlog::log(level, "database error {} [{}] {} while: {}", id, code, std::string(words),
              std::string(doing.substr(0, kLoggedCharacters)));
  return {fault, StatusOf(fault, id)};
}

sql::ConnectOptionsMap OptionsOf(const DatabaseConfig& config, const Server& server) {
  const auto whole_seconds = [](absl::Duration duration) {
    return std::max(1, static_cast<int>(absl::ToInt64Seconds(absl::Ceil(duration, absl::Seconds(1)))));
  };
  sql::ConnectOptionsMap options;
  options["hostName"] = sql::SQLString(server.endpoint);
  options["userName"] = sql::SQLString(config.user);
  options["password"] = sql::SQLString(config.password);
  if (!config.schema.empty()) options["schema"] = sql::SQLString(config.schema);
  options["OPT_CHARSET_NAME"] = sql::SQLString("utf8mb4");
  options["OPT_CONNECT_TIMEOUT"] = whole_seconds(server.connect_timeout);
  options["OPT_READ_TIMEOUT"] = whole_seconds(server.silence_limit);
  options["OPT_WRITE_TIMEOUT"] = whole_seconds(server.silence_limit);
  options["OPT_LOCAL_INFILE"] = 0;
  if (!config.ca_file.empty()) {
    options["sslCA"] = sql::SQLString(config.ca_file);
    options["sslEnforce"] = true;
    options["sslVerify"] = true;
  }
  return options;
}

// No option makes the driver refuse an unencrypted connection, so the connection itself is asked.
bool IsEncrypted(sql::Connection& connection) {
  const std::unique_ptr<sql::Statement> statement(connection.createStatement());
  const std::unique_ptr<sql::ResultSet> result(statement->executeQuery("SHOW SESSION STATUS LIKE 'Ssl_cipher'"));
  bool encrypted = false;
  while (result->next()) encrypted = !result->getString(2).asStdString().empty();
  return encrypted;
}

}  // namespace

void UseDriverInThisThread() { thread_local const ThreadUse use; }

std::optional<Failure> Catch(absl::string_view doing, absl::FunctionRef<void()> action) {
  try {
    action();
    return std::nullopt;
  } catch (const sql::SQLException& error) {
    return Explain(FaultOf(error.getErrorCode()), error.getErrorCode(), error.what(), doing);
  } catch (const std::exception& error) {
    return Explain(SqlFault::kInternal, 0, error.what(), doing);
  }
}

Failure InternalFailure(absl::string_view explanation) {
  return Explain(SqlFault::kInternal, 0, explanation, "preparing to ask the database");
}

absl::StatusOr<std::unique_ptr<sql::Connection>> Connect(const DatabaseConfig& config, const Server& server) {
  const bool needs_encryption = !IsLocal(server.endpoint);
  if (needs_encryption && config.ca_file.empty()) {
    return InternalFailure("a database on another machine needs a ca_file to verify its TLS certificate").status;
  }
  UseDriverInThisThread();
  std::unique_ptr<sql::Connection> connection;
  bool protected_as_needed = true;
  const std::optional<Failure> failure = Catch("connecting", [&] {
    sql::ConnectOptionsMap options = OptionsOf(config, server);
    connection.reset(TheDriver().connect(options));
    if (needs_encryption) protected_as_needed = IsEncrypted(*connection);
  });
  if (failure.has_value()) return failure->status;
  if (!protected_as_needed) return InternalFailure("the database agreed to no TLS").status;
  return connection;
}

}  // namespace kechuang::mysql
