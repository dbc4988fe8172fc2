#include "common/rpc/server.h"

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "grpcpp/ext/channelz_service_plugin.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/grpcpp.h"
#include "grpcpp/health_check_service_interface.h"
#include "grpcpp/impl/codegen/server_callback_handlers.h"
#include "grpcpp/impl/rpc_service_method.h"
#include "grpcpp/impl/service_type.h"

#include "common/access/masked_bytes.h"
#include "common/access/masking.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/rpc/admission.h"
#include "common/rpc/grpc_lifetime.h"
#include "common/rpc/incoming.h"
#include "common/rpc/masked_answers.h"
#include "common/rpc/message_budget.h"
#include "common/rpc/revealed_answers.h"
#include "common/rpc/stream_call.h"
#include "common/rpc/tls_credentials.h"
#include "common/rpc/validate.h"
#include "common/rpc/wire_status.h"
#include "common/rpc/worker_pool.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::rpc {
namespace {

using grpc::ByteBuffer;
using grpc::CallbackServerContext;
using grpc::internal::CallbackBidiHandler;
using grpc::internal::CallbackUnaryHandler;
using grpc::internal::RpcMethod;
using grpc::internal::RpcServiceMethod;

// What every call of a server needs.
struct Shared {
  Shared(ServerOptions server_options, const Authenticator& callers, Metrics& counts)
      : options(std::move(server_options)),
        limits(options.limits != nullptr ? options.limits : std::make_shared<const LiveLimits>()),
        authenticator(callers),
        admission(callers, limits),
        metrics(counts),
        budget(limits),
        workers(options.worker_threads, [this] { return static_cast<size_t>(limits->Get().waiting_calls); }) {}

  const ServerOptions options;
  const std::shared_ptr<const LiveLimits> limits;
  const Authenticator& authenticator;
  Admission admission;
  Metrics& metrics;
  MessageBudget budget;
  WorkerPool workers;

  std::mutex mutex;
  std::condition_variable stream_ended;
  int streams = 0;             // under way, refused ones that have not gone yet among them; guarded by mutex
  int admitted = 0;            // of these, the ones with a handler; guarded by mutex
  std::set<StreamCall*> live;  // the streams under way; guarded by mutex
  bool draining = false;       // guarded by mutex
};

// A call counted from its beginning to its end.
class Counted {
 public:
  explicit Counted(Metrics::OfMethod& method) : method_(method), began_(absl::Now()) { Metrics::Began(method_); }
  void End(absl::StatusCode code) const { Metrics::Ended(method_, code, absl::Now() - began_); }

 private:
  Metrics::OfMethod& method_;
  const absl::Time began_;
};

// A request stands in memory as bytes, as a message, in what a change keeps to know it again, and on its way to the
// database.
constexpr size_t kCopiesOfRequest = 4;

// No message is larger, whatever the limits say: gRPC is told once.
constexpr int kMessageBytesMost = 8 << 20;

// A unary call, counted and charged from its beginning until its answer has left.
class UnaryCall final : public grpc::ServerUnaryReactor {
 public:
  UnaryCall(Metrics::OfMethod& counts, MessageBudget& budget, CallbackServerContext& context, ByteBuffer& response)
      : counted_(counts), share_(budget), context_(context), response_(response) {}

  void Charge(const ByteBuffer& request) { share_.AddRequest(request.Length() * kCopiesOfRequest); }

  void End(const absl::StatusOr<Reply>& reply) {
    counted_.End(reply.status().code());
    if (reply.ok()) {
      if (reply->replayed) context_.AddTrailingMetadata("kc-replayed", "true");
      share_.AddAnswer(reply->bytes.size());
      response_ = ToBytes(reply->bytes);
    }
    Finish(ToGrpc(reply.status()));
  }

 private:
  // gRPC has let go of the call, and tells when it may be freed.
  void OnDone() override { delete this; }

