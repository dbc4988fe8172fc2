#include "common/rpc/rate_limit.h"

#include <algorithm>

namespace kechuang::rpc {

absl::Duration RateLimit::Take(absl::string_view caller, const CallerLimit& limit) {
  if (limit.rate <= 0) return absl::ZeroDuration();
  const absl::Duration each = absl::Seconds(1) / limit.rate;
  const absl::Duration now = clock_.Now();
  const std::lock_guard<std::mutex> lock(mutex_);
  if (limit != limit_) {
    callers_.Clear();
    limit_ = limit;
  }
  // A bucket is told by the moment at which it is full: each call puts that off by the time in which a token comes.
  absl::Duration& full_at = callers_.Use(caller);
  const absl::Duration full_after = std::max(full_at, now) + each;
  const absl::Duration wait = full_after - now - each * limit.burst;
  if (wait > absl::ZeroDuration()) return absl::Ceil(wait, absl::Nanoseconds(1));
  full_at = full_after;
  return absl::ZeroDuration();
}

}  // namespace kechuang::rpc
