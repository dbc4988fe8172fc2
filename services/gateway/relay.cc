#include "services/gateway/relay.h"

#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "grpcpp/support/client_callback.h"

#include "common/rpc/incoming.h"
#include "common/rpc/wire_status.h"

namespace kechuang::gateway {
namespace {

using grpc::ByteBuffer;

// One call on its way: the caller's side, the call to the service, and when it began.
class Passage {
 public:
  explicit Passage(const Arrival& arrival) : arrival_(arrival), began_(absl::Now()) {
    arrival.door.metrics.Began(arrival.path);
    PassIn(arrival.door, arrival.caller, context_);
  }

  const Arrival& arrival() const { return arrival_; }
  grpc::ClientContext& context() { return context_; }

  // What to answer the caller with when the service has ended the call so.
  grpc::Status Ended(const grpc::Status& status) {
    PassOut(context_, arrival_.caller);
    return Observed(Explain(status, arrival_.upstream.area));
  }
  // Counts that the call ended so.
  grpc::Status Observed(grpc::Status status) const {
    arrival_.door.metrics.Ended(arrival_.path, static_cast<absl::StatusCode>(status.error_code()),
                                absl::Now() - began_);
    return status;
  }

 private:
  Arrival arrival_;
  absl::Time began_;
  grpc::ClientContext context_;
};

class UnaryRelay : public grpc::ServerUnaryReactor {
 public:
  // Starts the call; the relay is gone once the caller's side is over.
  static grpc::ServerUnaryReactor* Start(const Arrival& arrival, const ByteBuffer& request, ByteBuffer& response) {
    auto relay = std::make_shared<UnaryRelay>(arrival);
    relay->self_ = relay;
    relay->Call(request, response);
    return relay.get();
  }

  explicit UnaryRelay(const Arrival& arrival) : passage_(arrival), share_(arrival.door.budget) {}

 private:
  void Call(const ByteBuffer& request, ByteBuffer& response) {
    const Arrival& arrival = passage_.arrival();
    if (grpc::Status refused = Admit(arrival.door, arrival.caller, arrival.open); !refused.ok()) {
      return Finish(passage_.Observed(std::move(refused)));
    }
    if (request.Length() > MessageBytesMax(arrival.door)) {
      return Finish(passage_.Observed(TooLarge(arrival.door, request.Length())));
    }
    if (arrival.door.budget.spent(arrival.urgent)) return Finish(passage_.Observed(rpc::ToGrpc(rpc::TooManyCalls())));
    share_.AddRequest(request.Length());
    arrival.upstream.stub.UnaryCall(
        &passage_.context(), arrival.path, {}, &request, &response,
        [relay = self_, &response](const grpc::Status& status) { relay->Ended(status, response); });
  }

  // Many calls may have come in before the first large answer did. What they read is let go where there is no room for
  // it; the answer to a change must reach its caller.
  void Ended(const grpc::Status& status, ByteBuffer& response) {
    const Arrival& arrival = passage_.arrival();
    const bool withheld = status.ok() && arrival.only_reads && arrival.door.budget.spent_on_answers();
    if (withheld) response.Clear();
    share_.AddAnswer(response.Length());
    Finish(withheld ? passage_.Observed(rpc::ToGrpc(rpc::TooManyCalls())) : passage_.Ended(status));
  }

  void OnCancel() override { passage_.context().TryCancel(); }
  void OnDone() override { self_.reset(); }

  Passage passage_;
  rpc::MessageBudget::Share share_;  // until the caller has read the answer
  std::shared_ptr<UnaryRelay> self_;
};

// The two halves hold each other through shared pointers until each has had its OnDone.
//   requests:  caller_.StartRead -> OnReadDone -> service_.StartWrite -> OnWriteDone -> caller_.StartRead ...
//   responses: service_.StartRead -> OnReadDone -> caller_.StartWrite -> OnWriteDone -> service_.StartRead ...
// The service's half carries one hold a direction, because the other half starts its operations: gRPC must not end it
// while one may still be started.
class StreamRelay {
 public:
  static grpc::ServerBidiReactor<ByteBuffer, ByteBuffer>* Start(const Arrival& arrival) {
    auto relay = std::make_shared<StreamRelay>(arrival);
    relay->caller_.keep = relay;
    relay->Call(relay);
    return &relay->caller_;
  }

  explicit StreamRelay(const Arrival& arrival) : passage_(arrival), caller_(*this), service_(*this) {}

