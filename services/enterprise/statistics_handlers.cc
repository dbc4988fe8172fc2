#include <map>

#include "common/base/status_macros.h"
#include "services/enterprise/handlers.h"
#include "services/enterprise/policy.h"
#include "services/enterprise/totals.h"

namespace kechuang::enterprise {
namespace {

using Counts = std::map<v1::CertificationClass, int64_t>;

// Adds up the cells of the queries, by the class that each cell names.
absl::StatusOr<Counts> ReadCounts(ledger::Register& ledger, absl::Time deadline,
                                  const std::vector<ledger::TotalsQuery>& queries) {
  Counts counts;
  for (const ledger::TotalsQuery& query : queries) {
    ASSIGN_OR_RETURN(const std::vector<ledger::TotalRow> rows, ledger.Totals(deadline, query));
    for (const ledger::TotalRow& row : rows) counts[ClassOfCell(row.cell.cell)] += row.amounts.count;
  }
  return counts;
}

}  // namespace

absl::StatusOr<v1::EnterpriseStatistics> GetEnterpriseStatistics(EnterpriseDependencies& dependencies,
                                                                 const rpc::Call& call,
                                                                 const v1::GetEnterpriseStatisticsRequest& request) {
  ASSIGN_OR_RETURN(const Day day, Day::FromProto(request.as_of_date()));
  const std::string& division = request.division_code();
  ledger::Register& ledger = dependencies.ledger;
  ASSIGN_OR_RETURN(Counts recognised, ReadCounts(ledger, call.deadline, RecognitionsUpTo(day, division)));
  ASSIGN_OR_RETURN(Counts again, ReadCounts(ledger, call.deadline, ReRecognitionsUpTo(day, division)));
  ASSIGN_OR_RETURN(Counts holders, ReadCounts(ledger, call.deadline, ClassHoldersOn(day, division)));
  ASSIGN_OR_RETURN(Counts technology, ReadCounts(ledger, call.deadline, TechnologyEnterprisesOn(day, division)));
  v1::EnterpriseStatistics statistics;
  *statistics.mutable_as_of_date() = request.as_of_date();
  statistics.set_division_code(division);
  statistics.set_include_re_recognition(!request.has_include_re_recognition() || request.include_re_recognition());
  for (int number = v1::CertificationClass_MIN + 1; number <= v1::CertificationClass_MAX; ++number) {
    const auto held = static_cast<v1::CertificationClass>(number);
    v1::ClassFigures& figures = *statistics.add_classes();
    figures.set_certification_class(held);
    figures.set_recognised_count(recognised[held] - (statistics.include_re_recognition() ? 0 : again[held]));
    figures.set_re_recognised_count(again[held]);
    figures.set_valid_count(holders[held]);
  }
  statistics.set_technology_enterprise_count(technology[v1::CERTIFICATION_CLASS_UNSPECIFIED]);
  for (const v1::CertificationClass held : TechnologyClasses()) {
    statistics.add_technology_classes(held);
    statistics.set_technology_class_sum(statistics.technology_class_sum() + holders[held]);
  }
  return statistics;
}

}  // namespace kechuang::enterprise
