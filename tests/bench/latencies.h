#ifndef KECHUANG_TESTS_BENCH_LATENCIES_H_
#define KECHUANG_TESTS_BENCH_LATENCIES_H_

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

#include "nlohmann/json_fwd.hpp"

namespace kechuang::bench {

// How long each call of a load took, and how many failed. Threads may share one.
class Latencies {
 public:
  void Add(absl::Duration latency, const absl::Status& status);
  // {"calls", "failed", "first_failure", "seconds", "rate", "p50_us", "p99_us", "p999_us"} of a load that ran so long.
  nlohmann::json Summary(absl::Duration length);

 private:
  std::mutex mutex_;
  std::vector<int64_t> micros_;
  int64_t failed_ = 0;
  std::string first_failure_;
};

}  // namespace kechuang::bench

#endif  // KECHUANG_TESTS_BENCH_LATENCIES_H_
