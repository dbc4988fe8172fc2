#ifndef KECHUANG_SERVICES_ENTERPRISE_TOTALS_H_
#define KECHUANG_SERVICES_ENTERPRISE_TOTALS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

#include "common/domain/day.h"
#include "common/ledger/total.h"
#include "kechuang/enterprise/v1/certification.pb.h"
#include "kechuang/enterprise/v1/enterprise.pb.h"

namespace kechuang::enterprise {

// What an enterprise adds to the totals, all of it from the periods on its record, so that a move, an end or a deletion
// of the enterprise moves the counts of its certifications with it. A day counts if the class holds and the enterprise
// is in business here on it; a deleted enterprise counts on no day. See the measures in totals.cc.
std::vector<ledger::Contribution> EnterpriseTotals(const v1::Enterprise& enterprise);

// Keys by which an enterprise is found: its code, its names, and every part of them. None while it is deleted.
std::vector<std::string> EnterpriseKeys(const v1::Enterprise& enterprise);
// The key of its number, unless it was revoked: a number entered under the wrong enterprise is free again.
std::vector<std::string> CertificationKeys(const v1::Certification& certification);

// The key of an exact name; names beyond its length share one, so the finder compares the names themselves.
std::string NameKey(absl::string_view enterprise_name);
// The beginning of the keys that hold this part of a name or code. part is normalised already and not empty.
std::string FindPrefix(absl::string_view part);

// Which cells add up to a figure; the sum of their counts is the figure. division is a code of 6 digits, whose trailing
// 00 takes in all below it, or empty for all. Cells of figures by class end in the class: "HNTE" or "640105|HNTE".
std::vector<ledger::TotalsQuery> TechnologyEnterprisesOn(Day day, absl::string_view division);
std::vector<ledger::TotalsQuery> ClassHoldersOn(Day day, absl::string_view division);
// From 1 January of the day's year to the day.
std::vector<ledger::TotalsQuery> RecognitionsUpTo(Day day, absl::string_view division);
std::vector<ledger::TotalsQuery> ReRecognitionsUpTo(Day day, absl::string_view division);

// The class that the last part of a cell names; unspecified if it names none.
v1::CertificationClass ClassOfCell(absl::string_view cell);

}  // namespace kechuang::enterprise

#endif  // KECHUANG_SERVICES_ENTERPRISE_TOTALS_H_
