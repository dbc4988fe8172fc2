#include "services/contract/totals.h"

#include <cstdlib>
#include <iostream>
#include <limits>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "services/contract/test_contract.h"

namespace kechuang::contract {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Cells = std::map<ledger::Cell, ledger::Amounts>;

Cells CellsOf(const std::vector<v1::Contract>& contracts) {
  Cells cells;
  for (const v1::Contract& contract : contracts) {
    for (const ledger::Contribution& contribution : ContractContribution(contract)) {
      ledger::Amounts& amounts = cells[contribution.cell];
      amounts.count += contribution.count;
      amounts.amount_fen += contribution.amount_fen;
      amounts.part_fen += contribution.part_fen;
    }
  }
  return cells;
}

// What the register answers to a query for totals.
std::vector<ledger::TotalRow> RowsOf(const Cells& cells, const ledger::TotalsQuery& query) {
  std::vector<ledger::TotalRow> rows;
  for (const auto& [cell, amounts] : cells) {
    if (cell.measure == query.measure && cell.grouping == query.grouping && cell.period >= query.first_period &&
        cell.period <= query.last_period && cell.cell.starts_with(query.cell_prefix)) {
      rows.push_back({cell, amounts});
    }
  }
  return rows;
}

v1::GetContractTotalsResponse Ask(const Cells& cells, const v1::GetContractTotalsRequest& request) {
  const absl::StatusOr<TotalsPlan> plan = PlanTotals(request);
  EXPECT_TRUE(plan.ok()) << plan.status();
  const auto response = FoldTotals(*plan, RowsOf(cells, plan->query));
  EXPECT_TRUE(response.ok()) << response.status();
  return *response;
}

v1::Contract Registered(int month) {
  v1::Contract contract = CompleteDraft();
  contract.set_state(v1::CONTRACT_STATE_REGISTERED);
  *contract.mutable_registration_date() = DayOf(2022, month, 15).ToProto();
  return contract;
}

v1::GetContractTotalsRequest Year2022() {
  v1::GetContractTotalsRequest request;
  request.set_year(2022);
  request.set_division_code("640105");
  return request;
}

TEST(Contribution, CountsRegisteredContractsOnly) {
  for (int state = v1::ContractState_MIN; state <= v1::ContractState_MAX; ++state) {
    v1::Contract contract = Registered(3);
    contract.set_state(static_cast<v1::ContractState>(state));
    const bool counts = state == v1::CONTRACT_STATE_REGISTERED || state == v1::CONTRACT_STATE_CANCELLED;
    EXPECT_EQ(Ask(CellsOf({contract}), Year2022()).sum().count(), counts ? 1 : 0) << state;
  }
}

TEST(Contribution, StaysModerate) { EXPECT_EQ(ContractContribution(Registered(3)).size(), 37u); }

TEST(Contribution, ShowsCancelledContractsInTheirMonth) {
  v1::Contract cancelled = Registered(3);
  cancelled.set_state(v1::CONTRACT_STATE_CANCELLED);
  *cancelled.mutable_cancel_date() = DayOf(2023, 1, 1).ToProto();
  const auto sum = Ask(CellsOf({cancelled, Registered(4)}), Year2022()).sum();
  EXPECT_EQ(sum.count(), 2);
  EXPECT_EQ(sum.total_amount_fen(), 100'000'000);
  EXPECT_EQ(sum.cancelled_count(), 1);
  EXPECT_EQ(sum.cancelled_total_amount_fen(), 50'000'000);
  EXPECT_EQ(sum.cancelled_technical_amount_fen(), 40'000'000);
}

TEST(Contribution, TakesAnUnstatedSellersPlaceFromTheRegistry) {
  v1::Contract contract = Registered(3);
  contract.mutable_seller()->clear_division_code();
  contract.mutable_buyer()->clear_division_code();
  v1::GetContractTotalsRequest request = Year2022();
  request.add_group_by(v1::TOTALS_DIMENSION_DIRECTION);
  const auto response = Ask(CellsOf({contract}), request);
  ASSERT_EQ(response.rows_size(), 1);
  EXPECT_THAT(response.rows(0).group_values(), ElementsAre("UNKNOWN"));
}

TEST(Contribution, LeavesAForeignSellerToTheBuyersDistrict) {
  v1::Contract contract = Registered(3);
  contract.mutable_seller()->set_country_code("502");
  const Cells cells = CellsOf({contract});
  EXPECT_EQ(Ask(cells, Year2022()).sum().count(), 0);
  v1::GetContractTotalsRequest request = Year2022();
  request.set_division_code("640104");
  request.set_view(v1::TOTALS_VIEW_ABSORPTION);
  request.add_group_by(v1::TOTALS_DIMENSION_SELLER_REGION);
  EXPECT_THAT(Ask(cells, request).rows(0).group_values(), ElementsAre("country:502"));
  request = Year2022();
  request.clear_division_code();
  EXPECT_EQ(Ask(cells, request).sum().count(), 1);
}

TEST(PlanTotals, RefusesCutsThatAreNotKept) {
  const auto faults = [](auto fill) {
    v1::GetContractTotalsRequest request;
    fill(request);
    return FaultsOf(PlanTotals(request).status());
  };
  EXPECT_THAT(faults([](auto&) {}), ElementsAre("first_month: FIELD_MALFORMED", "last_month: FIELD_MALFORMED"));
  EXPECT_THAT(faults([](auto& request) {
                request.set_first_month("2022-02");
                request.set_last_month("2022-01");
              }),
              ElementsAre("last_month: DATES_OUT_OF_ORDER"));
  EXPECT_THAT(faults([](auto& request) {
                request.set_first_month("1950-01");
                request.set_last_month("2022-01");
              }),
              ElementsAre("last_month: FIELD_OUT_OF_RANGE"));
  EXPECT_THAT(faults([](auto& request) {
                request.set_year(2022);
                request.set_first_month("2022-13");
              }),
              ElementsAre("year: FIELD_MALFORMED"));
  EXPECT_THAT(faults([](auto& request) {
                request.set_year(2022);
                request.set_division_code("640100");
                request.set_view(v1::TOTALS_VIEW_BOTH);
                request.add_group_by(v1::TOTALS_DIMENSION_DIRECTION);
              }),
              ElementsAre("view: TOTALS_CUT_UNKNOWN", "group_by: TOTALS_CUT_UNKNOWN"));
  EXPECT_THAT(faults([](auto& request) {
                request.set_year(2022);
                request.add_group_by(v1::TOTALS_DIMENSION_SELLER_REGION);
                request.add_group_by(v1::TOTALS_DIMENSION_CLASS);
              }),
              ElementsAre("group_by: TOTALS_CUT_UNKNOWN"));
  EXPECT_THAT(faults([](auto& request) {
                request.set_year(2022);
                request.add_group_by(v1::TOTALS_DIMENSION_CLASS);
                request.add_group_by(v1::TOTALS_DIMENSION_CLASS);
              }),
              ElementsAre("group_by: TOTALS_CUT_UNKNOWN"));
  EXPECT_THAT(faults([](auto& request) { request.set_year(2022); }), IsEmpty());
}

TEST(FoldTotals, RefusesSumsBeyondSixtyFourBits) {
  const absl::StatusOr<TotalsPlan> plan = PlanTotals(Year2022());
  ASSERT_TRUE(plan.ok()) << plan.status();
  ledger::TotalRow row;
  row.cell = {"registered", "", "2022-01", "640105|OUTPUT|VALID"};
  row.amounts.count = 1;
  row.amounts.amount_fen = std::numeric_limits<int64_t>::max();
  EXPECT_TRUE(FoldTotals(*plan, {row}).ok());
  EXPECT_EQ(ReasonOf(FoldTotals(*plan, {row, row}).status()), "MONEY_OVERFLOW");
}

// Contracts over two years, four districts, abroad and nowhere.
std::vector<v1::Contract> RandomContracts(std::mt19937_64& random, int count) {
  const auto pick = [&random](int bound) { return static_cast<int>(random() % static_cast<uint64_t>(bound)); };
  const char* const divisions[] = {"", "640105", "640105", "640104", "640202", "110108"};
  const char* const countries[] = {"", "", "", "142", "502"};
  const char* const types[] = {"", "022", "150"};
  std::vector<v1::Contract> contracts;
  for (int i = 0; i < count; ++i) {
    v1::Contract contract;
    contract.set_state(static_cast<v1::ContractState>(1 + pick(v1::ContractState_MAX)));
    if (pick(2) == 0) contract.set_state(v1::CONTRACT_STATE_REGISTERED);
    contract.set_contract_class(static_cast<v1::ContractClass>(pick(6)));
    contract.set_technology_field(static_cast<v1::TechnologyField>(pick(4)));
    contract.set_ip_type(static_cast<v1::IpType>(pick(3)));
    for (v1::Party* party : {contract.mutable_seller(), contract.mutable_buyer()}) {
      party->set_division_code(divisions[pick(6)]);
      party->set_country_code(countries[pick(5)]);
      party->set_party_type(types[pick(3)]);
    }
    contract.set_registry_division_code(pick(2) == 0 ? "640105" : "640104");
    contract.set_total_amount_fen(pick(1'000'000'000));
    if (pick(4) > 0) contract.set_technical_amount_fen(contract.total_amount_fen() / (1 + pick(3)));
    *contract.mutable_registration_date() = DayOf(2021 + pick(2), 1 + pick(12), 1 + pick(28)).ToProto();
    contracts.push_back(contract);
  }
  return contracts;
}

// Brute force, written apart from the contribution: where a party is, and what group a contract falls in.
std::string DistrictOf(const v1::Contract& contract, bool seller) {
  const v1::Party& party = seller ? contract.seller() : contract.buyer();
  if (party.country_code() == "502") return "";
  if (seller && party.division_code().empty()) return contract.registry_division_code();
  return party.division_code();
}
std::string RegionOf(const v1::Contract& contract, bool seller) {
  const v1::Party& party = seller ? contract.seller() : contract.buyer();
  return party.country_code() == "502" ? "country:502" : DistrictOf(contract, seller);
}
std::string EnumText(const std::string& name, absl::string_view prefix) {
  const std::string text(absl::StripPrefix(name, prefix));
  return text == "UNSPECIFIED" ? "" : text;
}
std::string GroupOf(const v1::Contract& contract, v1::TotalsDimension dimension, const std::string& division) {
  switch (dimension) {
    case v1::TOTALS_DIMENSION_MONTH:
      return Day::FromProto(contract.registration_date())->MonthPeriod();
    case v1::TOTALS_DIMENSION_CLASS:
      return EnumText(v1::ContractClass_Name(contract.contract_class()), "CONTRACT_CLASS_");
    case v1::TOTALS_DIMENSION_TECHNOLOGY_FIELD:
      return EnumText(v1::TechnologyField_Name(contract.technology_field()), "TECHNOLOGY_FIELD_");
    case v1::TOTALS_DIMENSION_IP_TYPE:
      return EnumText(v1::IpType_Name(contract.ip_type()), "IP_TYPE_");
    case v1::TOTALS_DIMENSION_SELLER_TYPE:
      return contract.seller().party_type();
    case v1::TOTALS_DIMENSION_BUYER_TYPE:
      return contract.buyer().party_type();
    case v1::TOTALS_DIMENSION_SELLER_REGION:
      return RegionOf(contract, true);
    case v1::TOTALS_DIMENSION_BUYER_REGION:
      return RegionOf(contract, false);
    default:
      if (DistrictOf(contract, true) != division) return "ABSORPTION";
      if (RegionOf(contract, false).empty()) return "UNKNOWN";
      return DistrictOf(contract, false) == division ? "LOCAL" : "OUTPUT";
  }
}
bool IsCounted(const v1::Contract& contract, const v1::GetContractTotalsRequest& request) {
  if (contract.state() != v1::CONTRACT_STATE_REGISTERED && contract.state() != v1::CONTRACT_STATE_CANCELLED)
    return false;
  const std::string month = Day::FromProto(contract.registration_date())->MonthPeriod();
  if (request.year() != 0 ? month.substr(0, 4) != std::to_string(request.year())
                          : month < request.first_month() || month > request.last_month()) {
    return false;
  }
  std::string prefix = request.division_code();
  while (prefix.ends_with("00")) prefix.resize(prefix.size() - 2);
  const auto lies_in = [&](bool seller) {
    const std::string district = DistrictOf(contract, seller);
    return prefix.empty() ? seller || !district.empty() : !district.empty() && district.starts_with(prefix);
  };
  if (request.view() == v1::TOTALS_VIEW_ABSORPTION) return lies_in(false);
  return lies_in(true) || (request.view() == v1::TOTALS_VIEW_BOTH && lies_in(false));
}

v1::GetContractTotalsRequest RandomRequest(std::mt19937_64& random) {
  const auto pick = [&random](int bound) { return static_cast<int>(random() % static_cast<uint64_t>(bound)); };
  const char* const divisions[] = {"", "640105", "640104", "640202", "640100", "640000", "110108"};
  v1::GetContractTotalsRequest request;
  if (pick(2) == 0) {
    request.set_year(2021 + pick(2));
  } else {
    request.set_first_month("2021-07");
    request.set_last_month("2022-06");
  }
  request.set_division_code(divisions[pick(7)]);
  request.set_view(static_cast<v1::TotalsView>(pick(4)));
  for (int i = pick(3); i > 0; --i) {
    request.add_group_by(static_cast<v1::TotalsDimension>(1 + pick(v1::TotalsDimension_MAX)));
  }
  return request;
}

TEST(TotalsProperty, EveryCutAgreesWithBruteForce) {
  uint64_t seed = std::random_device()();
  if (const char* given = std::getenv("KECHUANG_SEED"); given != nullptr) {
    ASSERT_TRUE(absl::SimpleAtoi(given, &seed));
  }
  std::cout << "seed " << seed << " (set KECHUANG_SEED to repeat)" << std::endl;
  std::mt19937_64 random(seed);
  const std::vector<v1::Contract> contracts = RandomContracts(random, 1'500);
  const Cells cells = CellsOf(contracts);
  int answered = 0;
  for (int i = 0; i < 600; ++i) {
    const v1::GetContractTotalsRequest request = RandomRequest(random);
    const absl::StatusOr<TotalsPlan> plan = PlanTotals(request);
    if (!plan.ok()) continue;
    ++answered;
    std::map<std::vector<std::string>, v1::ContractTotals> expected;
    for (const v1::Contract& contract : contracts) {
      if (!IsCounted(contract, request)) continue;
      std::vector<std::string> values;
      for (const int dimension : request.group_by()) {
        values.push_back(GroupOf(contract, static_cast<v1::TotalsDimension>(dimension), request.division_code()));
      }
      v1::ContractTotals& totals = expected[values];
      totals.set_count(totals.count() + 1);
      totals.set_total_amount_fen(totals.total_amount_fen() + contract.total_amount_fen());
      totals.set_technical_amount_fen(totals.technical_amount_fen() + contract.technical_amount_fen());
      if (contract.state() != v1::CONTRACT_STATE_CANCELLED) continue;
      totals.set_cancelled_count(totals.cancelled_count() + 1);
      totals.set_cancelled_total_amount_fen(totals.cancelled_total_amount_fen() + contract.total_amount_fen());
      totals.set_cancelled_technical_amount_fen(totals.cancelled_technical_amount_fen() +
                                                contract.technical_amount_fen());
    }
    const v1::GetContractTotalsResponse response = Ask(cells, request);
    ASSERT_EQ(response.rows_size(), static_cast<int>(expected.size())) << seed << ": " << request.ShortDebugString();
    for (const v1::ContractTotals& row : response.rows()) {
      v1::ContractTotals& totals = expected[{row.group_values().begin(), row.group_values().end()}];
      *totals.mutable_group_values() = row.group_values();
      ASSERT_EQ(row.ShortDebugString(), totals.ShortDebugString()) << seed << ": " << request.ShortDebugString();
    }
  }
  EXPECT_GT(answered, 200);
}

}  // namespace
}  // namespace kechuang::contract
