#ifndef KECHUANG_SERVICES_ENTERPRISE_SERVICE_FIXTURE_H_
#define KECHUANG_SERVICES_ENTERPRISE_SERVICE_FIXTURE_H_

#include <memory>
#include <string>
#include <vector>

#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"
#include "gtest/gtest.h"

#include "common/base/status_macros.h"
#include "common/register/journal_service.h"
#include "common/register/run.h"
#include "common/rpc/server.h"
#include "common/rpc/wire_status.h"
#include "kechuang/enterprise/v1/enterprise_service.grpc.pb.h"
#include "services/enterprise/schema.h"
#include "services/enterprise/service.h"
#include "services/enterprise/testing.h"
#include "tests/support/private_mariadb.h"

namespace kechuang::enterprise {

// 20 February 2023, noon in UTC+8.
class FixedClock : public Clock {
 public:
  absl::Time Now() const override { return absl::FromUnixSeconds(1676865600); }
};

// The service as it runs, in an empty schema of its own: a real server, a real stub, a real database. Every test ends
// with proof that records, totals, keys and journal agree.
class ServiceTest : public ::testing::Test {
 protected:
  using Stub = v1::EnterpriseService::Stub;

  void SetUp() override {
    ASSERT_TRUE(mysql::Migrate(database_, Soon(), WithEngine(EnterpriseMigrations())).ok());
    const absl::Status started = ledger_.Start(Soon());
    ASSERT_TRUE(started.ok()) << started;
    server_.Add(service_.table());
    server_.Add(journal_.table());
    const absl::Status listening = server_.Start();
    ASSERT_TRUE(listening.ok()) << listening;
    stub_ = v1::EnterpriseService::NewStub(
        grpc::CreateChannel(absl::StrCat("127.0.0.1:", server_.port()), grpc::InsecureChannelCredentials()));
  }

  void TearDown() override {
    const auto report = [](const ledger::Finding& finding) {
      ADD_FAILURE() << finding.kind << " " << finding.subject << " " << finding.field << ": " << finding.expected
                    << " expected, " << finding.found << " found";
    };
    EXPECT_TRUE(ledger_.Verify(Soon(), report).ok());
    EXPECT_TRUE(ledger_.VerifyJournal(Soon(), report).ok());
  }

  static absl::Time Soon() { return absl::Now() + absl::Seconds(60); }

  static void Authorize(grpc::ClientContext& context) {
    context.AddMetadata("authorization", "Bearer the-key-of-this-test");
    context.set_deadline(absl::ToChronoTime(Soon()));
  }

  // Ask(&Stub::GetEnterprise, request): the answer, or the error with its details.
  template <class Request, class Response>
  absl::StatusOr<Response> Ask(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                               const Request& request) {
    grpc::ClientContext context;
    Authorize(context);
    Response response;
    const grpc::Status status = (stub_.get()->*method)(&context, request, &response);
    if (!status.ok()) return rpc::FromGrpc(status);
    return response;
  }

  // Streams rows; the outcomes in their order.
  std::vector<::kechuang::ledger::v1::RowOutcome> Import(const std::vector<v1::ImportEnterprisesRow>& rows,
                                                         const std::string& import_id, bool validate_only = false) {
    grpc::ClientContext context;
    Authorize(context);
    auto stream = stub_->ImportEnterprises(&context);
    v1::ImportEnterprisesRequest request;
    request.mutable_source()->set_import_id(import_id);
    request.mutable_source()->set_file_name("名单.xlsx");
    request.mutable_source()->set_file_hash(std::string(64, 'a'));
    request.mutable_source()->set_validate_only(validate_only);
    for (const v1::ImportEnterprisesRow& row : rows) *request.add_rows() = row;
    for (int i = 0; i < request.rows_size(); ++i) request.mutable_rows(i)->mutable_origin()->set_row(i + 1);
    stream->Write(request);
    stream->WritesDone();
    std::vector<::kechuang::ledger::v1::RowOutcome> outcomes;
    v1::ImportEnterprisesResponse response;
    while (stream->Read(&response))
      outcomes.insert(outcomes.end(), response.outcomes().begin(), response.outcomes().end());
    const grpc::Status status = stream->Finish();
    EXPECT_TRUE(status.ok()) << status.error_message();
    return outcomes;
  }

  absl::StatusOr<v1::Enterprise> Create(const v1::Enterprise& enterprise, const std::string& request_id = "") {
    v1::CreateEnterpriseRequest request;
    *request.mutable_enterprise() = enterprise;
    request.set_request_id(request_id);
    return Ask(&Stub::CreateEnterprise, request);
  }
  v1::Enterprise CreateIn(const std::string& division, const std::string& enterprise_name, int number) {
    v1::Enterprise asked = AskedEnterprise(enterprise_name, number);
    asked.set_located_division_code(division);
    return Create(asked).value();
  }
  absl::StatusOr<v1::Enterprise> Get(const std::string& name) {
    v1::GetEnterpriseRequest request;
    request.set_name(name);
    return Ask(&Stub::GetEnterprise, request);
  }
  absl::StatusOr<v1::Certification> GrantTo(const std::string& parent, const v1::Certification& certification) {
    v1::GrantCertificationRequest request;
    request.set_parent(parent);
    *request.mutable_certification() = certification;
    return Ask(&Stub::GrantCertification, request);
  }
  v1::EnterpriseStatistics StatisticsOn(absl::string_view day, const std::string& division = "",
                                        bool include_re_recognition = true) {
    v1::GetEnterpriseStatisticsRequest request;
    *request.mutable_as_of_date() = DayOf(day).ToProto();
    request.set_division_code(division);
    request.set_include_re_recognition(include_re_recognition);
    return Ask(&Stub::GetEnterpriseStatistics, request).value();
  }
  int64_t JournalLength() { return ledger_.ReadHead(Soon())->sequence; }

  FixedClock clock_;
  mysql::Database database_{
      kechuang::testing::PrivateMariaDb::Shared().Config(kechuang::testing::PrivateMariaDb::Shared().NewSchema())};
  ledger::Register ledger_{database_, ledger::KindTable(EnterpriseKinds()), clock_};
  EnterpriseService service_{ledger_};
  rpc::Service<ledger::Register> journal_ = MakeJournalService("kechuang.enterprise.v1.EnterpriseJournal", ledger_);
  rpc::Authenticator authenticator_{"the-key-of-this-test"};
  rpc::Metrics metrics_;
  rpc::Server server_{{}, authenticator_, metrics_};
  std::unique_ptr<Stub> stub_;
};

}  // namespace kechuang::enterprise

#endif  // KECHUANG_SERVICES_ENTERPRISE_SERVICE_FIXTURE_H_
