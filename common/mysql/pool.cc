#include "common/mysql/pool.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::mysql {
namespace {

constexpr absl::Duration kConnectTimeout = absl::Seconds(2);
constexpr absl::Duration kSilence = absl::Seconds(5);
constexpr absl::Duration kSilenceInCluster = absl::Seconds(1);
// The generation of a connection that is closed after one use.
constexpr int kNeverKept = -1;

absl::Status NoConnectionFree(int pool_size) {
  return Refuse(absl::StatusCode::kDeadlineExceeded, api::v1::DEADLINE)
      .With("pool_size", pool_size)
      .Says(absl::StrCat("all ", pool_size, " connections to the database were in use until the deadline of the call"),
            absl::StrCat("在调用时限内，全部 ", pool_size, " 个数据库连接均被占用"));
}

}  // namespace

Pool::Lease::~Lease() {
  if (connection_ != nullptr) pool_->Give(std::move(connection_), generation_);
}

Pool::~Pool() { UseDriverInThisThread(); }

absl::StatusOr<Pool::Lease> Pool::Take(absl::Time deadline, Patience patience) {
  UseDriverInThisThread();
  const bool apart = patience == Patience::kPatient && nodes() > 1;
  std::vector<Idle> closing;  // closed outside the lock
  Place place = {};
  {
    std::unique_lock<std::mutex> lock(mutex_);
    if (!AwaitTurn(lock, deadline)) return NoConnectionFree(config_.pool_size);
    if (!idle_.empty() && !apart) {
      Idle idle = std::move(idle_.back());
      idle_.pop_back();
      CallNext();
      idle.connection->Use(deadline);
      return Lease(*this, std::move(idle.connection), idle.generation);
    }
    if (open_ >= config_.pool_size) {
      closing.push_back(std::move(idle_.back()));
      idle_.pop_back();
      --open_;
    }
    ++open_;
    CallNext();
    place = {node_, apart ? kNeverKept : generation_};
  }
  absl::StatusOr<Lease> lease = Open(deadline, patience, place);
  if (!lease.ok()) {
    const std::lock_guard<std::mutex> lock(mutex_);
    --open_;
    CallNext();
  }
  return lease;
}

bool Pool::AwaitTurn(std::unique_lock<std::mutex>& lock, absl::Time deadline) {
  if (waiting_.empty() && HasOne()) return true;
  Waiting self;
  waiting_.push_back(&self);
  bool ours = false;
  while (true) {
    ours = waiting_.front() == &self && HasOne();
    const absl::Duration left = std::min(deadline - clock_.Now(), absl::Hours(1));
    if (ours || left <= absl::ZeroDuration()) break;
    self.turn.wait_for(lock, absl::ToChronoNanoseconds(left));
  }
  waiting_.erase(std::find(waiting_.begin(), waiting_.end(), &self));
  if (!ours) CallNext();
  return ours;
}

void Pool::CallNext() {
  if (!waiting_.empty() && HasOne()) waiting_.front()->turn.notify_one();
}

size_t Pool::waiting() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return waiting_.size();
}

absl::StatusOr<Pool::Lease> Pool::Open(absl::Time deadline, Patience patience, Place place) {
  absl::Status status = StatusOf(SqlFault::kOutOfTime, "");
  const size_t count = config_.endpoints.size();
  // Another try of the first one meets a server that was just about to listen.
  for (size_t i = 0; i <= count; ++i) {
    const absl::Duration left = deadline - clock_.Now();
    if (left <= absl::ZeroDuration()) return status;
    const size_t node = (place.node + i) % count;
    absl::StatusOr<std::unique_ptr<Connection>> opened =
        Connection::Open(config_, ServerOf(node, patience, left), clock_);
    if (opened.ok()) {
      (*opened)->Use(deadline);
      return Lease(*this, *std::move(opened), MoveTo(node, place));
    }
    status = opened.status();
    if (!absl::IsUnavailable(status)) return status;
  }
  return status;
}

Server Pool::ServerOf(size_t node, Patience patience, absl::Duration left) const {
  const bool prompt = patience == Patience::kPrompt && nodes() > 1;
  const absl::Duration limit = prompt ? config_.cluster_statement_limit : config_.statement_limit;
  return {config_.endpoints[node], limit, limit + (prompt ? kSilenceInCluster : kSilence),
          std::min(left, kConnectTimeout)};
}

int Pool::MoveTo(size_t node, Place place) {
  std::vector<Idle> closing;  // closed outside the lock
  const std::lock_guard<std::mutex> lock(mutex_);
  if (node == place.node) return place.generation;
  if (node_ == place.node) {
    spdlog::warn("database node {} does not serve; going on with {}", config_.endpoints[node_],
                 config_.endpoints[node]);
    node_ = node;
    closing = DropIdle();
  }
  return node == node_ && place.generation != kNeverKept ? generation_ : kNeverKept;
}

std::vector<Pool::Idle> Pool::DropIdle() {
  ++generation_;
  open_ -= static_cast<int>(idle_.size());
  std::vector<Idle> dropped = std::exchange(idle_, {});
  CallNext();
  return dropped;
}

void Pool::Give(std::unique_ptr<Connection> connection, int generation) {
  std::vector<Idle> closing;  // closed outside the lock
  const std::lock_guard<std::mutex> lock(mutex_);
  if (EndsConnection(connection->fault()) && generation == generation_) {
    closing = DropIdle();
    const bool elsewhere = connection->fault() == SqlFault::kUnreachable || connection->fell_silent();
    if (elsewhere) node_ = (node_ + 1) % config_.endpoints.size();
  }
  if (connection->reusable() && generation == generation_) {
    idle_.push_back({std::move(connection), generation});
  } else {
    --open_;
    closing.push_back({std::move(connection), generation});
  }
  CallNext();
}

}  // namespace kechuang::mysql
