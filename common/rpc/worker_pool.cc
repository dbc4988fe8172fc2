#include "common/rpc/worker_pool.h"

#include <utility>

#include "common/base/urgent_share.h"

namespace kechuang::rpc {

WorkerPool::WorkerPool(int threads, std::function<size_t()> queue_max) : queue_max_(std::move(queue_max)) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Work(); });
}

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool WorkerPool::Run(std::function<void()> task, bool urgent) {
  const size_t room = RoomFor(urgent, queue_max_());
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (urgent_.size() + tasks_.size() >= room) return false;
    (urgent ? urgent_ : tasks_).push_back(std::move(task));
  }
  changed_.notify_one();
  return true;
}

void WorkerPool::Work() {
  while (true) {
    std::function<void()> task;
    {
      std::unique_lock<std::mutex> lock(mutex_);
      changed_.wait(lock, [this] { return stopping_ || !urgent_.empty() || !tasks_.empty(); });
      std::deque<std::function<void()>>& next = urgent_.empty() ? tasks_ : urgent_;
      if (next.empty()) return;
      task = std::move(next.front());
      next.pop_front();
    }
    task();
  }
}

}  // namespace kechuang::rpc
