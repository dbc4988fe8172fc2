#ifndef KECHUANG_SERVICES_ENTERPRISE_SERVICE_FIXTURE_H_
#define KECHUANG_SERVICES_ENTERPRISE_SERVICE_FIXTURE_H_

#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "gtest/gtest.h"

#include "common/register/testing.h"
#include "common/rpc/wire_status.h"
#include "kechuang/enterprise/v1/enterprise_service.grpc.pb.h"
#include "services/enterprise/service.h"
#include "services/enterprise/testing.h"

namespace kechuang::enterprise {

// The service as it runs, in an empty schema of its own: a real server, a real channel, a real database. It is 20
// February 2023. Every test ends with proof that records, totals, keys and journal agree.
class ServiceTest : public ::testing::Test {
 protected:
  void SetUp() override { served_.clock().Set(absl::FromUnixSeconds(1676865600)); }
  void TearDown() override { EXPECT_THAT(served_.Findings(), ::testing::IsEmpty()); }

  // Ask<v1::Enterprise>(request): the answer, or the error with its details.
  template <class Response, class Request>
  absl::StatusOr<Response> Ask(const Request& request) {
    return served_.Ask<v1::EnterpriseService, Response>(request);
  }

  // Streams rows; the outcomes in their order.
  std::vector<::kechuang::ledger::v1::RowOutcome> Import(const std::vector<v1::ImportEnterprisesRow>& rows,
                                                         const std::string& import_id, bool validate_only = false) {
    grpc::ClientContext context;
    context.AddMetadata("authorization", ::kechuang::testing::ServedRegister::authorization());
    const auto stub = v1::EnterpriseService::NewStub(served_.channel());
    const auto stream = stub->ImportEnterprises(&context);
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
    return Ask<v1::Enterprise>(request);
  }
  v1::Enterprise CreateIn(const std::string& division, const std::string& enterprise_name, int number) {
    v1::Enterprise asked = AskedEnterprise(enterprise_name, number);
    asked.set_located_division_code(division);
    return Create(asked).value();
  }
  absl::StatusOr<v1::Enterprise> Get(const std::string& name) {
    v1::GetEnterpriseRequest request;
    request.set_name(name);
    return Ask<v1::Enterprise>(request);
  }
  absl::StatusOr<v1::Certification> GrantTo(const std::string& parent, const v1::Certification& certification) {
    v1::GrantCertificationRequest request;
    request.set_parent(parent);
    *request.mutable_certification() = certification;
    return Ask<v1::Certification>(request);
  }
  v1::EnterpriseStatistics StatisticsOn(absl::string_view day, const std::string& division = "",
                                        bool include_re_recognition = true) {
    v1::GetEnterpriseStatisticsRequest request;
    *request.mutable_as_of_date() = DayOf(day).ToProto();
    request.set_division_code(division);
    request.set_include_re_recognition(include_re_recognition);
    return Ask<v1::EnterpriseStatistics>(request).value();
  }
  int64_t JournalLength() { return served_.ledger().ReadHead(absl::Now() + absl::Seconds(60))->sequence; }

  std::unique_ptr<EnterpriseService> service_;
  ::kechuang::testing::ServedRegister served_{EnterpriseProgram(service_)};
};

}  // namespace kechuang::enterprise

#endif  // KECHUANG_SERVICES_ENTERPRISE_SERVICE_FIXTURE_H_
