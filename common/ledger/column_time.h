#ifndef KECHUANG_COMMON_LEDGER_COLUMN_TIME_H_
#define KECHUANG_COMMON_LEDGER_COLUMN_TIME_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/type/date.pb.h"

// Times and days as columns and the journal write them. By hand, because every record that is read or written has some,
// and the library's formats cost more than all its other columns.
namespace kechuang::ledger {

// A DATETIME(6) column in UTC: "2022-03-05 01:02:03.000000".
std::string TimeColumn(absl::Time time);
absl::StatusOr<absl::Time> TimeOfColumn(absl::string_view text);
// Appends the same with T and Z, as JSON has it: "2022-03-05T01:02:03.000000Z".
void AppendJsonTime(absl::Time time, std::string& out);

// A DATE column: "2022-03-05".
std::string DayColumn(const google::type::Date& date);
// False if the text is none.
bool DayOfColumn(absl::string_view text, google::type::Date& date);

}  // namespace kechuang::ledger

#endif  // KECHUANG_COMMON_LEDGER_COLUMN_TIME_H_
