#include "common/rpc/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>

namespace kechuang::rpc {

struct Metrics::Families {
  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& calls = prometheus::BuildCounter()
                                                       .Name("kechuang_calls_total")
                                                       .Help("Calls ended, by method and status code.")
                                                       .Register(registry);
  prometheus::Family<prometheus::Gauge>& in_flight =
      prometheus::BuildGauge().Name("kechuang_calls_in_flight").Help("Calls under way, by method.").Register(registry);
  prometheus::Family<prometheus::Histogram>& seconds = prometheus::BuildHistogram()
                                                           .Name("kechuang_call_seconds")
                                                           .Help("Time from request to answer, by method.")
                                                           .Register(registry);
  prometheus::Gauge& serving = prometheus::BuildGauge()
                                   .Name("kechuang_serving")
                                   .Help("1 if the process can serve, 0 if what it needs is away.")
                                   .Register(registry)
                                   .Add({});
};

namespace {

// Codes are 0 (OK) to 16 (UNAUTHENTICATED).
constexpr size_t kCodes = 17;

const prometheus::Histogram::BucketBoundaries& Buckets() {
  static const prometheus::Histogram::BucketBoundaries kBuckets = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                                                   0.05,   0.1,   0.25,   0.5,   1,    5};
  return kBuckets;
}

}  // namespace

class Metrics::OfMethod {
 public:
  OfMethod(Families& all, absl::string_view name)
      : families(all),
        method(name),
        in_flight(all.in_flight.Add({{"method", method}})),
        seconds(all.seconds.Add({{"method", method}}, Buckets())) {}

  // A code's counter is made when the code first comes, so that the text tells of codes that did.
  prometheus::Counter& Calls(absl::StatusCode code) {
    std::atomic<prometheus::Counter*>& known = calls[std::min(static_cast<size_t>(code), kCodes - 1)];
    prometheus::Counter* counter = known.load(std::memory_order_acquire);
    if (counter == nullptr) {
      counter = &families.calls.Add({{"method", method}, {"code", absl::StatusCodeToString(code)}});
      known.store(counter, std::memory_order_release);
    }
    return *counter;
  }

  Families& families;
  const std::string method;
  prometheus::Gauge& in_flight;
  prometheus::Histogram& seconds;
  std::array<std::atomic<prometheus::Counter*>, kCodes> calls = {};
};

Metrics::Metrics() : families_(std::make_unique<Families>()) {}
Metrics::~Metrics() = default;

Metrics::OfMethod& Metrics::Of(absl::string_view method) {
  {
    const std::shared_lock<std::shared_mutex> lock(mutex_);
    if (const auto found = by_method_.find(method); found != by_method_.end()) return *found->second;
  }
  const std::lock_guard<std::shared_mutex> lock(mutex_);
  std::unique_ptr<OfMethod>& made = by_method_[std::string(method)];
  if (made == nullptr) made = std::make_unique<OfMethod>(*families_, method);
  return *made;
}

void Metrics::Began(OfMethod& method) { method.in_flight.Increment(); }

void Metrics::Ended(OfMethod& method, absl::StatusCode code, absl::Duration took) {
  method.in_flight.Decrement();
  method.Calls(code).Increment();
  method.seconds.Observe(absl::ToDoubleSeconds(took));
}

void Metrics::SetServing(bool serving) { families_->serving.Set(serving ? 1 : 0); }

std::string Metrics::Text() const { return prometheus::TextSerializer().Serialize(families_->registry.Collect()); }

}  // namespace kechuang::rpc
