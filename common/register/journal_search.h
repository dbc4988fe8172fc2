#ifndef KECHUANG_COMMON_REGISTER_JOURNAL_SEARCH_H_
#define KECHUANG_COMMON_REGISTER_JOURNAL_SEARCH_H_

#include "absl/status/statusor.h"

#include "common/ledger/register.h"
#include "common/rpc/call.h"
#include "kechuang/ledger/v1/search.pb.h"

namespace kechuang {

// The journal service's method; what it does stands in the area's journal service proto.
absl::StatusOr<ledger::v1::SearchJournalResponse> SearchJournal(ledger::Register& ledger, const rpc::Call& call,
                                                                const ledger::v1::SearchJournalRequest& request);

}  // namespace kechuang

#endif  // KECHUANG_COMMON_REGISTER_JOURNAL_SEARCH_H_
