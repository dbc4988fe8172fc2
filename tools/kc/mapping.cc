#include "tools/kc/mapping.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

#include "tools/kc/mapping_specs.h"

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

sheet::Layout KindSpec::Layout() const {
  sheet::Layout layout;
  layout.identity = identity;
  for (const Field& field : fields) layout.columns.push_back({field.key, field.aliases});
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
  switch (kind) {
    case ImportKind::kEnterprises:
      return FillEnterprise(options, state, reader,
                            *static_cast<enterprise::v1::ImportEnterprisesRow&>(row).mutable_enterprise());
    case ImportKind::kCertifications:
      return FillCertification(reader,
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
  return {"企业名称", "单位名称", "公司名称", "企业全称", "机构名称", "借款企业", "借款人", "名称", "Enterprise name"};
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
          "Credit code"};
}

std::vector<std::string> RemarkAliases() { return {"备注", "说明", "Remark"}; }

std::vector<std::string> SerialAliases() { return {"序号", "编次", "No.", "#"}; }

}  // namespace kechuang::kc
