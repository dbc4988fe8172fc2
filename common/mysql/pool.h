#ifndef KECHUANG_COMMON_MYSQL_POOL_H_
#define KECHUANG_COMMON_MYSQL_POOL_H_

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "common/mysql/session.h"

namespace kechuang::mysql {

// The connections of one Database: at most pool_size open, each lent to one caller at a time. Threads may share it.
class Pool {
 public:
  // A connection lent until this goes; it is closed then if it cannot be reused. Outlived by its pool.
  class Lease {
   public:
    Lease(Pool& pool, std::unique_ptr<Connection> connection, int generation)
        : pool_(&pool), connection_(std::move(connection)), generation_(generation) {}
    ~Lease();
    Lease(Lease&& other) = default;
    Lease& operator=(Lease&&) = delete;

    Connection& operator*() const { return *connection_; }
    Connection* operator->() const { return connection_.get(); }

   private:
    Pool* pool_;
    std::unique_ptr<Connection> connection_;
    int generation_;
  };

  Pool(DatabaseConfig config, const Clock& clock) : config_(std::move(config)), clock_(clock) {}
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // A connection, waiting until deadline for one to come free: DEADLINE if none does, DATABASE_UNAVAILABLE at once if
  // the server cannot be reached.
  absl::StatusOr<Lease> Take(absl::Time deadline);

 private:
  // A connection at rest. One generation is what was opened between two losses: after one, its fellows count as lost
  // too.
  struct Idle {
    std::unique_ptr<Connection> connection;
    int generation;
  };

  absl::StatusOr<std::unique_ptr<Connection>> Open(absl::Time deadline);
  void Give(std::unique_ptr<Connection> connection, int generation);

  const DatabaseConfig config_;
  const Clock& clock_;
  std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<Idle> idle_;  // given back last comes last
  int open_ = 0;            // lent, idle, or being opened
  int generation_ = 0;
};

}  // namespace kechuang::mysql

#endif  // KECHUANG_COMMON_MYSQL_POOL_H_
