#ifndef KECHUANG_COMMON_REGISTER_REVISION_H_
#define KECHUANG_COMMON_REGISTER_REVISION_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "common/ledger/register.h"
#include "common/rpc/call.h"
#include "kechuang/ledger/v1/journal.pb.h"

namespace kechuang {

// A journal entry as the caller sees it: personal data are masked unless the call gives a reason and its caller may see
// them; that it does is noted by whoever answers (looks.h). before is the record, as JSON, before the change; empty for
// the first revision.
absl::StatusOr<ledger::v1::Revision> ToRevision(const ledger::Register& ledger, const rpc::Call& call,
                                                const ledger::JournalEntry& entry, const std::string& before);

// RECORD_NOT_FOUND unless the register keeps records whose names look like this one.
absl::Status CheckRecordName(const ledger::Register& ledger, const std::string& name);

}  // namespace kechuang

#endif  // KECHUANG_COMMON_REGISTER_REVISION_H_
