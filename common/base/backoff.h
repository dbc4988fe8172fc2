#ifndef KECHUANG_COMMON_BASE_BACKOFF_H_
#define KECHUANG_COMMON_BASE_BACKOFF_H_

#include <algorithm>

#include "absl/random/random.h"
#include "absl/time/time.h"

namespace kechuang {

// Waits between reruns: each is drawn between half and all of a bound that doubles from first to most.
class Backoff {
 public:
  Backoff(absl::Duration first, absl::Duration most) : bound_(first), most_(most) {}

  absl::Duration Next() {
    const absl::Duration wait = bound_ * absl::Uniform(random_, 0.5, 1.0);
    bound_ = std::min(bound_ * 2, most_);
    return wait;
  }

 private:
  absl::Duration bound_;
  absl::Duration most_;
  absl::BitGen random_;
};

}  // namespace kechuang

#endif  // KECHUANG_COMMON_BASE_BACKOFF_H_
