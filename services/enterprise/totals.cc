#include "services/enterprise/totals.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include "common/domain/name_text.h"
#include "services/enterprise/certification_rules.h"
#include "services/enterprise/policy.h"

namespace kechuang::enterprise {
namespace {

// A count of holders on any day is kept as its changes: plus one on the first day of a stretch of days, minus one on
// the day after its last. The changes stand twice, by year and by day, so that the count on a day is the sum of the
// years before and of the days of its year: a few hundred cells, however many records there are.

// Changes in the number of enterprises that hold at least one technology class.
constexpr char kTechnologyByYear[] = "technology_change_year";
constexpr char kTechnologyByDay[] = "technology_change_day";
// Changes in the number of enterprises that hold the class.
constexpr char kHoldersByYear[] = "class_change_year";
constexpr char kHoldersByDay[] = "class_change_day";
// Recognitions issued on the day, all and those among them that are re-recognitions.
constexpr char kRecognitions[] = "recognition_day";
constexpr char kReRecognitions[] = "re_recognition_day";

constexpr char kByDivision[] = "division";
constexpr char kByClass[] = "class";
constexpr char kByDivisionAndClass[] = "division,class";

// Longest text of a key of a whole name, in bytes.
constexpr size_t kNameKeyBytesMax = 180;

// Days from the first to the last, both included; no end if there is no last.
struct Stretch {
  Day first;
  std::optional<Day> last;
};

bool EndsBefore(const std::optional<Day>& last, Day day) { return last.has_value() && *last < day; }

// The days of a period on which the enterprise is in business here; nothing if there are none.
std::optional<Stretch> CountedDays(const v1::Enterprise& enterprise, const v1::CertificationPeriod& period) {
  const absl::StatusOr<Day> first = Day::FromProto(period.valid_from());
  if (!first.ok()) return std::nullopt;
  Stretch stretch{*first, std::nullopt};
  for (const google::type::Date* end : {period.has_valid_to() ? &period.valid_to() : nullptr,
                                        enterprise.has_active_until() ? &enterprise.active_until() : nullptr}) {
    if (end == nullptr) continue;
    const absl::StatusOr<Day> last = Day::FromProto(*end);
    if (!last.ok()) return std::nullopt;
    if (!stretch.last.has_value() || *last < *stretch.last) stretch.last = *last;
  }
  if (EndsBefore(stretch.last, stretch.first)) return std::nullopt;
  return stretch;
}

// The same days as stretches that neither meet nor touch, in order.
std::vector<Stretch> Union(std::vector<Stretch> stretches) {
  std::sort(stretches.begin(), stretches.end(), [](const Stretch& a, const Stretch& b) { return a.first < b.first; });
  std::vector<Stretch> joined;
  for (const Stretch& next : stretches) {
    if (joined.empty() || EndsBefore(joined.back().last, next.first.AddDays(-1))) {
      joined.push_back(next);
    } else if (joined.back().last.has_value() && (!next.last.has_value() || *joined.back().last < *next.last)) {
      joined.back().last = next.last;
    }
  }
  return joined;
}

// Adds up what one enterprise adds, each cell once.
class Adder {
 public:
  // Technology enterprises are cut by division, everything else by division and class; all also without the division.
  explicit Adder(const v1::Enterprise& enterprise) : division_(enterprise.located_division_code().substr(0, 6)) {}

  void Add(const char* measure, const std::string& period, v1::CertificationClass certification_class, int64_t count) {
    const bool by_class = certification_class != v1::CERTIFICATION_CLASS_UNSPECIFIED;
    const std::string class_id = by_class ? ClassId(certification_class) : "";
    counts_[{measure, by_class ? kByClass : "", period, class_id}] += count;
    if (division_.empty()) return;
    if (by_class) {
      counts_[{measure, kByDivisionAndClass, period, absl::StrCat(division_, "|", class_id)}] += count;
    } else {
      counts_[{measure, kByDivision, period, division_}] += count;
    }
  }

  void AddChanges(const char* by_year, const char* by_day, v1::CertificationClass certification_class,
                  const std::vector<Stretch>& stretches) {
    for (const Stretch& stretch : Union(stretches)) {
      Add(by_year, stretch.first.YearPeriod(), certification_class, 1);
      Add(by_day, stretch.first.ToString(), certification_class, 1);
      if (!stretch.last.has_value()) continue;
      const Day after = stretch.last->AddDays(1);
      Add(by_year, after.YearPeriod(), certification_class, -1);
      Add(by_day, after.ToString(), certification_class, -1);
    }
  }

  std::vector<ledger::Contribution> Contributions() const {
    std::vector<ledger::Contribution> contributions;
    for (const auto& [cell, count] : counts_) {
      if (count == 0) continue;
      contributions.push_back({.cell = cell, .count = count, .distinct_key = ""});
    }
    return contributions;
  }

