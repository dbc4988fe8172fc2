#include "services/gateway/gateway.h"

#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "common/rpc/server.h"
#include "common/rpc/test_caller.h"
#include "common/rpc/wire_status.h"
#include "kechuang/loan/v1/loan_journal_service.grpc.pb.h"
#include "kechuang/loan/v1/loan_service.grpc.pb.h"
#include "kechuang/report/v1/report_service.grpc.pb.h"
#include "services/gateway/http.h"
#include "services/gateway/test_backend.h"

namespace kechuang::gateway {
namespace {

using grpc::ByteBuffer;
using testing::Contains;
using testing::HasSubstr;
using testing::Key;
using testing::Not;
using testing::Pair;

constexpr char kKey[] = "correct-horse";
constexpr absl::Duration kPatience = absl::Seconds(10);

std::unique_ptr<grpc::ClientContext> CallWith(const std::string& key) {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(absl::ToChronoTime(absl::Now() + kPatience));
  if (!key.empty()) context->AddMetadata("authorization", absl::StrCat("Bearer ", key));
  return context;
}

ByteBuffer Bytes(const std::string& text) {
  const grpc::Slice slice(text);
  return ByteBuffer(&slice, 1);
}

std::string Text(const ByteBuffer& bytes) {
  grpc::Slice slice;
  EXPECT_TRUE(bytes.DumpToSingleSlice(&slice).ok());
  return {reinterpret_cast<const char*>(slice.begin()), slice.size()};
}

// A gateway before a loan service, the one made by gRPC's own stubs, so that nothing between hides what arrives.
class GatewayTest : public testing::Test {
 protected:
  GatewayTest() {
    StartBackend("127.0.0.1:0");
    StartGateway();
  }
  ~GatewayTest() override {
    gateway_->Stop(absl::ZeroDuration());
    StopBackend();
  }

  void StartBackend(const std::string& address) {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::ServerBuilder builder;
    builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &backend_port_);
    builder.RegisterService(&journal_);
    builder.RegisterService(&loans_);
    backend_ = builder.BuildAndStart();
    ASSERT_NE(backend_, nullptr);
  }
  void StopBackend() {
    if (backend_ == nullptr) return;
    backend_->Shutdown(absl::ToChronoTime(absl::Now()));
    backend_.reset();
  }
  void StartGateway() {
    auto gateway = Gateway::Start("127.0.0.1:0", {{"loan", BackendAddress()}}, authenticator_, metrics_);
    ASSERT_TRUE(gateway.ok()) << gateway.status();
    gateway_ = *std::move(gateway);
    channel_ = grpc::CreateChannel(absl::StrCat("127.0.0.1:", gateway_->port()), grpc::InsecureChannelCredentials());
    journal_stub_ = loan::v1::LoanJournal::NewStub(channel_);
    loans_stub_ = loan::v1::LoanService::NewStub(channel_);
  }
  std::string BackendAddress() const { return absl::StrCat("127.0.0.1:", backend_port_); }

  absl::Status GetHead(grpc::ClientContext& context) {
    ledger::v1::JournalHead head;
    return rpc::FromGrpc(journal_stub_->GetJournalHead(&context, {}, &head));
  }
  absl::Status Read(const std::string& record) {
    ledger::v1::ReadRecordAtRequest request;
    request.set_record(record);
    ledger::v1::Revision revision;
    return rpc::FromGrpc(journal_stub_->ReadRecordAt(CallWith(kKey).get(), request, &revision));
  }
  // Waits until the gateway's health service says so of a proto service, or of the whole for an empty name.
  bool AwaitHealth(const std::string& service, bool serving) {
    const auto context = CallWith("");
    grpc::CompletionQueue queue;
    grpc::GenericStub stub(channel_);
    const auto next = [&queue] {
      void* tag = nullptr;
      bool ok = false;
      return queue.Next(&tag, &ok) && ok;
    };
    const auto watch = stub.PrepareCall(context.get(), "/grpc.health.v1.Health/Watch", &queue);
    watch->StartCall(nullptr);
    if (!next()) return false;
    std::string request;
    if (!service.empty()) request = absl::StrCat("\x0a", std::string(1, static_cast<char>(service.size())), service);
    watch->WriteLast(Bytes(request), {}, nullptr);
    if (!next()) return false;
    const std::string wanted = serving ? "\x08\x01" : "\x08\x02";
    ByteBuffer said;
    do {
      watch->Read(&said, nullptr);
      if (!next()) return false;
    } while (Text(said) != wanted);
    context->TryCancel();
    grpc::Status status;
    watch->Finish(&status, nullptr);
    next();
    return true;
  }

