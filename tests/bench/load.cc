#include "tests/bench/load.h"

#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <vector>

#include "absl/time/clock.h"
#include "grpcpp/client_context.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/support/byte_buffer.h"

namespace kechuang::bench {
namespace {

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

class ClosedLoop {
 public:
  ClosedLoop(const Target& target, int64_t first_number, absl::Time end)
      : target_(target), stub_(target.channel), next_(first_number), end_(end) {}

  void Run(int in_flight) {
    under_way_ = in_flight;
    for (int i = 0; i < in_flight; ++i) Start();
    std::unique_lock<std::mutex> lock(mutex_);
    all_ended_.wait(lock, [this] { return under_way_ == 0; });
  }

  int64_t next() const { return next_; }
  std::vector<int64_t>& latencies() { return latencies_us_; }
  int64_t failed() const { return failed_; }
  const std::string& first_failure() const { return first_failure_; }

 private:
  struct Call {
    grpc::ClientContext context;
    grpc::ByteBuffer request;
    grpc::ByteBuffer response;
    absl::Time began;
  };

  void Start() {
    auto call = std::make_shared<Call>();
    if (!target_.authorization.empty()) call->context.AddMetadata("authorization", target_.authorization);
    const grpc::Slice slice(target_.request(next_++));
    call->request = grpc::ByteBuffer(&slice, 1);
    call->began = absl::Now();
    stub_.UnaryCall(&call->context, target_.path, {}, &call->request, &call->response,
                    [this, call](const grpc::Status& status) { Ended(*call, status); });
  }

  void Ended(const Call& call, const grpc::Status& status) {
    const absl::Time now = absl::Now();
    bool again = now < end_;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      latencies_us_.push_back(absl::ToInt64Microseconds(now - call.began));
      if (!status.ok()) {
        ++failed_;
        first_failure_ = status.error_message();
      }
      if (!again && --under_way_ == 0) all_ended_.notify_one();
    }
    if (again) Start();
  }

  const Target& target_;
  grpc::GenericStub stub_;
  std::atomic<int64_t> next_;
  const absl::Time end_;
  std::mutex mutex_;
  std::condition_variable all_ended_;
  int under_way_ = 0;
  std::vector<int64_t> latencies_us_;
  int64_t failed_ = 0;
  std::string first_failure_;
};

}  // namespace

LoadResult RunClosedLoop(const Target& target, int in_flight, absl::Duration length, int64_t& first_number) {
  const absl::Time began = absl::Now();
  const double cpu_before = CpuSeconds();
  ClosedLoop loop(target, first_number, began + length);
  loop.Run(in_flight);
  const double seconds = absl::ToDoubleSeconds(absl::Now() - began);
  first_number = loop.next();
  std::vector<int64_t>& latencies = loop.latencies();
  std::sort(latencies.begin(), latencies.end());
  const auto quantile = [&](double part) {
    return absl::Microseconds(latencies[static_cast<size_t>(static_cast<double>(latencies.size() - 1) * part)]);
  };
  LoadResult result;
  result.calls_per_second = static_cast<double>(latencies.size()) / seconds;
  result.p50 = quantile(0.5);
  result.p99 = quantile(0.99);
  result.failed = loop.failed();
  result.first_failure = loop.first_failure();
  result.cpu_us_per_call = (CpuSeconds() - cpu_before) * 1e6 / static_cast<double>(latencies.size());
  return result;
}

}  // namespace kechuang::bench
