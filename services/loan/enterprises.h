#ifndef KECHUANG_SERVICES_LOAN_ENTERPRISES_H_
#define KECHUANG_SERVICES_LOAN_ENTERPRISES_H_

#include <cstddef>
#include <deque>
#include <map>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"

#include "common/rpc/call.h"
#include "common/rpc/channels.h"
#include "kechuang/enterprise/v1/enterprise.pb.h"

namespace kechuang::loan {

// Asks the enterprise register about borrowers. Blocks; threads may share one.
class Enterprises {
 public:
  explicit Enterprises(rpc::Channels& channels) : channels_(channels) {}

  // The enterprise of this name; ENTERPRISE_UNKNOWN (kNotFound) if there is none, SERVICE_UNAVAILABLE if nobody
  // answers.
  absl::StatusOr<enterprise::v1::Enterprise> Get(const rpc::Call& call, absl::string_view name);

  // The one enterprise that a row of an import means, by code if it has one, else by its exact name. Answers are kept
  // for the rows of one import that follow, at most kKeptMax at a time: an import takes the enterprises as it first met
  // them.
  absl::StatusOr<enterprise::v1::Enterprise> Resolve(const rpc::Call& call, absl::string_view import_id,
                                                     absl::string_view credit_code, absl::string_view enterprise_name);

  static constexpr size_t kKeptMax = 4096;

 private:
  rpc::Channels& channels_;
  absl::Mutex mutex_;
  std::map<std::string, enterprise::v1::Enterprise> kept_ ABSL_GUARDED_BY(mutex_);
  std::deque<std::string> kept_order_ ABSL_GUARDED_BY(mutex_);  // keys of kept_, oldest first
};

}  // namespace kechuang::loan

#endif  // KECHUANG_SERVICES_LOAN_ENTERPRISES_H_
