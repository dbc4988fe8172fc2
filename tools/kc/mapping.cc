#include "tools/kc/mapping.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

#include "common/domain/name_text.h"
#include "tools/kc/mapping_specs.h"
#include "tools/sheet/refusal.h"

namespace kechuang::kc {
namespace {

constexpr std::array<ImportKind, 6> kKinds{ImportKind::kEnterprises, ImportKind::kCertifications,
                                           ImportKind::kPools,       ImportKind::kBanks,
                                           ImportKind::kLoans,       ImportKind::kContracts};

KindSpec MakeSpec(ImportKind kind) {
  switch (kind) {
    case ImportKind::kEnterprises:
      return EnterprisesSpec();
    case ImportKind::kCertifications:
      return CertificationsSpec();
    case ImportKind::kPools:
      return PoolsSpec();
    case ImportKind::kBanks:
      return BanksSpec();
    case ImportKind::kLoans:
      return LoansSpec();
    case ImportKind::kContracts:
      break;
  }
  return ContractsSpec();
}

// How many steps two paths share, counted from their ends.
size_t SharedEnd(absl::string_view a, absl::string_view b) {
  const std::vector<absl::string_view> left = absl::StrSplit(a, '.');
  const std::vector<absl::string_view> right = absl::StrSplit(b, '.');
  size_t shared = 0;
  while (shared < left.size() && shared < right.size() &&
         left[left.size() - 1 - shared] == right[right.size() - 1 - shared]) {
    ++shared;
  }
  return shared;
}

}  // namespace

std::optional<ImportKind> ImportKindOf(absl::string_view word) {
  for (const ImportKind kind : kKinds) {
    if (SpecOf(kind).word == word) return kind;
  }
  return std::nullopt;
}

std::string ImportKindWords() {
  std::string words;
  for (const ImportKind kind : kKinds) absl::StrAppend(&words, words.empty() ? "" : ", ", SpecOf(kind).word);
  return words;
}

const KindSpec& SpecOf(ImportKind kind) {
  static const std::vector<KindSpec> specs = [] {
    std::vector<KindSpec> made;
    for (const ImportKind each : kKinds) made.push_back(MakeSpec(each));
    return made;
  }();
  return specs[static_cast<size_t>(kind)];
}

sheet::Layout KindSpec::Layout(const ColumnChoices& choices) const {
  sheet::Layout layout;
  layout.identity = identity;
  for (const Field& field : fields) layout.columns.push_back({field.key, field.aliases, field.inherits});
  for (const auto& [header, key] : choices) layout.overrides.emplace(NormaliseName(header), key);
  return layout;
}

const std::string& KindSpec::TitleOf(absl::string_view key) const {
  static const std::string kNone;
  for (const Field& field : fields) {
    if (field.key == key) return field.aliases.front();
  }
  return kNone;
}

std::string KindSpec::KeyOfPath(absl::string_view path) const {
  std::string key;
  size_t longest = 0;
  for (const Field& field : fields) {
    const size_t shared = field.path.empty() ? 0 : SharedEnd(field.path, path);
    if (shared <= longest) continue;
    longest = shared;
    key = field.key;
  }
  return key;
}

std::unique_ptr<google::protobuf::Message> NewRow(ImportKind kind) {
  switch (kind) {
    case ImportKind::kEnterprises:
    case ImportKind::kCertifications:
      return std::make_unique<enterprise::v1::ImportEnterprisesRow>();
    case ImportKind::kPools:
    case ImportKind::kBanks:
    case ImportKind::kLoans:
      return std::make_unique<loan::v1::ImportLoanRow>();
    case ImportKind::kContracts:
      break;
  }
  return std::make_unique<contract::v1::ImportContractRow>();
}

void FillRow(ImportKind kind, const MappingOptions& options, MappingState& state, RowReader& reader,
             google::protobuf::Message& row) {
  reader.CompareWith(state.units);
  switch (kind) {
    case ImportKind::kEnterprises:
      return FillEnterprise(options, state, reader,
                            *static_cast<enterprise::v1::ImportEnterprisesRow&>(row).mutable_enterprise());
    case ImportKind::kCertifications:
      return FillCertification(state, reader,
                               *static_cast<enterprise::v1::ImportEnterprisesRow&>(row).mutable_certification());
    case ImportKind::kPools:
      return FillPool(state, reader, *static_cast<loan::v1::ImportLoanRow&>(row).mutable_pool());
    case ImportKind::kBanks:
      return FillBank(reader, *static_cast<loan::v1::ImportLoanRow&>(row).mutable_bank());
    case ImportKind::kLoans:
      return FillLoan(options, state, reader, *static_cast<loan::v1::ImportLoanRow&>(row).mutable_loan());
    case ImportKind::kContracts:
      return FillContract(state, reader, *static_cast<contract::v1::ImportContractRow&>(row).mutable_contract());
  }
}

std::vector<std::string> EnterpriseNameAliases() {
  return {"企业名称",       "单位名称",     "公司名称",     "企业全称",
          "机构名称",       "借款企业",     "借款人",       "名称",
          "公司全称",       "单位全称",     "企业",         "公司",
          "申报单位",       "申报企业",     "企业名称全称", "企业(单位)名称",
          "单位(企业)名称", "企业单位名称", "市场主体名称", "经营主体名称",
          "纳税人名称",     "申请单位",     "申请企业",     "贷款企业",
          "借款单位",       "借款人名称",   "贷款企业名称", "借款企业名称",
          "被推荐企业",     "推荐企业",     "营业执照名称", "Enterprise name",
          "Company name"};
}

std::vector<std::string> CreditCodeAliases() {
  return {"统一社会信用代码",
          "信用代码",
          "社会信用代码",
          "统一信用代码",
          "税号",
          "纳税人识别号",
          "统一社会信用代码/税号",
          "企业统一社会信用代码",
          "统一社会信用代码证号",
          "社会统一信用代码",
          "统一社会信用代码(税号)",
          "企业信用代码",
          "单位信用代码",
          "统一代码",
          "营业执照号",
          "营业执照号码",
          "营业执照注册号",
          "纳税识别号",
          "统一社会信用编码",
          "社会信用代码证",
          "Credit code"};
}

std::vector<std::string> RemarkAliases() { return {"备注", "说明", "备注说明", "其他说明", "Remark"}; }

std::vector<std::string> SerialAliases() { return {"序号", "编次", "顺序号", "No.", "#"}; }

void MarkInheriting(KindSpec& spec, const std::vector<std::string>& keys) {
  for (Field& field : spec.fields) {
    field.inherits = field.inherits || std::find(keys.begin(), keys.end(), field.key) != keys.end();
  }
}

// A list names one firm by its full name and by a shorter one; only a person knows whether they are one.
void WarnOfNearName(MappingState& state, RowReader& reader, absl::string_view key, absl::string_view name,
                    absl::string_view code) {
  std::string stem = NormaliseName(name);
  for (const char* form : {"股份有限公司", "有限责任公司", "有限公司", "公司"}) {
    if (!absl::EndsWith(stem, form)) continue;
    stem.resize(stem.size() - absl::string_view(form).size());
    break;
  }
  if (stem.empty()) return;
  if (state.names.size() >= MappingState::kNamesKept && !state.names.contains(stem)) return;
  const auto [entry, fresh] =
      state.names.try_emplace(stem, NamedPlace{std::string(name), std::string(code), reader.Place()});
  const NamedPlace& first = entry->second;
  if (fresh || NormaliseName(first.name) == NormaliseName(name)) return;
  const bool same_code = !code.empty() && code == first.code;
  reader.Warn(
      key, sheet::Malformed(
               absl::StrCat(name, " and ", first.name, " in ", reader.PlaceInEnglish(first.place),
                            same_code ? " have one credit code and two names; check the name"
                                      : " differ by their legal form only; they are taken for two, check whether they "
                                        "are one"),
               absl::StrCat(name, " 与", reader.PlaceInChinese(first.place), "的 ", first.name,
                            same_code ? " 信用代码相同而名称不同，请核对名称"
                                      : " 只差企业组织形式，按两家处理，请核对是否为同一企业")));
}

}  // namespace kechuang::kc
