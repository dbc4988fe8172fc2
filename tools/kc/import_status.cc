#include "tools/kc/import_status.h"

#include "absl/strings/cord.h"
#include "google/protobuf/any.pb.h"

namespace kechuang::kc {

absl::Status StatusOf(const google::rpc::Status& status) {
  absl::Status result(static_cast<absl::StatusCode>(status.code()), status.message());
  for (const google::protobuf::Any& detail : status.details()) {
    result.SetPayload(detail.type_url(), absl::Cord(detail.value()));
  }
  return result;
}

absl::Status StatusOf(const grpc::Status& status) {
  google::rpc::Status details;
  if (details.ParseFromString(status.error_details()) && details.code() != 0) return StatusOf(details);
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

}  // namespace kechuang::kc
