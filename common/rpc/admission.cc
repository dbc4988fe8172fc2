#include "common/rpc/admission.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/rpc/call.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::rpc {
namespace {

// Actors of the suite itself; keys are keys/ID.
constexpr char kServices[] = "services/";

absl::Status RateLimited(const std::string& actor, const CallerLimit& limit, absl::Duration wait) {
  return Refuse(absl::StatusCode::kResourceExhausted, api::v1::RATE_LIMITED)
      .With("actor", actor)
      .With("rate_max", limit.rate)
      .With("burst_max", limit.burst)
      .RetryAfter(wait)
      .Says(
          absl::StrCat(actor, " makes more than the ", limit.rate, " calls a second, or ", limit.burst,
                       " at once, that one caller may make; the next one is let in after ", absl::FormatDuration(wait)),
          absl::StrCat(actor, " 的调用超过单个调用方的上限（每秒 ", limit.rate, " 次，突发 ", limit.burst,
                       " 次），请在 ", absl::FormatDuration(wait), " 后再试"));
}

absl::Status NoService() {
  return Refuse(absl::StatusCode::kUnauthenticated, api::v1::UNAUTHENTICATED_CALLER)
      .With("header", kFromService)
      .Says(absl::StrCat("the call says in ", kFromService, " that a service makes it, and none does"),
            absl::StrCat("调用在 ", kFromService, " 中声称来自系统内部服务，但并非如此"));
}

absl::Status TooManyUnknownKeys(int64_t guesses_max, absl::Duration wait) {
  return Refuse(absl::StatusCode::kResourceExhausted, api::v1::TOO_MANY_UNKNOWN_KEYS)
      .With("unknown_keys_max", guesses_max)
      .RetryAfter(wait)
      .Says(absl::StrCat("more than ", guesses_max, " unknown keys came from this address within ",
                         absl::FormatDuration(GuessGuard::kSpan), "; only a valid key is let in for the next ",
                         absl::FormatDuration(wait)),
            absl::StrCat("该地址在 ", absl::FormatDuration(GuessGuard::kSpan), " 内使用了超过 ", guesses_max,
                         " 个未知密钥，", absl::FormatDuration(wait), " 内仅接受有效密钥"));
}

}  // namespace

Admission::Admission(const Authenticator& authenticator, std::shared_ptr<const LiveLimits> limits,
                     const SteadyClock& clock)
    : authenticator_(authenticator),
      limits_(limits != nullptr ? std::move(limits) : std::make_shared<const LiveLimits>()),
      rates_(clock),
      open_rates_(clock),
      guesses_(clock) {}

absl::StatusOr<std::shared_ptr<const access::Caller>> Admission::Admit(absl::string_view authorization,
                                                                       absl::FunctionRef<std::string()> source,
                                                                       absl::string_view introduction) {
  auto caller = authenticator_.Identify(authorization);
  const Limits limits = limits_->Get();
  const bool introduced = !introduction.empty();
  if (introduced && !authenticator_.IsIntroduction(introduction)) return NoService();
  if (caller.ok()) {
    if (!introduced) RETURN_IF_ERROR(CheckRate((*caller)->actor, limits.caller));
  } else if (absl::IsUnauthenticated(caller.status()) && !authorization.empty()) {
    // A call without any key guesses none; and while keys are not known none is wrong.
    RETURN_IF_ERROR(CheckGuess(authorization, source(), limits.unknown_keys));
  }
  return caller;
}

absl::Status Admission::AdmitOpen(const std::string& source) {
  const absl::Duration wait = open_rates_.Take(source, kOpenCalls);
  return wait == absl::ZeroDuration() ? absl::OkStatus() : RateLimited(source, kOpenCalls, wait);
}

absl::Status Admission::CheckRate(const std::string& actor, const CallerLimit& limit) {
  if (absl::StartsWith(actor, kServices)) return absl::OkStatus();
  const absl::Duration wait = rates_.Take(actor, limit);
  return wait == absl::ZeroDuration() ? absl::OkStatus() : RateLimited(actor, limit, wait);
}

absl::Status Admission::CheckGuess(absl::string_view authorization, const std::string& source, int64_t guesses_max) {
  const absl::Duration wait = guesses_.Note(source, authorization, guesses_max);
  if (wait == absl::ZeroDuration()) return absl::OkStatus();
  if (wait == GuessGuard::kSpan) spdlog::warn("keys are guessed from {}: refused for a minute", source);
  return TooManyUnknownKeys(guesses_max, wait);
}

}  // namespace kechuang::rpc
