#include "common/domain/fen.h"

#include <limits>

#include "gtest/gtest.h"

#include "common/base/error.h"

namespace kechuang {
namespace {

constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
constexpr int64_t kMost = std::numeric_limits<int64_t>::max();

TEST(Fen, AddsAndSubtractsWithinSixtyFourBits) {
  EXPECT_EQ(Fen().value(), 0);
  EXPECT_LT(Fen(-1), Fen(0));
  EXPECT_EQ(Add(Fen(kMost - 1), Fen(1))->value(), kMost);
  EXPECT_EQ(Subtract(Fen(5), Fen(7))->value(), -2);
  EXPECT_EQ(AddFen(-3, 5).value(), 2);
  for (const absl::Status& status :
       {Add(Fen(kMost), Fen(1)).status(), Add(Fen(kLeast), Fen(-1)).status(), Subtract(Fen(kLeast), Fen(1)).status(),
        Subtract(Fen(0), Fen(kLeast)).status(), AddFen(kMost, kMost).status()}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kOutOfRange);
    EXPECT_EQ(ReasonOf(status), "MONEY_OVERFLOW");
  }
}

TEST(Fen, MultipliesExactlyAndRoundsHalvesAwayFromZero) {
  struct Row {
    int64_t amount, ppm, expected;
  };
  for (const Row& row :
       {Row{100, 1'000'000, 100}, Row{1, 500'000, 1}, Row{1, 499'999, 0}, Row{3, 500'000, 2}, Row{-1, 500'000, -1},
        Row{-1, 499'999, 0}, Row{30'000'000, 36'500, 1'095'000}, Row{kFenMax, 1'000'000'000, kFenMax * 1000},
        Row{kFenMax - 1, 999'999, 8'999'990'999'999'999}, Row{kMost, 2'000'000, kMost}, Row{kLeast, kMost, kLeast}}) {
    EXPECT_EQ(MulPpm(Fen(row.amount), row.ppm).value(), row.expected) << row.amount << " * " << row.ppm;
  }
}

TEST(Fen, WritesYuanWanYuanAndYiYuan) {
  struct Row {
    int64_t amount;
    const char* yuan;
    const char* wan_yuan;
    const char* yi_yuan;
  };
  for (const Row& row :
       {Row{0, "0.00", "0", "0"}, Row{1, "0.01", "0.000001", "0"}, Row{-5, "-0.05", "-0.000005", "0"},
        Row{30'000'000, "300000.00", "30", "0"}, Row{1'190'000'000, "11900000.00", "1190", "0.12"},
        Row{500'000, "5000.00", "0.5", "0"}, Row{50'000'000'000, "500000000.00", "50000", "5"},
        Row{236'800'000'000, "2368000000.00", "236800", "23.68"}, Row{49'950'000'000, "499500000.00", "49950", "5"},
        Row{49'949'999'999, "499499999.99", "49949.999999", "4.99"},
        Row{-49'950'000'000, "-499500000.00", "-49950", "-5"}, Row{50'000'000, "500000.00", "50", "0.01"},
        Row{kLeast, "-92233720368547758.08", "-9223372036854.775808", "-922337203.69"}}) {
    EXPECT_EQ(ToYuan(Fen(row.amount)), row.yuan);
    EXPECT_EQ(ToWanYuan(Fen(row.amount)), row.wan_yuan);
    EXPECT_EQ(ToYiYuan(Fen(row.amount)), row.yi_yuan);
  }
}

TEST(ParseDecimal, IsExact) {
  struct Row {
    const char* text;
    MoneyUnit unit;
    int64_t expected;
  };
  for (const Row& row :
       {Row{"7", MoneyUnit::kFen, 7}, Row{"300000.00", MoneyUnit::kYuan, 30'000'000}, Row{"0.1", MoneyUnit::kYuan, 10},
        Row{"1190", MoneyUnit::kWanYuan, 1'190'000'000}, Row{"-0.000001", MoneyUnit::kWanYuan, -1},
        Row{"23.68", MoneyUnit::kYiYuan, 236'800'000'000}, Row{"0.0000000001", MoneyUnit::kYiYuan, 1},
        Row{"9000000000", MoneyUnit::kWanYuan, kFenMax}, Row{"-9000000000.000000", MoneyUnit::kWanYuan, -kFenMax},
        Row{"000000000000000000000000000012", MoneyUnit::kYuan, 1'200}, Row{"-0", MoneyUnit::kYuan, 0}}) {
    const auto amount = ParseDecimal(row.text, row.unit);
    ASSERT_TRUE(amount.ok()) << row.text << amount.status();
    EXPECT_EQ(amount->value(), row.expected) << row.text;
  }
}

TEST(ParseDecimal, RefusesWhatItCannotHoldExactly) {
  struct Row {
    const char* text;
    MoneyUnit unit;
    const char* reason;
  };
  for (const Row& row :
       {Row{"", MoneyUnit::kYuan, "FIELD_MALFORMED"}, Row{"-", MoneyUnit::kYuan, "FIELD_MALFORMED"},
        Row{".5", MoneyUnit::kYuan, "FIELD_MALFORMED"}, Row{"5.", MoneyUnit::kYuan, "FIELD_MALFORMED"},
        Row{"1.001", MoneyUnit::kYuan, "FIELD_MALFORMED"}, Row{"1.0", MoneyUnit::kFen, "FIELD_MALFORMED"},
        Row{"0.0000001", MoneyUnit::kWanYuan, "FIELD_MALFORMED"}, Row{"1,190", MoneyUnit::kYuan, "FIELD_MALFORMED"},
        Row{"1e3", MoneyUnit::kYuan, "FIELD_MALFORMED"}, Row{"+1", MoneyUnit::kYuan, "FIELD_MALFORMED"},
        Row{" 1", MoneyUnit::kYuan, "FIELD_MALFORMED"}, Row{"1.2.3", MoneyUnit::kWanYuan, "FIELD_MALFORMED"},
        Row{"300万", MoneyUnit::kWanYuan, "FIELD_MALFORMED"},
        Row{"9000000000.000001", MoneyUnit::kWanYuan, "FIELD_OUT_OF_RANGE"},
        Row{"99999999999999999999999999999999999999", MoneyUnit::kFen, "FIELD_OUT_OF_RANGE"}}) {
    const absl::Status status = ParseDecimal(row.text, row.unit).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << row.text;
    EXPECT_EQ(ReasonOf(status), row.reason) << row.text;
  }
}

}  // namespace
}  // namespace kechuang
