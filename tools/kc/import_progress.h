#ifndef KECHUANG_TOOLS_KC_IMPORT_PROGRESS_H_
#define KECHUANG_TOOLS_KC_IMPORT_PROGRESS_H_

#include <cstdint>
#include <mutex>
#include <ostream>
#include <string>

#include "absl/time/time.h"

#include "common/base/clock.h"

namespace kechuang::kc {

// Shows how far long work is: a bar with rate and remaining time on a terminal, a plain line now and then elsewhere.
// Threads may share one.
class Progress {
 public:
  // total is what the work comes to, in rows; 0 if that is not known, which shows no bar and no remaining time.
  Progress(std::ostream& err, bool terminal, std::string label, int64_t total, const Clock& clock = SystemClock());

  // One more row is done.
  void Advance();
  // Ends the bar's line.
  void Finish();

 private:
  void Show(absl::Time now);

  std::ostream& err_;
  const bool terminal_;
  const std::string label_;
  const int64_t total_;
  const Clock& clock_;
  const absl::Time start_;
  std::mutex mutex_;
  absl::Time next_;
  int64_t done_ = 0;
  bool shown_ = false;
};

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_IMPORT_PROGRESS_H_
