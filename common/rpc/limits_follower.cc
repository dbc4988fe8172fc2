#include "common/rpc/limits_follower.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "common/base/error.h"

namespace kechuang::rpc {

LimitsFollower::LimitsFollower(LimitsSource source, std::chrono::milliseconds look_every)
    : source_(std::move(source)), look_every_(look_every) {
  limits_->Set(source_.flags);
  Look();
  thread_ = std::thread([this] { Run(); });
}

LimitsFollower::~LimitsFollower() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  thread_.join();
}

void LimitsFollower::Look() {
  const absl::StatusOr<Limits> read = ReadLimits(source_);
  const std::string fault = read.ok() ? "" : std::string(read.status().message()) + " / " + ChineseOf(read.status());
  if (fault != std::exchange(told_, fault) && !fault.empty()) {
    spdlog::warn("{} changes no limit: {}", source_.file, fault);
  }
  if (!read.ok() || *read == limits_->Get()) return;
  limits_->Set(*read);
  spdlog::info("limits: {}", TextOf(*read));
}

void LimitsFollower::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stop_.wait_for(lock, look_every_, [this] { return stopping_; })) Look();
}

}  // namespace kechuang::rpc
