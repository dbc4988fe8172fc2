#ifndef KECHUANG_COMMON_RPC_LIMITS_H_
#define KECHUANG_COMMON_RPC_LIMITS_H_

#include <cstdint>
#include <mutex>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "common/rpc/rate_limit.h"

namespace kechuang::rpc {

// What a process allows its callers, and what may change while it runs.
struct Limits {
  CallerLimit caller = {.rate = 2000, .burst = 4000};
  int64_t unknown_keys = 20;  // different ones from one address within a minute; 0 for any number
  bool operator==(const Limits&) const = default;
};

// The limits now. Threads may share one.
class LiveLimits {
 public:
  explicit LiveLimits(const Limits& limits = {}) : limits_(limits) {}

  Limits Get() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return limits_;
  }
  void Set(const Limits& limits) {
    const std::lock_guard<std::mutex> lock(mutex_);
    limits_ = limits;
  }

 private:
  mutable std::mutex mutex_;
  Limits limits_;
};

// The limits of a text with a line "name = value" for each of the names caller_rate, caller_burst and unknown_keys, in
// any order; '#' begins a comment. A name that is not there keeps its value of base. INVALID_FIELDS tells every fault
// at once: a line of another form, an unknown name with the nearest known one, a name given twice, a value out of
// range.
absl::StatusOr<Limits> ParseLimits(absl::string_view text, const Limits& base);

// OK if --caller_rate (0 to 1,000,000), --caller_burst (1 to 10,000,000) and --unknown_keys (0 to 1,000) could be
// these; INVALID_FIELDS otherwise.
absl::Status CheckLimits(const Limits& limits);

// Where the limits of a process come from.
struct LimitsSource {
  Limits flags;      // of the command line
  std::string file;  // read over them if it is there
};

// --caller_rate, --caller_burst, --unknown_keys and --limits_file, by default the file limits of the state folder.
LimitsSource ReadLimitFlags(absl::string_view state);

// The limits of a source as they stand now. Without the file those of the command line; INVALID_FIELDS as ParseLimits
// and CheckLimits tell.
absl::StatusOr<Limits> ReadLimits(const LimitsSource& source);

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_LIMITS_H_
