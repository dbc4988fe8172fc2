#ifndef KECHUANG_COMMON_BASE_CLOCK_H_
#define KECHUANG_COMMON_BASE_CLOCK_H_

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace kechuang {

// Where time comes from. Threads may share one.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const { return absl::Now(); }
};

// The system's clock, alive for the whole process.
inline const Clock& SystemClock() {
  static const Clock clock;
  return clock;
}

}  // namespace kechuang

#endif  // KECHUANG_COMMON_BASE_CLOCK_H_
