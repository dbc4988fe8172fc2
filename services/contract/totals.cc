#include "services/contract/totals.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"

#include "common/domain/day.h"
#include "services/contract/life_cycle.h"

namespace kechuang::contract {
namespace {

constexpr absl::string_view kChina = "142";  // customs country code

bool IsForeign(const v1::Party& party) { return !party.country_code().empty() && party.country_code() != kChina; }

// Where the parties are, as the totals see it. Regions are what groups are called; districts hold cells, and are empty
// for a party abroad or nowhere.
struct Places {
  std::string seller_region;
  std::string buyer_region;
  std::string seller_district;
  std::string buyer_district;
};

Places PlacesOf(const v1::Contract& contract) {
  Places places;
  if (IsForeign(contract.seller())) {
    places.seller_region = absl::StrCat("country:", contract.seller().country_code());
  } else {
    // A seller applies to the registry at its own place, so history that does not state the place says it all the same.
    places.seller_district = contract.seller().division_code().empty() ? contract.registry_division_code()
                                                                       : contract.seller().division_code();
    places.seller_region = places.seller_district;
  }
  if (IsForeign(contract.buyer())) {
    places.buyer_region = absl::StrCat("country:", contract.buyer().country_code());
  } else {
    places.buyer_district = contract.buyer().division_code();
    places.buyer_region = places.buyer_district;
  }
  return places;
}

// The heads of the cells that hold the contract: "640105|OUTPUT|VALID". One for the seller's district, always, so that
// every contract stands somewhere once; one for the buyer's, if that is another and known.
std::vector<std::string> HeadsOf(const v1::Contract& contract, const Places& places) {
  const absl::string_view standing = contract.state() == v1::CONTRACT_STATE_CANCELLED ? "CANCELLED" : "VALID";
  if (!places.buyer_district.empty() && places.buyer_district == places.seller_district) {
    return {absl::StrCat(places.seller_district, "|LOCAL|", standing)};
  }
  const absl::string_view direction = places.buyer_region.empty() ? "UNKNOWN" : "OUTPUT";
  std::vector<std::string> heads = {absl::StrCat(places.seller_district, "|", direction, "|", standing)};
  if (!places.buyer_district.empty()) {
    heads.push_back(absl::StrCat(places.buyer_district, "|ABSORPTION|", standing));
  }
  return heads;
}

// Enum names without prefix; empty for the value 0.
std::string ClassText(const v1::Contract& contract) {
  if (contract.contract_class() == v1::CONTRACT_CLASS_UNSPECIFIED) return "";
  return std::string(absl::StripPrefix(v1::ContractClass_Name(contract.contract_class()), "CONTRACT_CLASS_"));
}
std::string FieldText(const v1::Contract& contract) {
  if (contract.technology_field() == v1::TECHNOLOGY_FIELD_UNSPECIFIED) return "";
  return std::string(absl::StripPrefix(v1::TechnologyField_Name(contract.technology_field()), "TECHNOLOGY_FIELD_"));
}
std::string IpText(const v1::Contract& contract) {
  if (contract.ip_type() == v1::IP_TYPE_UNSPECIFIED) return "";
  return std::string(absl::StripPrefix(v1::IpType_Name(contract.ip_type()), "IP_TYPE_"));
}

// Every grouping that is kept, with the contract's values in it: none, each dimension, each pair of the first five in
// this order, and the regions alone.
std::vector<std::pair<std::string, std::string>> GroupsOf(const v1::Contract& contract, const Places& places) {
  const std::vector<std::pair<std::string, std::string>> dimensions = {{"class", ClassText(contract)},
                                                                       {"technology_field", FieldText(contract)},
                                                                       {"ip_type", IpText(contract)},
                                                                       {"seller_type", contract.seller().party_type()},
                                                                       {"buyer_type", contract.buyer().party_type()}};
  std::vector<std::pair<std::string, std::string>> groups = {{"", ""}};
  for (size_t i = 0; i < dimensions.size(); ++i) {
    groups.emplace_back(dimensions[i].first, absl::StrCat("|", dimensions[i].second));
    for (size_t j = i + 1; j < dimensions.size(); ++j) {
      groups.emplace_back(absl::StrCat(dimensions[i].first, ",", dimensions[j].first),
                          absl::StrCat("|", dimensions[i].second, "|", dimensions[j].second));
    }
  }
  groups.emplace_back("seller_region", absl::StrCat("|", places.seller_region));
  groups.emplace_back("buyer_region", absl::StrCat("|", places.buyer_region));
  return groups;
}

}  // namespace

std::vector<ledger::Contribution> ContractContribution(const v1::Contract& contract) {
  std::vector<ledger::Contribution> contributions;
  ledger::Contribution by_state;
  by_state.cell = {std::string(kStateMeasure), "state", "", std::string(StateText(contract.state()))};
  by_state.count = 1;
  contributions.push_back(std::move(by_state));

  const std::optional<Day> registered = Day::IfSet(contract.registration_date());
  const bool counts =
      contract.state() == v1::CONTRACT_STATE_REGISTERED || contract.state() == v1::CONTRACT_STATE_CANCELLED;
  if (!counts || !registered.has_value()) return contributions;
  const Places places = PlacesOf(contract);
  const std::vector<std::pair<std::string, std::string>> groups = GroupsOf(contract, places);
  const std::vector<std::string> heads = HeadsOf(contract, places);
  const std::string period = registered->MonthPeriod();
  contributions.reserve(1 + heads.size() * groups.size());
  for (const std::string& head : heads) {
    for (const auto& [grouping, values] : groups) {
      ledger::Contribution contribution;
      contribution.cell = {std::string(kRegisteredMeasure), grouping, period, absl::StrCat(head, values)};
      contribution.count = 1;
      contribution.amount_fen = contract.total_amount_fen();
      contribution.part_fen = contract.technical_amount_fen();
      contributions.push_back(std::move(contribution));
    }
  }
  return contributions;
}

}  // namespace kechuang::contract
