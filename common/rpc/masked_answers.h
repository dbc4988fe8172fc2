#ifndef KECHUANG_COMMON_RPC_MASKED_ANSWERS_H_
#define KECHUANG_COMMON_RPC_MASKED_ANSWERS_H_

#include <functional>

#include "google/protobuf/message.h"

#include "common/rpc/service.h"

// Answers to callers who may not see the personal data that they hold.
namespace kechuang::rpc {

// A stream whose answers are masked on the way; bytes outlives it.
class MaskingStream final : public ByteStream {
 public:
  explicit MaskingStream(ByteStream& bytes) : bytes_(bytes) {}
  bool Read(google::protobuf::Message& message) override { return bytes_.Read(message); }
  bool Write(const google::protobuf::Message& message) override;
  void StopReading() override { bytes_.StopReading(); }
  void WhenEnding(std::function<void()> action) override { bytes_.WhenEnding(std::move(action)); }

 private:
  ByteStream& bytes_;
};

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_MASKED_ANSWERS_H_
