#include "common/domain/day.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

#include "common/base/error.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang {
namespace {

absl::Status NotADate(absl::string_view given) {
  return Refuse(absl::StatusCode::kInvalidArgument, api::v1::FIELD_NOT_A_DATE)
      .Says(absl::StrCat("\"", given, "\" is not a day of the calendar between ", Day::kYearMin, " and ", Day::kYearMax,
                         "; expected year, month and day, such as 2022-03-05"),
            absl::StrCat("“", given, "”不是 ", Day::kYearMin, " 至 ", Day::kYearMax,
                         " 年间存在的日期；应有年、月、日，如 2022-03-05"));
}

// The digits of a text, -1 if there is anything else.
int64_t NumberOf(absl::string_view digits) {
  int64_t number = 0;
  for (const char digit : digits) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(digit))) return -1;
    number = number * 10 + (digit - '0');
  }
  return number;
}

// The day of these numbers, if the calendar has it between the years that can be read.
std::optional<absl::CivilDay> Existing(int64_t year, int64_t month, int64_t day) {
  if (year < Day::kYearMin || year > Day::kYearMax) return std::nullopt;
  // A civil day normalises 30 February to 1 or 2 March: only a day that stays itself exists.
  const absl::CivilDay civil(year, month, day);
  if (civil.year() != year || civil.month() != month || civil.day() != day) return std::nullopt;
  return civil;
}

}  // namespace

absl::StatusOr<Day> Day::Of(int64_t year, int64_t month, int64_t day) {
  if (const std::optional<absl::CivilDay> civil = Existing(year, month, day); civil.has_value()) return Day(*civil);
  return NotADate(absl::StrFormat("%04d-%02d-%02d", year, month, day));
}

absl::StatusOr<Day> Day::FromProto(const google::type::Date& date) { return Of(date.year(), date.month(), date.day()); }

std::optional<Day> Day::IfSet(const google::type::Date& date) {
  const std::optional<absl::CivilDay> civil = Existing(date.year(), date.month(), date.day());
  return civil.has_value() ? std::optional<Day>(Day(*civil)) : std::nullopt;
}

absl::StatusOr<Day> Day::Parse(absl::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return NotADate(text);
  const int64_t year = NumberOf(text.substr(0, 4));
  const int64_t month = NumberOf(text.substr(5, 2));
  const int64_t day = NumberOf(text.substr(8, 2));
  if (year < 0 || month < 0 || day < 0) return NotADate(text);
  return Of(year, month, day);
}

Day Day::FromTime(absl::Time time) { return Day(absl::ToCivilDay(time, absl::FixedTimeZone(8 * 60 * 60))); }

Day Day::StartOfYear(int year) { return Day(absl::CivilDay(year, 1, 1)); }

Day Day::EndOfYear(int year) { return Day(absl::CivilDay(year, 12, 31)); }

bool Day::IsSet(const google::type::Date& date) { return date.year() != 0 || date.month() != 0 || date.day() != 0; }

google::type::Date Day::ToProto() const {
  google::type::Date date;
  date.set_year(Year());
  date.set_month(Month());
  date.set_day(DayOfMonth());
  return date;
}

std::string Day::ToString() const { return absl::StrFormat("%04d-%02d-%02d", Year(), Month(), DayOfMonth()); }

std::string Day::YearPeriod() const { return absl::StrFormat("%04d", Year()); }

std::string Day::MonthPeriod() const { return absl::StrFormat("%04d-%02d", Year(), Month()); }

Day Day::AddMonths(int64_t months) const {
  const absl::CivilMonth month = absl::CivilMonth(day_) + months;
  const absl::CivilDay last = absl::CivilDay(month + 1) - 1;
  return Day(absl::CivilDay(month.year(), month.month(), std::min(day_.day(), last.day())));
}

}  // namespace kechuang
