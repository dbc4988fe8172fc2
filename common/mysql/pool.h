#ifndef KECHUANG_COMMON_MYSQL_POOL_H_
#define KECHUANG_COMMON_MYSQL_POOL_H_

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "common/mysql/session.h"

namespace kechuang::mysql {

// How long a statement may take on a connection to one of several nodes.
enum class Patience {
  kPrompt,   // DatabaseConfig::cluster_statement_limit
  kPatient,  // DatabaseConfig::statement_limit; of several nodes on a connection of its own, closed afterwards
};

// The connections of one Database: at most pool_size open, each lent to one caller at a time. Threads may share it.
// All lead to one node; it moves on to the next when a new connection to it fails or when it says that it serves
// nobody. One process writing to one node keeps writers of a cluster out of each other's way.
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
  // no node can be reached. Who asked first is served first: else one who gives a connection back and asks again would
  // be ahead of all who have waited for it.
  absl::StatusOr<Lease> Take(absl::Time deadline, Patience patience);

  // How many wait for a connection.
  size_t waiting() const;

  // How many nodes there are to turn to.
  int nodes() const { return static_cast<int>(config_.endpoints.size()); }

 private:
  // A connection at rest. One generation is what was opened to one node between two losses: after one, its fellows
  // count as lost too.
  struct Idle {
    std::unique_ptr<Connection> connection;
    int generation;
  };

  struct Waiting {
    std::condition_variable turn;
  };

  struct Place {
    size_t node;
    int generation;
  };

  // Waits in line until a connection is there to be taken, or may be opened; false if there is none until deadline.
  bool AwaitTurn(std::unique_lock<std::mutex>& lock, absl::Time deadline);
  // These need the lock.
  bool HasOne() const { return !idle_.empty() || open_ < config_.pool_size; }
  void CallNext();
  absl::StatusOr<Lease> Open(absl::Time deadline, Patience patience, Place place);
  Server ServerOf(size_t node, Patience patience, absl::Duration left) const;
  // Notes that a new connection to place failed and one to node did not; the generation of that one.
  int MoveTo(size_t node, Place place);
  // Counts the connections at rest as lost, and gives them, to be closed outside the lock. Needs the lock.
  std::vector<Idle> DropIdle();
  void Give(std::unique_ptr<Connection> connection, int generation);

  const DatabaseConfig config_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::deque<Waiting*> waiting_;  // who came first comes first
  std::vector<Idle> idle_;        // given back last comes last
  int open_ = 0;                  // lent, idle, or being opened
  size_t node_ = 0;               // which of the endpoints new connections lead to
  int generation_ = 0;
};

}  // namespace kechuang::mysql

#endif  // KECHUANG_COMMON_MYSQL_POOL_H_
