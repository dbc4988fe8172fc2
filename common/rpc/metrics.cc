#include "common/rpc/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

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

Metrics::Metrics() : families_(std::make_unique<Families>()) {}
Metrics::~Metrics() = default;

void Metrics::Began(absl::string_view method) {
  families_->in_flight.Add({{"method", std::string(method)}}).Increment();
}

void Metrics::Ended(absl::string_view method, absl::StatusCode code, absl::Duration took) {
  static const prometheus::Histogram::BucketBoundaries kBuckets = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                                                   0.05,   0.1,   0.25,   0.5,   1,    5};
  const std::string name(method);
  families_->in_flight.Add({{"method", name}}).Decrement();
  families_->calls.Add({{"method", name}, {"code", absl::StatusCodeToString(code)}}).Increment();
  families_->seconds.Add({{"method", name}}, kBuckets).Observe(absl::ToDoubleSeconds(took));
}

void Metrics::SetServing(bool serving) { families_->serving.Set(serving ? 1 : 0); }

std::string Metrics::Text() const { return prometheus::TextSerializer().Serialize(families_->registry.Collect()); }

}  // namespace kechuang::rpc
