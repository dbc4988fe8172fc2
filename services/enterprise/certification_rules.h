#ifndef KECHUANG_SERVICES_ENTERPRISE_CERTIFICATION_RULES_H_
#define KECHUANG_SERVICES_ENTERPRISE_CERTIFICATION_RULES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "common/domain/day.h"
#include "kechuang/enterprise/v1/certification.pb.h"
#include "kechuang/enterprise/v1/enterprise.pb.h"

namespace kechuang::enterprise {

// What may happen to certifications. Every function is pure. A certification and the period that stands for it on its
// enterprise change together, so the functions give both.

struct Certified {
  v1::Enterprise enterprise;
  v1::Certification certification;
};

struct Renewed {
  v1::Enterprise enterprise;
  v1::Certification old;
  v1::Certification renewal;
};

// "HNTE": the class without the prefix of its enum.
std::string ClassId(v1::CertificationClass certification_class);

// The key under which the number is found, "certificate:HNTE|GR202264000001"; empty if numbers of the class are not
// unique or the certification has none.
std::string CertificateKey(const v1::Certification& certification);
// CERTIFICATE_NUMBER_TAKEN if a certification other than this one is among the holders of its number.
absl::Status CheckNumberIsFree(const v1::Certification& certification, const std::vector<std::string>& holders);

// A recognition of the enterprise: the certification gets its name, its end by policy if it gives none, and the state
// VALID. RECORD_DELETED, ENTERPRISE_NOT_ACTIVE, CERTIFICATE_NUMBER_MALFORMED, DATE_IN_FUTURE, DATE_ORDER,
// CERTIFICATION_OVERLAPS.
absl::StatusOr<Certified> Grant(v1::Enterprise enterprise, v1::Certification certification, Day today);

// The certification old followed by one of the same class with the number and dates of renewal. The old one ends the
// day before the new one begins, if it has not ended before. As Grant, and CERTIFICATION_CLOSED if old is not VALID.
absl::StatusOr<Renewed> Renew(v1::Enterprise enterprise, v1::Certification old, v1::Certification renewal, Day today);

// The certification withdrawn as from a day on which it still held, or the day after its last. From its day of issue,
// it never held. CERTIFICATION_CLOSED, DATE_IN_FUTURE, DATE_ORDER, RECORD_DELETED.
absl::StatusOr<Certified> Revoke(v1::Enterprise enterprise, v1::Certification certification, Day day,
                                 absl::string_view reason, Day today);

// The name of the certification that a row of a file means: of the same class and number, or, where either lacks a
// number, of the same class and day of issue. Empty if the enterprise has none such.
std::string HeldCertification(const v1::Enterprise& enterprise, const v1::Certification& row);

// A certification of the past, taken as fact: as Grant, but whether the enterprise is in business now does not matter.
absl::StatusOr<Certified> EnterPast(v1::Enterprise enterprise, v1::Certification row, Day today);

// The certification as held, with what a row of a file says on top of cleared, which is held without the fields that
// the row clears: empty fields change nothing. CERTIFICATION_CLOSED if that would change days of one that was renewed
// or revoked; otherwise as Grant.
absl::StatusOr<Certified> MergeRow(v1::Enterprise enterprise, const v1::Certification& held,
                                   const v1::Certification& cleared, const v1::Certification& row, Day today);

// Undoes what one imported row did to the periods of an enterprise that was changed since: makes enterprise what it
// would be had before not become after. False if the row changed anything but periods, or a period that was changed
// since.
bool UndoPeriods(v1::Enterprise& enterprise, const v1::Enterprise& before, const v1::Enterprise& after);

}  // namespace kechuang::enterprise

#endif  // KECHUANG_SERVICES_ENTERPRISE_CERTIFICATION_RULES_H_