  Journal journal_;
  Loans loans_;
  int backend_port_ = 0;
  std::unique_ptr<grpc::Server> backend_;
  rpc::OneKeyAuthenticator authenticator_{kKey};
  rpc::Metrics metrics_;
  std::unique_ptr<Gateway> gateway_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<loan::v1::LoanJournal::Stub> journal_stub_;
  std::unique_ptr<loan::v1::LoanService::Stub> loans_stub_;
};

loan::v1::ImportLoansRequest RowNumber(int row) {
  loan::v1::ImportLoansRequest request;
  request.add_rows()->mutable_origin()->set_row(row);
  return request;
}

TEST_F(GatewayTest, PassesAUnaryCallThereAndBack) {
  const auto context = CallWith(kKey);
  context->AddMetadata("accept-language", "zh");
  context->AddMetadata("traceparent", "00-1-2-01");
  context->AddMetadata("x-goog-fieldmask", "sequence");
  context->AddMetadata("cookie", "secret");
  context->AddMetadata("x-forwarded-for", "10.0.0.1");
  ledger::v1::JournalHead head;
  const grpc::Status status = journal_stub_->GetJournalHead(context.get(), {}, &head);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(head.sequence(), 7);
  const auto arrived = journal_.metadata();
  EXPECT_THAT(arrived, Contains(Pair("authorization", absl::StrCat("Bearer ", kKey))));
  EXPECT_THAT(arrived, Contains(Pair("accept-language", "zh")));
  EXPECT_THAT(arrived, Contains(Pair("traceparent", "00-1-2-01")));
  EXPECT_THAT(arrived, Contains(Pair("x-goog-fieldmask", "sequence")));
  EXPECT_THAT(arrived, Not(Contains(Key("cookie"))));
  EXPECT_THAT(arrived, Not(Contains(Key("x-forwarded-for"))));
  EXPECT_GT(journal_.left(), kPatience / 2);
  EXPECT_LE(journal_.left(), kPatience * 2);  // gRPC rounds a deadline up on its way
  EXPECT_THAT(context->GetServerTrailingMetadata(), Contains(Pair("kc-replayed", "true")));
  EXPECT_THAT(metrics_.Text(), HasSubstr("GetJournalHead"));
}

TEST_F(GatewayTest, PassesErrorsWithAllTheirDetails) {
  EXPECT_EQ(Read("loans/7"), Refused());
  EXPECT_EQ(ChineseOf(Read("loans/7")), "loans/7 已删除");
}

TEST_F(GatewayTest, AsksWhoCallsAsTheServicesDo) {
  for (const char* key : {"", "wrong"}) {
    const absl::Status status = GetHead(*CallWith(key));
    EXPECT_EQ(status, authenticator_.Identify(key).status());
    EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated);
    EXPECT_EQ(ReasonOf(status), "UNAUTHENTICATED_CALLER");
    const auto context = CallWith(key);
    EXPECT_EQ(rpc::FromGrpc(loans_stub_->ImportLoans(context.get())->Finish()), status);
  }
  EXPECT_TRUE(journal_.metadata().empty());
}

TEST_F(GatewayTest, PassesAStreamBothWays) {
  const auto context = CallWith(kKey);
  const auto stream = loans_stub_->ImportLoans(context.get());
  loan::v1::ImportLoansResponse response;
  for (int row = 1; row <= 200; ++row) {
    ASSERT_TRUE(stream->Write(RowNumber(row)));
    ASSERT_TRUE(stream->Read(&response));
    EXPECT_EQ(response.outcomes(0).origin().row(), row);
  }
  stream->WritesDone();
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_THAT(context->GetServerTrailingMetadata(), Contains(Pair("kc-replayed", "true")));
}