 private:
  struct Caller : public grpc::ServerBidiReactor<ByteBuffer, ByteBuffer> {
    explicit Caller(StreamRelay& owner) : relay(owner) {}
    void OnReadDone(bool ok) override { relay.RequestRead(ok); }
    void OnWriteDone(bool ok) override { relay.ResponseWritten(ok); }
    void OnCancel() override { relay.passage_.context().TryCancel(); }
    void OnDone() override { keep.reset(); }

    StreamRelay& relay;
    std::shared_ptr<StreamRelay> keep;
  };
  struct Service : public grpc::ClientBidiReactor<ByteBuffer, ByteBuffer> {
    explicit Service(StreamRelay& owner) : relay(owner) {}
    void OnReadDone(bool ok) override { relay.ResponseRead(ok); }
    void OnWriteDone(bool ok) override { relay.RequestWritten(ok); }
    void OnDone(const grpc::Status& status) override {
      const std::shared_ptr<StreamRelay> last = std::move(keep);
      relay.ServiceEnded(status);
    }

    StreamRelay& relay;
    std::shared_ptr<StreamRelay> keep;
  };

  void Call(const std::shared_ptr<StreamRelay>& self) {
    const Arrival& arrival = passage_.arrival();
    if (grpc::Status refused = Admit(arrival.door, arrival.caller); !refused.ok()) {
      return caller_.Finish(passage_.Observed(std::move(refused)));
    }
    service_.keep = self;
    arrival.upstream.stub.PrepareBidiStreamingCall(&passage_.context(), arrival.path, {}, &service_);
    service_.AddMultipleHolds(2);
    service_.StartRead(&response_);
    service_.StartCall();
    caller_.StartRead(&request_);
  }

  void RequestRead(bool ok) {
    if (ok && request_.Length() > MessageBytesMax(passage_.arrival().door)) return EndTooLarge();
    const absl::MutexLock lock(&mutex_);
    if (requests_over_) return;
    if (ok) return service_.StartWrite(&request_);
    // A caller that gave up has not said that its requests are complete.
    if (passage_.arrival().caller.IsCancelled()) {
      passage_.context().TryCancel();
    } else {
      service_.StartWritesDone();
    }
    ReleaseRequests();
  }
  void RequestWritten(bool ok) {
    if (ok) return caller_.StartRead(&request_);
    const absl::MutexLock lock(&mutex_);
    ReleaseRequests();
  }
  void ResponseRead(bool ok) {
    if (ok) return caller_.StartWrite(&response_);
    {
      // The service has ended the call; the caller's next request would have nowhere to go.
      const absl::MutexLock lock(&mutex_);
      ReleaseRequests();
    }
    service_.RemoveHold();
  }
  void ResponseWritten(bool ok) {
    if (ok) return service_.StartRead(&response_);
    passage_.context().TryCancel();
    {
      const absl::MutexLock lock(&mutex_);
      ReleaseRequests();
    }
    service_.RemoveHold();
  }
  void ServiceEnded(const grpc::Status& status) {
    size_t too_large = 0;
    {
      const absl::MutexLock lock(&mutex_);
      too_large = too_large_;
    }
    caller_.Finish(too_large > 0 ? passage_.Observed(TooLarge(passage_.arrival().door, too_large))
                                 : passage_.Ended(status));
  }
  void EndTooLarge() {
    const absl::MutexLock lock(&mutex_);
    too_large_ = request_.Length();
    passage_.context().TryCancel();
    ReleaseRequests();
  }
  // Nothing more will be started in the direction of requests.
  void ReleaseRequests() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (std::exchange(requests_over_, true)) return;
    service_.RemoveHold();
  }

  Passage passage_;
  Caller caller_;
  Service service_;
  ByteBuffer request_;
  ByteBuffer response_;
  absl::Mutex mutex_;
  bool requests_over_ ABSL_GUARDED_BY(mutex_) = false;
  size_t too_large_ ABSL_GUARDED_BY(mutex_) = 0;  // bytes of a request that is not passed on
};

}  // namespace

grpc::ServerUnaryReactor* RelayUnary(const Arrival& arrival, const ByteBuffer& request, ByteBuffer& response) {
  return UnaryRelay::Start(arrival, request, response);
}

grpc::ServerBidiReactor<ByteBuffer, ByteBuffer>* RelayStream(const Arrival& arrival) {
  return StreamRelay::Start(arrival);
}

}  // namespace kechuang::gateway
