#ifndef KECHUANG_COMMON_MYSQL_ERRORS_H_
#define KECHUANG_COMMON_MYSQL_ERRORS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace kechuang::mysql {

// What an error of the database means for the work under way.
enum class SqlFault {
  kNone,
  kConflict,     // the transaction has to run again as a whole, on the same connection, after a ROLLBACK
  kLost,         // the connection is gone, or in a state that cannot be trusted; a new one may serve
  kUnreachable,  // the server cannot be reached or serves nobody now; a new connection would not help at once
  kDuplicate,    // a key exists already; only the statement was undone
  kOutOfTime,    // the server ended the statement at its time limit; only the statement was undone
  kInternal,     // anything else: a fault of our own SQL or of the database's set-up
};

// The meaning of an error number of MySQL, MariaDB or the client library.
SqlFault FaultOf(int code);

// True if nothing more may be sent in this transaction: what was done in it is undone or about to be.
bool EndsTransaction(SqlFault fault);
// True if the connection must not be used again.
bool EndsConnection(SqlFault fault);

// True of an error that only waiting mends: to ask for the parts of what was asked would meet it again.
bool IsPassing(const absl::Status& status);

// What the caller is told. The id finds the driver's own words in the log; only internal faults show it.
absl::Status StatusOf(SqlFault fault, absl::string_view error_id);

}  // namespace kechuang::mysql

#endif  // KECHUANG_COMMON_MYSQL_ERRORS_H_
