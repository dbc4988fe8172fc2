#ifndef KECHUANG_COMMON_LEDGER_TOTALS_READER_H_
#define KECHUANG_COMMON_LEDGER_TOTALS_READER_H_

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <tuple>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"

#include "common/ledger/read_queue.h"
#include "common/ledger/register.h"
#include "common/ledger/store.h"
#include "common/ledger/total.h"
#include "common/mysql/database.h"

namespace kechuang::ledger {

// Reads totals for many callers at once: those who ask the same while they wait share the rows and the answer. Rows are
// kept, and shown again while the journal's head says that nothing has changed since. Threads may share one.
class TotalsReader {
 public:
  // Refuses with OVERLOADED what would make more than queue_size_max wait. keeps: whether rows are kept.
  TotalsReader(mysql::Database& database, const Store& store, size_t queue_size_max, bool keeps);

  // done is called once, from a thread of the reader or from this one.
  void Read(TotalsQuery query, absl::Time deadline, OnTotals done);

 private:
  struct Waiting {
    TotalsQuery query;
    absl::Time deadline;
    OnTotals done;
  };
  // Rows as they were at this place of the journal.
  struct Kept {
    Kept(Head read_at, std::vector<TotalRow> rows) : head(std::move(read_at)), found(std::move(rows)) {}
    const Head head;
    std::mutex mutex;
    TotalsFound found;  // guarded by mutex
  };
  struct Before {
    bool operator()(const TotalsQuery& a, const TotalsQuery& b) const {
      const auto order = [](const TotalsQuery& query) {
        return std::tie(query.measure, query.grouping, query.first_period, query.last_period, query.cell_prefix);
      };
      return order(a) < order(b);
    }
  };

  void AnswerTogether(absl::Span<Waiting> batch);
  absl::StatusOr<std::shared_ptr<Kept>> Find(const TotalsQuery& query, absl::Time deadline);
  std::shared_ptr<Kept> Known(const TotalsQuery& query);
  void Keep(const TotalsQuery& query, const std::shared_ptr<Kept>& kept);

  mysql::Database& database_;
  const Store& store_;
  const bool keeps_;
  std::mutex mutex_;
  std::map<TotalsQuery, std::shared_ptr<Kept>, Before> kept_;  // guarded by mutex_
  size_t kept_rows_ = 0;                                       // of them all, guarded by mutex_
  ReadQueue<Waiting> queue_;
};

}  // namespace kechuang::ledger

#endif  // KECHUANG_COMMON_LEDGER_TOTALS_READER_H_
