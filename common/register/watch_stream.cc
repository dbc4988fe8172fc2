#include "common/register/watch_stream.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/register/looks.h"
#include "common/register/place.h"
#include "common/register/revision.h"
#include "common/rpc/validate.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang {
namespace {

using ledger::Register;
using ledger::v1::WatchRequest;
using ledger::v1::WatchResponse;

constexpr int kWatchersMax = 32;
std::atomic<int> watchers = 0;
constexpr absl::Duration kReadTimeMax = absl::Seconds(30);
constexpr absl::Duration kProgressDefault = absl::Seconds(10);
// How soon the commits of other replicas are seen; those of this process are seen at once.
constexpr absl::Duration kLookAgain = absl::Milliseconds(200);

absl::Status TooManyWatchers() {
  return Refuse(absl::StatusCode::kResourceExhausted, api::v1::OVERLOADED)
      .RetryAfter(absl::Seconds(5))
      .Says(absl::StrCat(kWatchersMax, " callers follow this journal already; try again when one has left"),
            absl::StrCat("已有 ", kWatchersMax, " 个调用方在跟踪该流水，请稍后再试"));
}

absl::Status Stopping() {
  return Refuse(absl::StatusCode::kUnavailable, api::v1::SERVICE_UNAVAILABLE)
      .RetryAfter(absl::Seconds(1))
      .Says("the service is stopping; go on from the last sequence received", "服务正在停止，请从最后收到的流水号继续");
}

absl::Status CallerLeft() { return absl::CancelledError("the caller of the watch is gone"); }

bool IsCollection(const Register& ledger, const std::string& collection) {
  return std::ranges::any_of(ledger.kinds().all(), [&](const ledger::Kind& kind) {
    return std::ranges::any_of(kind.patterns, [&](const std::string& pattern) {
      return absl::StartsWith(pattern, absl::StrCat(collection, "/{")) ||
             absl::StrContains(pattern, absl::StrCat("/", collection, "/{"));
    });
  });
}

// Every fault of a request at once.
absl::Status Check(const Register& ledger, const WatchRequest& request) {
  Faults faults;
  rpc::CheckMessage(request, "", faults);
  if (request.from_now() && request.after() > 0) {
    faults.Add("from_now", api::v1::FIELD_MALFORMED, "after and from_now exclude each other",
               "after 与 from_now 不能同时填写");
  }
  if (!request.record().empty() && !request.collection().empty()) {
    faults.Add("collection", api::v1::FIELD_MALFORMED, "record and collection exclude each other",
               "record 与 collection 不能同时填写");
  }
  if (!request.collection().empty() && !IsCollection(ledger, request.collection())) {
    faults.Add("collection", api::v1::FIELD_MALFORMED,
               absl::StrCat("this register has no collection ", request.collection()),
               absl::StrCat("本登记簿没有 ", request.collection(), " 这类记录"));
  }
  RETURN_IF_ERROR(faults.status());
  return request.record().empty() ? absl::OkStatus() : CheckRecordName(ledger, request.record());
}

// One caller that follows a journal.
class Watcher {
 public:
  Watcher(Register& ledger, const rpc::Call& call, rpc::Stream<WatchRequest, WatchResponse>& stream,
          const WatchRequest& request)
      : ledger_(ledger), call_(call), stream_(stream), request_(request) {
    query_.after = request.after();
    query_.collection = request.collection();
    query_.record = request.record();
    if (request.progress_seconds() > 0) progress_every_ = absl::Seconds(request.progress_seconds());
  }

  absl::Status Run(const std::atomic<bool>& ending) {
    ASSIGN_OR_RETURN(const ledger::Head head, ledger_.ReadHead(ReadDeadline()));
    if (request_.from_now()) {
      query_.after = head.sequence;
      RETURN_IF_ERROR(TellProgress());
    }
    while (!ending) {
      const int64_t rung = ledger_.commit_bell().count();
      ASSIGN_OR_RETURN(const bool more, SendPage());
      if (more) continue;
      if (request_.catch_up_only() && query_.after >= head.sequence) return TellProgress();
      if (half_told_ || ProgressIn() <= absl::ZeroDuration()) RETURN_IF_ERROR(TellProgress());
      ledger_.commit_bell().Wait(rung, absl::Now() + std::min(ProgressIn(), kLookAgain), [&] { return ending.load(); });
    }
    return Stopping();
  }

 private:
  // Until progress is due. Measured by a clock that nobody sets: a step back by an hour must not silence a watch for
  // that hour.
  absl::Duration ProgressIn() const { return absl::FromChrono(next_progress_ - std::chrono::steady_clock::now()); }

  absl::Time ReadDeadline() const { return std::min(call_.deadline, absl::Now() + kReadTimeMax); }

  // Sends the next page of changes; true if more wait already.
  absl::StatusOr<bool> SendPage() {
    ASSIGN_OR_RETURN(ledger::ChangesPage page, ledger_.ReadChanges(ReadDeadline(), query_));
    for (const ledger::Change& change : page.changes) {
      WatchResponse response;
      ASSIGN_OR_RETURN(*response.mutable_change(), ToRevision(ledger_, call_, change.entry, change.before));
      response.set_sequence(change.entry.sequence);
      response.set_more_of_command(change.more_of_command);
      RETURN_IF_ERROR(Send(response));
      half_told_ = change.more_of_command;
    }
    query_.after = page.through;
    return page.more;
  }

  absl::Status TellProgress() {
    WatchResponse response;
    response.set_sequence(query_.after);
    half_told_ = false;
    return Send(response);
  }

  absl::Status Send(const WatchResponse& response) {
    next_progress_ = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(progress_every_);
    return stream_.Write(response) ? absl::OkStatus() : CallerLeft();
  }

  Register& ledger_;
  const rpc::Call& call_;
  rpc::Stream<WatchRequest, WatchResponse>& stream_;
  const WatchRequest& request_;
  ledger::ChangesQuery query_;
  absl::Duration progress_every_ = kProgressDefault;
  std::chrono::steady_clock::time_point next_progress_ = std::chrono::steady_clock::now();
  bool half_told_ = false;  // the last message promised that the next one comes at once
};

}  // namespace

absl::Status Watch(Register& ledger, const rpc::Call& call, rpc::Stream<WatchRequest, WatchResponse>& stream) {
  WatchRequest request;
  stream.Read(request);
  RETURN_IF_ERROR(Check(ledger, request));
  const Place place(watchers, kWatchersMax);
  if (!place.taken()) return TooManyWatchers();
  RETURN_IF_ERROR(NoteLookAt(ledger, call, request.record()));
  std::atomic<bool> ending = false;
  stream.WhenEnding([&] {
    ending = true;
    ledger.commit_bell().Wake();
  });
  absl::Status status = Watcher(ledger, call, stream, request).Run(ending);
  stream.WhenEnding(nullptr);
  return status;
}

}  // namespace kechuang
