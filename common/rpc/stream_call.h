#ifndef KECHUANG_COMMON_RPC_STREAM_CALL_H_
#define KECHUANG_COMMON_RPC_STREAM_CALL_H_

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>

#include "google/protobuf/message.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"

#include "common/rpc/service.h"

namespace kechuang::rpc {

// A streaming call seen by a handler that blocks: Read and Write wait for the wire, each for one thread. It lives until
// both the handler has called End and gRPC has called OnDone.
class StreamCall : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>, public ByteStream {
 public:
  // on_done runs once gRPC has let go of the call.
  explicit StreamCall(std::function<void()> on_done) : on_done_(std::move(on_done)) {}

  bool Read(google::protobuf::Message& message) override;
  bool Write(const google::protobuf::Message& message) override;
  void StopReading() override;
  void WhenEnding(std::function<void()> action) override;
  // Before each answer, admitted says whether the caller may still have it; an error in its place ends the call. Set
  // before the handler runs.
  void AskBeforeAnswers(std::function<absl::Status()> admitted) { admitted_ = std::move(admitted); }
  // Says that the server drains. Any thread may call it before OnDone.
  void Drain();
  // Ends the call; a fault met while reading, or a caller who may have no more answers, wins over OK and over the
  // handler's word that the caller is gone. The caller must not touch the object afterwards.
  void End(absl::Status status);

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  enum class Step { kIdle, kUnderWay, kDone, kFailed };
  bool Wait(std::unique_lock<std::mutex>& lock, Step& step);

  const std::function<void()> on_done_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Step reading_ = Step::kIdle;
  bool stopped_reading_ = false;
  Step writing_ = Step::kIdle;
  grpc::ByteBuffer incoming_;
  grpc::ByteBuffer outgoing_;
  absl::Status fault_;
  bool ending_ = false;
  std::function<void()> when_ending_;
  std::function<absl::Status()> admitted_;
};

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_STREAM_CALL_H_
