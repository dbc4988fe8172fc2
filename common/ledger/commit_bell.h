#ifndef KECHUANG_COMMON_LEDGER_COMMIT_BELL_H_
#define KECHUANG_COMMON_LEDGER_COMMIT_BELL_H_

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>

#include "absl/time/time.h"

namespace kechuang::ledger {

// Rings when this process may have made the journal longer. Threads may share one.
class CommitBell {
 public:
  // How often it has rung.
  int64_t count() const;
  // Rings, and wakes all who wait.
  void Ring();
  // Wakes all who wait, so that they look at what they wait for besides.
  void Wake();
  // Waits until it has rung since it had rung seen times, or given_up says true, or the time has come. given_up must be
  // quick, and must not use the bell.
  void Wait(int64_t seen, absl::Time until, const std::function<bool()>& given_up);

 private:
  mutable std::mutex mutex_;
  std::condition_variable rung_;
  int64_t count_ = 0;
};

}  // namespace kechuang::ledger

#endif  // KECHUANG_COMMON_LEDGER_COMMIT_BELL_H_
