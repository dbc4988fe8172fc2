#include "common/ledger/bulk_share.h"

#include <algorithm>

namespace kechuang::ledger {
namespace {

// Of a batch of rows alone, for whose end the next person waits, and of the rows in a batch that people wait for.
constexpr std::chrono::milliseconds kAmongPeople(25);
constexpr std::chrono::milliseconds kBesidePeople(10);
// People are at work for so long after the last one's call.
constexpr std::chrono::seconds kAtWork(1);
// An import goes on in any case.
constexpr size_t kLeast = 16;
// What less rows take says more of the batch than of its rows.
constexpr size_t kTelling = 16;

}  // namespace

void BulkShare::Took(size_t rows, Duration time) {
  if (rows < kTelling) return;
  row_time_ = (row_time_ + time / static_cast<Duration::rep>(rows)) / 2;
}

size_t BulkShare::Limit(size_t people, Time now) const {
  if (people > 0) return RowsIn(kBesidePeople);
  return now - person_came_ < kAtWork ? RowsIn(kAmongPeople) : most_;
}

size_t BulkShare::RowsIn(Duration time) const {
  const auto rows = static_cast<size_t>(time / std::max(row_time_, Duration(1)));
  return std::min(std::max(rows, kLeast), most_);
}

}  // namespace kechuang::ledger
