#include "services/enterprise/policy.h"

#include "absl/algorithm/container.h"

namespace kechuang::enterprise {
namespace {

constexpr ValidityPolicy kValidityPolicies[] = {
    {v1::CERTIFICATION_CLASS_HNTE, "2008-01-01", Validity::kMonths, 36, 0, 0, "国科发火〔2016〕32号", false},
    {v1::CERTIFICATION_CLASS_TECH_SME, "2017-01-01", Validity::kDayNextYear, 0, 3, 31, "国科发政〔2017〕115号", false},
    {v1::CERTIFICATION_CLASS_INNOVATIVE_SME, "2022-08-01", Validity::kMonths, 36, 0, 0, "工信部企业〔2022〕63号",
     false},
    {v1::CERTIFICATION_CLASS_SPECIALIZED_SOPHISTICATED_NEW, "2022-08-01", Validity::kMonths, 36, 0, 0,
     "工信部企业〔2022〕63号", false},
    {v1::CERTIFICATION_CLASS_SPECIALIZED_LITTLE_GIANT, "2022-08-01", Validity::kMonths, 36, 0, 0,
     "工信部企业〔2022〕63号", false},
};

constexpr v1::CertificationClass kTechnologyClasses[] = {
    v1::CERTIFICATION_CLASS_HNTE,
    v1::CERTIFICATION_CLASS_TECH_SME,
    v1::CERTIFICATION_CLASS_REGIONAL_TECH_SME,
    v1::CERTIFICATION_CLASS_TECH_LITTLE_GIANT,
    v1::CERTIFICATION_CLASS_AGRI_HIGH_TECH_ENTERPRISE,
    v1::CERTIFICATION_CLASS_FLEDGLING,
    v1::CERTIFICATION_CLASS_GAZELLE,
};

}  // namespace

absl::Span<const ValidityPolicy> ValidityPolicies() { return kValidityPolicies; }

std::optional<Day> ExpireDateByPolicy(v1::CertificationClass certification_class, Day issued) {
  std::optional<Day> expires;
  for (const ValidityPolicy& policy : kValidityPolicies) {
    if (policy.certification_class != certification_class || issued.ToString() < policy.valid_from) continue;
    if (policy.validity == Validity::kMonths) {
      expires = issued.AddMonths(policy.months).AddDays(-1);
    } else if (const absl::StatusOr<Day> day = Day::Of(issued.Year() + 1, policy.month, policy.day); day.ok()) {
      expires = *day;
    }
  }
  return expires;
}

absl::Span<const v1::CertificationClass> TechnologyClasses() { return kTechnologyClasses; }

bool IsTechnologyClass(v1::CertificationClass certification_class) {
  return absl::c_linear_search(kTechnologyClasses, certification_class);
}

bool NumbersAreUnique(v1::CertificationClass certification_class) {
  return certification_class == v1::CERTIFICATION_CLASS_HNTE || certification_class == v1::CERTIFICATION_CLASS_TECH_SME;
}

}  // namespace kechuang::enterprise
