#include "common/rpc/guess_guard.h"

#include "absl/hash/hash.h"

namespace kechuang::rpc {

absl::Duration GuessGuard::Note(absl::string_view source, absl::string_view credential, int64_t guesses_max) {
  if (guesses_max <= 0) return absl::ZeroDuration();
  const uint64_t guess = absl::Hash<absl::string_view>()(credential);
  const absl::Duration now = clock_.Now();
  const std::lock_guard<std::mutex> lock(mutex_);
  Source& noted = sources_.Use(source);
  if (now < noted.refused_until) return noted.refused_until - now;
  if (now - noted.counted_from >= kSpan) {
    noted.guesses.clear();
    noted.counted_from = now;
  }
  noted.guesses.insert(guess);
  if (noted.guesses.size() <= static_cast<size_t>(guesses_max)) return absl::ZeroDuration();
  noted = {.refused_until = now + kSpan};
  return kSpan;
}

}  // namespace kechuang::rpc
