#ifndef KECHUANG_SERVICES_ENTERPRISE_POLICY_H_
#define KECHUANG_SERVICES_ENTERPRISE_POLICY_H_

#include <optional>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

#include "common/domain/day.h"
#include "kechuang/enterprise/v1/certification.pb.h"

namespace kechuang::enterprise {

// How the last day of validity follows from the day of issue.
enum class Validity {
  kMonths,       // so many months, ending the day before the day of issue comes round
  kDayNextYear,  // until a fixed day of the next year
};

// One dated rule about a class, with the document it comes from. Numbers of law and policy stand here and nowhere else.
struct ValidityPolicy {
  v1::CertificationClass certification_class;
  absl::string_view valid_from;  // first day of issue to which it applies: "2016-01-01"
  Validity validity;
  int months;  // for kMonths
  int month;   // for kDayNextYear
  int day;     // for kDayNextYear
  absl::string_view source_document;
  bool verified;  // false until someone has checked the figures against the document
};

// Every rule held, those of one class in the order of valid_from.
absl::Span<const ValidityPolicy> ValidityPolicies();

// The last day on which a certification issued on that day holds, by the rule in force on it; nothing if no rule says.
std::optional<Day> ExpireDateByPolicy(v1::CertificationClass certification_class, Day issued);

// The classes that make an enterprise a technology enterprise (各类科技型企业), in the order of the enum. Totals are
// kept by this set: a change of it is a new measure, not an edit.
absl::Span<const v1::CertificationClass> TechnologyClasses();
bool IsTechnologyClass(v1::CertificationClass certification_class);

// True if certificate numbers of the class are given out singly, so that no two certifications share one. Numbers of
// other classes are often those of the document that announces a whole list.
bool NumbersAreUnique(v1::CertificationClass certification_class);

}  // namespace kechuang::enterprise

#endif  // KECHUANG_SERVICES_ENTERPRISE_POLICY_H_
