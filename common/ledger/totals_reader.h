#ifndef KECHUANG_COMMON_LEDGER_TOTALS_READER_H_
#define KECHUANG_COMMON_LEDGER_TOTALS_READER_H_

#include <cstddef>

#include "absl/time/time.h"
#include "absl/types/span.h"

#include "common/ledger/read_queue.h"
#include "common/ledger/register.h"
#include "common/ledger/store.h"
#include "common/ledger/total.h"
#include "common/mysql/database.h"

namespace kechuang::ledger {

// Reads totals for many callers at once: those who ask the same while they wait get the same rows. Threads may share
// one.
class TotalsReader {
 public:
  // Refuses with OVERLOADED what would make more than queue_size_max wait.
  TotalsReader(mysql::Database& database, const Store& store, size_t queue_size_max);

  // done is called once, from a thread of the reader or from this one.
  void Read(TotalsQuery query, absl::Time deadline, OnTotals done);

 private:
  struct Waiting {
    TotalsQuery query;
    absl::Time deadline;
    OnTotals done;
  };

  void AnswerTogether(absl::Span<Waiting> batch);

  mysql::Database& database_;
  const Store& store_;
  ReadQueue<Waiting> queue_;
};

}  // namespace kechuang::ledger

#endif  // KECHUANG_COMMON_LEDGER_TOTALS_READER_H_
