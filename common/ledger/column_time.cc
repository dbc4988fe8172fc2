#include "common/ledger/column_time.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"

#include "common/base/error.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::ledger {
namespace {

constexpr size_t kDaySize = 10;      // 2022-03-05
constexpr size_t kSecondsSize = 19;  // 2022-03-05 01:02:03
constexpr size_t kTimeSize = 26;     // 2022-03-05 01:02:03.000000

// Writes a number with leading zeros to a place of text.
void PutDigits(int64_t number, size_t begin, size_t count, std::string& text) {
  for (size_t i = begin + count; i > begin; --i) {
    text[i - 1] = static_cast<char>('0' + number % 10);
    number /= 10;
  }
}

// The number that stands at a place of text; -1 if none does.
int DigitsAt(absl::string_view text, size_t begin, size_t count) {
  int number = 0;
  for (size_t i = begin; i < begin + count; ++i) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(text[i]))) return -1;
    number = number * 10 + (text[i] - '0');
  }
  return number;
}

std::string TimeText(absl::Time time, char between) {
  const absl::CivilSecond second = absl::ToCivilSecond(time, absl::UTCTimeZone());
  const int64_t micros = absl::ToUnixMicros(time);
  std::string text = "0000-00-00 00:00:00.000000";
  text[kDaySize] = between;
  PutDigits(second.year(), 0, 4, text);
  PutDigits(second.month(), 5, 2, text);
  PutDigits(second.day(), 8, 2, text);
  PutDigits(second.hour(), 11, 2, text);
  PutDigits(second.minute(), 14, 2, text);
  PutDigits(second.second(), 17, 2, text);
  PutDigits((micros % 1'000'000 + 1'000'000) % 1'000'000, 20, 6, text);
  return text;
}

}  // namespace

std::string TimeColumn(absl::Time time) { return TimeText(time, ' '); }

absl::StatusOr<absl::Time> TimeOfColumn(absl::string_view text) {
  if (text.size() == kTimeSize && text[kDaySize] == ' ' && text[kSecondsSize] == '.') {
    const int parts[] = {DigitsAt(text, 0, 4),  DigitsAt(text, 5, 2),  DigitsAt(text, 8, 2), DigitsAt(text, 11, 2),
                         DigitsAt(text, 14, 2), DigitsAt(text, 17, 2), DigitsAt(text, 20, 6)};
    const absl::CivilSecond second(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5]);
    // A civil time makes 31 February a day in March: only what comes back as it was is a time.
    const bool whole = std::all_of(std::begin(parts), std::end(parts), [](int part) { return part >= 0; });
    if (whole && second.month() == parts[1] && second.day() == parts[2] && second.hour() == parts[3] &&
        second.minute() == parts[4] && second.second() == parts[5]) {
      return absl::FromCivil(second, absl::UTCTimeZone()) + absl::Microseconds(parts[6]);
    }
  }
  return Refuse(absl::StatusCode::kDataLoss, api::v1::INTERNAL_FAULT)
      .Says(absl::StrCat("the database holds an unreadable time '", text, "'"),
            absl::StrCat("数据库中的时间 '", text, "' 无法识别"));
}

void AppendJsonTime(absl::Time time, std::string& out) { absl::StrAppend(&out, TimeText(time, 'T'), "Z"); }

std::string DayColumn(const google::type::Date& date) {
  std::string text = "0000-00-00";
  PutDigits(date.year(), 0, 4, text);
  PutDigits(date.month(), 5, 2, text);
  PutDigits(date.day(), 8, 2, text);
  return text;
}

bool DayOfColumn(absl::string_view text, google::type::Date& date) {
  if (text.size() != kDaySize) return false;
  const int year = DigitsAt(text, 0, 4);
  const int month = DigitsAt(text, 5, 2);
  const int day = DigitsAt(text, 8, 2);
  if (year < 0 || month < 0 || day < 0) return false;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return true;
}

}  // namespace kechuang::ledger
