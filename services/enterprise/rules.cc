#include "services/enterprise/rules.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/domain/credit_code.h"
#include "common/domain/industry.h"
#include "common/domain/name_text.h"
#include "common/domain/resource_name.h"
#include "kechuang/api/v1/reasons.pb.h"
#include "kechuang/enterprise/v1/reasons.pb.h"

namespace kechuang::enterprise {
namespace {

constexpr int kStatementYearMin = 1949;

absl::string_view StatusWords(v1::EnterpriseStatus status) {
  switch (status) {
    case v1::ENTERPRISE_STATUS_DEREGISTERED:
      return "注销";
    case v1::ENTERPRISE_STATUS_LICENCE_REVOKED:
      return "吊销";
    case v1::ENTERPRISE_STATUS_MOVED_OUT:
      return "迁出";
    default:
      return "存续";
  }
}

absl::Status IdDiffers(absl::string_view id, absl::string_view code) {
  Faults faults;
  faults.Add("enterprise_id", v1::ENTERPRISE_ID_DIFFERS,
             absl::StrCat("the id is the credit code: ", code, ", not ", id),
             absl::StrCat("记录编号就是统一社会信用代码：应为 ", code, "，不是 ", id));
  return faults.status();
}

absl::Status NotActive(const v1::Enterprise& enterprise) {
  return Refuse(absl::StatusCode::kFailedPrecondition, v1::ENTERPRISE_NOT_ACTIVE)
      .About(enterprise.name())
      .With("status", v1::EnterpriseStatus_Name(enterprise.status()))
      .Says(absl::StrCat(enterprise.name(), " is not in business here any more: its status is ",
                         v1::EnterpriseStatus_Name(enterprise.status())),
            absl::StrCat(enterprise.enterprise_name(), " 已不在册经营，状态为", StatusWords(enterprise.status())));
}

absl::Status AlreadyDeregistered(const v1::Enterprise& enterprise) {
  return Refuse(absl::StatusCode::kFailedPrecondition, v1::ENTERPRISE_DEREGISTERED)
      .About(enterprise.name())
      .Says(absl::StrCat(enterprise.name(), " was struck off already"),
            absl::StrCat(enterprise.enterprise_name(), " 已注销，不能再次注销或吊销"));
}

absl::Status IsActive(const v1::Enterprise& enterprise) {
  return Refuse(absl::StatusCode::kFailedPrecondition, v1::ENTERPRISE_ACTIVE)
      .About(enterprise.name())
      .Says(absl::StrCat(enterprise.name(), " is in business: there is nothing to reinstate"),
            absl::StrCat(enterprise.enterprise_name(), " 为存续状态，无需恢复"));
}

absl::Status NotDeleted(const v1::Enterprise& enterprise) {
  return Refuse(absl::StatusCode::kFailedPrecondition, v1::ENTERPRISE_NOT_DELETED)
      .About(enterprise.name())
      .Says(absl::StrCat(enterprise.name(), " is not deleted"),
            absl::StrCat(enterprise.enterprise_name(), " 未被删除，无需恢复"));
}

absl::Status StatusNotAllowed() {
  Faults faults;
  faults.Add("status", v1::STATUS_NOT_ALLOWED,
             "an enterprise ends as ENTERPRISE_STATUS_DEREGISTERED or ENTERPRISE_STATUS_LICENCE_REVOKED",
             "只能登记为注销（DEREGISTERED）或吊销（LICENCE_REVOKED）");
  return faults.status();
}

absl::Status BeforeFounding(absl::string_view field, Day day, Day founded) {
  Faults faults;
  faults.Add(field, v1::DATE_ORDER, absl::StrCat(day.ToString(), " lies before the founding on ", founded.ToString()),
             absl::StrCat(day.ToString(), " 早于成立日期 ", founded.ToString()));
  return faults.status();
}

absl::Status WrongYear(absl::string_view id, Day today) {
  Faults faults;
  faults.Add("annual_statement.name", v1::STATEMENT_YEAR,
             absl::StrCat("'", id, "' is not a year from ", kStatementYearMin, " to ", today.Year()),
             absl::StrCat("“", id, "” 不是 ", kStatementYearMin, " 至 ", today.Year(), " 之间的年份"));
  return faults.status();
}

absl::Status MoreResearchersThanStaff(const v1::AnnualStatement& statement) {
  Faults faults;
  faults.Add("annual_statement.rd_staff_count", v1::STATEMENT_STAFF,
             absl::StrCat(statement.rd_staff_count(), " in research and development, of ", statement.staff_count(),
                          " people in all"),
             absl::StrCat("研发人员 ", statement.rd_staff_count(), " 人多于职工总数 ", statement.staff_count(), " 人"));
  return faults.status();
}

// Fields in their plain forms, and the days that may not lie ahead.
absl::Status Tidy(v1::Enterprise& enterprise, Day today) {
  enterprise.set_enterprise_name(std::string(absl::StripAsciiWhitespace(enterprise.enterprise_name())));
  Faults faults;
  if (NormaliseName(enterprise.enterprise_name()).empty()) {
    faults.Add("enterprise.enterprise_name", api::v1::FIELD_REQUIRED, "an enterprise has a name", "企业名称不能为空");
  }
  if (!enterprise.industry_code().empty()) {
    enterprise.set_industry_code(
        faults.Take("enterprise.industry_code", ParseIndustryCode(enterprise.industry_code())));
  }
  if (enterprise.has_founded_date()) {
    const Day founded = faults.Take("enterprise.founded_date", Day::FromProto(enterprise.founded_date()));
    if (faults.any()) return faults.status();
    RETURN_IF_ERROR(CheckNotInFuture("enterprise.founded_date", founded, today));
  }
  return faults.status();
}

// The end of being counted: its day may not lie ahead, nor before the founding.
absl::Status CheckEndDay(const v1::Enterprise& enterprise, absl::string_view field, Day day, Day today) {
  RETURN_IF_ERROR(CheckNotInFuture(field, day, today));
  if (!enterprise.has_founded_date()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Day founded, Day::FromProto(enterprise.founded_date()));
  return day < founded ? BeforeFounding(field, day, founded) : absl::OkStatus();
}

// The first of several ends is the one after which it is not counted.
absl::StatusOr<v1::Enterprise> Ended(v1::Enterprise enterprise, v1::EnterpriseStatus status, Day day,
                                     absl::string_view note) {
  Day until = day;
  if (enterprise.has_active_until()) {
    ASSIGN_OR_RETURN(const Day earlier, Day::FromProto(enterprise.active_until()));
    if (earlier < until) until = earlier;
  }
  *enterprise.mutable_active_until() = until.ToProto();
  enterprise.set_status(status);
  *enterprise.mutable_status_date() = day.ToProto();
  enterprise.set_status_note(std::string(note));
  return enterprise;
}

bool SameName(absl::string_view a, absl::string_view b) { return NormaliseName(a) == NormaliseName(b); }

bool BoreBefore(const v1::Enterprise& enterprise, absl::string_view enterprise_name) {
  for (const v1::FormerName& former : enterprise.former_names()) {
    if (SameName(former.enterprise_name(), enterprise_name)) return true;
  }
  return false;
}

}  // namespace

std::string EnterpriseNameOf(absl::string_view credit_code) { return absl::StrCat("enterprises/", credit_code); }

absl::Status CheckNotDeleted(const v1::Enterprise& enterprise) {
  if (!enterprise.has_delete_time()) return absl::OkStatus();
  return Refuse(absl::StatusCode::kFailedPrecondition, api::v1::RECORD_DELETED)
      .About(enterprise.name())
      .Says(absl::StrCat(enterprise.name(), " is deleted; undelete it first"),
            absl::StrCat(enterprise.enterprise_name(), "（", enterprise.credit_code(), "）已删除，请先恢复"));
}

absl::Status CheckActive(const v1::Enterprise& enterprise) {
  return enterprise.status() == v1::ENTERPRISE_STATUS_ACTIVE ? absl::OkStatus() : NotActive(enterprise);
}

absl::Status CheckNotInFuture(absl::string_view field, Day day, Day today) {
  if (day <= today) return absl::OkStatus();
  Faults faults;
  faults.Add(field, v1::DATE_IN_FUTURE, absl::StrCat(day.ToString(), " lies after today, ", today.ToString()),
             absl::StrCat(day.ToString(), " 晚于今天 ", today.ToString()));
  return faults.status();
}

absl::StatusOr<v1::Enterprise> Register(v1::Enterprise enterprise, absl::string_view enterprise_id, Day today) {
  Faults faults;
  const CreditCode code = faults.Take("enterprise.credit_code", CreditCode::Parse(enterprise.credit_code()));
  if (faults.any()) return faults.status();
  if (!enterprise_id.empty() && NormaliseCode(enterprise_id) != code.text())
    return IdDiffers(enterprise_id, code.text());
  enterprise.set_name(EnterpriseNameOf(code.text()));
  enterprise.set_credit_code(code.text());
  enterprise.set_status(v1::ENTERPRISE_STATUS_ACTIVE);
  RETURN_IF_ERROR(Tidy(enterprise, today));
  return enterprise;
}

absl::StatusOr<v1::Enterprise> Revise(const v1::Enterprise& held, v1::Enterprise changed, Day name_change_date,
                                      Day today) {
  RETURN_IF_ERROR(CheckNotDeleted(held));
  RETURN_IF_ERROR(Tidy(changed, today));
  if (SameName(held.enterprise_name(), changed.enterprise_name())) return changed;
  RETURN_IF_ERROR(CheckNotInFuture("name_change_date", name_change_date, today));
  v1::FormerName& former = *changed.add_former_names();
  former.set_enterprise_name(held.enterprise_name());
  *former.mutable_until() = name_change_date.ToProto();
  return changed;
}

absl::StatusOr<v1::Enterprise> MergeRow(const v1::Enterprise& held, const v1::Enterprise& cleared,
                                        const v1::Enterprise& row, Day today) {
  v1::Enterprise said = row;
  said.clear_name();
  said.clear_credit_code();
  said.clear_etag();
  if (SameName(held.enterprise_name(), said.enterprise_name()) || BoreBefore(held, said.enterprise_name())) {
    said.clear_enterprise_name();
  }
  v1::Enterprise merged = cleared;
  if (said.tags_size() > 0) merged.clear_tags();
  merged.MergeFrom(said);
  return Revise(held, std::move(merged), today, today);
}

absl::StatusOr<v1::Enterprise> Delete(v1::Enterprise enterprise, absl::Time now) {
  RETURN_IF_ERROR(CheckNotDeleted(enterprise));
  const int64_t micros = absl::ToUnixMicros(now);
  enterprise.mutable_delete_time()->set_seconds(micros / 1'000'000);
  enterprise.mutable_delete_time()->set_nanos(static_cast<int32_t>(micros % 1'000'000) * 1000);
  return enterprise;
}

absl::StatusOr<v1::Enterprise> Undelete(v1::Enterprise enterprise) {
  if (!enterprise.has_delete_time()) return NotDeleted(enterprise);
  enterprise.clear_delete_time();
  return enterprise;
}

absl::StatusOr<v1::Enterprise> MoveOut(v1::Enterprise enterprise, Day day, absl::string_view note, Day today) {
  RETURN_IF_ERROR(CheckNotDeleted(enterprise));
  RETURN_IF_ERROR(CheckActive(enterprise));
  RETURN_IF_ERROR(CheckEndDay(enterprise, "move_out_date", day, today));
  return Ended(std::move(enterprise), v1::ENTERPRISE_STATUS_MOVED_OUT, day, note);
}

absl::StatusOr<v1::Enterprise> Deregister(v1::Enterprise enterprise, v1::EnterpriseStatus status, Day day,
                                          absl::string_view note, Day today) {
  if (status == v1::ENTERPRISE_STATUS_UNSPECIFIED) status = v1::ENTERPRISE_STATUS_DEREGISTERED;
  const bool revoked = status == v1::ENTERPRISE_STATUS_LICENCE_REVOKED;
  if (!revoked && status != v1::ENTERPRISE_STATUS_DEREGISTERED) return StatusNotAllowed();
  RETURN_IF_ERROR(CheckNotDeleted(enterprise));
  if (enterprise.status() == v1::ENTERPRISE_STATUS_DEREGISTERED) return AlreadyDeregistered(enterprise);
  if (revoked) RETURN_IF_ERROR(CheckActive(enterprise));
  RETURN_IF_ERROR(CheckEndDay(enterprise, "deregister_date", day, today));
  return Ended(std::move(enterprise), status, day, note);
}

absl::StatusOr<v1::Enterprise> Reinstate(v1::Enterprise enterprise) {
  RETURN_IF_ERROR(CheckNotDeleted(enterprise));
  if (enterprise.status() == v1::ENTERPRISE_STATUS_ACTIVE) return IsActive(enterprise);
  enterprise.set_status(v1::ENTERPRISE_STATUS_ACTIVE);
  enterprise.clear_status_date();
  enterprise.clear_active_until();
  enterprise.clear_status_note();
  return enterprise;
}

absl::StatusOr<v1::AnnualStatement> PutStatement(const v1::Enterprise& enterprise, v1::AnnualStatement statement,
                                                 Day today) {
  RETURN_IF_ERROR(CheckNotDeleted(enterprise));
  const std::string id = IdOf(statement.name());
  int32_t year = 0;
  if (id.size() != 4 || !absl::SimpleAtoi(id, &year) || year < kStatementYearMin || year > today.Year()) {
    return WrongYear(id, today);
  }
  if (statement.has_staff_count() && statement.rd_staff_count() > statement.staff_count()) {
    return MoreResearchersThanStaff(statement);
  }
  statement.set_year(year);
  return statement;
}

}  // namespace kechuang::enterprise
