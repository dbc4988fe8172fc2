#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

#include "tools/kc/mapping.h"
#include "tools/sheet/refusal.h"

namespace kechuang::kc {
namespace {

// What a key means in English; the Chinese words are the first name of its column.
constexpr std::pair<absl::string_view, absl::string_view> kMeanings[] = {
    {"serial", "running number of the row; not taken in"},
    {"name", "name of the enterprise"},
    {"code", "unified social credit code, 18 characters"},
    {"organisation", "kind of organisation"},
    {"legal", "legal representative"},
    {"address", "address"},
    {"district", "county or district where it is, by name or code"},
    {"registered_district", "county or district where it is registered, by name or code"},
    {"township", "township or subdistrict"},
    {"industry", "industry, by code or name"},
    {"founded", "day of founding"},
    {"capital", "registered capital, an amount"},
    {"staff", "number of staff"},
    {"size", "size of the enterprise"},
    {"contact", "contact person"},
    {"phone", "telephone of the contact person"},
    {"remark", "remark"},
    {"tags", "tags, parted by commas"},
    {"class", "class of the certification or contract"},
    {"number", "number of the certificate or of the registration"},
    {"issued", "day of recognition"},
    {"expires", "last day of validity"},
    {"again", "whether recognised anew, yes or no"},
    {"pool", "name of the compensation pool"},
    {"id", "identifier"},
    {"contributor", "who paid into the pool"},
    {"amount", "amount of the loan or contribution"},
    {"day", "day of the contribution"},
    {"bank", "name of the bank"},
    {"short", "short names of the bank, parted by commas"},
    {"applied", "day of application"},
    {"disbursed", "day of payout"},
    {"due", "day when it is due"},
    {"rate", "interest rate, in percent"},
    {"term", "term, in months or years"},
    {"guarantee", "kind of guarantee"},
    {"balance", "outstanding balance, an amount"},
    {"overdue", "whether overdue, yes or no"},
    {"reversed", "day of reversal"},
    {"state", "state"},
    {"batch", "batch"},
    {"title", "name of the contract"},
    {"subclass", "subtype of the contract"},
    {"total", "whole amount of the contract"},
    {"technical", "amount of technology in it"},
    {"signed", "day of signing"},
    {"registered", "day of registration"},
    {"valid_from", "first day of validity"},
    {"valid_to", "last day of validity"},
    {"field", "field of technology"},
    {"ip", "kind of intellectual property"},
    {"objective", "socio-economic objective"},
    {"plan", "plan that it belongs to"},
    {"related", "whether between related parties, yes or no"},
    {"government", "whether of a government plan, yes or no"},
    {"registry", "division of the registry, by code"},
    {"seller", "name of the seller"},
    {"seller_code", "credit code of the seller"},
    {"seller_type", "party type of the seller, 3 or 4 digits"},
    {"seller_division", "county or district of the seller"},
    {"seller_address", "address of the seller"},
    {"seller_contact", "contact person of the seller"},
    {"seller_phone", "telephone of the seller"},
    {"buyer", "name of the buyer"},
    {"buyer_code", "credit code of the buyer"},
    {"buyer_type", "party type of the buyer, 3 or 4 digits"},
    {"buyer_division", "county or district of the buyer"},
    {"buyer_address", "address of the buyer"},
    {"buyer_contact", "contact person of the buyer"},
    {"buyer_phone", "telephone of the buyer"},
};

absl::string_view MeaningOf(absl::string_view key) {
  for (const auto& [known, meaning] : kMeanings) {
    if (known == key) return meaning;
  }
  return "";
}

}  // namespace

std::vector<KeyMeaning> KeysOf(ImportKind kind) {
  std::vector<KeyMeaning> keys;
  for (const Field& field : SpecOf(kind).fields) {
    keys.push_back({field.key, std::string(MeaningOf(field.key)), field.aliases.front()});
  }
  return keys;
}

absl::Status CheckChoices(ImportKind kind, const ColumnChoices& choices) {
  const KindSpec& spec = SpecOf(kind);
  for (const auto& [header, key] : choices) {
    if (key.empty() || !spec.TitleOf(key).empty()) continue;
    std::string keys;
    for (const Field& field : spec.fields) absl::StrAppend(&keys, keys.empty() ? "" : ", ", field.key);
    return sheet::Malformed(
        absl::StrCat("\"", key, "\", chosen for the column ", header, ", is no key of ", spec.word, "; there are ",
                     keys),
        absl::StrCat("为列“", header, "”选择的“", key, "”不是 ", spec.word, " 的字段；可选：", keys));
  }
  return absl::OkStatus();
}

}  // namespace kechuang::kc
