#ifndef KECHUANG_SERVICES_GATEWAY_HEALTH_WATCH_H_
#define KECHUANG_SERVICES_GATEWAY_HEALTH_WATCH_H_

#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"

#include "services/gateway/forward.h"

namespace kechuang::gateway {

// Which areas serve now: {"loan": true}.
using AreaHealth = std::map<std::string, bool>;

// How often every service is asked, and how long it may take to answer.
inline constexpr absl::Duration kHealthInterval = absl::Milliseconds(500);
inline constexpr absl::Duration kHealthTimeout = absl::Milliseconds(400);

// Asks the grpc.health.v1 of every service behind the gateway, again and again, on a thread of its own.
class HealthWatch {
 public:
  // Reports after every round, from its thread. The upstreams must outlive the watch.
  HealthWatch(std::vector<Upstream*> upstreams, std::function<void(const AreaHealth&)> report);
  ~HealthWatch() { Stop(); }
  HealthWatch(const HealthWatch&) = delete;
  HealthWatch& operator=(const HealthWatch&) = delete;

  // Ends the thread after its round, for good. Called by the owner alone.
  void Stop();
  // What the last round found, less the areas whose connection has broken since; before the first, no area serves.
  AreaHealth Last() const;

 private:
  void Run();
  AreaHealth Ask();

  const std::vector<Upstream*> upstreams_;
  const std::function<void(const AreaHealth&)> report_;
  absl::Notification stop_;
  mutable absl::Mutex mutex_;
  AreaHealth last_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

// True if there are areas and all of them serve.
bool AllServe(const AreaHealth& health);

}  // namespace kechuang::gateway

#endif  // KECHUANG_SERVICES_GATEWAY_HEALTH_WATCH_H_
