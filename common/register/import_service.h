#ifndef KECHUANG_COMMON_REGISTER_IMPORT_SERVICE_H_
#define KECHUANG_COMMON_REGISTER_IMPORT_SERVICE_H_

#include "absl/status/statusor.h"

#include "common/ledger/register.h"
#include "common/rpc/call.h"
#include "kechuang/ledger/v1/import.pb.h"

namespace kechuang {

// The journal service's methods about imports; what each does stands in the area's journal service proto.
absl::StatusOr<ledger::v1::ListImportsResponse> ListImports(ledger::Register& ledger, const rpc::Call& call,
                                                            const ledger::v1::ListImportsRequest& request);
absl::StatusOr<ledger::v1::Import> GetImport(ledger::Register& ledger, const rpc::Call& call,
                                             const ledger::v1::GetImportRequest& request);
absl::StatusOr<ledger::v1::RevertImportResponse> RevertImport(ledger::Register& ledger, const rpc::Call& call,
                                                              const ledger::v1::RevertImportRequest& request);

}  // namespace kechuang

#endif  // KECHUANG_COMMON_REGISTER_IMPORT_SERVICE_H_
