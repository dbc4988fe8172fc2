#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "grpcpp/support/client_callback.h"

#include "common/base/error.h"
#include "kechuang/api/v1/reasons.pb.h"
#include "services/gateway/rest_call.h"
#include "services/gateway/rest_headers.h"

namespace kechuang::gateway {
namespace {

using grpc::ByteBuffer;

constexpr std::array<absl::string_view, 6> kLineTypes = {"",
                                                         "application/x-ndjson",
                                                         "application/ndjson",
                                                         "application/jsonl",
                                                         "application/x-jsonlines",
                                                         "application/json"};

absl::Status NoLines(absl::string_view content_type) {
  return Refuse(absl::StatusCode::kInvalidArgument, api::v1::FIELD_MALFORMED)
      .With("content_type", content_type)
      .Says(absl::StrCat("the body must be a JSON object a line, sent with Content-Type: application/x-ndjson, not \"",
                         content_type.substr(0, 60), "\""),
            absl::StrCat("请求体须为每行一个 JSON 对象，并以 Content-Type: application/x-ndjson 发送，而不是“",
                         content_type.substr(0, 60), "”"));
}

absl::Status LineTooLong(int64_t line, size_t bytes_max) {
  return Refuse(absl::StatusCode::kResourceExhausted, api::v1::FIELD_TOO_LONG)
      .With("line", line)
      .With("bytes_max", bytes_max)
      .Says(absl::StrCat("line ", line, " has more than the ", bytes_max, " bytes that a line may have"),
            absl::StrCat("第 ", line, " 行超过单行上限 ", bytes_max, " 字节"));
}

// The fault with the line that it is in.
absl::Status InLine(const absl::Status& fault, int64_t line) {
  absl::Status told(fault.code(), absl::StrCat("line ", line, ": ", fault.message()));
  fault.ForEachPayload([&](absl::string_view type, const absl::Cord& detail) { told.SetPayload(type, detail); });
  if (auto info = DetailOf<google::rpc::ErrorInfo>(told); info.has_value()) {
    (*info->mutable_metadata())["line"] = absl::StrCat(line);
    SetDetail(told, *info);
  }
  return told;
}

// Requests and answers go their ways independently, each step started by the end of the one before, as in the relay of
// gRPC:
//   requests: exchange.ReadChunk -> line by line StartWrite -> OnWriteDone -> ... -> exchange.ReadChunk ...
//   answers:  StartRead -> OnReadDone -> exchange.Write -> Sent -> StartRead ...
// The call carries one hold a direction that is steered from the exchange: gRPC must not end it while an operation may
// still be started.
class RestStream : public grpc::ClientBidiReactor<ByteBuffer, ByteBuffer>,
                   public std::enable_shared_from_this<RestStream> {
 public:
  explicit RestStream(RestArrival arrival)
      : passage_(std::move(arrival)),
        requests_stream_(passage_.arrival().match.method()->client_streaming()),
        events_(absl::StrContains(passage_.request().Header("accept"), "text/event-stream")) {
    requests_over_ = !requests_stream_;
  }

  void Start() {
    passage_.exchange().OnGone([call = shared_from_this()] { call->passage_.context().TryCancel(); });
    if (!requests_stream_) {
      return passage_.exchange().ReadWhole(
          MessageBytesMax(passage_.arrival().door),
          [call = shared_from_this()](const rpc::HttpPiece& body) { call->CallOnce(body); });
    }
    const std::string type = MediaType(passage_.request().Header("content-type"));
    if (std::find(kLineTypes.begin(), kLineTypes.end(), type) == kLineTypes.end()) {
      return passage_.Refuse(NoLines(type), 415);
    }
    Call(/*holds=*/2);
    NextLine();
  }

 private:
  void Call(int holds) {
    self_ = shared_from_this();
    const RestArrival& arrival = passage_.arrival();
    arrival.upstream.stub.PrepareBidiStreamingCall(&passage_.context(), arrival.path, {}, this);
    AddMultipleHolds(holds);
    StartRead(&response_);
    if (!requests_stream_) StartWriteLast(&request_, {});
    StartCall();
  }

  void CallOnce(const rpc::HttpPiece& body) {
    if (!body.fault.ok()) return passage_.Refuse(body.fault, body.http_status);
    auto request = passage_.RequestOf(passage_.request().Header("content-type"), body.bytes);
    if (!request.ok()) return passage_.Refuse(request.status());
    request_ = *std::move(request);
    Call(/*holds=*/1);
  }

  // Sends the next line on, or asks for more of the body.
  void NextLine() {
    while (true) {
      const size_t end = lines_.find('\n', at_);
      if (end == std::string::npos && !body_over_) return MoreLines();
      if (end == std::string::npos && at_ >= lines_.size()) return EndRequests();
      const size_t size = std::min(end, lines_.size()) - at_;
      const absl::string_view line = absl::StripAsciiWhitespace(absl::string_view(lines_).substr(at_, size));
      at_ += size + 1;
      ++line_;
      if (!line.empty()) return SendLine(line);
    }
  }

  void MoreLines() {
    lines_.erase(0, at_);
    at_ = 0;
    const size_t line_max = MessageBytesMax(passage_.arrival().door);
    if (lines_.size() > line_max) return Fail(LineTooLong(line_ + 1, line_max), 413);
    passage_.exchange().ReadChunk(kStreamedBytesMax,
                                  [call = shared_from_this()](const rpc::HttpPiece& piece) { call->HasPiece(piece); });
  }

  void HasPiece(const rpc::HttpPiece& piece) {
    if (!piece.fault.ok()) return Fail(piece.fault, piece.http_status);
    body_over_ = piece.bytes.empty();
    lines_.append(piece.bytes);
    NextLine();
  }

  void SendLine(absl::string_view line) {
    auto request = passage_.RequestOf("application/json", line);
    if (!request.ok()) return Fail(InLine(request.status(), line_), 0);
    request_ = *std::move(request);
    const absl::MutexLock lock(&mutex_);
    if (!requests_over_) StartWrite(&request_);
  }

  void EndRequests() {
    const absl::MutexLock lock(&mutex_);
    if (!requests_over_) StartWritesDone();
    ReleaseRequests();
  }

  // Gives the call up for a fault on this side.
  void Fail(const absl::Status& fault, int http_status) {
    const absl::MutexLock lock(&mutex_);
    if (!requests_over_) {
      fault_ = fault;
      fault_http_status_ = http_status;
      passage_.context().TryCancel();
    }
    ReleaseRequests();
  }

  // Nothing more will be started in the direction of requests.
  void ReleaseRequests() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (!std::exchange(requests_over_, true)) RemoveHold();
  }

