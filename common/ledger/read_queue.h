#ifndef KECHUANG_COMMON_LEDGER_READ_QUEUE_H_
#define KECHUANG_COMMON_LEDGER_READ_QUEUE_H_

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <iterator>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "absl/types/span.h"

namespace kechuang::ledger {

// OVERLOADED: this many reads wait already.
absl::Status TooManyReads(size_t waiting);
// DEADLINE: the read waited for too long.
absl::Status ReadOutOfTime();

// Reads of many callers that are answered together: what waits while a statement runs is read by the next one, so that
// a busy register costs the database a statement per batch and not per call. Every read is answered by a statement that
// began after it was queued, so that callers read their own writes. Read has members `absl::Time deadline` and `done`,
// which takes an absl::Status, too, and is called once. Threads may share one.
template <class Read>
class ReadQueue {
 public:
  // True if a read may be answered with the one that waits longest.
  using Joins = std::function<bool(const Read& first, const Read& read)>;
  // Answers a batch, on a thread of the queue.
  using AnswerBatch = std::function<void(absl::Span<Read> batch)>;

  // Refuses with OVERLOADED what would make more than size_max wait. A batch has at most batch_max reads.
  ReadQueue(size_t size_max, size_t batch_max, Joins joins, AnswerBatch answer)
      : size_max_(size_max), batch_max_(batch_max), joins_(std::move(joins)), answer_(std::move(answer)) {
    for (std::thread& thread : threads_) thread = std::thread([this] { AnswerBatches(); });
  }

  // Answers what waits.
  ~ReadQueue() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      stopping_ = true;
    }
    work_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  ReadQueue(const ReadQueue&) = delete;
  ReadQueue& operator=(const ReadQueue&) = delete;

  void Add(Read read) {
    size_t waiting = 0;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      waiting = queue_.size();
      if (waiting < size_max_) {
        queue_.push_back(std::move(read));
        work_.notify_one();
        return;
      }
    }
    read.done(TooManyReads(waiting));
  }

 private:
  // Those among the reads that wait longest which can be answered with the first; empty when there will be none any
  // more.
  std::vector<Read> TakeBatch() {
    std::unique_lock<std::mutex> lock(mutex_);
    work_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) return {};
    std::vector<Read> batch;
    batch.push_back(std::move(queue_.front()));
    queue_.pop_front();
    const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(std::min(queue_.size(), batch_max_ - 1));
    const auto others =
        std::stable_partition(queue_.begin(), end, [&](const Read& read) { return joins_(batch.front(), read); });
    batch.insert(batch.end(), std::make_move_iterator(queue_.begin()), std::make_move_iterator(others));
    queue_.erase(queue_.begin(), others);
    return batch;
  }

  void AnswerBatches() {
    while (true) {
      std::vector<Read> batch = TakeBatch();
      if (batch.empty()) return;
      const auto late = std::stable_partition(batch.begin(), batch.end(),
                                              [now = absl::Now()](const Read& read) { return read.deadline >= now; });
      for (auto read = late; read != batch.end(); ++read) read->done(ReadOutOfTime());
      batch.erase(late, batch.end());
      if (!batch.empty()) answer_(absl::MakeSpan(batch));
    }
  }

  const size_t size_max_;
  const size_t batch_max_;
  const Joins joins_;
  const AnswerBatch answer_;

  std::mutex mutex_;
  std::condition_variable work_;
  std::deque<Read> queue_;
  bool stopping_ = false;
  std::array<std::thread, 2> threads_;  // one answers its callers while the other's statement runs
};

}  // namespace kechuang::ledger

#endif  // KECHUANG_COMMON_LEDGER_READ_QUEUE_H_
