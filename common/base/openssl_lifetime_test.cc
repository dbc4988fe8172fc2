#include "common/base/openssl_lifetime.h"

#include <gtest/gtest.h>
#include <openssl/err.h>

#include <cstdlib>
#include <latch>
#include <thread>

namespace kechuang {
namespace {

// A thread that uses OpenSSL once it is told to, and ends only when this is destroyed.
class LateThread {
 public:
  ~LateThread() {
    leave_.count_down();
    thread_.join();
  }

  void UseOpenssl() {
    use_.count_down();
    used_.wait();
  }

 private:
  std::latch use_{1};
  std::latch used_{1};
  std::latch leave_{1};
  std::thread thread_{[this] {
    use_.wait();
    ERR_raise(ERR_LIB_USER, ERR_R_INTERNAL_ERROR);
    used_.count_down();
    leave_.wait();
  }};
};

// At exit what was made first is destroyed last: the thread, after all that OpenSSL registers for itself.
[[noreturn]] void ExitWithALateThread() {
  static LateThread late;
  KeepOpensslUp();
  late.UseOpenssl();
  std::exit(0);
}

TEST(OpensslLifetime, AThreadMayEndWhileTheProcessExits) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(ExitWithALateThread(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace kechuang
