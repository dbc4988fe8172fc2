#include "common/ledger/commit_bell.h"

#include "absl/time/clock.h"

namespace kechuang::ledger {

int64_t CommitBell::count() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return count_;
}

void CommitBell::Ring() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++count_;
  }
  rung_.notify_all();
}

void CommitBell::Wake() {
  // Under the lock, so that nobody is between its look at given_up and its wait.
  const std::lock_guard<std::mutex> lock(mutex_);
  rung_.notify_all();
}

void CommitBell::Wait(int64_t seen, absl::Time until, const std::function<bool()>& given_up) {
  std::unique_lock<std::mutex> lock(mutex_);
  rung_.wait_for(lock, absl::ToChronoNanoseconds(until - absl::Now()), [&] { return count_ != seen || given_up(); });
}

}  // namespace kechuang::ledger
