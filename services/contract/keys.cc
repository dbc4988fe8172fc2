#include "services/contract/keys.h"

#include <initializer_list>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

#include "common/base/sha256.h"
#include "common/domain/day.h"
#include "common/domain/name_text.h"

namespace kechuang::contract {
namespace {

// Hash of the parts, each with its length before it, so that no two lists of parts run together.
std::string HashOf(std::initializer_list<std::string> parts) {
  std::string text;
  for (const std::string& part : parts) absl::StrAppend(&text, part.size(), ":", part);
  return Sha256Hex(text);
}

std::string IdentityOf(const v1::Party& party) {
  return party.credit_code().empty() ? NormaliseName(party.party_name()) : party.credit_code();
}

bool IsLookedFor(v1::ContractState state) {
  switch (state) {
    case v1::CONTRACT_STATE_SUBMITTED:
    case v1::CONTRACT_STATE_ACCEPTED:
    case v1::CONTRACT_STATE_SUPPLEMENTING:
    case v1::CONTRACT_STATE_EXPERT_REVIEW:
    case v1::CONTRACT_STATE_REGISTERED:
    case v1::CONTRACT_STATE_CANCELLED:
      return true;
    default:
      return false;
  }
}

}  // namespace

std::string NumberKey(absl::string_view registration_number) {
  return absl::StrCat(registration_number.size() == 16 ? "number:" : "old_number:", registration_number);
}

std::string NumberPrefix(int year, absl::string_view registry_division_code) {
  return absl::StrFormat("number:%04d%s", year, registry_division_code);
}

std::string TwinKey(const v1::Contract& contract) {
  const std::string seller = IdentityOf(contract.seller());
  const std::string buyer = IdentityOf(contract.buyer());
  const std::string title = NormaliseName(contract.contract_name());
  const std::optional<Day> day = Day::IfSet(contract.signing_date());
  if (seller.empty() || buyer.empty() || title.empty() || !day.has_value()) return "";
  return absl::StrCat("twin:", HashOf({seller, buyer, title, day->ToString()}));
}

std::string AlikeKey(const v1::Contract& contract) {
  const std::string title = NormaliseName(contract.contract_name());
  const std::optional<Day> day = Day::IfSet(contract.signing_date());
  if (title.empty() || !contract.has_total_amount_fen() || !day.has_value()) return "";
  return absl::StrCat("alike:", HashOf({title, absl::StrCat(contract.total_amount_fen()), day->ToString()}));
}

std::vector<std::string> ContractKeys(const v1::Contract& contract) {
  std::vector<std::string> keys;
  if (!contract.registration_number().empty()) keys.push_back(NumberKey(contract.registration_number()));
  if (!IsLookedFor(contract.state())) return keys;
  for (std::string key : {TwinKey(contract), AlikeKey(contract)}) {
    if (!key.empty()) keys.push_back(std::move(key));
  }
  return keys;
}

}  // namespace kechuang::contract
