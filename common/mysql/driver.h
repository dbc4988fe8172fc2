#ifndef KECHUANG_COMMON_MYSQL_DRIVER_H_
#define KECHUANG_COMMON_MYSQL_DRIVER_H_

#include <cppconn/connection.h>

#include <exception>
#include <memory>
#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "common/mysql/database.h"
#include "common/mysql/errors.h"

namespace kechuang::mysql {

// A fault of the database and what to tell the caller of it.
struct Failure {
  SqlFault fault;
  absl::Status status;
};

// Readies the client library for the calling thread, until the thread ends. Cheap when done before.
void UseDriverInThisThread();

// Runs action. Every exception of the driver ends here: its words go to the log under an error id, next to what was
// being done (a statement's text without values); nothing is returned if action threw nothing.
std::optional<Failure> Catch(absl::string_view doing, absl::FunctionRef<void()> action);

// A failure that is none of the driver's, logged under an error id.
Failure InternalFailure(absl::string_view explanation);

// One server, and how long it may take.
struct Server {
  std::string endpoint;
  absl::Duration statement_limit;
  absl::Duration silence_limit;    // longer than statement_limit: then the server counts as lost
  absl::Duration connect_timeout;  // for each step of connecting
};

// Opens a connection, with TLS verified where the endpoint is not local. Session variables are the server's defaults.
absl::StatusOr<std::unique_ptr<sql::Connection>> Connect(const DatabaseConfig& config, const Server& server);

}  // namespace kechuang::mysql

#endif  // KECHUANG_COMMON_MYSQL_DRIVER_H_
