#include "common/mysql/pool.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::mysql {
namespace {

constexpr absl::Duration kConnectTimeout = absl::Seconds(2);

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

absl::StatusOr<Pool::Lease> Pool::Take(absl::Time deadline) {
  UseDriverInThisThread();
  int generation = 0;
  {
    std::unique_lock<std::mutex> lock(mutex_);
    while (idle_.empty() && open_ >= config_.pool_size) {
      const absl::Duration left = std::min(deadline - clock_.Now(), absl::Hours(1));
      if (left <= absl::ZeroDuration()) return NoConnectionFree(config_.pool_size);
      freed_.wait_for(lock, absl::ToChronoNanoseconds(left));
    }
    if (!idle_.empty()) {
      Idle idle = std::move(idle_.back());
      idle_.pop_back();
      idle.connection->Use(deadline);
      return Lease(*this, std::move(idle.connection), idle.generation);
    }
    ++open_;
    generation = generation_;
  }
  absl::StatusOr<std::unique_ptr<Connection>> opened = Open(deadline);
  if (!opened.ok()) {
    const std::lock_guard<std::mutex> lock(mutex_);
    --open_;
    freed_.notify_one();
    return opened.status();
  }
  (*opened)->Use(deadline);
  return Lease(*this, *std::move(opened), generation);
}

absl::StatusOr<std::unique_ptr<Connection>> Pool::Open(absl::Time deadline) {
  absl::StatusOr<std::unique_ptr<Connection>> opened;
  // A second try meets a server that was just about to listen, or one node of several that went away.
  for (int i = 0; i < 2; ++i) {
    const absl::Duration left = deadline - clock_.Now();
    if (left <= absl::ZeroDuration()) return i == 0 ? StatusOf(SqlFault::kOutOfTime, "") : opened.status();
    opened = Connection::Open(config_, clock_, std::min(left, kConnectTimeout));
    if (opened.ok() || !absl::IsUnavailable(opened.status())) break;
  }
  return opened;
}

void Pool::Give(std::unique_ptr<Connection> connection, int generation) {
  std::vector<Idle> closing;  // closed outside the lock
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (EndsConnection(connection->fault()) && generation == generation_) {
      ++generation_;
      open_ -= static_cast<int>(idle_.size());
      closing = std::exchange(idle_, {});
    }
    if (connection->reusable() && generation == generation_) {
      idle_.push_back({std::move(connection), generation});
    } else {
      --open_;
      closing.push_back({std::move(connection), generation});
    }
  }
  if (closing.size() > 1) {
    freed_.notify_all();
  } else {
    freed_.notify_one();
  }
}

}  // namespace kechuang::mysql
