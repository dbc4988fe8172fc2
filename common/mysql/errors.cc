#include "common/mysql/errors.h"

#include "absl/strings/str_cat.h"

#include "common/base/error.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::mysql {
namespace {

constexpr absl::Duration kRetryUnavailable = absl::Milliseconds(500);
constexpr absl::Duration kRetryConflict = absl::Milliseconds(100);

}  // namespace

SqlFault FaultOf(int code) {
  switch (code) {
    case 1020:  // record changed since last read (snapshot isolation)
    case 1205:  // lock wait timeout
    case 1213:  // deadlock; Galera's certification conflict, too
    case 1305:  // the savepoint is gone, and what came before it: Galera undid it for a conflict and did not tell
    case 1412:  // table definition changed under a snapshot
    case 1615:  // prepared statement needs to be prepared again
      return SqlFault::kConflict;
    case 1053:  // server shutdown in progress
    case 1152:  // aborted connection
    case 1158:  // error reading communication packets
    case 1159:  // timeout reading communication packets
    case 1160:  // error writing communication packets
    case 1161:  // timeout writing communication packets
    case 1184:  // aborted connection
    case 1243:  // unknown prepared statement
    case 1927:  // connection was killed (MariaDB)
    case 2006:  // server has gone away
    case 2013:  // lost connection during query
    case 2014:  // commands out of sync
    case 2027:  // malformed packet
    case 2030:  // statement not prepared
    case 2055:  // lost connection, with a system error
    case 3169:  // session was killed (MySQL)
    case 4031:  // disconnected by the server because of inactivity (MySQL)
      return SqlFault::kLost;
    case 1040:  // too many connections
    case 1047:  // node has not yet prepared for use (Galera)
    case 1203:  // too many connections of this user
    case 1290:  // server runs with --read-only
    case 1836:  // server runs in read-only mode
    case 2002:  // cannot connect through the socket
    case 2003:  // cannot connect to the host
    case 2005:  // unknown host
    case 2012:  // error in the handshake
      return SqlFault::kUnreachable;
    case 1062:  // duplicate entry
    case 1586:  // duplicate entry, naming the key
    case 1859:  // duplicate unknown in index
      return SqlFault::kDuplicate;
    case 1317:  // query was interrupted
    case 1969:  // max_statement_time exceeded (MariaDB)
    case 3024:  // max_execution_time exceeded (MySQL)
      return SqlFault::kOutOfTime;
    default:
      return SqlFault::kInternal;
  }
}

bool EndsTransaction(SqlFault fault) { return fault == SqlFault::kConflict || EndsConnection(fault); }

bool EndsConnection(SqlFault fault) { return fault == SqlFault::kLost || fault == SqlFault::kUnreachable; }

bool IsPassing(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsAborted(status) || absl::IsDeadlineExceeded(status);
}

absl::Status StatusOf(SqlFault fault, absl::string_view error_id) {
  switch (fault) {
    case SqlFault::kNone:
      return absl::OkStatus();
    case SqlFault::kConflict:
      return Refuse(absl::StatusCode::kAborted, api::v1::CONFLICT)
          .RetryAfter(kRetryConflict)
          .Says("the change met a conflict with others until its time ran out; repeat it",
                "与其他变更反复冲突，直至超时，请重试");
    case SqlFault::kLost:
    case SqlFault::kUnreachable:
      return Refuse(absl::StatusCode::kUnavailable, api::v1::DATABASE_UNAVAILABLE)
          .RetryAfter(kRetryUnavailable)
          .Says("the database cannot be reached now; repeat the call with the same request id",
                "数据库暂时无法访问，请使用相同的请求编号重试");
    case SqlFault::kDuplicate:
      return Refuse(absl::StatusCode::kAlreadyExists, api::v1::RECORD_EXISTS)
          .Says("a record with the same key exists already", "相同键值的记录已存在");
    case SqlFault::kOutOfTime:
      return Refuse(absl::StatusCode::kDeadlineExceeded, api::v1::DEADLINE)
          .Says("the database did not finish before the deadline of the call", "数据库未能在调用时限内完成");
    case SqlFault::kInternal:
      break;
  }
  return Refuse(absl::StatusCode::kInternal, api::v1::INTERNAL_FAULT)
      .With("error_id", error_id)
      .Says(absl::StrCat("the service failed; its log explains error ", error_id),
            absl::StrCat("服务内部错误，详见日志，错误编号 ", error_id));
}

}  // namespace kechuang::mysql
