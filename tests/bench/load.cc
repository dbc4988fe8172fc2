#include "tests/bench/load.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "grpcpp/client_context.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/support/byte_buffer.h"

#include "nlohmann/json.hpp"
#include "tests/bench/latencies.h"

namespace kechuang::bench {
namespace {

struct Call {
  grpc::ClientContext context;
  grpc::ByteBuffer request;
  grpc::ByteBuffer response;
  absl::Time due;
};

absl::Status FromGrpc(const grpc::Status& status) {
  return {static_cast<absl::StatusCode>(status.error_code()), status.error_message()};
}

// The calls of one load under way.
class Calls {
 public:
  using Ended = std::function<void()>;

  Calls(const Target& target, int64_t first_number) : target_(target), stub_(target.channel), next_(first_number) {}

  // Starts the next call; ended runs after its latency, counted from due, was noted.
  void Start(absl::Time due, Ended ended) {
    auto call = std::make_shared<Call>();
    for (const auto& [key, value] : target_.metadata) call->context.AddMetadata(key, value);
    const grpc::Slice slice(target_.request(next_++));
    call->request = grpc::ByteBuffer(&slice, 1);
    call->due = due;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      ++under_way_;
    }
    stub_.UnaryCall(&call->context, target_.path, {}, &call->request, &call->response,
                    [this, call, ended = std::move(ended)](const grpc::Status& status) mutable {
                      latencies_.Add(absl::Now() - call->due, FromGrpc(status));
                      ended();
                      call.reset();  // before anybody may end the process: it takes gRPC to destroy a call
                      const std::lock_guard<std::mutex> lock(mutex_);
                      if (--under_way_ == 0) none_left_.notify_one();
                    });
  }

  void WaitForAll() {
    std::unique_lock<std::mutex> lock(mutex_);
    none_left_.wait(lock, [this] { return under_way_ == 0; });
  }

  Latencies& latencies() { return latencies_; }

 private:
  const Target& target_;
  grpc::GenericStub stub_;
  std::atomic<int64_t> next_;
  Latencies latencies_;
  std::mutex mutex_;
  std::condition_variable none_left_;
  int64_t under_way_ = 0;
};

}  // namespace

absl::StatusOr<std::string> CallOnce(const Target& target, int64_t number) {
  grpc::GenericStub stub(target.channel);
  Call call;
  for (const auto& [key, value] : target.metadata) call.context.AddMetadata(key, value);
  const grpc::Slice slice(target.request(number));
  call.request = grpc::ByteBuffer(&slice, 1);
  std::mutex mutex;
  std::condition_variable ended;
  bool done = false;
  absl::Status status;
  stub.UnaryCall(&call.context, target.path, {}, &call.request, &call.response, [&](const grpc::Status& result) {
    const std::lock_guard<std::mutex> lock(mutex);
    status = FromGrpc(result);
    done = true;
    ended.notify_one();
  });
  std::unique_lock<std::mutex> lock(mutex);
  ended.wait(lock, [&] { return done; });
  if (!status.ok()) return status;
  std::vector<grpc::Slice> slices;
  if (!call.response.Dump(&slices).ok()) return absl::InternalError("the answer cannot be read");
  std::string bytes;
  for (const grpc::Slice& part : slices) bytes.append(reinterpret_cast<const char*>(part.begin()), part.size());
  return bytes;
}

nlohmann::json RunClosedLoop(const Target& target, int64_t first_number, int in_flight, absl::Duration length) {
  Calls calls(target, first_number);
  const absl::Time began = absl::Now();
  const absl::Time end = began + length;
  const std::function<void()> next = [&] {
    const absl::Time now = absl::Now();
    if (now < end) calls.Start(now, next);
  };
  for (int i = 0; i < in_flight; ++i) next();
  calls.WaitForAll();
  return calls.latencies().Summary(absl::Now() - began);
}

nlohmann::json RunOpenLoop(const Target& target, int64_t first_number, double rate, absl::Duration length,
                           const std::function<bool()>& over) {
  Calls calls(target, first_number);
  const absl::Time began = absl::Now();
  const absl::Duration step = absl::Seconds(1) / rate;
  absl::Time due = began;
  for (; due < began + length && !over(); due += step) {
    absl::SleepFor(due - absl::Now());  // the pace is what this load is
    calls.Start(due, [] {});
  }
  calls.WaitForAll();
  return calls.latencies().Summary(absl::Now() - began);
}

}  // namespace kechuang::bench
