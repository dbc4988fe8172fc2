#ifndef KECHUANG_COMMON_LEDGER_POINT_READER_H_
#define KECHUANG_COMMON_LEDGER_POINT_READER_H_

#include <cstddef>
#include <string>

#include "absl/time/time.h"
#include "absl/types/span.h"

#include "common/base/clock.h"
#include "common/ledger/read_queue.h"
#include "common/ledger/register.h"
#include "common/ledger/store.h"
#include "common/mysql/database.h"

namespace kechuang::ledger {

// Reads single records for many callers at once: those of one kind that wait are read with one statement. Threads may
// share one.
class PointReader {
 public:
  // Refuses with OVERLOADED what would make more than queue_size_max wait.
  PointReader(mysql::Database& database, const Store& store, const Clock& clock, size_t queue_size_max);

  // done is called once, from a thread of the reader or from this one.
  void Read(const Kind& kind, std::string name, absl::Time deadline, OnRead done);

 private:
  struct Waiting {
    const Kind* kind;
    std::string name;
    absl::Time deadline;
    OnRead done;
  };

  void AnswerTogether(absl::Span<Waiting> batch);

  mysql::Database& database_;
  const Store& store_;
  const Clock& clock_;
  ReadQueue<Waiting> queue_;
};

}  // namespace kechuang::ledger

#endif  // KECHUANG_COMMON_LEDGER_POINT_READER_H_
