#include "common/rpc/server.h"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <tuple>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "google/protobuf/wrappers.pb.h"
#include "grpcpp/impl/rpc_method.h"
#include "grpcpp/support/sync_stream.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "common/rpc/incoming.h"
#include "common/rpc/test_caller.h"
#include "common/rpc/test_desk.h"
#include "kechuang/identity/v1/identity_service.pb.h"

namespace kechuang::rpc {
namespace {

using google::protobuf::Int32Value;
using google::protobuf::StringValue;
using rpc_test::EchoRequest;
using rpc_test::EchoResponse;
using rpc_test::HoldRequest;
using rpc_test::HoldResponse;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

constexpr char kEcho[] = "rpc_test.DeskService/Echo";
constexpr char kEchoPath[] = "/rpc_test.DeskService/Echo";

EchoRequest Saying(const std::string& text) {
  EchoRequest request;
  request.set_text(text);
  return request;
}

TEST(Unary, AnswersAndTellsTheHandlerWhoCalls) {
  ServedDesk served;
  EchoRequest request = Saying("早上好");
  request.set_request_id("id-1");
  request.set_reason("why");
  request.set_validate_only(true);
  const auto response = served.Ask<EchoResponse>(request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->text(), "早上好");
  EXPECT_EQ(response->call(), "rpc_test.DeskService/Echo keys/test id-1 why dry");
}

TEST(Unary, RefusesACallerWhoseRolesDoNotGrantIt) {
  ServedDesk served({}, {access::Role::AUDITOR});
  EchoRequest malformed = Saying("早上好");
  malformed.set_request_id("not an id");
  const absl::Status refused = served.Ask<EchoResponse>(malformed).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kPermissionDenied) << "before anything of the request is looked at";
  EXPECT_EQ(ReasonOf(refused), "PERMISSION_MISSING");
  EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(refused)->metadata().at("permission"), "contract.read");
  EXPECT_THAT(ChineseOf(refused), HasSubstr("contract.read"));
}

TEST(Unary, TakesAnybodyWhereTheMethodIsOpen) {
  ServedDesk served;
  for (const char* credential : {"", "Bearer wrong", "Basic x"}) {
    Call call = ServedDesk::KnownCall();
    call.credential = credential;
    const auto response = served.Ask<rpc_test::KnockResponse>(rpc_test::KnockRequest(), call);
    ASSERT_TRUE(response.ok()) << response.status();
    EXPECT_EQ(response->actor(), "anybody") << credential;
  }
}

TEST(Unary, AsksAPersonForASecondFactorWhereTheMethodDoes) {
  ServedDesk served;
  const TokenSigner signer(std::string(kSeedBytes, 'k'));
  People people;
  people.token_keys = {{signer.id(), signer.public_key()}};
  people.users["users/zhang"] =
      std::make_shared<const access::Caller>(access::CallerWith("users/zhang", {access::Role::READER}));
  served.authenticator().Learn({}, std::move(people));
  Call call = ServedDesk::KnownCall();
  TokenClaims claims{"users/zhang", "s", absl::Now(), absl::Now() + absl::Minutes(1), false, ""};
  call.credential = absl::StrCat("Bearer ", signer.Sign(claims));
  EXPECT_TRUE(served.Ask<EchoResponse>(Saying("x"), call).ok());
  const absl::Status refused = served.Ask<rpc_test::PayResponse>(rpc_test::PayRequest(), call).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(refused), "SECOND_FACTOR_NEEDED");
  claims.second_factor = true;
  call.credential = absl::StrCat("Bearer ", signer.Sign(claims));
  EXPECT_TRUE(served.Ask<rpc_test::PayResponse>(rpc_test::PayRequest(), call).ok());
}

TEST(Unary, AsksNoSystemForASecondFactor) {
  ServedDesk served;
  EXPECT_TRUE(served.Ask<rpc_test::PayResponse>(rpc_test::PayRequest()).ok());
}

TEST(Unary, TakesAnEmptyMessage) {
  ServedDesk served;
  const auto response = served.Ask<EchoResponse>(EchoRequest());
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->text(), "");
}

TEST(Unary, RefusesACallerWithoutTheKey) {
  ServedDesk served;
  for (const char* credential : {"", "Bearer wrong", "Bearer ", "a-key-for-tests-only", "Basic x"}) {
    Call call = ServedDesk::KnownCall();
    call.credential = credential;
    const absl::Status status = served.Ask<EchoResponse>(Saying("x"), call).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated) << credential;
    EXPECT_EQ(ReasonOf(status), "UNAUTHENTICATED_CALLER") << credential;
    EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(status)->domain(), "api.kechuang");
    EXPECT_EQ(DetailOf<google::rpc::LocalizedMessage>(status)->locale(), "zh-CN");
  }
}

