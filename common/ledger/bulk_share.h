#ifndef KECHUANG_COMMON_LEDGER_BULK_SHARE_H_
#define KECHUANG_COMMON_LEDGER_BULK_SHARE_H_

#include <chrono>
#include <cstddef>

namespace kechuang::ledger {

// How many rows of imports a batch takes. A large batch costs less by the row, since its rows share totals; but who
// asks for a change while it runs waits for its end. So while people are at work, batches are as large as fits in a
// time that nobody feels, by what rows took lately on this machine. Not for several threads.
class BulkShare {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::steady_clock::duration;

  // most: rows of a batch when nobody is at work.
  explicit BulkShare(size_t most) : most_(most) {}

  // Somebody asked for a change that is no import's.
  void PersonCame(Time now) { person_came_ = now; }
  // A batch of so many rows and nothing else took so long.
  void Took(size_t rows, Duration time);
  // How many rows a batch takes that has changes of so many people.
  size_t Limit(size_t people, Time now) const;

 private:
  size_t RowsIn(Duration time) const;

  const size_t most_;
  Time person_came_;
  // What a row takes, between its last batches' and what it was thought to take before; at first a careful guess.
  Duration row_time_ = std::chrono::microseconds(500);
};

}  // namespace kechuang::ledger

#endif  // KECHUANG_COMMON_LEDGER_BULK_SHARE_H_
