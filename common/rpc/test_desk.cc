#include "common/rpc/test_desk.h"

#include <cstdlib>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

#include "common/base/error.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::rpc {
namespace {

constexpr char kKey[] = "a-key-for-tests-only";
constexpr char kSuiteKey[] = "the suite's own";

absl::StatusOr<rpc_test::EchoResponse> Echo(Desk&, const Call& call, const rpc_test::EchoRequest& request) {
  rpc_test::EchoResponse response;
  response.set_text(request.text());
  response.set_call(absl::StrCat(call.method, " ", call.actor, " ", call.request_id, " ", call.reason, " ",
                                 call.validate_only ? "dry" : "wet"));
  response.set_left_ms(absl::ToInt64Milliseconds(call.deadline - absl::Now()));
  return response;
}

absl::StatusOr<rpc_test::HoldResponse> Hold(Desk& desk, const Call&, const rpc_test::HoldRequest&) {
  desk.Hold();
  return rpc_test::HoldResponse();
}

absl::StatusOr<rpc_test::KnockResponse> Knock(Desk&, const Call& call, const rpc_test::KnockRequest&) {
  rpc_test::KnockResponse response;
  response.set_actor(call.actor);
  return response;
}

absl::StatusOr<rpc_test::PayResponse> Pay(Desk&, const Call&, const rpc_test::PayRequest&) {
  return rpc_test::PayResponse();
}

std::string Repeat(absl::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) absl::StrAppend(&all, text);
  return all;
}

absl::StatusOr<rpc_test::RefuseResponse> DoRefuse(Desk&, const Call&, const rpc_test::RefuseRequest& request) {
  const std::string english = Repeat("wrong ", request.length());
  const std::string chinese = Repeat("错误", request.length());
  if (request.violations() == 0) {
    return Refuse(absl::StatusCode::kFailedPrecondition, api::v1::RECORD_DELETED)
        .About("things/7")
        .With("word", "值")
        .RetryAfter(absl::Milliseconds(1500))
        .Says(absl::StrCat("no: ", english, chinese), absl::StrCat("不行：", chinese));
  }
  Faults faults;
  for (int i = 0; i < request.violations(); ++i) {
    faults.Add(absl::StrCat("thing.parts[", i, "].part_name"), api::v1::FIELD_MALFORMED, absl::StrCat(english, chinese),
               chinese);
  }
  return faults.status();
}

absl::StatusOr<rpc_test::Thing> CreateThing(Desk&, const Call&, const rpc_test::CreateThingRequest& request) {
  return request.thing();
}

absl::StatusOr<rpc_test::Thing> UpdateThing(Desk&, const Call&, const rpc_test::UpdateThingRequest& request) {
  return request.thing();
}

absl::Status Chat(Desk& desk, const Call&, Stream<rpc_test::ChatRequest, rpc_test::ChatResponse>& stream) {
  desk.BeginStream();
  rpc_test::ChatRequest request;
  absl::Status status;
  while (status.ok() && stream.Read(request)) {
    if (request.text() == "refuse") {
      status = Refuse(absl::StatusCode::kAborted, api::v1::CONFLICT).Says("no", "不行");
    } else {
      rpc_test::ChatResponse response;
      response.set_text(absl::StrCat("you said ", request.text()));
      stream.Write(response);
    }
  }
  desk.EndStream();
  return status;
}

absl::Status Count(Desk& desk, const Call&, Stream<rpc_test::CountRequest, rpc_test::CountResponse>& stream) {
  desk.BeginStream();
  rpc_test::CountRequest request;
  bool there = stream.Read(request);
  for (int i = 1; there && (request.to() == 0 || i <= request.to()); ++i) {
    rpc_test::CountResponse response;
    response.set_number(i);
    there = stream.Write(response);
  }
  desk.EndStream();
  return absl::OkStatus();
}

}  // namespace

void Desk::Hold() {
  {
    const absl::MutexLock lock(&mutex_);
    ++holding_;
  }
  let_go_.WaitForNotification();
}

void Desk::WaitForHolding(int calls) {
  const auto holding = [&] { return holding_ >= calls; };
  mutex_.LockWhen(absl::Condition(&holding));
  mutex_.Unlock();
}

void Desk::BeginStream() {
  const absl::MutexLock lock(&mutex_);
  ++begun_;
}

void Desk::EndStream() {
  const absl::MutexLock lock(&mutex_);
  ++ended_;
}

void Desk::WaitForStreams(int begun, int ended) {
  const auto reached = [&] { return begun_ >= begun && ended_ >= ended; };
  mutex_.LockWhen(absl::Condition(&reached));
  mutex_.Unlock();
}

Service<Desk> MakeDeskService(Desk& desk) {
  Service<Desk> service(rpc_test::DeskService::service_full_name(), desk);
  service.On(&Echo)
      .On(&Knock)
      .On(&Pay)
      .On(&Hold)
      .On(&DoRefuse)
      .On(&CreateThing)
      .On(&UpdateThing)
      .OnStream(&Chat)
      .OnStream(&Count);
  return service;
}

ServedDesk::ServedDesk(ServerOptions options, std::vector<access::Role> roles)
    : authenticator_(kKey, std::move(roles), kSuiteKey) {
  service_ = std::make_unique<Service<Desk>>(MakeDeskService(desk_));
  const std::shared_ptr<const Tls> tls = options.tls;
  server_ = std::make_unique<Server>(std::move(options), authenticator_, metrics_);
  server_->Add(service_->table());
  if (const absl::Status started = server_->Start(); !started.ok()) {
    std::cerr << "the desk does not start: " << started << "\n";
    std::abort();
  }
  channels_ = Channels({{"desk", address()}}, tls);
}

std::string ServedDesk::address() const { return absl::StrCat("127.0.0.1:", server_->port()); }

Call ServedDesk::KnownCall(absl::Duration time) {
  Call call;
  call.credential = absl::StrCat("Bearer ", kKey);
  call.deadline = absl::Now() + time;
  return call;
}

void ServedDesk::Authorize(grpc::ClientContext& context) {
  context.AddMetadata("authorization", KnownCall().credential);
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(30)));
}

}  // namespace kechuang::rpc
