#include "services/enterprise/certification_rules.h"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/domain/credit_code.h"
#include "kechuang/enterprise/v1/reasons.pb.h"
#include "services/enterprise/policy.h"
#include "services/enterprise/rules.h"

namespace kechuang::enterprise {
namespace {

absl::Status NumberMalformed(absl::string_view number) {
  Faults faults;
  faults.Add("certification.certificate_number", v1::CERTIFICATE_NUMBER_MALFORMED,
             absl::StrCat("'", number, "' is no number of a high-tech enterprise: GR or GF and 12 digits, such as ",
                          "GR202264000001"),
             absl::StrCat("“", number, "” 不是高新技术企业证书编号：应为 GR 或 GF 加 12 位数字，如 GR202264000001"));
  return faults.status();
}

absl::Status EndBeforeBeginning(Day issued, Day expires) {
  Faults faults;
  faults.Add("certification.expire_date", v1::DATE_ORDER,
             absl::StrCat("the validity ends on ", expires.ToString(), ", before its beginning on ", issued.ToString()),
             absl::StrCat("有效期至 ", expires.ToString(), " 早于认定日期 ", issued.ToString()));
  return faults.status();
}

absl::Status RenewalTooEarly(Day issued, Day old_issued) {
  Faults faults;
  faults.Add(
      "issue_date", v1::DATE_ORDER,
      absl::StrCat("the renewal of ", issued.ToString(), " has to come after the old issue of ", old_issued.ToString()),
      absl::StrCat("重新认定日期 ", issued.ToString(), " 应晚于原认定日期 ", old_issued.ToString()));
  return faults.status();
}

absl::Status RevokedOutsidePeriod(Day day, const v1::Certification& certification, Day first) {
  Faults faults;
  faults.Add(
      "revoked_date", v1::DATE_ORDER,
      absl::StrCat(day.ToString(), " is no day on which ", certification.name(), " holds: it begins on ",
                   first.ToString(), " and may have ended before"),
      absl::StrCat(day.ToString(), " 不在 ", certification.name(), " 的有效期内：认定日期为 ", first.ToString()));
  return faults.status();
}

absl::Status Overlaps(const v1::Enterprise& enterprise, const v1::CertificationPeriod& held, absl::string_view asked) {
  return Refuse(absl::StatusCode::kFailedPrecondition, v1::CERTIFICATION_OVERLAPS)
      .About(enterprise.name())
      .With("certification", held.certification())
      .Says(absl::StrCat(enterprise.name(), " holds ", ClassId(held.certification_class()), " already on some days of ",
                         asked, ": ", held.certification()),
            absl::StrCat(enterprise.enterprise_name(), " 在 ", asked, " 期间已有同类资质：", held.certification()));
}

absl::Status Closed(const v1::Certification& certification) {
  return Refuse(absl::StatusCode::kFailedPrecondition, v1::CERTIFICATION_CLOSED)
      .About(certification.name())
      .With("state", v1::CertificationState_Name(certification.state()))
      .Says(absl::StrCat(certification.name(), " is closed: its state is ",
                         v1::CertificationState_Name(certification.state())),
            absl::StrCat(certification.name(), " 已",
                         certification.state() == v1::CERTIFICATION_STATE_RENEWED ? "重新认定" : "撤销", "，不能再改"));
}

// The days of a certification; without a last day it has no end. Void if the last lies before the first.
struct Span {
  Day first;
  std::optional<Day> last;
  bool IsVoid() const { return last.has_value() && *last < first; }
  bool Meets(const Span& other) const {
    return (!last.has_value() || other.first <= *last) && (!other.last.has_value() || first <= *other.last);
  }
};

absl::StatusOr<Span> SpanOf(const google::type::Date& first, bool has_last, const google::type::Date& last) {
  Span span;
  ASSIGN_OR_RETURN(span.first, Day::FromProto(first));
  if (has_last) {
    ASSIGN_OR_RETURN(const Day day, Day::FromProto(last));
    span.last = day;
  }
  return span;
}

absl::StatusOr<Span> SpanOf(const v1::CertificationPeriod& period) {
  return SpanOf(period.valid_from(), period.has_valid_to(), period.valid_to());
}

absl::StatusOr<Span> SpanOf(const v1::Certification& certification) {
  return SpanOf(certification.issue_date(), certification.has_end_date(), certification.end_date());
}

std::string ToString(const Span& span) {
  return absl::StrCat(span.first.ToString(), "/", span.last.has_value() ? span.last->ToString() : "");
}

// One recognised period per enterprise and class at a time.
absl::Status CheckNoOverlap(const v1::Enterprise& enterprise, const v1::Certification& certification) {
  ASSIGN_OR_RETURN(const Span asked, SpanOf(certification));
  for (const v1::CertificationPeriod& period : enterprise.certification_periods()) {
    if (period.certification_class() != certification.certification_class()) continue;
    if (period.certification() == certification.name()) continue;
    ASSIGN_OR_RETURN(const Span held, SpanOf(period));
    if (!held.IsVoid() && asked.Meets(held)) return Overlaps(enterprise, period, ToString(asked));
  }
  return absl::OkStatus();
}

bool IsHnteNumber(absl::string_view number) {
  if (number.size() != 14 || (!absl::StartsWith(number, "GR") && !absl::StartsWith(number, "GF"))) return false;
  return std::all_of(number.begin() + 2, number.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The number in its plain form, checked; the end by policy where none is given; the days in order.
absl::Status Tidy(v1::Certification& certification, Day today) {
  const bool hnte = certification.certification_class() == v1::CERTIFICATION_CLASS_HNTE;
  std::string number = NumbersAreUnique(certification.certification_class())
                           ? NormaliseCode(certification.certificate_number())
                           : std::string(absl::StripAsciiWhitespace(certification.certificate_number()));
  if (hnte && !number.empty() && !IsHnteNumber(number)) return NumberMalformed(number);
  certification.set_certificate_number(std::move(number));
  ASSIGN_OR_RETURN(const Day issued, Day::FromProto(certification.issue_date()));
  RETURN_IF_ERROR(CheckNotInFuture("certification.issue_date", issued, today));
  if (!certification.has_expire_date()) {
    const std::optional<Day> expires = ExpireDateByPolicy(certification.certification_class(), issued);
    if (expires.has_value()) *certification.mutable_expire_date() = expires->ToProto();
  }
  if (!certification.has_expire_date()) {
    certification.clear_end_date();
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const Day expires, Day::FromProto(certification.expire_date()));
  if (expires < issued) return EndBeforeBeginning(issued, expires);
  *certification.mutable_end_date() = expires.ToProto();
  return absl::OkStatus();
}

bool HasPeriodOf(const v1::Enterprise& enterprise, absl::string_view certification) {
  return std::any_of(enterprise.certification_periods().begin(), enterprise.certification_periods().end(),
                     [&](const v1::CertificationPeriod& period) { return period.certification() == certification; });
}

// "enterprises/X/certifications/hnte-20221104", with "-2" and so on if a revoked one bears that name.
absl::StatusOr<std::string> NewName(const v1::Enterprise& enterprise, const v1::Certification& certification) {
  ASSIGN_OR_RETURN(const Day issued, Day::FromProto(certification.issue_date()));
  const std::string class_id = absl::StrReplaceAll(ClassId(certification.certification_class()), {{"_", "-"}});
  const std::string plain = absl::StrCat(enterprise.name(), "/certifications/", absl::AsciiStrToLower(class_id), "-",
                                         absl::StrReplaceAll(issued.ToString(), {{"-", ""}}));
  std::string name = plain;
  for (int next = 2; HasPeriodOf(enterprise, name); ++next) name = absl::StrCat(plain, "-", next);
  return name;
}

auto Order(const v1::CertificationPeriod& period) {
  const google::type::Date& from = period.valid_from();
  return std::tuple(static_cast<int>(period.certification_class()), from.year(), from.month(), from.day(),
                    period.certification());
}

// Makes the enterprise's period of this certification say what the certification says.
void SetPeriod(v1::Enterprise& enterprise, const v1::Certification& certification) {
  auto& periods = *enterprise.mutable_certification_periods();
  auto found = std::find_if(periods.begin(), periods.end(), [&](const v1::CertificationPeriod& period) {
    return period.certification() == certification.name();
  });
  v1::CertificationPeriod& period = found == periods.end() ? *periods.Add() : *found;
  period.set_certification_class(certification.certification_class());
  period.set_certification(certification.name());
  period.set_certificate_number(certification.certificate_number());
  *period.mutable_valid_from() = certification.issue_date();
  period.clear_valid_to();
  if (certification.has_end_date()) *period.mutable_valid_to() = certification.end_date();
  period.set_re_recognition(certification.re_recognition());
  std::sort(periods.begin(), periods.end(),
            [](const v1::CertificationPeriod& a, const v1::CertificationPeriod& b) { return Order(a) < Order(b); });
}

}  // namespace

std::string ClassId(v1::CertificationClass certification_class) {
  return std::string(absl::StripPrefix(v1::CertificationClass_Name(certification_class), "CERTIFICATION_CLASS_"));
}

std::string CertificateKey(const v1::Certification& certification) {
  const std::string number = NormaliseCode(certification.certificate_number());
  if (number.empty() || !NumbersAreUnique(certification.certification_class())) return "";
  return absl::StrCat("certificate:", ClassId(certification.certification_class()), "|", number.substr(0, 120));
}

absl::Status CheckNumberIsFree(const v1::Certification& certification, const std::vector<std::string>& holders) {
  for (const std::string& holder : holders) {
    if (holder == certification.name()) continue;
    return Refuse(absl::StatusCode::kAlreadyExists, v1::CERTIFICATE_NUMBER_TAKEN)
        .About(holder)
        .With("certificate_number", certification.certificate_number())
        .Says(absl::StrCat("the number ", certification.certificate_number(), " belongs to ", holder),
              absl::StrCat("证书编号 ", certification.certificate_number(), " 已属于 ", holder));
  }
  return absl::OkStatus();
}

absl::StatusOr<Certified> Grant(v1::Enterprise enterprise, v1::Certification certification, Day today) {
  RETURN_IF_ERROR(CheckNotDeleted(enterprise));
  RETURN_IF_ERROR(CheckActive(enterprise));
  return EnterPast(std::move(enterprise), std::move(certification), today);
}

absl::StatusOr<Renewed> Renew(v1::Enterprise enterprise, v1::Certification old, v1::Certification renewal, Day today) {
  if (old.state() != v1::CERTIFICATION_STATE_VALID) return Closed(old);
  ASSIGN_OR_RETURN(const Day old_issued, Day::FromProto(old.issue_date()));
  ASSIGN_OR_RETURN(const Day issued, Day::FromProto(renewal.issue_date()));
  if (issued <= old_issued) return RenewalTooEarly(issued, old_issued);
  ASSIGN_OR_RETURN(const Span old_span, SpanOf(old));
  if (!old_span.last.has_value() || issued <= *old_span.last) {
    *old.mutable_end_date() = issued.AddDays(-1).ToProto();
  }
  SetPeriod(enterprise, old);
  renewal.set_certification_class(old.certification_class());
  renewal.set_re_recognition(true);
  renewal.set_renewed_from(old.name());
  ASSIGN_OR_RETURN(Certified granted, Grant(std::move(enterprise), std::move(renewal), today));
  old.set_state(v1::CERTIFICATION_STATE_RENEWED);
  old.set_renewed_by(granted.certification.name());
  return Renewed{std::move(granted.enterprise), std::move(old), std::move(granted.certification)};
}

absl::StatusOr<Certified> Revoke(v1::Enterprise enterprise, v1::Certification certification, Day day,
                                 absl::string_view reason, Day today) {
  RETURN_IF_ERROR(CheckNotDeleted(enterprise));
  if (certification.state() != v1::CERTIFICATION_STATE_VALID) return Closed(certification);
  RETURN_IF_ERROR(CheckNotInFuture("revoked_date", day, today));
  ASSIGN_OR_RETURN(const Span span, SpanOf(certification));
  const bool after_end = span.last.has_value() && day > span.last->AddDays(1);
  if (day < span.first || after_end) return RevokedOutsidePeriod(day, certification, span.first);
  certification.set_state(v1::CERTIFICATION_STATE_REVOKED);
  *certification.mutable_revoked_date() = day.ToProto();
  *certification.mutable_end_date() = day.AddDays(-1).ToProto();
  certification.set_revoke_reason(std::string(reason));
  SetPeriod(enterprise, certification);
  return Certified{std::move(enterprise), std::move(certification)};
}

std::string HeldCertification(const v1::Enterprise& enterprise, const v1::Certification& row) {
  const std::string number = NormaliseCode(row.certificate_number());
  for (const v1::CertificationPeriod& period : enterprise.certification_periods()) {
    if (period.certification_class() != row.certification_class()) continue;
    const std::string held = NormaliseCode(period.certificate_number());
    const bool both_numbered = !number.empty() && !held.empty();
    const bool same_day = period.valid_from().SerializeAsString() == row.issue_date().SerializeAsString();
    // One document number may stand for a list of every year, so there the day has to agree, too.
    const bool by_number = both_numbered && number == held && (same_day || NumbersAreUnique(row.certification_class()));
    if (by_number || (!both_numbered && same_day)) return period.certification();
  }
  return "";
}

absl::StatusOr<Certified> EnterPast(v1::Enterprise enterprise, v1::Certification row, Day today) {
  RETURN_IF_ERROR(CheckNotDeleted(enterprise));
  RETURN_IF_ERROR(Tidy(row, today));
  ASSIGN_OR_RETURN(const std::string name, NewName(enterprise, row));
  row.set_name(name);
  row.set_state(v1::CERTIFICATION_STATE_VALID);
  RETURN_IF_ERROR(CheckNoOverlap(enterprise, row));
  SetPeriod(enterprise, row);
  return Certified{std::move(enterprise), std::move(row)};
}

absl::StatusOr<Certified> MergeRow(v1::Enterprise enterprise, const v1::Certification& held,
                                   const v1::Certification& cleared, const v1::Certification& row, Day today) {
  RETURN_IF_ERROR(CheckNotDeleted(enterprise));
  v1::Certification merged = cleared;
  if (!row.certificate_number().empty()) merged.set_certificate_number(row.certificate_number());
  if (row.re_recognition()) merged.set_re_recognition(true);
  const bool moved = row.issue_date().SerializeAsString() != held.issue_date().SerializeAsString();
  *merged.mutable_issue_date() = row.issue_date();
  if (moved) merged.clear_expire_date();
  if (row.has_expire_date()) *merged.mutable_expire_date() = row.expire_date();
  RETURN_IF_ERROR(Tidy(merged, today));
  if (held.state() != v1::CERTIFICATION_STATE_VALID) {
    const bool ends_anew = merged.expire_date().SerializeAsString() != held.expire_date().SerializeAsString();
    if (moved || ends_anew) return Closed(held);
    *merged.mutable_end_date() = held.end_date();
  }
  RETURN_IF_ERROR(CheckNoOverlap(enterprise, merged));
  SetPeriod(enterprise, merged);
  return Certified{std::move(enterprise), std::move(merged)};
}

namespace {

using Periods = google::protobuf::RepeatedPtrField<v1::CertificationPeriod>;

const v1::CertificationPeriod* PeriodOf(const Periods& periods, absl::string_view certification) {
  for (const v1::CertificationPeriod& period : periods) {
    if (period.certification() == certification) return &period;
  }
  return nullptr;
}

bool SamePeriod(const v1::CertificationPeriod* a, const v1::CertificationPeriod* b) {
  if (a == nullptr || b == nullptr) return a == b;
  return a->SerializeAsString() == b->SerializeAsString();
}

// What an enterprise says apart from its periods.
std::string WithoutPeriods(v1::Enterprise enterprise) {
  enterprise.clear_certification_periods();
  enterprise.clear_revision();
  enterprise.clear_etag();
  enterprise.clear_create_time();
  enterprise.clear_update_time();
  return enterprise.SerializeAsString();
}

}  // namespace

bool UndoPeriods(v1::Enterprise& enterprise, const v1::Enterprise& before, const v1::Enterprise& after) {
  if (WithoutPeriods(before) != WithoutPeriods(after)) return false;
  Periods left;
  for (const v1::CertificationPeriod& period : enterprise.certification_periods()) {
    const v1::CertificationPeriod* was = PeriodOf(before.certification_periods(), period.certification());
    const v1::CertificationPeriod* became = PeriodOf(after.certification_periods(), period.certification());
    if (SamePeriod(was, became)) {
      *left.Add() = period;
    } else if (!SamePeriod(&period, became)) {
      return false;
    } else if (was != nullptr) {
      *left.Add() = *was;
    }
  }
  *enterprise.mutable_certification_periods() = std::move(left);
  return true;
}

}  // namespace kechuang::enterprise