TEST_F(GatewayTest, KeepsTheOrderWhenReaderLagsBehindWriter) {
  constexpr int kRows = 2000;
  const auto context = CallWith(kKey);
  const auto stream = loans_stub_->ImportLoans(context.get());
  std::jthread writer([&stream] {
    for (int row = 1; row <= kRows; ++row) stream->Write(RowNumber(row));
    stream->WritesDone();
  });
  loan::v1::ImportLoansResponse response;
  int read = 0;
  while (stream->Read(&response)) EXPECT_EQ(response.outcomes(0).origin().row(), ++read);
  EXPECT_EQ(read, kRows);
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(GatewayTest, EndsAStreamThatTheServiceRefusesWhileTheCallerStillWrites) {
  const auto context = CallWith(kKey);
  const auto stream = loans_stub_->ImportLoans(context.get());
  loan::v1::ImportLoansRequest request;
  request.mutable_source()->set_file_name("bad");
  ASSERT_TRUE(stream->Write(request));
  loan::v1::ImportLoansResponse response;
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_EQ(rpc::FromGrpc(stream->Finish()), Refused());
}

TEST_F(GatewayTest, CancelsTheServiceWhenTheCallerGivesUp) {
  const auto context = CallWith(kKey);
  const auto stream = loans_stub_->ImportLoans(context.get());
  loan::v1::ImportLoansResponse response;
  ASSERT_TRUE(stream->Write(RowNumber(1)));
  ASSERT_TRUE(stream->Read(&response));
  context->TryCancel();
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_TRUE(loans_.cancelled().WaitForNotificationWithTimeout(kPatience));
}

TEST_F(GatewayTest, EndsACallAtItsDeadlineThereToo) {
  const auto context = CallWith(kKey);
  context->set_deadline(absl::ToChronoTime(absl::Now() + absl::Milliseconds(100)));
  ledger::v1::ReadRecordAtRequest request;
  request.set_record("hang");
  ledger::v1::Revision revision;
  EXPECT_EQ(journal_stub_->ReadRecordAt(context.get(), request, &revision).error_code(),
            grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_TRUE(journal_.cancelled().WaitForNotificationWithTimeout(kPatience));
}

TEST_F(GatewayTest, SaysHowLargeAMessageMayBe) {
  const absl::Status unary = Read(std::string(kTooManyBytes, 'x'));
  EXPECT_EQ(unary.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(unary.message(), HasSubstr(absl::StrCat(kMessageBytesMost)));
  EXPECT_THAT(ChineseOf(unary), HasSubstr("上限"));

  const auto context = CallWith(kKey);
  const auto stream = loans_stub_->ImportLoans(context.get());
  loan::v1::ImportLoansRequest request;
  request.mutable_source()->set_file_name(std::string(kTooManyBytes, 'x'));
  stream->Write(request);
  const absl::Status streamed = rpc::FromGrpc(stream->Finish());
  EXPECT_EQ(streamed.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(streamed.message(), HasSubstr(absl::StrCat(kMessageBytesMost)));

  const absl::Status answer = Read("large");
  EXPECT_EQ(answer.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(answer.message(), HasSubstr(absl::StrCat(kMessageBytesMost)));
}

TEST(Explain, KeepsWhatGrpcSaysOfAddressesFromTheCaller) {
  constexpr char kInternal[] = "last error: UNKNOWN: ipv4:127.0.0.1:31976: Failed to connect";
  for (const auto code :
       {grpc::StatusCode::UNAVAILABLE, grpc::StatusCode::DEADLINE_EXCEEDED, grpc::StatusCode::RESOURCE_EXHAUSTED,
        grpc::StatusCode::INTERNAL, grpc::StatusCode::UNKNOWN}) {
    const absl::Status explained = rpc::FromGrpc(Explain(grpc::Status(code, kInternal), "loan"));
    EXPECT_EQ(static_cast<int>(explained.code()), static_cast<int>(code));
    EXPECT_THAT(explained.ToString(), Not(HasSubstr("127.0.0.1"))) << code;
    EXPECT_THAT(explained.message(), HasSubstr("the loan service")) << code;
    EXPECT_THAT(ChineseOf(explained), HasSubstr("loan 服务")) << code;
  }
  const absl::Status refused = rpc::FromGrpc(Explain(rpc::ToGrpc(Refused()), "loan"));
  EXPECT_EQ(refused.message(), Refused().message());
  EXPECT_EQ(Explain(grpc::Status::OK, "loan").error_code(), grpc::StatusCode::OK);
}

TEST_F(GatewayTest, SaysWhichServiceIsAwayAndFindsItAgain) {
  ASSERT_TRUE(AwaitHealth("", true));
  ASSERT_TRUE(AwaitHealth("kechuang.loan.v1.LoanService", true));
  EXPECT_EQ(HealthAnswer(gateway_->Health()).status, 200);

  const std::string address = BackendAddress();
  StopBackend();
  const absl::Status away = GetHead(*CallWith(kKey));
  EXPECT_EQ(away.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReasonOf(away), "SERVICE_UNAVAILABLE");
  EXPECT_TRUE(DetailOf<google::rpc::RetryInfo>(away).has_value());
  EXPECT_THAT(ChineseOf(away), HasSubstr("无法连接"));
  EXPECT_EQ(
      away.message(),
      "the loan service cannot be reached now; a change that was under way may have been made: repeat it with the "
      "same request id");
  const auto context = CallWith(kKey);
  EXPECT_EQ(ReasonOf(rpc::FromGrpc(loans_stub_->ImportLoans(context.get())->Finish())), "SERVICE_UNAVAILABLE");
  EXPECT_TRUE(AwaitHealth("", false));
  EXPECT_TRUE(AwaitHealth("kechuang.loan.v1.LoanJournal", false));

  StartBackend(address);
  EXPECT_TRUE(AwaitHealth("", true));
  EXPECT_TRUE(GetHead(*CallWith(kKey)).ok());
}

TEST_F(GatewayTest, ListsItsServicesAndKnowsNoOtherMethods) {
  grpc::GenericStub stub(channel_);
  grpc::CompletionQueue queue;
  void* tag = nullptr;
  bool ok = false;
  ByteBuffer response;
  grpc::Status status;

  const auto unknown = CallWith(kKey);
  const auto call = stub.PrepareUnaryCall(unknown.get(), "/kechuang.loan.v1.LoanService/Nothing", Bytes(""), &queue);
  call->StartCall();
  call->Finish(&response, &status, nullptr);
  ASSERT_TRUE(queue.Next(&tag, &ok));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNIMPLEMENTED);

  const auto context = CallWith("");
  const auto reflection =
      stub.PrepareCall(context.get(), "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", &queue);
  reflection->StartCall(nullptr);
  ASSERT_TRUE(queue.Next(&tag, &ok) && ok);
  reflection->WriteLast(Bytes("\x3a\x01*"), {}, nullptr);  // list_services: "*"
  ASSERT_TRUE(queue.Next(&tag, &ok) && ok);
  reflection->Read(&response, nullptr);
  ASSERT_TRUE(queue.Next(&tag, &ok) && ok);
  EXPECT_THAT(Text(response), HasSubstr("kechuang.loan.v1.LoanService"));
  EXPECT_THAT(Text(response), HasSubstr("kechuang.loan.v1.LoanJournal"));
  reflection->Finish(&status, nullptr);
  ASSERT_TRUE(queue.Next(&tag, &ok));
}

TEST_F(GatewayTest, RefusesAPortThatIsTaken) {
  const auto second = Gateway::Start(absl::StrCat("127.0.0.1:", gateway_->port()), {}, authenticator_, metrics_);
  EXPECT_EQ(ReasonOf(second.status()), "SERVICE_UNAVAILABLE");
}

absl::StatusOr<report::v1::AnnualReport> GetAnnualReport(absl::Status& refusal, const rpc::Call& call,
                                                         const report::v1::GetAnnualReportRequest& request) {
  if (request.year() == 2023) return refusal;
  report::v1::AnnualReport answer;
  answer.set_year(request.year());
  EXPECT_EQ(call.actor, "keys/test");
  return answer;
}

TEST(GatewayBeforeOurServer, PassesAnswersAndFaultsOfFields) {
  const rpc::OneKeyAuthenticator authenticator(kKey);
  rpc::Metrics metrics;
  absl::Status refusal = Refused();
  rpc::Service<absl::Status> service(report::v1::ReportService::service_full_name(), refusal);
  service.On(&GetAnnualReport);
  rpc::Server server({}, authenticator, metrics);
  server.Add(service.table());
  ASSERT_TRUE(server.Start().ok());
  const auto gateway =
      Gateway::Start("127.0.0.1:0", {{"report", absl::StrCat("127.0.0.1:", server.port())}}, authenticator, metrics);
  ASSERT_TRUE(gateway.ok()) << gateway.status();
  const auto stub = report::v1::ReportService::NewStub(
      grpc::CreateChannel(absl::StrCat("127.0.0.1:", (*gateway)->port()), grpc::InsecureChannelCredentials()));
  const auto get = [&stub](int year, report::v1::AnnualReport& answer) {
    report::v1::GetAnnualReportRequest request;
    request.set_year(year);
    return rpc::FromGrpc(stub->GetAnnualReport(CallWith(kKey).get(), request, &answer));
  };
  report::v1::AnnualReport answer;
  EXPECT_TRUE(get(2022, answer).ok());
  EXPECT_EQ(answer.year(), 2022);
  EXPECT_EQ(get(2023, answer), Refused());
  const auto fields = DetailOf<google::rpc::BadRequest>(get(1, answer));
  ASSERT_TRUE(fields.has_value());
  EXPECT_EQ(fields->field_violations(0).field(), "year");
}

TEST(ServicesOf, FindsRegistersAndTheirJournals) {
  for (const char* area : {"enterprise", "loan", "contract"}) EXPECT_EQ(ServicesOf(area).size(), 2U) << area;
  EXPECT_EQ(ServicesOf("report").size(), 1U);
  EXPECT_TRUE(ServicesOf("nothing").empty());
}

TEST(HealthAnswer, IsServingOnlyIfAllServe) {
  EXPECT_EQ(HealthAnswer({{"loan", true}, {"report", true}}).body,
            "{\"services\":{\"loan\":\"SERVING\",\"report\":\"SERVING\"},\"status\":\"SERVING\"}\n");
  const rpc::HttpAnswer partial = HealthAnswer({{"loan", true}, {"report", false}});
  EXPECT_EQ(partial.status, 503);
  EXPECT_THAT(partial.body, HasSubstr("\"report\":\"NOT_SERVING\""));
  EXPECT_EQ(HealthAnswer({}).status, 503);
}

}  // namespace
}  // namespace kechuang::gateway
