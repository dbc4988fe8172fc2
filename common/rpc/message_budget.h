#ifndef KECHUANG_COMMON_RPC_MESSAGE_BUDGET_H_
#define KECHUANG_COMMON_RPC_MESSAGE_BUDGET_H_

#include <atomic>
#include <cstddef>

#include "common/base/urgent_share.h"

namespace kechuang::rpc {

// What a process allows if nobody says otherwise, in bytes.
inline constexpr size_t kMessageMemoryDefault = size_t{256} << 20;

// How much memory the messages of a process's calls may take, and take: requests that wait, and answers that their
// callers have not read yet. Whoever is about to take on more asks first; what was begun is not stopped, so callers may
// go past it by what they have in hand. Threads may share one.
class MessageBudget {
 public:
  explicit MessageBudget(size_t bytes_max) : bytes_max_(bytes_max) {}

  // True if no further call should come in; an urgent one still may, where a quarter is left.
  bool spent(bool urgent = false) const {
    return requests_.load(kOrder) + answers_.load(kOrder) >= RoomFor(urgent, bytes_max_);
  }
  // True if no further answer should be made, even for calls that are in.
  bool spent_on_answers() const { return answers_.load(kOrder) >= bytes_max_; }

  // The share of one call, given back when it ends. One thread at a time.
  class Share {
   public:
    explicit Share(MessageBudget& budget) : budget_(budget) {}
    ~Share() {
      budget_.requests_.fetch_sub(request_, kOrder);
      budget_.answers_.fetch_sub(answer_, kOrder);
    }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

    void AddRequest(size_t bytes) {
      request_ += bytes;
      budget_.requests_.fetch_add(bytes, kOrder);
    }
    void AddAnswer(size_t bytes) {
      answer_ += bytes;
      budget_.answers_.fetch_add(bytes, kOrder);
    }

   private:
    MessageBudget& budget_;
    size_t request_ = 0;
    size_t answer_ = 0;
  };

 private:
  // A count for its own sake: nothing else is read or written by it.
  static constexpr std::memory_order kOrder = std::memory_order_relaxed;

  const size_t bytes_max_;
  std::atomic<size_t> requests_ = 0;
  std::atomic<size_t> answers_ = 0;
};

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_MESSAGE_BUDGET_H_
