#ifndef KECHUANG_COMMON_RPC_ADMISSION_H_
#define KECHUANG_COMMON_RPC_ADMISSION_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "common/access/caller.h"
#include "common/base/steady_clock.h"
#include "common/rpc/authenticator.h"
#include "common/rpc/guess_guard.h"
#include "common/rpc/limits.h"
#include "common/rpc/rate_limit.h"

namespace kechuang::rpc {

// Lets callers in at the door of a process: who they are, whether they may call so often, and whether somebody guesses
// keys. Stands in every process, the gateway and each service: at the gateway it costs least, before a call goes on,
// and there nothing of the request is read for it; but services have ports of their own, and several gateways may stand
// before one. A caller gets the same at both, so what the gateway lets in meets no limit behind it; what services ask
// of each other in the caller's name was counted where the caller asked. The suite's own key has no limit. Threads may
// share one.
class Admission {
 public:
  // The authenticator and the clock outlive it; without limits the defaults hold.
  explicit Admission(const Authenticator& authenticator, std::shared_ptr<const LiveLimits> limits = nullptr,
                     const SteadyClock& clock = SystemSteadyClock());
  Admission(const Admission&) = delete;
  Admission& operator=(const Admission&) = delete;

  // Whose the authorization header of a call is, as Authenticator::Identify says. kResourceExhausted with the time to
  // wait: RATE_LIMITED for a caller who calls too often; TOO_MANY_UNKNOWN_KEYS in place of UNAUTHENTICATED_CALLER for a
  // source from which too many unknown keys came. source tells where the call comes from (SourceOf), if that matters.
  // introduction: what kFromService says; UNAUTHENTICATED_CALLER if it says something that no service of the suite
  // does.
  absl::StatusOr<std::shared_ptr<const access::Caller>> Admit(absl::string_view authorization,
                                                              absl::FunctionRef<std::string()> source,
                                                              absl::string_view introduction = "");
  // Of a call of an open method, such as a login, at the door where its caller arrives: RATE_LIMITED for a source that
  // makes more than kOpenCalls, so that passwords are not guessed fast, and the hashes that they cost stay few. Whoever
  // calls from elsewhere notices nothing.
  absl::Status AdmitOpen(const std::string& source);

  const Authenticator& authenticator() const { return authenticator_; }

  // Open calls from one source. An office behind one address logs in more than a person does.
  static constexpr CallerLimit kOpenCalls = {.rate = 5, .burst = 60};

 private:
  absl::Status CheckRate(const std::string& actor, const CallerLimit& limit);
  absl::Status CheckGuess(absl::string_view authorization, const std::string& source, int64_t guesses_max);

  const Authenticator& authenticator_;
  const std::shared_ptr<const LiveLimits> limits_;
  RateLimit rates_;
  RateLimit open_rates_;
  GuessGuard guesses_;
};

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_ADMISSION_H_
