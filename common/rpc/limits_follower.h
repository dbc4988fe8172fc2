#ifndef KECHUANG_COMMON_RPC_LIMITS_FOLLOWER_H_
#define KECHUANG_COMMON_RPC_LIMITS_FOLLOWER_H_

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "common/rpc/limits.h"

namespace kechuang::rpc {

// Keeps the limits of a process as its source says, on a thread of its own, from its making to its destruction. A file
// that is wrong changes nothing, and the log says what is wrong with it.
class LimitsFollower {
 public:
  // How often the file is looked at.
  static constexpr auto kLookEvery = std::chrono::seconds(1);

  explicit LimitsFollower(LimitsSource source, std::chrono::milliseconds look_every = kLookEvery);
  ~LimitsFollower();
  LimitsFollower(const LimitsFollower&) = delete;
  LimitsFollower& operator=(const LimitsFollower&) = delete;

  // May outlive the follower.
  std::shared_ptr<const LiveLimits> limits() const { return limits_; }

 private:
  void Look();
  void Run();

  const LimitsSource source_;
  const std::chrono::milliseconds look_every_;
  const std::shared_ptr<LiveLimits> limits_ = std::make_shared<LiveLimits>();
  std::string told_;  // the fault that the log has been told
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_LIMITS_FOLLOWER_H_
