#include <limits>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

#include "common/base/clock.h"
#include "common/base/status_macros.h"
#include "common/domain/fen.h"
#include "services/loan/handlers.h"
#include "services/loan/pool_rules.h"
#include "services/loan/totals.h"

namespace kechuang::loan {
namespace {

using ledger::TotalRow;

constexpr absl::string_view kFirstYear = "0000";

// Reads a measure's cells by one grouping, up to a year, or over all time where period is empty.
absl::StatusOr<std::vector<TotalRow>> Read(LoanDesk& desk, const rpc::Call& call, absl::string_view measure,
                                           absl::string_view grouping, const std::string& period,
                                           const std::string& cell_prefix = "") {
  ledger::TotalsQuery query;
  query.measure = std::string(measure);
  query.grouping = std::string(grouping);
  query.first_period = period.empty() ? "" : std::string(kFirstYear);
  query.last_period = period;
  query.cell_prefix = cell_prefix;
  return desk.ledger.Totals(call.deadline, query);
}

using Groups = std::map<std::string, v1::LoanTotalsGroup>;

absl::Status AddIssued(const TotalRow& row, const std::string& year, v1::LoanTotalsGroup& group) {
  v1::IssuedFigures& cumulative = *group.mutable_cumulative();
  ASSIGN_OR_RETURN(const int64_t sum, AddFen(cumulative.amount_fen(), row.amounts.amount_fen));
  cumulative.set_amount_fen(sum);
  cumulative.set_disbursement_count(cumulative.disbursement_count() + row.amounts.count);
  if (row.cell.period != year) return absl::OkStatus();
  v1::IssuedFigures& issued = *group.mutable_issued();
  issued.set_amount_fen(row.amounts.amount_fen);
  issued.set_disbursement_count(row.amounts.count);
  issued.set_enterprise_count(row.amounts.distinct);
  return absl::OkStatus();
}

// Everything that is said of one grouping, by cell.
absl::StatusOr<Groups> ReadGroups(LoanDesk& desk, const rpc::Call& call, absl::string_view grouping,
                                  const std::string& year) {
  Groups groups;
  ASSIGN_OR_RETURN(const std::vector<TotalRow> issued, Read(desk, call, kIssued, grouping, year));
  for (const TotalRow& row : issued) RETURN_IF_ERROR(AddIssued(row, year, groups[row.cell.cell]));
  ASSIGN_OR_RETURN(const std::vector<TotalRow> issued_loans, Read(desk, call, kIssuedLoan, grouping, year));
  for (const TotalRow& row : issued_loans) {
    if (row.cell.period == year) groups[row.cell.cell].mutable_issued()->set_loan_count(row.amounts.count);
  }
  ASSIGN_OR_RETURN(const std::vector<TotalRow> loans, Read(desk, call, kStandingLoan, grouping, year));
  for (const TotalRow& row : loans) {
    v1::IssuedFigures& figures = *groups[row.cell.cell].mutable_cumulative();
    figures.set_loan_count(figures.loan_count() + row.amounts.count);
  }
  ASSIGN_OR_RETURN(const std::vector<TotalRow> borrowers, Read(desk, call, kStandingBorrower, grouping, year));
  for (const TotalRow& row : borrowers) {
    v1::IssuedFigures& figures = *groups[row.cell.cell].mutable_cumulative();
    figures.set_enterprise_count(figures.enterprise_count() + row.amounts.count);
  }
  ASSIGN_OR_RETURN(const std::vector<TotalRow> outstanding, Read(desk, call, kOutstanding, grouping, ""));
  for (const TotalRow& row : outstanding) {
    groups[row.cell.cell].set_outstanding_fen(row.amounts.amount_fen);
    groups[row.cell.cell].set_overdue_fen(row.amounts.part_fen);
  }
  for (auto& [cell, group] : groups) {
    group.set_key(cell);
    group.mutable_issued();
    group.mutable_cumulative();
  }
  return groups;
}

absl::Status AddGroups(LoanDesk& desk, const rpc::Call& call, absl::string_view grouping, const std::string& year,
                       google::protobuf::RepeatedPtrField<v1::LoanTotalsGroup>& out) {
  ASSIGN_OR_RETURN(Groups groups, ReadGroups(desk, call, grouping, year));
  for (auto& [cell, group] : groups) *out.Add() = std::move(group);
  return absl::OkStatus();
}

absl::StatusOr<int64_t> CountIn(LoanDesk& desk, const rpc::Call& call, absl::string_view measure) {
  ASSIGN_OR_RETURN(const std::vector<TotalRow> rows, Read(desk, call, measure, kByAll, ""));
  return rows.empty() ? 0 : rows[0].amounts.count;
}

void SetWhole(const v1::LoanTotalsGroup& group, v1::LoanTotals& totals) {
  *totals.mutable_issued() = group.issued();
  *totals.mutable_cumulative() = group.cumulative();
  totals.set_outstanding_fen(group.outstanding_fen());
  totals.set_overdue_fen(group.overdue_fen());
}

// How many of the caller's loans are overdue now, one by one: no total is kept of them, and a bank has few.
absl::StatusOr<int64_t> CountOwnOverdue(LoanDesk& desk, const rpc::Call& call) {
  ledger::ListQuery query;
  query.filter = "state = OVERDUE";
  query.scope = std::string(call.scope());
  int64_t count = 0;
  RETURN_IF_ERROR(
      desk.ledger.Export(call.deadline, v1::Loan::descriptor(), query,
                         [&](int64_t, const std::vector<std::unique_ptr<google::protobuf::Message>>& loans) {
                           count += static_cast<int64_t>(loans.size());
                           return absl::OkStatus();
                         }));
  return count;
}

// What a bank is told of its own loans.
absl::StatusOr<v1::LoanTotals> OwnTotals(LoanDesk& desk, const rpc::Call& call, int year) {
  const std::string bank(call.scope());
  ASSIGN_OR_RETURN(Groups banks, ReadGroups(desk, call, kByBank, absl::StrCat(year)));
  v1::LoanTotals totals;
  totals.set_year(year);
  v1::LoanTotalsGroup& own = banks[bank];
  own.set_key(bank);
  own.mutable_issued();
  own.mutable_cumulative();
  SetWhole(own, totals);
  ASSIGN_OR_RETURN(const std::vector<TotalRow> outstanding, Read(desk, call, kOutstanding, kByBank, "", bank));
  for (const TotalRow& row : outstanding) {  // a prefix finds banks/a-b beside banks/a
    if (row.cell.cell == bank) totals.set_outstanding_loan_count(row.amounts.count);
  }
  ASSIGN_OR_RETURN(const int64_t overdue, CountOwnOverdue(desk, call));
  totals.set_overdue_loan_count(overdue);
  *totals.add_banks() = std::move(own);
  return totals;
}

absl::StatusOr<v1::LoanTotals> GetLoanTotals(LoanDesk& desk, const rpc::Call& call,
                                             const v1::GetLoanTotalsRequest& request) {
  if (!call.scope().empty()) return OwnTotals(desk, call, request.year());
  const std::string year = absl::StrCat(request.year());
  v1::LoanTotals totals;
  totals.set_year(request.year());
  ASSIGN_OR_RETURN(Groups whole, ReadGroups(desk, call, kByAll, year));
  SetWhole(whole[""], totals);
  ASSIGN_OR_RETURN(const int64_t outstanding_loans, CountIn(desk, call, kOutstanding));
  totals.set_outstanding_loan_count(outstanding_loans);
  ASSIGN_OR_RETURN(const int64_t overdue_loans, CountIn(desk, call, kOverdue));
  totals.set_overdue_loan_count(overdue_loans);
  RETURN_IF_ERROR(AddGroups(desk, call, kByBank, year, *totals.mutable_banks()));
  RETURN_IF_ERROR(AddGroups(desk, call, kByPool, year, *totals.mutable_pools()));
  RETURN_IF_ERROR(AddGroups(desk, call, kByClass, year, *totals.mutable_classes()));
  ASSIGN_OR_RETURN(const std::vector<TotalRow> states, Read(desk, call, kLoanCount, kByState, ""));
  for (const TotalRow& row : states) {
    v1::LoanState state = v1::LOAN_STATE_UNSPECIFIED;
    if (row.amounts.count == 0 || !v1::LoanState_Parse(absl::StrCat("LOAN_STATE_", row.cell.cell), &state)) continue;
    v1::LoanStateCount* count = totals.add_states();
    count->set_state(state);
    count->set_loan_count(row.amounts.count);
  }
  return totals;
}

absl::StatusOr<v1::PoolStatement> GetPoolStatement(LoanDesk& desk, const rpc::Call& call,
                                                   const v1::GetPoolStatementRequest& request) {
  ASSIGN_OR_RETURN(const v1::Pool pool, desk.ledger.Read<v1::Pool>(call.deadline, request.name()));
  const std::string prefix = absl::StrCat(pool.name(), "|");
  ASSIGN_OR_RETURN(const std::vector<TotalRow> roles, Read(desk, call, kPoolMoney, kByPoolRole, "", prefix));
  PoolMoney money;
  for (const TotalRow& row : roles) {
    if (row.cell.cell == absl::StrCat(prefix, "FUND")) money.balance_fen = row.amounts.amount_fen;
    if (row.cell.cell == absl::StrCat(prefix, "CONTRIBUTOR")) money.contributed_fen = -row.amounts.amount_fen;
    if (row.cell.cell == absl::StrCat(prefix, "INTEREST")) money.interest_fen = -row.amounts.amount_fen;
  }
  // A prefix finds pools/a-b beside pools/a, so the cell is compared whole.
  ASSIGN_OR_RETURN(const std::vector<TotalRow> exposure, Read(desk, call, kExposure, kByPool, "", pool.name()));
  for (const TotalRow& row : exposure) {
    if (row.cell.cell != pool.name()) continue;
    money.committed_fen = row.amounts.amount_fen;
    money.outstanding_fen = row.amounts.part_fen;
  }
  ASSIGN_OR_RETURN(const std::vector<TotalRow> outstanding, Read(desk, call, kOutstanding, kByPool, "", pool.name()));
  for (const TotalRow& row : outstanding) {
    if (row.cell.cell == pool.name()) money.overdue_fen = row.amounts.part_fen;
  }
  return Statement(pool, money, Day::FromTime(desk.ledger.clock().Now()));
}

}  // namespace

void AddTotalsHandlers(RegisterService<LoanDesk>& service) { service.On(&GetLoanTotals).On(&GetPoolStatement); }

}  // namespace kechuang::loan
