#ifndef KECHUANG_COMMON_LEDGER_POINT_READER_H_
#define KECHUANG_COMMON_LEDGER_POINT_READER_H_

#include <array>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"

#include "common/base/clock.h"
#include "common/ledger/register.h"
#include "common/ledger/store.h"
#include "common/mysql/database.h"

namespace kechuang::ledger {

// Reads single records for many callers at once: what waits while a statement runs is read by the next one together, so
// that a busy register costs the database a statement per batch and not per call. A record is read after its read was
// queued, so that callers read their own writes. Threads may share one.
class PointReader {
 public:
  // Refuses with OVERLOADED what would make more than queue_size_max wait.
  PointReader(mysql::Database& database, const Store& store, const Clock& clock, size_t queue_size_max);
  ~PointReader();  // answers what waits
  PointReader(const PointReader&) = delete;
  PointReader& operator=(const PointReader&) = delete;

  // done is called once, from a thread of the reader or from this one.
  void Read(const Kind& kind, std::string name, absl::Time deadline, OnRead done);

 private:
  struct Waiting {
    const Kind* kind;
    std::string name;
    absl::Time deadline;
    OnRead done;
  };

  std::vector<Waiting> TakeBatch();
  void AnswerBatches();
  void AnswerTogether(absl::Span<Waiting> batch);

  mysql::Database& database_;
  const Store& store_;
  const Clock& clock_;
  const size_t queue_size_max_;

  std::mutex mutex_;
  std::condition_variable work_;
  std::deque<Waiting> queue_;
  bool stopping_ = false;
  std::array<std::thread, 2> threads_;  // one answers its callers while the other's statement runs
};

}  // namespace kechuang::ledger

#endif  // KECHUANG_COMMON_LEDGER_POINT_READER_H_
