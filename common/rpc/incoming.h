#ifndef KECHUANG_COMMON_RPC_INCOMING_H_
#define KECHUANG_COMMON_RPC_INCOMING_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/byte_buffer.h"

#include "common/rpc/admission.h"
#include "common/rpc/call.h"

namespace kechuang::rpc {

// Who calls, from the metadata of a call, as Admission::Admit says; FIELD_MALFORMED if kRevealReason is none.
absl::StatusOr<Call> ReadCall(const grpc::CallbackServerContext& context, Admission& admission, std::string method);

// The same of a call of an open method: whatever credential it carries is not looked at, and its caller may do nothing.
Call ReadOpenCall(const grpc::CallbackServerContext& context, std::string method);

// What a method asks of its caller.
struct Needed {
  std::string permission;  // of the policy: "contract.register"
  size_t bit = 0;
  bool open = false;           // nothing at all: no credential, no permission
  bool second_factor = false;  // of a person
  bool urgent = false;         // nothing: it is refused last while there is too much to do
  bool keeps_to_rows = false;  // serves callers who are bound to one record's rows, too
};
// What a method's options ask for. Fails with a sentence if no role can grant it.
absl::StatusOr<Needed> NeededOf(const google::protobuf::MethodDescriptor& method);
// OK if the caller may call it, else PERMISSION_MISSING (kPermissionDenied), also for one who is bound to rows that the
// method would not keep to, or SECOND_FACTOR_NEEDED (kFailedPrecondition) for a person whose session began without one.
absl::Status CheckPermission(const access::Caller& caller, const Needed& needed);

// Parses bytes from the wire; FIELD_MALFORMED if they are no such message.
absl::Status ParseBytes(const grpc::ByteBuffer& bytes, google::protobuf::Message& message);
grpc::ByteBuffer ToBytes(const std::string& serialized);

// Takes request_id, validate_only and reason from a request that has them.
void ReadCommonFields(const google::protobuf::Message& request, Call& call);

// Makes a request for a page ask for no more records than that. One that says no size gets what its method gives, which
// is less where the limit is.
void KeepPageWithin(int64_t page_size, google::protobuf::Message& request);

// FIELD_TOO_LONG (kResourceExhausted), for a message of so many bytes.
absl::Status MessageTooLarge(size_t bytes, int64_t bytes_max);

// OVERLOADED, for a server that has too many calls of some kind under way.
absl::Status TooManyCalls();

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_INCOMING_H_
