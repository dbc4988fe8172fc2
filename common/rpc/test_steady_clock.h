#ifndef KECHUANG_COMMON_RPC_TEST_STEADY_CLOCK_H_
#define KECHUANG_COMMON_RPC_TEST_STEADY_CLOCK_H_

#include "absl/time/time.h"

#include "common/base/steady_clock.h"

namespace kechuang::rpc {

// For tests: time passes when the test says so. One thread.
class HandSteadyClock : public SteadyClock {
 public:
  absl::Duration Now() const override { return now_; }
  void Pass(absl::Duration time) { now_ += time; }

 private:
  absl::Duration now_ = absl::Hours(1);
};

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_TEST_STEADY_CLOCK_H_
