#include "common/domain/day.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"

namespace kechuang {
namespace {

google::type::Date Date(int year, int month, int day) {
  google::type::Date date;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return date;
}

TEST(Day, GoesThereAndBack) {
  for (const char* text : {"1900-01-01", "2022-03-05", "2024-02-29", "2999-12-31"}) {
    const auto day = Day::Parse(text);
    ASSERT_TRUE(day.ok()) << text;
    EXPECT_EQ(day->ToString(), text);
    EXPECT_EQ(Day::FromProto(day->ToProto()).value(), *day);
  }
  const Day day = Day::Parse("2022-03-05").value();
  EXPECT_EQ(day.Year(), 2022);
  EXPECT_EQ(day.Month(), 3);
  EXPECT_EQ(day.DayOfMonth(), 5);
  EXPECT_EQ(day.YearPeriod(), "2022");
  EXPECT_EQ(day.MonthPeriod(), "2022-03");
  EXPECT_EQ(Day().ToString(), "1970-01-01");
}

TEST(Day, RefusesWhatIsNotInTheCalendar) {
  for (const google::type::Date& date : {Date(0, 0, 0), Date(2022, 0, 0), Date(2022, 3, 0), Date(2022, 2, 29),
                                         Date(2022, 13, 1), Date(1899, 12, 31), Date(3000, 1, 1), Date(-2022, 1, 1)}) {
    const absl::Status status = Day::FromProto(date).status();
    EXPECT_EQ(ReasonOf(status), "FIELD_NOT_A_DATE") << date.ShortDebugString();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(ChineseOf(status), testing::HasSubstr("日期"));
  }
  for (const char* text : {"", "2022-3-5", "2022/03/05", "2022-02-30", "20220305", "2022-03-05T", "2022-0a-05"}) {
    EXPECT_EQ(ReasonOf(Day::Parse(text).status()), "FIELD_NOT_A_DATE") << text;
  }
  EXPECT_FALSE(Day::IsSet(Date(0, 0, 0)));
  EXPECT_TRUE(Day::IsSet(Date(0, 0, 5)));
}

TEST(Day, CountsInUtcPlusEight) {
  const absl::Time evening = absl::FromCivil(absl::CivilSecond(2022, 12, 31, 15, 59, 59), absl::UTCTimeZone());
  EXPECT_EQ(Day::FromTime(evening), Day::EndOfYear(2022));
  EXPECT_EQ(Day::FromTime(evening + absl::Seconds(1)), Day::StartOfYear(2023));
}

TEST(Day, MovesByDaysAndMonths) {
  struct Row {
    const char* from;
    int64_t months;
    const char* to;
  };
  for (const Row& row :
       {Row{"2024-01-31", 1, "2024-02-29"}, Row{"2023-01-31", 1, "2023-02-28"}, Row{"2022-12-31", 6, "2023-06-30"},
        Row{"2022-03-31", -1, "2022-02-28"}, Row{"2022-03-05", 36, "2025-03-05"}, Row{"2022-03-05", 0, "2022-03-05"}}) {
    EXPECT_EQ(Day::Parse(row.from)->AddMonths(row.months).ToString(), row.to);
  }
  const Day day = Day::Parse("2022-12-31").value();
  EXPECT_EQ(day.AddDays(1).ToString(), "2023-01-01");
  EXPECT_EQ(day.AddDays(-365).ToString(), "2021-12-31");
  EXPECT_EQ(day.AddDays(30) - day, 30);
  EXPECT_EQ(day - day.AddDays(30), -30);
  EXPECT_LT(day, day.AddDays(1));
  EXPECT_GE(day, day);
  EXPECT_NE(day, day.AddMonths(1));
}

}  // namespace
}  // namespace kechuang
