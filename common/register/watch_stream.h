#ifndef KECHUANG_COMMON_REGISTER_WATCH_STREAM_H_
#define KECHUANG_COMMON_REGISTER_WATCH_STREAM_H_

#include "absl/status/status.h"

#include "common/ledger/register.h"
#include "common/rpc/call.h"
#include "common/rpc/service.h"
#include "kechuang/ledger/v1/journal.pb.h"

namespace kechuang {

// Serves Watch of any register: sends the changes after a place of the journal in commit order, then every later one as
// it is committed, and tells the progress while nothing changes. Holds one page of changes, however slow the reader.
absl::Status Watch(ledger::Register& ledger, const rpc::Call& call,
                   rpc::Stream<ledger::v1::WatchRequest, ledger::v1::WatchResponse>& stream);

}  // namespace kechuang

#endif  // KECHUANG_COMMON_REGISTER_WATCH_STREAM_H_
