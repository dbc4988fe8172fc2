#include "services/gateway/rest_call.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "grpcpp/support/client_callback.h"

#include "common/base/status_macros.h"
#include "common/rpc/deadline.h"
#include "common/rpc/incoming.h"
#include "common/rpc/wire_status.h"
#include "kechuang/api/v1/options.pb.h"
#include "services/gateway/rest_headers.h"

namespace kechuang::gateway {
namespace {

using google::protobuf::Message;

// What passes stands in memory as JSON, as a message and as its bytes.
constexpr size_t kForms = 3;

bool IsRead(const rpc::HttpRequest& request) { return request.verb == "GET" || request.verb == "HEAD"; }

class RestUnary : public std::enable_shared_from_this<RestUnary> {
 public:
  explicit RestUnary(RestArrival arrival) : passage_(std::move(arrival)), share_(passage_.arrival().door.budget) {}

  void Start() {
    if (passage_.arrival().door.budget.spent(passage_.IsUrgent())) return passage_.Refuse(rpc::TooManyCalls());
    passage_.exchange().OnGone([call = shared_from_this()] { call->passage_.context().TryCancel(); });
    passage_.exchange().ReadWhole(MessageBytesMax(passage_.arrival().door),
                                  [call = shared_from_this()](const rpc::HttpPiece& body) { call->Call(body); });
  }

 private:
  void Call(const rpc::HttpPiece& body) {
    if (!body.fault.ok()) return passage_.Refuse(body.fault, body.http_status);
    share_.AddRequest(body.bytes.size() * kForms);
    auto request = passage_.RequestOf(passage_.request().Header("content-type"), body.bytes);
    if (!request.ok()) return passage_.Refuse(request.status());
    request_ = *std::move(request);
    const RestArrival& arrival = passage_.arrival();
    arrival.upstream.stub.UnaryCall(&passage_.context(), arrival.path, {}, &request_, &response_,
                                    [call = shared_from_this()](const grpc::Status& status) { call->Ended(status); });
  }

  void Ended(const grpc::Status& status) {
    absl::Status outcome = passage_.Explained(status);
    if (!outcome.ok()) return passage_.Refuse(outcome);
    share_.AddAnswer(response_.Length() * kForms);
    const auto message = passage_.AnswerOf(response_);
    if (!message.ok()) return passage_.Refuse(message.status());
    passage_.Observe(outcome);
    rpc::HttpAnswer answer{.content_type = "application/json", .headers = PassHeadersOut(passage_.context())};
    const std::string tag = EntityTagOf(**message);
    if (!tag.empty()) answer.headers.emplace_back("ETag", tag);
    // A browser may keep what has a tag, but has to ask each time whether it still holds.
    answer.headers.emplace_back("Cache-Control", tag.empty() ? "no-store" : "private, no-cache");
    if (IsRead(passage_.request()) && NamesTag(passage_.request().Header("if-none-match"), tag)) {
      answer.status = 304;
    } else {
      answer.body = absl::StrCat(ToJson(**message, passage_.arrival().match), "\n");
    }
    passage_.exchange().Answer(std::move(answer));
  }

  RestPassage passage_;
  rpc::MessageBudget::Share share_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
};

}  // namespace

RestPassage::RestPassage(RestArrival arrival) : arrival_(std::move(arrival)), began_(absl::Now()) {
  arrival_.door.metrics.Began(arrival_.path);
  PassHeadersIn(arrival_.door, request(), context_);
  if (arrival_.deadline != absl::InfiniteFuture()) context_.set_deadline(rpc::ToGrpcDeadline(arrival_.deadline));
}

absl::StatusOr<grpc::ByteBuffer> RestPassage::RequestOf(absl::string_view content_type, absl::string_view body) const {
  ASSIGN_OR_RETURN(const std::unique_ptr<Message> message,
                   arrival_.transcoder.ToRequest(arrival_.match, content_type, body));
  if (!IsRead(request())) RETURN_IF_ERROR(TakeIfMatch(request().Header("if-match"), arrival_.match, *message));
  return rpc::ToBytes(message->SerializeAsString());
}

absl::StatusOr<std::unique_ptr<Message>> RestPassage::AnswerOf(const grpc::ByteBuffer& bytes) const {
  std::unique_ptr<Message> message(google::protobuf::MessageFactory::generated_factory()
                                       ->GetPrototype(arrival_.match.method()->output_type())
                                       ->New());
  const absl::Status status = rpc::ParseBytes(bytes, *message);
  if (!status.ok()) return absl::InternalError(status.message());
  return message;
}

absl::Status RestPassage::Explained(const grpc::Status& status) const {
  return rpc::FromGrpc(Explain(status, arrival_.upstream.area));
}

void RestPassage::Observe(const absl::Status& status) const {
  arrival_.door.metrics.Ended(arrival_.path, status.code(), absl::Now() - began_);
}

void RestPassage::Refuse(const absl::Status& status, int http_status) const {
  Observe(status);
  exchange().Answer(RefusalAnswer(status, http_status));
}

bool RestPassage::IsUrgent() const { return arrival_.match.method()->options().GetExtension(api::v1::urgent); }

void StartRestUnary(RestArrival arrival) { std::make_shared<RestUnary>(std::move(arrival))->Start(); }

}  // namespace kechuang::gateway
