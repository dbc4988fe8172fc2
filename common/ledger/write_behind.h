#ifndef KECHUANG_COMMON_LEDGER_WRITE_BEHIND_H_
#define KECHUANG_COMMON_LEDGER_WRITE_BEHIND_H_

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "absl/status/status.h"

namespace kechuang::ledger {

// A thread that runs the statements of a transaction while another decides what the next ones are: a connection waits
// for each answer, and so would whoever uses it. Used by one thread at a time.
class WriteBehind {
 public:
  WriteBehind() : thread_([this] { Run(); }) {}
  // Nothing may be posted and not waited for.
  ~WriteBehind();
  WriteBehind(const WriteBehind&) = delete;
  WriteBehind& operator=(const WriteBehind&) = delete;

  // Runs write after those posted before it, but not if one of them failed. Whatever write uses is its own until Wait.
  void Post(std::function<absl::Status()> write);
  // Waits until all that was posted has run. The first failure since the last Wait.
  absl::Status Wait();

 private:
  void Run();

  std::mutex mutex_;
  std::condition_variable posted_;
  std::condition_variable idle_;
  std::deque<std::function<absl::Status()>> writes_;  // the front one runs
  absl::Status failure_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace kechuang::ledger

#endif  // KECHUANG_COMMON_LEDGER_WRITE_BEHIND_H_