  const Counted counted_;
  MessageBudget::Share share_;
  CallbackServerContext& context_;
  ByteBuffer& response_;
};

// The methods of one table as gRPC sees them: bytes in, bytes out.
class TableService : public grpc::Service {
 public:
  TableService(const MethodTable& table, Shared& shared) : shared_(shared) {
    for (const auto& [name, method] : table.methods()) {
      const std::string path = absl::StrCat("/", table.descriptor().full_name(), "/", name);
      const absl::StatusOr<Needed> needed = NeededOf(*method.descriptor);
      if (!needed.ok()) faults_.emplace_back(needed.status().message());
      const Served& served =
          served_.emplace_back(Served{method, path, needed.value_or(Needed()), shared.metrics.Of(path),
                                      access::HoldsPersonalData(method.descriptor->output_type())});
      const bool streams = static_cast<bool>(method.stream);
      // A streaming method of any direction is served as a bidirectional one: its reactor reads the request itself.
      auto registered = std::make_unique<RpcServiceMethod>(
          served.path.c_str(), streams ? RpcMethod::BIDI_STREAMING : RpcMethod::NORMAL_RPC, nullptr);
      AddMethod(registered.release());
      const int index = static_cast<int>(served_.size()) - 1;
      if (streams) {
        MarkMethodRawCallback(
            index, std::make_unique<CallbackBidiHandler<ByteBuffer, ByteBuffer>>([this, &served](
                                                                                     CallbackServerContext* context) {
                     return Stream(served, *context);
                   }).release());
      } else {
        MarkMethodRawCallback(
            index, std::make_unique<CallbackUnaryHandler<ByteBuffer, ByteBuffer>>([this, &served](
                                                                                      CallbackServerContext* context,
                                                                                      const ByteBuffer* request,
                                                                                      ByteBuffer* response) {
                     return Unary(served, *context, *request, *response);
                   }).release());
      }
    }
  }

  const std::vector<std::string>& faults() const { return faults_; }

 private:
  // A method, and what is asked of it at every call.
  struct Served {
    const Method& method;
    const std::string path;  // gRPC keeps pointers into it
    const Needed needed;
    Metrics::OfMethod& counts;
    const bool personal;  // its answers hold personal data
  };

  // Before anything of the request is read, so that no refusal tells a stranger what there is.
  absl::StatusOr<Call> Admit(const Served& served, const CallbackServerContext& context) const {
    if (served.needed.open) return ReadOpenCall(context, served.path.substr(1));
    ASSIGN_OR_RETURN(Call call, ReadCall(context, shared_.admission, served.path.substr(1)));
    RETURN_IF_ERROR(CheckPermission(*call.caller, served.needed));
    RETURN_IF_ERROR(CheckReveal(call, served.method.descriptor->output_type()));
    return call;
  }

  grpc::ServerUnaryReactor* Unary(const Served& served, CallbackServerContext& context, const ByteBuffer& bytes,
                                  ByteBuffer& response) {
    const Method& method = served.method;
    UnaryCall* const reactor = std::make_unique<UnaryCall>(served.counts, shared_.budget, context, response).release();
    Finish finish = [reactor](const absl::StatusOr<Reply>& reply) { reactor->End(reply); };
    if (shared_.budget.spent(served.needed.urgent)) {
      finish(TooManyCalls());
      return reactor;
    }
    reactor->Charge(bytes);
    std::unique_ptr<google::protobuf::Message> request = method.new_request();
    absl::StatusOr<Call> call = Prepare(served, context, bytes, *request);
    if (!call.ok()) {
      finish(call.status());
      return reactor;
    }
    if (served.personal) finish = Screened(*call, method.descriptor->output_type(), std::move(finish));
    if (!method.blocking) {
      method.unary(*call, std::move(request), finish);
      return reactor;
    }
    // std::function copies what it holds, so the request travels in a shared pointer and is taken out by the worker.
    auto held = std::make_shared<std::unique_ptr<google::protobuf::Message>>(std::move(request));
    const bool queued = shared_.workers.Run(
        [this, &method, call = *std::move(call), held, finish] {
          if (call.deadline < absl::Now()) return finish(OutOfTime());
          if (shared_.budget.spent_on_answers()) return finish(TooManyCalls());
          method.unary(call, std::move(*held), finish);
        },
        served.needed.urgent);
    if (!queued) finish(TooManyCalls());
    return reactor;
  }

