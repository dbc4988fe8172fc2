#include "tests/bench/latencies.h"

#include <algorithm>

#include "nlohmann/json.hpp"

namespace kechuang::bench {

void Latencies::Add(absl::Duration latency, const absl::Status& status) {
  const std::lock_guard<std::mutex> lock(mutex_);
  micros_.push_back(absl::ToInt64Microseconds(latency));
  if (status.ok()) return;
  if (failed_++ == 0) first_failure_ = status.ToString();
}

nlohmann::json Latencies::Summary(absl::Duration length) {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::sort(micros_.begin(), micros_.end());
  const auto quantile = [&](double part) -> int64_t {
    if (micros_.empty()) return 0;
    return micros_[static_cast<size_t>(static_cast<double>(micros_.size() - 1) * part)];
  };
  const double seconds = absl::ToDoubleSeconds(length);
  return {{"calls", micros_.size()},
          {"failed", failed_},
          {"first_failure", first_failure_},
          {"seconds", seconds},
          {"rate", static_cast<double>(micros_.size()) / seconds},
          {"p50_us", quantile(0.5)},
          {"p99_us", quantile(0.99)},
          {"p999_us", quantile(0.999)}};
}

}  // namespace kechuang::bench
