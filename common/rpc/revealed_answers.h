#ifndef KECHUANG_COMMON_RPC_REVEALED_ANSWERS_H_
#define KECHUANG_COMMON_RPC_REVEALED_ANSWERS_H_

#include <functional>

#include "absl/status/status.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

#include "common/rpc/call.h"
#include "common/rpc/look_log.h"
#include "common/rpc/service.h"

// Answers to callers who may see the personal data in them, and say why they want to: who saw what stands on the access
// log before an answer leaves.
namespace kechuang::rpc {

// Whether the call sees the personal data of messages of this type as they are; true for a type that has none.
bool Reveals(const Call& call, const google::protobuf::Descriptor* type);
// PERMISSION_MISSING (kPermissionDenied) if the call gives a reason to see the personal data of messages of this type,
// and its caller may not see them; else OK.
absl::Status CheckReveal(const Call& call, const google::protobuf::Descriptor* type);

// Ends a call with an answer of this type once the look at it is noted. log outlives the call.
Finish NotedFirst(LookLog& log, const Call& call, const google::protobuf::Descriptor* type, Finish finish);

// A stream each of whose answers leaves once the look at it is noted; bytes, log and call outlive it.
class NotingStream final : public ByteStream {
 public:
  NotingStream(ByteStream& bytes, LookLog& log, const Call& call) : bytes_(bytes), log_(log), call_(call) {}
  bool Read(google::protobuf::Message& message) override { return bytes_.Read(message); }
  bool Write(const google::protobuf::Message& message) override;
  void StopReading() override { bytes_.StopReading(); }
  void WhenEnding(std::function<void()> action) override { bytes_.WhenEnding(std::move(action)); }
  // Why an answer could not be noted, and so did not leave; OK if all were.
  const absl::Status& status() const { return status_; }

 private:
  ByteStream& bytes_;
  LookLog& log_;
  const Call& call_;
  absl::Status status_;
};

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_REVEALED_ANSWERS_H_
