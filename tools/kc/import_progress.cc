#include "tools/kc/import_progress.h"

#include <algorithm>
#include <mutex>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"

namespace kechuang::kc {
namespace {

constexpr absl::Duration kBarEvery = absl::Milliseconds(200);
constexpr absl::Duration kLineEvery = absl::Seconds(5);
constexpr int kBarColumns = 30;

}  // namespace

Progress::Progress(std::ostream& err, bool terminal, std::string label, int64_t total, const Clock& clock)
    : err_(err),
      terminal_(terminal),
      label_(std::move(label)),
      total_(total),
      clock_(clock),
      start_(clock.Now()),
      next_(start_ + (terminal ? kBarEvery : kLineEvery)) {}

void Progress::Advance() {
  const std::lock_guard<std::mutex> lock(mutex_);
  ++done_;
  const absl::Time now = clock_.Now();
  if (now < next_) return;
  next_ = now + (terminal_ ? kBarEvery : kLineEvery);
  Show(now);
}

void Progress::Finish() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!shown_) return;
  Show(clock_.Now());
  if (terminal_) err_ << "\n";
  err_.flush();
}

void Progress::Show(absl::Time now) {
  shown_ = true;
  const double seconds = std::max(absl::ToDoubleSeconds(now - start_), 0.001);
  const double rate = static_cast<double>(done_) / seconds;
  if (total_ == 0) {
    const std::string figures = absl::StrFormat("%d %.0f/s", done_, rate);
    err_ << (terminal_ ? "\r" : "") << label_ << " " << figures << (terminal_ ? "\x1b[K" : "\n") << std::flush;
    return;
  }
  const double left = rate > 0 ? static_cast<double>(total_ - done_) / rate : 0;
  const int percent = static_cast<int>(done_ * 100 / total_);
  const std::string figures = absl::StrFormat("%d/%d %d%% %.0f/s %.0fs", done_, total_, percent, rate, left);
  if (!terminal_) {
    err_ << label_ << " " << figures << "\n";
    return;
  }
  const int filled = static_cast<int>(done_ * kBarColumns / total_);
  err_ << "\r" << label_ << " [" << std::string(static_cast<size_t>(filled), '#')
       << std::string(static_cast<size_t>(kBarColumns - filled), '.') << "] " << figures << "\x1b[K" << std::flush;
}

}  // namespace kechuang::kc