  void OnWriteDone(bool ok) override {
    if (!requests_stream_) return;
    if (ok) return NextLine();
    const absl::MutexLock lock(&mutex_);
    ReleaseRequests();
  }

  void OnReadDone(bool ok) override {
    if (!ok) return EndAnswers();
    const auto message = passage_.AnswerOf(response_);
    if (!message.ok()) {
      {
        const absl::MutexLock lock(&mutex_);
        fault_ = message.status();
        passage_.context().TryCancel();
      }
      return EndAnswers();
    }
    Begin();
    passage_.exchange().Write(Framed(ToJson(**message, passage_.arrival().match), "message"),
                              [call = shared_from_this()](bool sent) { call->Sent(sent); });
  }

  void Sent(bool ok) {
    if (ok) return StartRead(&response_);
    passage_.context().TryCancel();
    EndAnswers();
  }

  void EndAnswers() {
    {
      // Nobody answers any more; the next request would have nowhere to go.
      const absl::MutexLock lock(&mutex_);
      ReleaseRequests();
    }
    RemoveHold();
  }

  void Begin() {
    if (std::exchange(begun_, true)) return;
    passage_.exchange().Begin({.content_type = events_ ? "text/event-stream" : "application/x-ndjson",
                               .headers = {{"Cache-Control", "no-store"}, {"X-Accel-Buffering", "no"}}});
  }

  std::string Framed(const std::string& json, absl::string_view event) const {
    if (!events_) return absl::StrCat(json, "\n");
    return event == "message" ? absl::StrCat("data: ", json, "\n\n")
                              : absl::StrCat("event: ", event, "\ndata: ", json, "\n\n");
  }

  void OnDone(const grpc::Status& status) override {
    const std::shared_ptr<RestStream> last = std::move(self_);
    absl::Status outcome;
    int http_status = 0;
    {
      const absl::MutexLock lock(&mutex_);
      outcome = fault_.ok() ? passage_.Explained(status) : fault_;
      http_status = fault_http_status_;
    }
    if (!outcome.ok() && !begun_) return passage_.Refuse(outcome, http_status);
    passage_.Observe(outcome);
    Begin();
    if (outcome.ok()) return passage_.exchange().End();
    passage_.exchange().Write(Framed(absl::StrCat("{\"error\":", ErrorJson(outcome), "}"), "error"),
                              [last](bool) { last->passage_.exchange().End(); });
  }

  RestPassage passage_;
  const bool requests_stream_;
  const bool events_;  // as server-sent events
  std::shared_ptr<RestStream> self_;

  // Requests.
  std::string lines_;  // what has arrived and is not sent on
  size_t at_ = 0;      // where the next line begins
  int64_t line_ = 0;
  bool body_over_ = false;
  ByteBuffer request_;

  // Answers.
  bool begun_ = false;
  ByteBuffer response_;

  absl::Mutex mutex_;
  bool requests_over_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status fault_ ABSL_GUARDED_BY(mutex_);
  int fault_http_status_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace

void StartRestStream(RestArrival arrival) { std::make_shared<RestStream>(std::move(arrival))->Start(); }

}  // namespace kechuang::gateway
