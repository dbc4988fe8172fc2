#ifndef KECHUANG_COMMON_RPC_WORKER_POOL_H_
#define KECHUANG_COMMON_RPC_WORKER_POOL_H_

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace kechuang::rpc {

// Threads that run handlers which block, behind a bounded queue. Threads may share one.
class WorkerPool {
 public:
  // queue_max is asked at each task.
  WorkerPool(int threads, std::function<size_t()> queue_max);
  ~WorkerPool();  // runs what is queued, then ends
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Queues a task, an urgent one before all that are not; false, and the task is not run, if the queue is full. A
  // quarter of the queue is for urgent tasks alone.
  bool Run(std::function<void()> task, bool urgent = false);

 private:
  void Work();

  const std::function<size_t()> queue_max_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> urgent_;
  std::deque<std::function<void()>> tasks_;  // all others
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_WORKER_POOL_H_
