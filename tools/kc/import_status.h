#ifndef KECHUANG_TOOLS_KC_IMPORT_STATUS_H_
#define KECHUANG_TOOLS_KC_IMPORT_STATUS_H_

#include "absl/status/status.h"
#include "google/rpc/status.pb.h"
#include "grpcpp/support/status.h"

namespace kechuang::kc {

// The error of a call or of a row as the services gave it, details and all. A client sees no code of the server's side,
// so this stands here.
absl::Status StatusOf(const grpc::Status& status);
absl::Status StatusOf(const google::rpc::Status& status);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_IMPORT_STATUS_H_
