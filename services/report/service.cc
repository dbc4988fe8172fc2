#include "services/report/service.h"

#include "absl/strings/str_cat.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/domain/day.h"
#include "kechuang/contract/v1/contract_service.grpc.pb.h"
#include "kechuang/enterprise/v1/enterprise_service.grpc.pb.h"
#include "kechuang/loan/v1/loan_service.grpc.pb.h"
#include "kechuang/report/v1/reasons.pb.h"
#include "kechuang/report/v1/report_service.grpc.pb.h"
#include "services/report/figures.h"

namespace kechuang::report {
namespace {

// True for English; the service speaks Chinese where nothing is said.
absl::StatusOr<bool> IsEnglish(const std::string& language) {
  if (language.empty() || language == "zh") return false;
  if (language == "en") return true;
  Faults faults;
  faults.Add("language", v1::LANGUAGE_UNKNOWN, absl::StrCat("the report speaks zh and en, not \"", language, "\""),
             absl::StrCat("报告语言只能为 zh 或 en，不能为“", language, "”"));
  return faults.status();
}

absl::StatusOr<v1::AnnualReport> GetAnnualReport(ReportDependencies& dependencies, const rpc::Call& call,
                                                 const v1::GetAnnualReportRequest& request) {
  ASSIGN_OR_RETURN(const bool english, IsEnglish(request.language()));
  const std::string division = request.division_code().empty() ? dependencies.division_code : request.division_code();
  Statistics statistics;

  enterprise::v1::GetEnterpriseStatisticsRequest enterprises;
  *enterprises.mutable_as_of_date() = Day::EndOfYear(request.year()).ToProto();
  enterprises.set_division_code(division);
  ASSIGN_OR_RETURN(statistics.enterprises,
                   (rpc::Ask<enterprise::v1::EnterpriseService, enterprise::v1::EnterpriseStatistics>(
                       dependencies.channels, call, "enterprise", enterprises)));

  contract::v1::GetContractTotalsRequest contracts;
  contracts.set_year(request.year());
  contracts.set_division_code(division);
  contracts.set_view(contract::v1::TOTALS_VIEW_OUTPUT);
  ASSIGN_OR_RETURN(statistics.contracts,
                   (rpc::Ask<contract::v1::ContractService, contract::v1::GetContractTotalsResponse>(
                       dependencies.channels, call, "contract", contracts)));

  if (division == dependencies.division_code) {
    loan::v1::GetLoanTotalsRequest loans;
    loans.set_year(request.year());
    ASSIGN_OR_RETURN(statistics.loans, (rpc::Ask<loan::v1::LoanService, loan::v1::LoanTotals>(dependencies.channels,
                                                                                              call, "loan", loans)));
  }
  return MakeReport(request.year(), division, english, statistics);
}

}  // namespace

rpc::Service<ReportDependencies> MakeReportService(ReportDependencies& dependencies) {
  return rpc::Service(v1::ReportService::service_full_name(), dependencies).On(&GetAnnualReport);
}

}  // namespace kechuang::report
