#include "common/ledger/write_behind.h"

#include <utility>

#include "common/mysql/driver.h"

namespace kechuang::ledger {

WriteBehind::~WriteBehind() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  posted_.notify_one();
  thread_.join();
}

void WriteBehind::Post(std::function<absl::Status()> write) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    writes_.push_back(std::move(write));
  }
  posted_.notify_one();
}

absl::Status WriteBehind::Wait() {
  std::unique_lock<std::mutex> lock(mutex_);
  idle_.wait(lock, [this] { return writes_.empty(); });
  return std::exchange(failure_, absl::OkStatus());
}

void WriteBehind::Run() {
  mysql::UseDriverInThisThread();
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    posted_.wait(lock, [this] { return stopping_ || !writes_.empty(); });
    if (writes_.empty()) return;
    if (failure_.ok()) {
      const std::function<absl::Status()>& write = writes_.front();  // stays where it is while others are added
      lock.unlock();
      absl::Status status = write();
      lock.lock();
      failure_ = std::move(status);
    }
    writes_.pop_front();
    if (writes_.empty()) idle_.notify_one();
  }
}

}  // namespace kechuang::ledger
