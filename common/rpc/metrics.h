#ifndef KECHUANG_COMMON_RPC_METRICS_H_
#define KECHUANG_COMMON_RPC_METRICS_H_

#include <memory>
#include <shared_mutex>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace kechuang::rpc {

// Counts of a process's calls, in the form that Prometheus reads. Threads may share one.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // What is counted of one method; made when it is first asked for, kept as long as these metrics.
  class OfMethod;
  OfMethod& Of(absl::string_view method);

  // A call began; a call of this method ended with this code after this time.
  void Began(absl::string_view method) { Began(Of(method)); }
  void Ended(absl::string_view method, absl::StatusCode code, absl::Duration took) { Ended(Of(method), code, took); }
  static void Began(OfMethod& method);
  static void Ended(OfMethod& method, absl::StatusCode code, absl::Duration took);
  // Whether the process can serve now.
  void SetServing(bool serving);

  // Everything, as Prometheus text.
  std::string Text() const;

 private:
  struct Families;

  std::unique_ptr<Families> families_;
  std::shared_mutex mutex_;
  // Finding a counter by its labels costs more than counting, so each method's are kept.
  absl::flat_hash_map<std::string, std::unique_ptr<OfMethod>> by_method_;
};

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_METRICS_H_
