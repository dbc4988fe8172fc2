#ifndef KECHUANG_COMMON_RPC_WIRE_STATUS_H_
#define KECHUANG_COMMON_RPC_WIRE_STATUS_H_

#include "absl/status/status.h"
#include "google/rpc/status.pb.h"
#include "grpcpp/support/status.h"

namespace kechuang::rpc {

// A status as it travels: code, message, and every detail as google.rpc.Status. A status without ErrorInfo gets the
// reason INTERNAL_FAULT. Field violations beyond what fits the 8 KiB of trailers that clients take are cut, and
// ErrorInfo says how many (more_violations); then the longest texts are shortened.
google::rpc::Status ToRpcStatus(const absl::Status& status);
grpc::Status ToGrpc(const absl::Status& status);

// The same way back, details and all.
absl::Status FromRpcStatus(const google::rpc::Status& status);
absl::Status FromGrpc(const grpc::Status& status);

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_WIRE_STATUS_H_
