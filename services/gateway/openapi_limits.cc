#include "services/gateway/openapi_limits.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

#include "kechuang/api/v1/options.pb.h"

namespace kechuang::gateway {
namespace {

// As common/rpc/validate.cc has them; a test holds every text and list of the document against that.
constexpr int64_t kFenMax = 9'000'000'000'000'000;
constexpr int kLengthDefault = 200;
constexpr int kListArgumentLength = 4000;
constexpr int kItemsDefault = 1000;

absl::string_view FormOf(api::v1::Format format) {
  switch (format) {
    case api::v1::FORMAT_CREDIT_CODE:
      return "[0-9A-HJ-NPQRTUWXY]{18}";
    case api::v1::FORMAT_DIVISION_CODE:
      return "[0-9]{6}";
    case api::v1::FORMAT_INDUSTRY_CODE:
      return "[A-T]?[0-9]{2,4}";
    case api::v1::FORMAT_REQUEST_ID:
      return "[A-Za-z0-9._:-]{1,64}";
    case api::v1::FORMAT_REGISTRATION_NUMBER:
      return "([0-9]{14}|[0-9]{16})";
    default:
      return "";
  }
}

// "contracts/[A-Za-z0-9._~-]{1,64}" for "contracts/{contract}".
std::string FormOfName(absl::string_view pattern) {
  std::vector<std::string> segments;
  for (const absl::string_view segment : absl::StrSplit(pattern, '/')) {
    segments.emplace_back(absl::StartsWith(segment, "{") ? IdForm() : segment);
  }
  return absl::StrJoin(segments, "/");
}

std::string FormOf(const std::vector<std::string>& resource_patterns) {
  std::vector<std::string> forms;
  for (const std::string& pattern : resource_patterns) forms.push_back(FormOfName(pattern));
  return forms.size() == 1 ? forms.front() : absl::StrCat("(", absl::StrJoin(forms, "|"), ")");
}

}  // namespace

absl::string_view IdForm() { return "[A-Za-z0-9._~-]{1,64}"; }

Limits LimitsOf(const google::protobuf::FieldDescriptor& field, const std::vector<std::string>& resource_patterns) {
  const api::v1::FieldRules& rules = field.options().GetExtension(api::v1::field);
  const std::string& name = field.name();
  Limits limits;
  const bool money = absl::EndsWith(name, "_fen");
  if (money || absl::EndsWith(name, "_ppm") || absl::EndsWith(name, "_days")) limits.minimum = 0;
  if (money) limits.maximum = kFenMax;
  if (rules.has_minimum()) limits.minimum = rules.minimum();
  if (rules.has_maximum()) limits.maximum = rules.maximum();
  const bool list_argument = name == "filter" || name == "order_by" || name == "page_token";
  limits.length_max = list_argument ? kListArgumentLength : kLengthDefault;
  if (rules.max_length() > 0) limits.length_max = rules.max_length();
  limits.items_max = rules.max_items() > 0 ? rules.max_items() : kItemsDefault;
  limits.form = resource_patterns.empty() ? std::string(FormOf(rules.format())) : FormOf(resource_patterns);
  return limits;
}

}  // namespace kechuang::gateway
