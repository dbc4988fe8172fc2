#include "common/rpc/stream_call.h"

#include <utility>

#include "common/rpc/incoming.h"
#include "common/rpc/wire_status.h"

namespace kechuang::rpc {

bool StreamCall::Wait(std::unique_lock<std::mutex>& lock, Step& step) {
  changed_.wait(lock, [&] { return step != Step::kUnderWay; });
  const bool ok = step == Step::kDone;
  step = Step::kIdle;
  return ok;
}

bool StreamCall::Read(google::protobuf::Message& message) {
  std::unique_lock<std::mutex> lock(mutex_);
  if (!fault_.ok() || stopped_reading_) return false;
  reading_ = Step::kUnderWay;
  lock.unlock();  // the reaction may run at once, on this thread
  StartRead(&incoming_);
  lock.lock();
  changed_.wait(lock, [this] { return stopped_reading_ || reading_ != Step::kUnderWay; });
  if (stopped_reading_ || !Wait(lock, reading_)) return false;  // gRPC ends a read under way with the call
  message.Clear();
  fault_ = ParseBytes(incoming_, message);
  return fault_.ok();
}

bool StreamCall::Write(const google::protobuf::Message& message) {
  if (admitted_) {
    absl::Status admitted = admitted_();
    if (!admitted.ok()) {
      const std::lock_guard<std::mutex> lock(mutex_);
      fault_ = std::move(admitted);
      return false;
    }
  }
  outgoing_ = ToBytes(message.SerializeAsString());
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    writing_ = Step::kUnderWay;
  }
  StartWrite(&outgoing_);
  std::unique_lock<std::mutex> lock(mutex_);
  return Wait(lock, writing_);
}

void StreamCall::StopReading() {
  const std::lock_guard<std::mutex> lock(mutex_);
  stopped_reading_ = true;
  changed_.notify_all();
}

void StreamCall::WhenEnding(std::function<void()> action) {
  const std::lock_guard<std::mutex> lock(mutex_);
  when_ending_ = std::move(action);
  if (ending_ && when_ending_) when_ending_();
}

// The action runs under the lock, so that it has ended before another takes its place.
void StreamCall::Drain() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (ending_) return;
  ending_ = true;
  if (when_ending_) when_ending_();
}

void StreamCall::End(absl::Status status) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!fault_.ok() && (status.ok() || absl::IsCancelled(status))) status = fault_;
  }
  Finish(ToGrpc(status));
}

void StreamCall::OnReadDone(bool ok) {
  const std::lock_guard<std::mutex> lock(mutex_);
  reading_ = ok ? Step::kDone : Step::kFailed;
  changed_.notify_all();
}

void StreamCall::OnWriteDone(bool ok) {
  const std::lock_guard<std::mutex> lock(mutex_);
  writing_ = ok ? Step::kDone : Step::kFailed;
  changed_.notify_all();
}

// gRPC fails the reads and writes under way by itself; a handler that waits for something else hears of it here.
void StreamCall::OnCancel() { Drain(); }

void StreamCall::OnDone() { on_done_(); }

}  // namespace kechuang::rpc
