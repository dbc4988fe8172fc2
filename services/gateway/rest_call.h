#ifndef KECHUANG_SERVICES_GATEWAY_REST_CALL_H_
#define KECHUANG_SERVICES_GATEWAY_REST_CALL_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "grpcpp/client_context.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/status.h"

#include "common/rpc/http_server.h"
#include "services/gateway/door.h"
#include "services/gateway/forward.h"
#include "services/gateway/transcoder.h"

namespace kechuang::gateway {

// How long a unary call of REST may take if its caller sets no time.
inline constexpr absl::Duration kRestTimeMax = absl::Seconds(60);
// Most bytes of a body that streams in.
inline constexpr uint64_t kStreamedBytesMax = uint64_t{512} * 1024 * 1024;

// One request of REST that the door has let in. All that it refers to outlives the call.
struct RestArrival {
  std::shared_ptr<rpc::HttpExchange> exchange;
  RestMatch match;
  const Transcoder& transcoder;
  Upstream& upstream;
  const Door& door;
  std::string path;     // "/kechuang.loan.v1.LoanService/GetLoan"
  absl::Time deadline;  // infinite if nobody set one
};

// A call of REST on its way: the exchange, the call to the service, and when it began.
class RestPassage {
 public:
  explicit RestPassage(RestArrival arrival);

  const RestArrival& arrival() const { return arrival_; }
  rpc::HttpExchange& exchange() const { return *arrival_.exchange; }
  const rpc::HttpRequest& request() const { return arrival_.exchange->request(); }
  grpc::ClientContext& context() { return context_; }

  // Whether the method is refused last while there is too much to do.
  bool IsUrgent() const;

  // The message that a body means, ready to be sent.
  absl::StatusOr<grpc::ByteBuffer> RequestOf(absl::string_view content_type, absl::string_view body) const;
  // The message in the service's answer. INTERNAL_FAULT if it is none.
  absl::StatusOr<std::unique_ptr<google::protobuf::Message>> AnswerOf(const grpc::ByteBuffer& bytes) const;

  // What the service ended the call with, as the caller gets it.
  absl::Status Explained(const grpc::Status& status) const;
  // Counts that the call ended so.
  void Observe(const absl::Status& status) const;
  // Counts, and answers with the refusal; http_status 0 takes the one that the status asks for.
  void Refuse(const absl::Status& status, int http_status = 0) const;

 private:
  const RestArrival arrival_;
  const absl::Time began_;
  grpc::ClientContext context_;
};

// One message there, one back. A client that goes cancels the call.
void StartRestUnary(RestArrival arrival);

// A call that streams, out or both ways: a JSON object a line (application/x-ndjson), or an event each (Accept:
// text/event-stream), written as it comes and not read faster than the client takes it. Where requests stream, each
// line of the body is one, sent on as it arrives. An error before the first answer is answered as such; a later one
// ends the answer with {"error":{...}}.
void StartRestStream(RestArrival arrival);

}  // namespace kechuang::gateway

#endif  // KECHUANG_SERVICES_GATEWAY_REST_CALL_H_
