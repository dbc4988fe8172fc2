#ifndef KECHUANG_COMMON_RPC_MESSAGE_BUDGET_H_
#define KECHUANG_COMMON_RPC_MESSAGE_BUDGET_H_

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

#include "common/base/urgent_share.h"
#include "common/rpc/limits.h"

namespace kechuang::rpc {

// How many calls that do not stream are under way in a process, and how much memory their messages take: requests that
// wait, and answers that their callers have not read yet. Whoever is about to take on more asks first; what was begun
// is not stopped, so callers may go past it by what they have in hand. Threads may share one.
class MessageBudget {
 public:
  explicit MessageBudget(std::shared_ptr<const LiveLimits> limits) : limits_(std::move(limits)) {}

  // True if the call that holds a share already should not go on; an urgent one still may, where a quarter is left.
  bool spent(bool urgent = false) const {
    const Limits limits = limits_->Get();
    return requests_.load(kOrder) + answers_.load(kOrder) >= RoomFor(urgent, Room(limits.message_memory)) ||
           calls_.load(kOrder) > RoomFor(urgent, Room(limits.calls));
  }
  // True if no further answer should be made, even for calls that are in.
  bool spent_on_answers() const { return answers_.load(kOrder) >= Room(limits_->Get().message_memory); }

  // The share of one call, given back when it ends. One thread at a time.
  class Share {
   public:
    explicit Share(MessageBudget& budget) : budget_(budget) { budget_.calls_.fetch_add(1, kOrder); }
    ~Share() {
      budget_.calls_.fetch_sub(1, kOrder);
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

  static size_t Room(int64_t limit) { return static_cast<size_t>(limit); }

  const std::shared_ptr<const LiveLimits> limits_;
  std::atomic<size_t> calls_ = 0;
  std::atomic<size_t> requests_ = 0;
  std::atomic<size_t> answers_ = 0;
};

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_MESSAGE_BUDGET_H_
