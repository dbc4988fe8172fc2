#ifndef KECHUANG_COMMON_RPC_LOOK_LOG_H_
#define KECHUANG_COMMON_RPC_LOOK_LOG_H_

#include <functional>
#include <set>
#include <string>

#include "absl/status/status.h"

#include "common/rpc/call.h"

namespace kechuang::rpc {

// Where a service notes who saw personal data unmasked. Threads share one.
class LookLog {
 public:
  virtual ~LookLog() = default;
  // Notes that the caller sees the personal data of these records, and why. noted is called once, from any thread, with
  // OK when that is durable; the caller sees nothing before, and nothing after an error.
  virtual void Note(const Call& call, const std::set<std::string>& records,
                    std::function<void(const absl::Status&)> noted) = 0;
};

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_LOOK_LOG_H_
