#ifndef KECHUANG_SERVICES_CONTRACT_TOTALS_H_
#define KECHUANG_SERVICES_CONTRACT_TOTALS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "common/ledger/total.h"
#include "kechuang/contract/v1/contract.pb.h"
#include "kechuang/contract/v1/contract_service.pb.h"

// What a contract adds to the totals, and how totals are read. Pure functions.
namespace kechuang::contract {

// Contracts with a number that is not revoked, by month of registration. A cell is "division|direction|standing" and
// the values of its grouping: "640105|OUTPUT|VALID|DEVELOPMENT". The division is the district of one party; the
// direction is seen from there; standing is VALID or CANCELLED. count is contracts, amount_fen their total amounts,
// part_fen their technical amounts, as far as they are known.
inline constexpr absl::string_view kRegisteredMeasure = "registered";
// Contracts by state, now; without amounts.
inline constexpr absl::string_view kStateMeasure = "state";

// What the contract adds: at most 37 cells.
std::vector<ledger::Contribution> ContractContribution(const v1::Contract& contract);

// Which cells a request for totals is answered from.
struct TotalsPlan {
  ledger::TotalsQuery query;
  std::vector<std::string> directions;         // those that the view counts
  std::vector<v1::TotalsDimension> group_by;   // as asked
  std::vector<v1::TotalsDimension> in_values;  // the dimensions whose values stand in the cell, in its order
};

// How to answer the request. TOTALS_CUT_UNKNOWN, FIELD_MALFORMED or DATES_OUT_OF_ORDER, every fault at once.
absl::StatusOr<TotalsPlan> PlanTotals(const v1::GetContractTotalsRequest& request);

// The answer, from the rows of the plan's query. MONEY_OVERFLOW if a sum passes 64 bits.
absl::StatusOr<v1::GetContractTotalsResponse> FoldTotals(const TotalsPlan& plan,
                                                         const std::vector<ledger::TotalRow>& rows);

}  // namespace kechuang::contract

#endif  // KECHUANG_SERVICES_CONTRACT_TOTALS_H_
