#ifndef KECHUANG_COMMON_RPC_INCOMING_H_
#define KECHUANG_COMMON_RPC_INCOMING_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/byte_buffer.h"

#include "common/rpc/admission.h"
#include "common/rpc/call.h"

namespace kechuang::rpc {

// Who calls, from the metadata of a call, as Admission::Admit says.
absl::StatusOr<Call> ReadCall(const grpc::CallbackServerContext& context, Admission& admission, std::string method);

// A permission of the policy, as a method asks for it.
struct Needed {
  std::string permission;  // "contract.register"
  size_t bit = 0;
};
// OK if the caller has it, else PERMISSION_MISSING (kPermissionDenied).
absl::Status CheckPermission(const access::Caller& caller, const Needed& needed);

// Parses bytes from the wire; FIELD_MALFORMED if they are no such message.
absl::Status ParseBytes(const grpc::ByteBuffer& bytes, google::protobuf::Message& message);
grpc::ByteBuffer ToBytes(const std::string& serialized);

// Takes request_id, validate_only and reason from a request that has them.
void ReadCommonFields(const google::protobuf::Message& request, Call& call);

// OVERLOADED, for a server that has too many calls of some kind under way.
absl::Status TooManyCalls();

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_INCOMING_H_
