#ifndef KECHUANG_COMMON_BASE_STEADY_CLOCK_H_
#define KECHUANG_COMMON_BASE_STEADY_CLOCK_H_

#include <chrono>

#include "absl/time/time.h"

namespace kechuang {

// Tells how much time has passed, by a clock that nobody sets: what waits by it waits neither for ever nor not at all
// when somebody corrects the system's time. Threads may share one.
class SteadyClock {
 public:
  virtual ~SteadyClock() = default;
  // Since some moment before the process began.
  virtual absl::Duration Now() const { return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch()); }
};

// The machine's clock, alive for the whole process.
inline const SteadyClock& SystemSteadyClock() {
  static const SteadyClock clock;
  return clock;
}

}  // namespace kechuang

#endif  // KECHUANG_COMMON_BASE_STEADY_CLOCK_H_