TEST(Unary, RefusesACallerWhoCallsTooOftenBeforeItReadsTheRequest) {
  ServerOptions options;
  options.limits = std::make_shared<LiveLimits>(Limits{.caller = {.rate = 1, .burst = 2}});
  ServedDesk served(options);
  EchoRequest malformed = Saying("x");
  malformed.set_request_id("not an id");
  std::vector<std::string> reasons;
  for (int i = 0; i < 3; ++i) reasons.push_back(ReasonOf(served.Ask<EchoResponse>(malformed).status()));
  EXPECT_THAT(reasons, ElementsAre("INVALID_FIELDS", "INVALID_FIELDS", "RATE_LIMITED"));
  const absl::Status refused = served.Ask<EchoResponse>(malformed).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_GT(DetailOf<google::rpc::RetryInfo>(refused)->retry_delay().nanos(), 0);
}

TEST(Unary, RefusesKeysThatAreGuessedAndNotTheOneThatIsRight) {
  ServerOptions options;
  options.limits = std::make_shared<LiveLimits>(Limits{.unknown_keys = 2});
  ServedDesk served(options);
  std::vector<std::string> reasons;
  for (const char* credential : {"Bearer a", "Bearer b", "Bearer c", "Bearer a"}) {
    Call call = ServedDesk::KnownCall();
    call.credential = credential;
    reasons.push_back(ReasonOf(served.Ask<EchoResponse>(Saying("x"), call).status()));
  }
  EXPECT_THAT(reasons, ElementsAre("UNAUTHENTICATED_CALLER", "UNAUTHENTICATED_CALLER", "TOO_MANY_UNKNOWN_KEYS",
                                   "TOO_MANY_UNKNOWN_KEYS"));
  EXPECT_TRUE(served.Ask<EchoResponse>(Saying("x")).ok());
}

TEST(Unary, RefusesBytesThatAreNoSuchMessage) {
  ServedDesk served;
  google::protobuf::BytesValue value;  // on the wire the same as an EchoRequest, but not checked for UTF-8 here
  value.set_value("\xff\xfe");
  EchoResponse response;
  const absl::Status status = served.AskPath(kEcho, value, response);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(status), "FIELD_MALFORMED");
}

TEST(Unary, KnowsNoOtherMethods) {
  ServedDesk served;
  EchoResponse response;
  EXPECT_EQ(served.AskPath("rpc_test.DeskService/Nothing", EchoRequest(), response).code(),
            absl::StatusCode::kUnimplemented);
}

TEST(Unary, RefusesAMessageOfMoreThanEightMebibytes) {
  ServedDesk served;
  const absl::Status status = served.Ask<EchoResponse>(Saying(std::string((8 << 20) + 1, 'x'))).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(status.message()), AllOf(HasSubstr("larger than max"), HasSubstr("8388608")));
  const auto under = served.Ask<EchoResponse>(Saying(std::string((8 << 20) - 1000, 'x')));
  EXPECT_TRUE(under.ok()) << under.status();
}

