#ifndef KECHUANG_COMMON_RPC_GUESS_GUARD_H_
#define KECHUANG_COMMON_RPC_GUESS_GUARD_H_

#include <cstddef>
#include <cstdint>
#include <mutex>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "common/base/steady_clock.h"
#include "common/rpc/recent_map.h"

namespace kechuang::rpc {

// Notices the addresses from which keys are guessed. It judges unknown credentials only: a valid key is let in from any
// address, or whoever guesses behind a shared one (a proxy, a gateway, an office) would lock out everybody there. That
// a key is none must be found out first, by a digest and a look-up, which cost less than to write the refusal; nothing
// else is done for it: nothing of the request is read, and no service hears of it.
// Counts different credentials: a system that sends a revoked key again and again guesses nothing, and should go on
// hearing that its key is not valid. Remembers the sources_max addresses that were noted last, by at most guesses_max +
// 1 numbers each. Threads may share one.
class GuessGuard {
 public:
  static constexpr size_t kSourcesMax = 4096;
  // The time in which guesses are counted, and for which a source is refused after too many.
  static constexpr absl::Duration kSpan = absl::Minutes(1);

  explicit GuessGuard(const SteadyClock& clock, size_t sources_max = kSourcesMax)
      : clock_(clock), sources_(sources_max) {}

  // Notes that a credential which nobody has came from this source. Zero if the source is to hear just that; else how
  // long its unknown credentials are refused from now on. guesses_max: of a source within kSpan; 0 for any number.
  absl::Duration Note(absl::string_view source, absl::string_view credential, int64_t guesses_max);

 private:
  struct Source {
    absl::Duration counted_from = -absl::InfiniteDuration();
    absl::Duration refused_until = -absl::InfiniteDuration();
    absl::flat_hash_set<uint64_t> guesses = {};  // digests, of no use to whoever reads the memory
  };

  const SteadyClock& clock_;
  std::mutex mutex_;
  RecentMap<Source> sources_;
};

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_GUESS_GUARD_H_
