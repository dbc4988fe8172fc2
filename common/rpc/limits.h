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
  int64_t unknown_keys = 20;                    // different ones from one address within a minute; 0 for any number
  int64_t calls = 20'000;                       // that do not stream, under way at once
  int64_t waiting_calls = 10'000;               // of these, that wait for a worker, at a service
  int64_t streams = 64;                         // under way at once, at a service
  int64_t call_seconds = 60;                    // of a call that does not stream
  int64_t message_memory = int64_t{256} << 20;  // bytes of all messages under way
  int64_t message_bytes = int64_t{8} << 20;     // of one message, in either direction
  int64_t header_bytes = int64_t{16} << 10;     // of an HTTP request's line and headers together
  int64_t page_size = 1000;                     // records of one page
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

// The limits of a text with a line "name = value" for each that is to be another, by the names of their flags, in any
// order; '#' begins a comment. A name that is not there keeps its value of base. INVALID_FIELDS tells every fault
// at once: a line of another form, an unknown name with the nearest known one, a name given twice, a value out of
// range.
absl::StatusOr<Limits> ParseLimits(absl::string_view text, const Limits& base);

// OK if each is in the range that its flag takes; INVALID_FIELDS otherwise.
absl::Status CheckLimits(const Limits& limits);

// "caller_rate = 2000, caller_burst = 4000, ...", for the log.
std::string TextOf(const Limits& limits);

// Where the limits of a process come from.
struct LimitsSource {
  Limits flags;      // of the command line
  std::string file;  // read over them if it is there
};

// The flags of all limits, and --limits_file, by default the file limits of the state folder.
LimitsSource ReadLimitFlags(absl::string_view state);

// The limits of a source as they stand now. Without the file those of the command line; INVALID_FIELDS as ParseLimits
// and CheckLimits tell.
absl::StatusOr<Limits> ReadLimits(const LimitsSource& source);

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_LIMITS_H_