 private:
  std::string division_;
  std::map<ledger::Cell, int64_t> counts_;
};

// "640105", "6401" of 640100, "64" of 640000.
std::string DivisionPrefix(absl::string_view division) {
  while (division.size() > 2 && absl::ConsumeSuffix(&division, "00")) {
  }
  return std::string(division);
}

std::vector<ledger::TotalsQuery> ChangesUpTo(Day day, const char* by_year, const char* by_day, const char* grouping,
                                             absl::string_view division) {
  const std::string prefix = DivisionPrefix(division);
  std::vector<ledger::TotalsQuery> queries = {
      {by_day, grouping, Day::StartOfYear(day.Year()).ToString(), day.ToString(), prefix}};
  if (day.Year() > Day::kYearMin) {
    queries.push_back({by_year, grouping, Day::StartOfYear(Day::kYearMin).YearPeriod(),
                       Day::StartOfYear(day.Year() - 1).YearPeriod(), prefix});
  }
  return queries;
}

std::vector<ledger::TotalsQuery> YearUpTo(Day day, const char* measure, absl::string_view division) {
  return {{measure, division.empty() ? kByClass : kByDivisionAndClass, Day::StartOfYear(day.Year()).ToString(),
           day.ToString(), DivisionPrefix(division)}};
}

void AddParts(absl::string_view text, std::set<std::string>& keys) {
  for (const std::string& suffix : NameSuffixes(NormaliseName(text))) keys.insert(absl::StrCat("find:", suffix));
}

}  // namespace

std::vector<ledger::Contribution> EnterpriseTotals(const v1::Enterprise& enterprise) {
  if (enterprise.has_delete_time()) return {};
  Adder adder(enterprise);
  std::map<v1::CertificationClass, std::vector<Stretch>> by_class;
  std::vector<Stretch> technology;
  // Periods stand in the order of class and first day, so an earlier one of the class makes a re-recognition.
  for (const v1::CertificationPeriod& period : enterprise.certification_periods()) {
    const std::optional<Stretch> days = CountedDays(enterprise, period);
    if (!days.has_value()) continue;
    const v1::CertificationClass held = period.certification_class();
    const bool again = period.re_recognition() || by_class.contains(held);
    adder.Add(kRecognitions, days->first.ToString(), held, 1);
    if (again) adder.Add(kReRecognitions, days->first.ToString(), held, 1);
    by_class[held].push_back(*days);
    if (IsTechnologyClass(held)) technology.push_back(*days);
  }
  for (const auto& [held, stretches] : by_class) adder.AddChanges(kHoldersByYear, kHoldersByDay, held, stretches);
  adder.AddChanges(kTechnologyByYear, kTechnologyByDay, v1::CERTIFICATION_CLASS_UNSPECIFIED, technology);
  return adder.Contributions();
}

std::vector<std::string> EnterpriseKeys(const v1::Enterprise& enterprise) {
  if (enterprise.has_delete_time()) return {};
  std::set<std::string> keys = {absl::StrCat("code:", enterprise.credit_code()), NameKey(enterprise.enterprise_name())};
  AddParts(enterprise.credit_code(), keys);
  AddParts(enterprise.enterprise_name(), keys);
  for (const v1::FormerName& former : enterprise.former_names()) {
    keys.insert(NameKey(former.enterprise_name()));
    AddParts(former.enterprise_name(), keys);
  }
  return {keys.begin(), keys.end()};
}

std::vector<std::string> CertificationKeys(const v1::Certification& certification) {
  const std::string key = CertificateKey(certification);
  if (key.empty() || certification.state() == v1::CERTIFICATION_STATE_REVOKED) return {};
  return {key};
}

std::string NameKey(absl::string_view enterprise_name) {
  std::string key = absl::StrCat("name:", NormaliseName(enterprise_name));
  if (key.size() <= kNameKeyBytesMax) return key;
  size_t length = kNameKeyBytesMax;
  // A key ends at the end of a character: bytes 10xxxxxx continue one.
  while ((static_cast<unsigned char>(key[length]) & 0xC0) == 0x80) --length;
  key.resize(length);
  return key;
}

std::string FindPrefix(absl::string_view part) {
  const std::vector<std::string> suffixes = NameSuffixes(part);
  return absl::StrCat("find:", suffixes.empty() ? "" : suffixes.front());
}

std::vector<ledger::TotalsQuery> TechnologyEnterprisesOn(Day day, absl::string_view division) {
  return ChangesUpTo(day, kTechnologyByYear, kTechnologyByDay, division.empty() ? "" : kByDivision, division);
}

std::vector<ledger::TotalsQuery> ClassHoldersOn(Day day, absl::string_view division) {
  return ChangesUpTo(day, kHoldersByYear, kHoldersByDay, division.empty() ? kByClass : kByDivisionAndClass, division);
}

std::vector<ledger::TotalsQuery> RecognitionsUpTo(Day day, absl::string_view division) {
  return YearUpTo(day, kRecognitions, division);
}

std::vector<ledger::TotalsQuery> ReRecognitionsUpTo(Day day, absl::string_view division) {
  return YearUpTo(day, kReRecognitions, division);
}

v1::CertificationClass ClassOfCell(absl::string_view cell) {
  if (const size_t bar = cell.rfind('|'); bar != absl::string_view::npos) cell.remove_prefix(bar + 1);
  v1::CertificationClass certification_class = v1::CERTIFICATION_CLASS_UNSPECIFIED;
  v1::CertificationClass_Parse(absl::StrCat("CERTIFICATION_CLASS_", cell), &certification_class);
  return certification_class;
}

}  // namespace kechuang::enterprise
