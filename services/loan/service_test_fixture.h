#ifndef KECHUANG_SERVICES_LOAN_SERVICE_TEST_FIXTURE_H_
#define KECHUANG_SERVICES_LOAN_SERVICE_TEST_FIXTURE_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "common/register/testing.h"
#include "kechuang/loan/v1/loan_service.grpc.pb.h"
#include "services/loan/enterprise_test_process.h"
#include "services/loan/service.h"
#include "services/loan/test_data.h"

namespace kechuang::loan {

using testing::kWan;
using testing::On;

// The service as it runs, in an empty schema of its own: a real server, a real channel, a real database, and the real
// enterprise program. It is 20 February 2023. Every test ends with proof that records, totals, keys and journal agree.
class LoanServiceTest : public ::testing::Test {
 protected:
  void SetUp() override { served_.clock().Set(absl::FromUnixSeconds(1676865600)); }
  void TearDown() override { EXPECT_THAT(served_.Findings(), ::testing::IsEmpty()); }

  // Ask<v1::Loan>(request): the answer, or the error with its details.
  template <class Response, class Request>
  absl::StatusOr<Response> Ask(const Request& request) {
    return served_.Ask<v1::LoanService, Response>(request);
  }

  // An enterprise that holds HNTE from 2021-11-04, another for each number, the same for every test.
  static std::string HighTech(int number) {
    static std::map<int, std::string>* const entered = new std::map<int, std::string>();
    std::string& name = (*entered)[number];
    if (name.empty()) {
      name = testing::EnterpriseProcess::Shared().Enter(number, absl::StrCat("宁夏第", number, "科技有限公司"),
                                                        "2021-11-04");
    }
    return name;
  }
  // One that holds no class.
  static std::string WithoutClass() {
    static const std::string* const name =
        new std::string(testing::EnterpriseProcess::Shared().Enter(900'000, "宁夏无资质有限公司", ""));
    return *name;
  }

  v1::Pool MakePool(const std::string& id = "ningke", int64_t contribution = 600 * kWan) {
    v1::CreatePoolRequest request;
    request.set_pool_id(id);
    request.mutable_pool()->set_pool_name("资金池 " + id);
    *request.mutable_pool()->add_policies() = testing::SomePolicy();
    const v1::Pool pool = Ask<v1::Pool>(request).value();
    v1::ContributeToPoolRequest paid_in;
    paid_in.set_pool(pool.name());
    paid_in.set_amount_fen(contribution);
    paid_in.set_contributor("西夏区财政局");
    *paid_in.mutable_posting_date() = On("2022-01-05").ToProto();
    EXPECT_TRUE(Ask<v1::Posting>(paid_in).ok());
    return pool;
  }
  v1::Bank MakeBank(const std::string& id = "nxbank", const std::string& bank_name = "宁夏银行股份有限公司") {
    v1::CreateBankRequest request;
    request.set_bank_id(id);
    request.mutable_bank()->set_bank_name(bank_name);
    request.mutable_bank()->add_short_names(bank_name.substr(0, 12));
    return Ask<v1::Bank>(request).value();
  }
  v1::PoolStatement StatementOf(const std::string& pool) {
    v1::GetPoolStatementRequest request;
    request.set_name(pool);
    return Ask<v1::PoolStatement>(request).value();
  }
  v1::LoanTotals TotalsOf(int year) {
    v1::GetLoanTotalsRequest request;
    request.set_year(year);
    return Ask<v1::LoanTotals>(request).value();
  }

  static v1::CreateLoanRequest AskedLoan(const std::string& enterprise, int64_t amount) {
    v1::CreateLoanRequest request;
    v1::Loan& loan = *request.mutable_loan();
    loan.set_enterprise(enterprise);
    loan.set_bank("banks/nxbank");
    loan.set_pool("pools/ningke");
    loan.set_applied_amount_fen(amount);
    v1::BankOpinion& opinion = *loan.mutable_bank_opinion();
    opinion.set_positive(true);
    opinion.set_amount_fen(amount);
    opinion.set_rate_ppm(36'500);
    opinion.set_term_months(12);
    return request;
  }
  // A verb of a loan that takes nothing but its name.
  template <class Request>
  absl::StatusOr<v1::Loan> Verb(const std::string& name, const std::string& reason = "") {
    Request request;
    request.set_name(name);
    request.set_reason(reason);
    return Ask<v1::Loan>(request);
  }
  absl::StatusOr<v1::Loan> Confirm(const std::string& name, absl::string_view issued = "2022-03-01") {
    v1::ConfirmLoanRequest request;
    request.set_name(name);
    *request.mutable_consent() = testing::Letter(issued, "2023-12-31");
    return Ask<v1::Loan>(request);
  }
  absl::StatusOr<v1::Loan> Disburse(const std::string& name, int64_t amount, absl::string_view day) {
    v1::DisburseLoanRequest request;
    request.set_name(name);
    request.set_amount_fen(amount);
    *request.mutable_disburse_date() = On(day).ToProto();
    return Ask<v1::Loan>(request);
  }
  absl::StatusOr<v1::Loan> Repay(const std::string& name, int64_t principal, absl::string_view day) {
    v1::RepayLoanRequest request;
    request.set_name(name);
    request.set_principal_fen(principal);
    *request.mutable_repay_date() = On(day).ToProto();
    return Ask<v1::Loan>(request);
  }
  absl::StatusOr<v1::Disbursement> ReversePayOut(const std::string& name, absl::string_view day) {
    v1::ReverseDisbursementRequest request;
    request.set_name(name);
    request.set_reason("户名有误");
    *request.mutable_reverse_date() = On(day).ToProto();
    return Ask<v1::Disbursement>(request);
  }
  // A loan that the bank approved by route BANK_FIRST, or one that is confirmed, too.
  v1::Loan BankApproved(const std::string& enterprise, int64_t amount) {
    const v1::Loan loan = Ask<v1::Loan>(AskedLoan(enterprise, amount)).value();
    EXPECT_TRUE(Verb<v1::SubmitLoanRequest>(loan.name()).ok());
    return Verb<v1::RecommendLoanRequest>(loan.name()).value();
  }
  v1::Loan Confirmed(const std::string& enterprise, int64_t amount) {
    return Confirm(BankApproved(enterprise, amount).name()).value();
  }
  v1::Loan Get(const std::string& name) {
    v1::GetLoanRequest request;
    request.set_name(name);
    return Ask<v1::Loan>(request).value();
  }
  int64_t JournalLength() { return served_.ledger().ReadHead(absl::Now() + absl::Seconds(60))->sequence; }

  // Runs call(0) to call(count - 1) from so many threads at once.
  static void Concurrently(int count, int threads, const std::function<void(int)>& call) {
    std::vector<std::thread> running;
    for (int thread = 0; thread < threads; ++thread) {
      running.emplace_back([&, thread] {
        for (int i = thread; i < count; i += threads) call(i);
      });
    }
    for (std::thread& thread : running) thread.join();
  }

  // Streams rows; the outcomes in their order.
  std::vector<::kechuang::ledger::v1::RowOutcome> Import(const std::vector<v1::ImportLoanRow>& rows,
                                                         const std::string& import_id, bool validate_only = false) {
    grpc::ClientContext context;
    context.AddMetadata("authorization", ::kechuang::testing::ServedRegister::authorization());
    const auto stub = v1::LoanService::NewStub(served_.channel());
    const auto stream = stub->ImportLoans(&context);
    v1::ImportLoansRequest request;
    request.mutable_source()->set_import_id(import_id);
    request.mutable_source()->set_file_name("贷款.xlsx");
    request.mutable_source()->set_file_hash(std::string(64, 'a'));
    request.mutable_source()->set_validate_only(validate_only);
    for (const v1::ImportLoanRow& row : rows) *request.add_rows() = row;
    for (int i = 0; i < request.rows_size(); ++i) request.mutable_rows(i)->mutable_origin()->set_row(i + 1);
    stream->Write(request);
    stream->WritesDone();
    std::vector<::kechuang::ledger::v1::RowOutcome> outcomes;
    v1::ImportLoansResponse response;
    while (stream->Read(&response)) {
      outcomes.insert(outcomes.end(), response.outcomes().begin(), response.outcomes().end());
    }
    const grpc::Status status = stream->Finish();
    EXPECT_TRUE(status.ok()) << status.error_message();
    return outcomes;
  }

  std::unique_ptr<LoanService> service_;
  ::kechuang::testing::ServedRegister served_{LoanProgram(service_),
                                              {{"enterprise", testing::EnterpriseProcess::Shared().address()}}};
};

}  // namespace kechuang::loan

#endif  // KECHUANG_SERVICES_LOAN_SERVICE_TEST_FIXTURE_H_
