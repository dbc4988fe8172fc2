#ifndef KECHUANG_COMMON_LEDGER_POINT_READER_H_
#define KECHUANG_COMMON_LEDGER_POINT_READER_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"

#include "common/base/clock.h"
#include "common/ledger/read_queue.h"
#include "common/ledger/record_cache.h"
#include "common/ledger/register.h"
#include "common/ledger/store.h"
#include "common/mysql/database.h"

namespace kechuang::ledger {

// Reads single records for many callers at once. For those of one kind that wait the database is asked, in one
// statement, where the journal's head is. What the cache keeps is current then if the head did not move; if it did, the
// journal names the records that changed. The others are read with one statement. Threads may share one.
class PointReader {
 public:
  // Of the options counts how much may wait (more is refused with OVERLOADED), and be kept.
  PointReader(mysql::Database& database, const Store& store, const Clock& clock, const RegisterOptions& options);

  // done is called once, from a thread of the reader or from this one.
  void Read(const Kind& kind, std::string name, absl::Time deadline, OnRead done);

  // The same at once, on a session in autocommit mode: what is stored under each name, serialized, no older than this
  // call; nullptr where nothing is. Show makes of it what callers get.
  absl::StatusOr<std::vector<RecordCache::Record>> Find(mysql::Session& session, const Kind& kind,
                                                        absl::Span<const std::string> names);
  static std::unique_ptr<google::protobuf::Message> Show(const Kind& kind, const std::string& stored, absl::Time now);

 private:
  struct Waiting {
    const Kind* kind;
    std::string name;
    absl::Time deadline;
    OnRead done;
  };
  // As they are stored.
  using Loaded = std::map<std::string, RecordCache::Record>;

  void AnswerTogether(absl::Span<Waiting> batch);
  // Brings the cache to the journal's head; where that is.
  absl::StatusOr<Head> CatchUp(mysql::Session& session);
  absl::StatusOr<Loaded> Load(mysql::Session& session, const Kind& kind, const std::vector<std::string>& names);

  mysql::Database& database_;
  const Store& store_;
  const Clock& clock_;
  RecordCache cache_;
  ReadQueue<Waiting> queue_;
};

}  // namespace kechuang::ledger

#endif  // KECHUANG_COMMON_LEDGER_POINT_READER_H_