  // What the caller gets in place of an answer with personal data: the answer masked, or itself once that is noted.
  Finish Screened(const Call& call, const google::protobuf::Descriptor* type, Finish finish) const {
    if (Shows(call, type)) return NotedFirst(*shared_.options.look_log, call, type, std::move(finish));
    return [type, finish = std::move(finish)](absl::StatusOr<Reply> reply) {
      if (reply.ok()) reply->bytes = access::MaskedBytes(type, reply->bytes);
      finish(std::move(reply));
    };
  }

  bool Shows(const Call& call, const google::protobuf::Descriptor* type) const {
    return shared_.options.look_log != nullptr && Reveals(call, type);
  }

  absl::StatusOr<Call> Prepare(const Served& served, const CallbackServerContext& context, const ByteBuffer& bytes,
                               google::protobuf::Message& request) const {
    ASSIGN_OR_RETURN(Call call, Admit(served, context));
    call.urgent = served.needed.urgent;
    const Limits limits = shared_.limits->Get();
    call.deadline = std::min(call.deadline, absl::Now() + absl::Seconds(limits.call_seconds));
    if (bytes.Length() > static_cast<size_t>(limits.message_bytes)) {
      return MessageTooLarge(bytes.Length(), limits.message_bytes);
    }
    RETURN_IF_ERROR(ParseBytes(bytes, request));
    Faults faults;
    CheckMessage(request, "", faults);
    RETURN_IF_ERROR(faults.status());
    ReadCommonFields(request, call);
    KeepPageWithin(limits.page_size, request);
    return call;
  }

  static absl::Status OutOfTime() {
    return Refuse(absl::StatusCode::kDeadlineExceeded, api::v1::DEADLINE)
        .Says("the time given ran out while the call waited", "调用在排队时超出了规定时间");
  }

  grpc::ServerBidiReactor<ByteBuffer, ByteBuffer>* Stream(const Served& served, CallbackServerContext& context) {
    const Counted counted(served.counts);
    absl::StatusOr<Call> call = Admit(served, context);
    absl::Status refused = call.status();
    const int64_t streams_max = shared_.limits->Get().streams;
    {
      const std::lock_guard<std::mutex> lock(shared_.mutex);
      if (refused.ok() && shared_.admitted >= streams_max) refused = TooManyCalls();
      ++shared_.streams;
      if (refused.ok()) ++shared_.admitted;
    }
    auto stream = std::make_shared<std::unique_ptr<StreamCall>>();
    *stream = std::make_unique<StreamCall>([this, stream, admitted = refused.ok()] { LetGo(stream, admitted); });
    StreamCall* reactor = stream->get();
    {
      const std::lock_guard<std::mutex> lock(shared_.mutex);
      shared_.live.insert(reactor);
      if (shared_.draining) reactor->Drain();
    }
    if (!refused.ok()) {
      counted.End(refused.code());
      reactor->End(refused);
      return reactor;
    }
    reactor->AskBeforeAnswers([this, &served, caller = call->caller] { return StillAdmitted(served, *caller); });
    std::thread([this, &served, reactor, counted, call = *std::move(call)] {
      absl::Status status = Serve(served, call, *reactor);
      counted.End(status.code());
      reactor->End(std::move(status));
    }).detach();
    return reactor;
  }

  // A key that is revoked, or loses a role, while a stream goes on gets no more of it.
  absl::Status StillAdmitted(const Served& served, const access::Caller& caller) const {
    access::Caller now = caller;
    ASSIGN_OR_RETURN(now.permissions, shared_.authenticator.PermissionsNow(caller));
    return CheckPermission(now, served.needed);
  }

  absl::Status Serve(const Served& served, const Call& call, ByteStream& bytes) const {
    const Method& method = served.method;
    if (!served.personal) return method.stream(call, bytes);
    if (!Shows(call, method.descriptor->output_type())) {
      MaskingStream masking(bytes);
      return method.stream(call, masking);
    }
    NotingStream noting(bytes, *shared_.options.look_log, call);
    absl::Status status = method.stream(call, noting);
    return noting.status().ok() ? status : noting.status();
  }

  // Frees a stream whose handler has ended and which gRPC has let go of. Touches nothing after the lock is given back:
  // the server may be gone then.
  void LetGo(const std::shared_ptr<std::unique_ptr<StreamCall>>& stream, bool admitted) {
    const std::lock_guard<std::mutex> lock(shared_.mutex);
    // Taken out first: what holds stream goes with the call.
    std::unique_ptr<StreamCall> ended = std::move(*stream);
    shared_.live.erase(ended.get());
    ended.reset();
    --shared_.streams;
    if (admitted) --shared_.admitted;
    shared_.stream_ended.notify_all();
  }

