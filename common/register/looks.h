#ifndef KECHUANG_COMMON_REGISTER_LOOKS_H_
#define KECHUANG_COMMON_REGISTER_LOOKS_H_

#include <functional>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "common/ledger/kind.h"
#include "common/ledger/register.h"
#include "common/rpc/call.h"
#include "common/rpc/look_log.h"
#include "kechuang/ledger/v1/look.pb.h"

// The access log of a register: who saw personal data unmasked. Looks are records of the register itself, so that they
// stand on its journal, are listed and filtered like any others, and cannot be taken away unnoticed.
namespace kechuang {

// The kind of record that a register with personal data needs for it.
ledger::Kind LookKind();

// A register's access log; the register has LookKind and outlives it.
class RegisterLookLog final : public rpc::LookLog {
 public:
  explicit RegisterLookLog(ledger::Register& ledger) : ledger_(ledger) {}
  void Note(const rpc::Call& call, const std::set<std::string>& records,
            std::function<void(const absl::Status&)> noted) override;

 private:
  ledger::Register& ledger_;
};

// What stands between a caller and the personal data of a record, or of any record if no name is given, for a handler
// that shows them in a form of its own, as the journal does: PERMISSION_MISSING if the caller asks for them and may not
// see them; else OK, and if it does see them, that is noted. Blocks.
absl::Status NoteLookAt(ledger::Register& ledger, const rpc::Call& call, const std::string& record);

// The journal service's method; what it does stands in the area's journal service proto.
absl::StatusOr<ledger::v1::ListLooksResponse> ListLooks(ledger::Register& ledger, const rpc::Call& call,
                                                        const ledger::v1::ListLooksRequest& request);

}  // namespace kechuang

#endif  // KECHUANG_COMMON_REGISTER_LOOKS_H_
