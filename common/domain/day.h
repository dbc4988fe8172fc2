#ifndef KECHUANG_COMMON_DOMAIN_DAY_H_
#define KECHUANG_COMMON_DOMAIN_DAY_H_

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "google/type/date.pb.h"

namespace kechuang {

// A day of the calendar, without time. Instants become days in UTC+8.
class Day {
 public:
  // Days that can be read lie in these years, both included.
  static constexpr int kYearMin = 1900;
  static constexpr int kYearMax = 2999;

  // 1970-01-01.
  Day() = default;

  // The day of these numbers; kInvalidArgument with FIELD_NOT_A_DATE if it is not in the calendar or in those years.
  static absl::StatusOr<Day> Of(int64_t year, int64_t month, int64_t day);
  // The day of a date with year, month and day; FIELD_NOT_A_DATE as in Of.
  static absl::StatusOr<Day> FromProto(const google::type::Date& date);
  // The day of a date that may be left out; nothing if it is no day.
  static std::optional<Day> IfSet(const google::type::Date& date);
  // The day of "2022-03-05"; FIELD_NOT_A_DATE as in Of.
  static absl::StatusOr<Day> Parse(absl::string_view text);
  // The day on which an instant falls in UTC+8.
  static Day FromTime(absl::Time time);
  // 1 January and 31 December of a year.
  static Day StartOfYear(int year);
  static Day EndOfYear(int year);
  // True if any part of the date is set.
  static bool IsSet(const google::type::Date& date);

  google::type::Date ToProto() const;
  // "2022-03-05".
  std::string ToString() const;

  int Year() const { return static_cast<int>(day_.year()); }
  int Month() const { return day_.month(); }
  int DayOfMonth() const { return day_.day(); }
  // "2022".
  std::string YearPeriod() const;
  // "2022-03".
  std::string MonthPeriod() const;

  // So many days later; earlier if negative.
  Day AddDays(int64_t days) const { return Day(day_ + days); }
  // The same day so many months later, or the last of that month if it is shorter: 2024-01-31 and one month is
  // 2024-02-29.
  Day AddMonths(int64_t months) const;

  // Days from b to a.
  friend int64_t operator-(Day a, Day b) { return a.day_ - b.day_; }
  friend bool operator==(Day a, Day b) { return a.day_ == b.day_; }
  friend std::strong_ordering operator<=>(Day a, Day b) { return (a.day_ - b.day_) <=> 0; }
  template <typename H>
  friend H AbslHashValue(H state, Day day) {
    return H::combine(std::move(state), day.day_);
  }

 private:
  explicit Day(absl::CivilDay day) : day_(day) {}

  absl::CivilDay day_;
};

}  // namespace kechuang

#endif  // KECHUANG_COMMON_DOMAIN_DAY_H_
