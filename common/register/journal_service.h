#ifndef KECHUANG_COMMON_REGISTER_JOURNAL_SERVICE_H_
#define KECHUANG_COMMON_REGISTER_JOURNAL_SERVICE_H_

#include "absl/strings/string_view.h"

#include "common/ledger/register.h"
#include "common/rpc/service.h"

namespace kechuang {

// The journal service of a register, such as kechuang.loan.v1.LoanJournal: history, reading as of a revision or time,
// the head, verification. The same code serves every register.
rpc::Service<ledger::Register> MakeJournalService(absl::string_view full_name, ledger::Register& ledger);

}  // namespace kechuang

#endif  // KECHUANG_COMMON_REGISTER_JOURNAL_SERVICE_H_
