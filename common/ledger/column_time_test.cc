#include "common/ledger/column_time.h"

#include <random>

#include "absl/random/random.h"
#include "gtest/gtest.h"

#include "common/base/error.h"

namespace kechuang::ledger {
namespace {

constexpr char kFormat[] = "%E4Y-%m-%d %H:%M:%E6S";
constexpr char kJsonFormat[] = "%E4Y-%m-%dT%H:%M:%E6SZ";

TEST(ColumnTime, IsWhatTheLibraryWrites) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  const int64_t first = absl::ToUnixMicros(absl::FromCivil(absl::CivilDay(1, 1, 1), absl::UTCTimeZone()));
  const int64_t last = absl::ToUnixMicros(absl::FromCivil(absl::CivilDay(9999, 12, 31), absl::UTCTimeZone()));
  for (int i = 0; i < 20'000; ++i) {
    const absl::Time time = absl::FromUnixMicros(std::uniform_int_distribution<int64_t>(first, last)(random));
    const std::string text = TimeColumn(time);
    ASSERT_EQ(text, absl::FormatTime(kFormat, time, absl::UTCTimeZone()));
    const absl::StatusOr<absl::Time> back = TimeOfColumn(text);
    ASSERT_TRUE(back.ok()) << back.status();
    ASSERT_EQ(*back, time);
    std::string json;
    AppendJsonTime(time, json);
    ASSERT_EQ(json, absl::FormatTime(kJsonFormat, time, absl::UTCTimeZone()));
  }
}

TEST(ColumnTime, RefusesWhatIsNoTime) {
  for (const char* text : {"", "2022-03-05", "2022-03-05 01:02:03", "2022-02-31 01:02:03.000000",
                           "2022-03-05 24:02:03.000000", "2022-03-05T01:02:03.000000", "2022-03-05 01:02:03.00000x",
                           "0000-00-00 00:00:00.000000", "2022-03-05 01:60:03.000000"}) {
    EXPECT_EQ(ReasonOf(TimeOfColumn(text).status()), "INTERNAL_FAULT") << text;
  }
}

TEST(ColumnTime, WritesAndReadsDays) {
  google::type::Date date;
  ASSERT_TRUE(DayOfColumn("0987-03-05", date));
  EXPECT_EQ(date.year(), 987);
  EXPECT_EQ(date.month(), 3);
  EXPECT_EQ(date.day(), 5);
  EXPECT_EQ(DayColumn(date), "0987-03-05");
  for (const char* text : {"", "2022-3-05", "2022-03-0x", "2022-03-05 00:00:00"}) EXPECT_FALSE(DayOfColumn(text, date));
}

}  // namespace
}  // namespace kechuang::ledger
