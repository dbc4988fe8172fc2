#include "services/loan/pool_rules.h"

#include <limits>

#include "gtest/gtest.h"

#include "common/base/error.h"
#include "services/loan/test_data.h"

namespace kechuang::loan {
namespace {

using testing::kWan;
using testing::On;
using testing::SomePool;

const Day kToday = On("2022-12-31");

Movement Moved(int64_t amount, absl::string_view day) {
  return {"pools/ningke/postings/1", "pools/ningke", amount, On(day), "西夏区财政局", "银财发〔2022〕31号"};
}

TEST(Policy, InForceIsTheLastThatHasBegun) {
  v1::Pool pool = SomePool();
  *pool.add_policies() = DefaultPolicy(On("2022-07-01"));
  pool.mutable_policies(1)->set_leverage_multiple(5);
  EXPECT_EQ(PolicyOn(pool, On("2022-06-30"))->leverage_multiple(), 10);
  EXPECT_EQ(PolicyOn(pool, On("2022-07-01"))->leverage_multiple(), 5);
  EXPECT_EQ(ReasonOf(PolicyOn(pool, On("2019-12-31")).status()), "POOL_WITHOUT_POLICY");
}

TEST(Policy, DefaultIsGivenWhereThereIsNoneAndIsNotVerified) {
  v1::Pool pool;
  pool.set_name("pools/a");
  pool.set_pool_name("资金池");
  const v1::Pool checked = CheckPool(pool, kToday).value();
  ASSERT_EQ(checked.policies_size(), 1);
  EXPECT_FALSE(checked.policies(0).verified());
  EXPECT_EQ(Day::FromProto(checked.policies(0).valid_from()).value(), kToday);
}

TEST(Policy, NamesEveryFault) {
  v1::Pool pool = SomePool();
  *pool.add_policies() = DefaultPolicy(On("2020-01-01"));
  pool.mutable_policies(1)->set_warn_ratio_ppm(60'000);
  pool.mutable_policies(1)->add_eligible_classes("HIGH_TECH");
  const auto bad = DetailOf<google::rpc::BadRequest>(CheckPool(pool, kToday).status());
  ASSERT_TRUE(bad.has_value());
  ASSERT_EQ(bad->field_violations_size(), 3);
  EXPECT_EQ(bad->field_violations(0).field(), "pool.policies[1].valid_from");
}

TEST(Postings, MoveOneAmountBetweenTwoAccounts) {
  const v1::Posting paid_in = Contribute(Moved(300 * kWan, "2022-03-01"), kToday).value();
  EXPECT_EQ(paid_in.debit_account(), "pools/ningke/contributors/西夏区财政局");
  EXPECT_EQ(paid_in.credit_account(), "pools/ningke/fund");
  const v1::Posting interest = RecordInterest(Moved(kWan, "2022-03-01"), kToday).value();
  EXPECT_EQ(interest.debit_account(), "pools/ningke/interest");
  const v1::Posting back = Refund(Moved(kWan, "2022-03-01"), kWan, kToday).value();
  EXPECT_EQ(back.debit_account(), "pools/ningke/fund");
  EXPECT_EQ(Contribute(Moved(kWan, "2023-01-01"), kToday).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(Postings, NeverMakeTheBalanceNegative) {
  EXPECT_EQ(ReasonOf(Refund(Moved(kWan + 1, "2022-03-01"), kWan, kToday).status()), "POOL_BALANCE_TOO_LOW");
  const v1::Posting paid_in = Contribute(Moved(kWan, "2022-03-01"), kToday).value();
  EXPECT_EQ(ReasonOf(Reverse(paid_in, "x", kWan - 1, kToday, kToday).status()), "POOL_BALANCE_TOO_LOW");
  EXPECT_TRUE(Reverse(paid_in, "x", kWan, kToday, kToday).ok());
  const v1::Posting back = Refund(Moved(kWan, "2022-03-01"), kWan, kToday).value();
  EXPECT_TRUE(Reverse(back, "x", 0, kToday, kToday).ok());
}

TEST(Postings, AreUndoneByTheirMirrorImageOnly) {
  const v1::Posting paid_in = Contribute(Moved(kWan, "2022-03-01"), kToday).value();
  const v1::Posting reversal = Reverse(paid_in, "重复入账", kWan, On("2022-03-01"), kToday).value();
  EXPECT_EQ(reversal.debit_account(), paid_in.credit_account());
  EXPECT_EQ(reversal.credit_account(), paid_in.debit_account());
  EXPECT_EQ(reversal.reverses(), paid_in.name());
  EXPECT_EQ(ReasonOf(Reverse(reversal, "x", kWan, kToday, kToday).status()), "POSTING_NOT_REVERSIBLE");
  EXPECT_EQ(ReasonOf(Reverse(paid_in, "x", kWan, On("2022-02-28"), kToday).status()), "DATE_TOO_EARLY");
}

TEST(Statement, SaysWhatIsLeft) {
  const v1::PoolStatement statement =
      Statement(SomePool(), {600 * kWan, 590 * kWan, 10 * kWan, 1500 * kWan, 1000 * kWan, 50 * kWan}, kToday);
  EXPECT_EQ(statement.capacity_fen(), 6000 * kWan);
  EXPECT_EQ(statement.headroom_fen(), 4500 * kWan);
  EXPECT_EQ(statement.leverage_used_ppm(), 250'000);
  EXPECT_EQ(statement.overdue_ratio_ppm(), 50'000);
  EXPECT_EQ(Statement(SomePool(), {}, kToday).leverage_used_ppm(), 0);
}

TEST(Capacity, StopsAtTheGreatestNumber) {
  v1::PoolPolicy policy = DefaultPolicy(kToday);
  policy.set_leverage_multiple(1000);
  EXPECT_EQ(CapacityFen(policy, 900'000'000'000'000'000), std::numeric_limits<int64_t>::max());
}

}  // namespace
}  // namespace kechuang::loan
