#ifndef KECHUANG_COMMON_REGISTER_EXPORT_STREAM_H_
#define KECHUANG_COMMON_REGISTER_EXPORT_STREAM_H_

#include "absl/status/status.h"
#include "google/protobuf/message.h"

#include "common/ledger/register.h"
#include "common/rpc/call.h"
#include "common/rpc/service.h"

namespace kechuang {

// Serves an Export call of any kind: reads the request's filter and show_deleted, sends the records of one snapshot in
// the order of their names in the response's one repeated field, and the snapshot's journal sequence in its field
// sequence. At most 200 records or 1 MiB a message; the database is read no faster than the caller takes. At most 2 run
// at a time in a process, for each holds a connection: one more is OVERLOADED. One hour at most, or the call's
// deadline.
absl::Status ExportRecords(ledger::Register& ledger, const rpc::Call& call, rpc::ByteStream& bytes,
                           google::protobuf::Message& request, google::protobuf::Message& response);

}  // namespace kechuang

#endif  // KECHUANG_COMMON_REGISTER_EXPORT_STREAM_H_
