#ifndef KECHUANG_COMMON_RPC_KEY_FOLLOWER_H_
#define KECHUANG_COMMON_RPC_KEY_FOLLOWER_H_

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "absl/time/time.h"

#include "common/rpc/authenticator.h"

namespace grpc {
class Channel;
class ClientContext;
}  // namespace grpc

namespace kechuang::rpc {

// Keeps an authenticator up to date with the register of identities, on a thread of its own, from its making to its
// destruction.
class KeyFollower {
 public:
  // identity: the channel to the register's service. suite_key: by which it knows services of the suite.
  KeyFollower(Authenticator& authenticator, std::shared_ptr<grpc::Channel> identity, std::string suite_key);
  ~KeyFollower();
  KeyFollower(const KeyFollower&) = delete;
  KeyFollower& operator=(const KeyFollower&) = delete;

 private:
  void Run();
  // Learns from one call until it ends; true if it learnt anything.
  bool Follow();
  // Waits so long, or until the end; true to go on.
  bool Pause(absl::Duration time);

  Authenticator& authenticator_;
  const std::shared_ptr<grpc::Channel> identity_;
  const std::string suite_key_;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  grpc::ClientContext* call_ = nullptr;  // under way; guarded by mutex_
  std::thread thread_;
};

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_KEY_FOLLOWER_H_
