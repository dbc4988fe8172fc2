#ifndef KECHUANG_COMMON_RPC_RATE_LIMIT_H_
#define KECHUANG_COMMON_RPC_RATE_LIMIT_H_

#include <cstddef>
#include <cstdint>
#include <mutex>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "common/base/steady_clock.h"
#include "common/rpc/recent_map.h"

namespace kechuang::rpc {

// How many calls one caller may make.
struct CallerLimit {
  int64_t rate = 0;   // a second, in the long run; 0 for as many as it likes
  int64_t burst = 1;  // at once, after a pause; 1 at least
  bool operator==(const CallerLimit&) const = default;
};

// A token bucket for each caller. Remembers the callers_max that called last, some 200 bytes each; one that was
// forgotten begins with a full bucket. Threads may share one.
class RateLimit {
 public:
  static constexpr size_t kCallersMax = 16384;

  explicit RateLimit(const SteadyClock& clock, size_t callers_max = kCallersMax)
      : clock_(clock), callers_(callers_max) {}

  // Takes a token of the caller's; zero if there was one, else exactly how long it takes until there is, in whole
  // nanoseconds. Under another limit than the last time, all buckets are full.
  absl::Duration Take(absl::string_view caller, const CallerLimit& limit);

 private:
  const SteadyClock& clock_;
  std::mutex mutex_;
  CallerLimit limit_;                  // of the last time
  RecentMap<absl::Duration> callers_;  // when the bucket of each will be full
};

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_RATE_LIMIT_H_