TEST(Deadline, ReachesTheHandler) {
  ServedDesk served;
  const auto response = served.Ask<EchoResponse>(Saying("x"), ServedDesk::KnownCall(absl::Seconds(20)));
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_GT(response->left_ms(), 5'000);
  EXPECT_LE(response->left_ms(), 21'000);  // on the way gRPC rounds up to two or three digits
}

TEST(Deadline, IsAtMostAMinute) {
  ServedDesk served;
  for (const absl::Duration time : {absl::Minutes(10), absl::InfiniteDuration()}) {
    const auto response = served.Ask<EchoResponse>(Saying("x"), ServedDesk::KnownCall(time));
    ASSERT_TRUE(response.ok()) << response.status();
    EXPECT_GT(response->left_ms(), 40'000);
    EXPECT_LE(response->left_ms(), 60'000);
  }
}

TEST(Deadline, ThatPassedInTheQueueIsRefused) {
  ServedDesk served({.limits = With({.call_seconds = 0})});
  const absl::Status status = served.Ask<EchoResponse>(Saying("x")).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(ReasonOf(status), "DEADLINE");
}

TEST(Deadline, OfTheCallerIsToldAsSuch) {
  ServedDesk served;
  const absl::Status status =
      served.Ask<HoldResponse>(HoldRequest(), ServedDesk::KnownCall(absl::Milliseconds(50))).status();
  served.desk().LetGo();
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(ReasonOf(status), "DEADLINE");
}

// What a call took, and be it a place, is given back when its end has been sent, which its caller may see a moment
// before.
absl::Status AskOnceThereIsRoom(ServedDesk& served) {
  absl::Status status;
  do {
    status = served.Ask<EchoResponse>(Saying("x")).status();
  } while (status.code() == absl::StatusCode::kResourceExhausted);
  return status;
}

TEST(Queue, RefusesOneCallMoreThanItHolds) {
  ServedDesk served({.worker_threads = 1, .limits = With({.waiting_calls = 1})});
  std::thread holder([&] { EXPECT_TRUE(served.Ask<HoldResponse>(HoldRequest()).ok()); });
  served.desk().WaitForHolding(1);
  // Of two calls behind the one that holds the only worker, one waits and the other is refused.
  std::mutex mutex;
  std::condition_variable ended;
  std::vector<absl::Status> statuses;
  std::vector<std::thread> callers;
  for (int i = 0; i < 2; ++i) {
    callers.emplace_back([&] {
      const absl::Status status = served.Ask<EchoResponse>(Saying("x")).status();
      const std::lock_guard<std::mutex> lock(mutex);
      statuses.push_back(status);
      ended.notify_all();
    });
  }
  {
    std::unique_lock<std::mutex> lock(mutex);
    ended.wait(lock, [&] { return !statuses.empty(); });
    EXPECT_EQ(statuses.size(), 1u);
    EXPECT_EQ(statuses[0].code(), absl::StatusCode::kResourceExhausted);
    EXPECT_EQ(ReasonOf(statuses[0]), "OVERLOADED");
    EXPECT_EQ(DetailOf<google::rpc::RetryInfo>(statuses[0])->retry_delay().nanos(), 500'000'000);
  }
  served.desk().LetGo();
  for (std::thread& caller : callers) caller.join();
  holder.join();
  EXPECT_TRUE(statuses[1].ok()) << statuses[1];
}

TEST(Calls, UnderWayAreLimitedAndTheLimitMayChangeMeanwhile) {
  const auto limits = std::make_shared<LiveLimits>(Limits{.calls = 1});
  ServedDesk served({.limits = limits});
  std::thread holder([&] { EXPECT_TRUE(served.Ask<HoldResponse>(HoldRequest()).ok()); });
  served.desk().WaitForHolding(1);
  EXPECT_EQ(ReasonOf(served.Ask<EchoResponse>(Saying("x")).status()), "OVERLOADED");
  limits->Set({.calls = 2});
  EXPECT_EQ(AskOnceThereIsRoom(served), absl::OkStatus());
  served.desk().LetGo();
  holder.join();
}

TEST(Message, IsAsLargeAsTheLimitOfTheMoment) {
  const auto limits = std::make_shared<LiveLimits>(Limits{.message_bytes = 100});
  ServedDesk served({.limits = limits});
  const absl::Status refused = served.Ask<EchoResponse>(Saying(std::string(200, 'x'))).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonOf(refused), "FIELD_TOO_LONG");
  limits->Set({});
  EXPECT_TRUE(served.Ask<EchoResponse>(Saying(std::string(200, 'x'))).ok());
}

TEST(Page, IsNoLargerThanTheLimit) {
  for (const auto& [asked, limit, given] :
       {std::tuple(0, 1000, 0), std::tuple(5, 1000, 5), std::tuple(2000, 1000, 1000), std::tuple(0, 50, 50),
        std::tuple(60, 50, 50), std::tuple(50, 50, 50)}) {
    identity::v1::ListKeysRequest request;
    request.set_page_size(asked);
    KeepPageWithin(limit, request);
    EXPECT_EQ(request.page_size(), given) << asked << " of " << limit;
  }
  EchoRequest has_none;
  KeepPageWithin(1, has_none);
  EXPECT_EQ(has_none.SerializeAsString(), "");
}

TEST(Memory, OfWaitingRequestsIsLimited) {
  ServedDesk served({.worker_threads = 1, .limits = With({.message_memory = 4000})});
  std::thread holder([&] { EXPECT_TRUE(served.Ask<HoldResponse>(HoldRequest()).ok()); });
  served.desk().WaitForHolding(1);
  std::thread waiting([&] { EXPECT_TRUE(served.Ask<EchoResponse>(Saying(std::string(1000, 'x'))).ok()); });
  // Until the large request has come, a small one waits, in vain.
  absl::Status status;
  do {
    status = served.Ask<EchoResponse>(Saying("x"), ServedDesk::KnownCall(absl::Milliseconds(50))).status();
  } while (status.code() == absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonOf(status), "OVERLOADED");
  EXPECT_GT(DetailOf<google::rpc::RetryInfo>(status)->retry_delay().nanos(), 0);
  served.desk().LetGo();
  waiting.join();
  holder.join();
  EXPECT_EQ(AskOnceThereIsRoom(served), absl::OkStatus());
}

TEST(Health, FollowsWhatTheServerIsTold) {
  ServedDesk served;
  constexpr int kServing = 1;
  constexpr int kNotServing = 2;
  for (const bool serving : {true, false, true}) {
    served.server().SetServing(serving);
    for (const char* service : {"", "rpc_test.DeskService"}) {
      StringValue request;
      request.set_value(service);
      Int32Value response;
      ASSERT_EQ(served.AskPath("grpc.health.v1.Health/Check", request, response), absl::OkStatus()) << service;
      EXPECT_EQ(response.value(), serving ? kServing : kNotServing) << service;
    }
  }
}

TEST(Reflection, ListsTheServices) {
  ServedDesk served;
  grpc::ClientContext context;
  using rpc_test::ReflectionRequest;
  using rpc_test::ReflectionResponse;
  const grpc::internal::RpcMethod method("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                                         grpc::internal::RpcMethod::BIDI_STREAMING);
  const std::shared_ptr<grpc::Channel> channel = served.channel();
  const std::unique_ptr<grpc::ClientReaderWriter<ReflectionRequest, ReflectionResponse>> stream(
      grpc::internal::ClientReaderWriterFactory<ReflectionRequest, ReflectionResponse>::Create(channel.get(), method,
                                                                                               &context));
  ReflectionRequest request;
  request.set_list_services("*");
  ReflectionResponse response;
  ASSERT_TRUE(stream->Write(request));
  ASSERT_TRUE(stream->Read(&response));
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
  std::vector<std::string> names;
  for (const auto& service : response.services().service()) names.push_back(service.name());
  EXPECT_THAT(names, UnorderedElementsAre("rpc_test.DeskService", "grpc.health.v1.Health",
                                          "grpc.reflection.v1alpha.ServerReflection", "grpc.channelz.v1.Channelz"));
}

TEST(Drain, LetsACallUnderWayEndAndTakesNoOther) {
  ServedDesk served;
  absl::Status held;
  std::thread holder([&] { held = served.Ask<HoldResponse>(HoldRequest()).status(); });
  served.desk().WaitForHolding(1);
  std::thread drainer([&] { served.server().Drain(absl::Seconds(60)); });
  absl::Status refused;
  const absl::Time patience = absl::Now() + absl::Seconds(30);
  while (refused.ok() && absl::Now() < patience) {
    Channels fresh({{"desk", served.address()}});
    refused =
        rpc::Ask<rpc_test::DeskService, EchoResponse>(fresh, ServedDesk::KnownCall(), "desk", Saying("x")).status();
  }
  EXPECT_EQ(ReasonOf(refused), "SERVICE_UNAVAILABLE") << refused;
  served.desk().LetGo();
  holder.join();
  drainer.join();
  EXPECT_EQ(held, absl::OkStatus());
  served.server().SetServing(false);  // the probe may still speak after the drain
}

TEST(Metrics, CountEveryCallByMethodAndCode) {
  ServedDesk served;
  served.server().SetServing(true);
  ASSERT_TRUE(served.Ask<EchoResponse>(Saying("x")).ok());
  ASSERT_TRUE(served.Ask<EchoResponse>(Saying("x")).ok());
  ASSERT_FALSE(served.Ask<rpc_test::RefuseResponse>(rpc_test::RefuseRequest()).ok());
  Call stranger = ServedDesk::KnownCall();
  stranger.credential = "";
  ASSERT_FALSE(served.Ask<EchoResponse>(Saying("x"), stranger).ok());
  const std::string text = served.metrics().Text();
  const auto line = [](const char* code, const char* method, int count) {
    return absl::StrCat("kechuang_calls_total{code=\"", code, "\",method=\"", method, "\"} ", count, "\n");
  };
  EXPECT_THAT(text, HasSubstr(line("OK", kEchoPath, 2)));
  EXPECT_THAT(text, HasSubstr(line("UNAUTHENTICATED", kEchoPath, 1)));
  EXPECT_THAT(text, HasSubstr(line("FAILED_PRECONDITION", "/rpc_test.DeskService/Refuse", 1)));
  EXPECT_THAT(text, HasSubstr(absl::StrCat("kechuang_calls_in_flight{method=\"", kEchoPath, "\"} 0\n")));
  EXPECT_THAT(text, HasSubstr(absl::StrCat("kechuang_call_seconds_count{method=\"", kEchoPath, "\"} 3\n")));
  EXPECT_THAT(text, HasSubstr("kechuang_serving 1\n"));
}

// Starts a server with this table alone.
absl::Status StartWith(const MethodTable& table, const std::string& address = "127.0.0.1:0") {
  const OneKeyAuthenticator authenticator("key");
  Metrics metrics;
  Server server({.address = address}, authenticator, metrics);
  server.Add(table);
  return server.Start();
}

absl::StatusOr<EchoResponse> Echo(Desk&, const Call&, const EchoRequest&) { return EchoResponse(); }
absl::StatusOr<HoldResponse> Mistyped(Desk&, const Call&, const EchoRequest&) { return HoldResponse(); }
absl::StatusOr<rpc_test::ChatResponse> NoStream(Desk&, const Call&, const rpc_test::ChatRequest&) {
  return rpc_test::ChatResponse();
}
absl::StatusOr<EchoResponse> Stray(Desk&, const Call&, const EchoResponse&) { return EchoResponse(); }

TEST(Start, NamesEveryMethodWithoutAHandler) {
  Desk desk;
  Service<Desk> service(rpc_test::DeskService::service_full_name(), desk);
  service.On(&Echo);
  const absl::Status status = StartWith(service.table());
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr("rpc_test.DeskService.Hold has no handler"),
                    HasSubstr("rpc_test.DeskService.Chat has no handler"), ::testing::Not(HasSubstr("Echo"))));
}

TEST(Start, NamesAMethodWithTwoHandlers) {
  Desk desk;
  Service<Desk> service = MakeDeskService(desk);
  service.On(&Echo);
  EXPECT_THAT(std::string(StartWith(service.table()).message()),
              HasSubstr("rpc_test.DeskService.Echo has two handlers"));
}

TEST(Start, NamesAHandlerWhoseTypesDoNotFit) {
  Desk desk;
  Service<Desk> mistyped(rpc_test::DeskService::service_full_name(), desk);
  mistyped.On(&Mistyped);
  EXPECT_THAT(std::string(StartWith(mistyped.table()).message()),
              HasSubstr("Echo answers with rpc_test.EchoResponse, its handler with rpc_test.HoldResponse"));
  Service<Desk> no_stream(rpc_test::DeskService::service_full_name(), desk);
  no_stream.On(&NoStream);
  EXPECT_THAT(std::string(StartWith(no_stream.table()).message()),
              HasSubstr("Chat and its handler differ in streaming"));
  Service<Desk> stray(rpc_test::DeskService::service_full_name(), desk);
  stray.On(&Stray);
  EXPECT_THAT(std::string(StartWith(stray.table()).message()), HasSubstr("no method that takes rpc_test.EchoResponse"));
}

TEST(Start, NamesAServiceThatDoesNotExist) {
  EXPECT_THAT(std::string(StartWith(MethodTable("rpc_test.Nothing")).message()),
              HasSubstr("there is no service rpc_test.Nothing"));
}

TEST(Start, NamesTheAddressThatIsTaken) {
  ServedDesk served;
  Desk desk;
  const Service<Desk> service = MakeDeskService(desk);
  const absl::Status status = StartWith(Service<Desk>(service).table(), served.address());
  EXPECT_EQ(ReasonOf(status), "SERVICE_UNAVAILABLE");
  EXPECT_THAT(std::string(status.message()), AllOf(HasSubstr(served.address()), HasSubstr("taken")));
}

TEST(Channels, SayWhichServiceCannotBeReached) {
  std::string address;
  {
    ServedDesk served;
    address = served.address();
  }
  Channels channels({{"desk", address}});
  const absl::Status status =
      rpc::Ask<rpc_test::DeskService, EchoResponse>(channels, ServedDesk::KnownCall(), "desk", Saying("x")).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReasonOf(status), "SERVICE_UNAVAILABLE");
  EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(status)->metadata().at("service"), "desk");
  EXPECT_EQ(DetailOf<google::rpc::RetryInfo>(status)->retry_delay().seconds(), 1);
}

}  // namespace
}  // namespace kechuang::rpc
