#ifndef KECHUANG_COMMON_REGISTER_IMPORT_STREAM_H_
#define KECHUANG_COMMON_REGISTER_IMPORT_STREAM_H_

#include <functional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"

#include "common/ledger/register.h"
#include "common/rpc/call.h"
#include "common/rpc/service.h"
#include "kechuang/ledger/v1/import.pb.h"

namespace kechuang {

template <class Response>
struct Change;

// Turns one row into a decision.
using RowHandler = std::function<absl::StatusOr<Change<ledger::v1::RowOutcome>>(const ledger::v1::ImportSource&,
                                                                                const google::protobuf::Message& row)>;

// Runs one import stream to its end: every row is a command whose request id comes from the import id, the sheet and
// the row, so a stream that is sent again changes nothing twice. Outcomes go back in the order of the rows. At most
// 2,000 rows wait in the register at a time; the stream is read no further meanwhile. An error that says nothing of the
// row, such as a database that is away, ends the stream: sent again, it goes on where it was. A row that would change a
// record which somebody changed since an import last set it is KIND_CONFLICT, unless the source says overwrite. The
// import is noted in the register, and as finished once the stream was read to its end; one message without outcomes is
// the last. A stream that validates only writes nothing; its rows see what the rows before them would have stored.
// request and response are empty messages of the stream's types, used again for every message.
absl::Status ImportRows(ledger::Register& ledger, const rpc::Call& call, rpc::ByteStream& bytes,
                        google::protobuf::Message& request, google::protobuf::Message& response,
                        const RowHandler& on_row);

}  // namespace kechuang

#endif  // KECHUANG_COMMON_REGISTER_IMPORT_STREAM_H_