  Shared& shared_;
  std::deque<Served> served_;
  std::vector<std::string> faults_;
};

}  // namespace

class Server::Impl {
 public:
  Impl(ServerOptions options, const Authenticator& authenticator, Metrics& metrics)
      : shared_(std::move(options), authenticator, metrics),
        credentials_(ServerCredentialsOf(shared_.options.tls, shared_.options.tls_clients)) {}

  void Add(const MethodTable& table) {
    for (const std::string& fault : table.faults()) faults_.push_back(fault);
    for (const std::string& method : table.Missing()) faults_.push_back(absl::StrCat(method, " has no handler"));
    if (!table.faults().empty()) return;
    services_.push_back(std::make_unique<TableService>(table, shared_));
    const std::vector<std::string>& faults = services_.back()->faults();
    faults_.insert(faults_.end(), faults.begin(), faults.end());
    service_names_.push_back(table.descriptor().full_name());
  }

  absl::Status Start() {
    if (!faults_.empty()) {
      return Refuse(absl::StatusCode::kFailedPrecondition, api::v1::METHOD_UNKNOWN)
          .Says(absl::StrJoin(faults_, "; "), absl::StrJoin(faults_, "；"));
    }
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    grpc::channelz::experimental::InitChannelzService();
    grpc::ServerBuilder builder;
    builder.AddListeningPort(shared_.options.address, credentials_, &port_);
    builder.SetMaxReceiveMessageSize(kMessageBytesMost);
    builder.SetMaxSendMessageSize(kMessageBytesMost);
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);  // a second server on the port is a mistake to be told
    for (const auto& service : services_) builder.RegisterService(service.get());
    KeepGrpcUp();
    server_ = builder.BuildAndStart();
    if (server_ == nullptr || port_ == 0) {
      return Refuse(absl::StatusCode::kUnavailable, api::v1::SERVICE_UNAVAILABLE)
          .Says(absl::StrCat("cannot listen on ", shared_.options.address, ": is the port taken?"),
                absl::StrCat("无法监听 ", shared_.options.address, "，端口可能已被占用"));
    }
    SetServing(false);  // gRPC begins with SERVING; it is not known yet
    return absl::OkStatus();
  }

  void SetServing(bool serving) {
    shared_.metrics.SetServing(serving);
    if (server_ == nullptr) return;
    grpc::HealthCheckServiceInterface& answers = *server_->GetHealthCheckService();
    answers.SetServingStatus(serving);
    for (const std::string& name : service_names_) answers.SetServingStatus(name, serving);
  }

  void Drain(absl::Duration wait) {
    if (server_ == nullptr) return;
    {
      const std::lock_guard<std::mutex> lock(shared_.mutex);
      shared_.draining = true;
      for (StreamCall* stream : shared_.live) stream->Drain();
    }
    server_->Shutdown(absl::ToChronoTime(absl::Now() + wait));
    std::unique_lock<std::mutex> lock(shared_.mutex);
    shared_.stream_ended.wait(lock, [this] { return shared_.streams == 0; });
    // The server itself stays: whoever watches the health may still say something.
  }

  int port() const { return port_; }

 private:
  Shared shared_;
  const std::shared_ptr<grpc::ServerCredentials> credentials_;
  std::vector<std::string> faults_;
  std::vector<std::unique_ptr<TableService>> services_;
  std::vector<std::string> service_names_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

Server::Server(ServerOptions options, const Authenticator& authenticator, Metrics& metrics)
    : impl_(std::make_unique<Impl>(std::move(options), authenticator, metrics)) {}
Server::~Server() { Drain(absl::Seconds(1)); }

void Server::Add(const MethodTable& table) { impl_->Add(table); }
absl::Status Server::Start() { return impl_->Start(); }
void Server::SetServing(bool serving) { impl_->SetServing(serving); }
void Server::Drain(absl::Duration wait) { impl_->Drain(wait); }
int Server::port() const { return impl_->port(); }

}  // namespace kechuang::rpc
