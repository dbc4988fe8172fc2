#include "common/ledger/bulk_share.h"

#include "gtest/gtest.h"

namespace kechuang::ledger {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

const BulkShare::Time kNow = BulkShare::Time() + seconds(1000);

// A share that has come to think that rows take so long.
BulkShare ShareOf(microseconds row) {
  BulkShare share(1024);
  for (int i = 0; i < 30; ++i) share.Took(100, 100 * row);
  return share;
}

TEST(BulkShareTest, TakesAllThatMayBeWhileNobodyIsAtWork) {
  BulkShare share = ShareOf(milliseconds(10));
  EXPECT_EQ(share.Limit(0, kNow), 1024);
  share.PersonCame(kNow);
  EXPECT_EQ(share.Limit(0, kNow + milliseconds(999)), 16);
  EXPECT_EQ(share.Limit(0, kNow + milliseconds(1001)), 1024);
}

TEST(BulkShareTest, FillsATimeThatNobodyFeels) {
  struct Case {
    int row_us;
    size_t among;
    size_t beside;
  };
  for (const Case& c : {Case{10, 1024, 1000}, Case{100, 250, 100}, Case{200, 125, 50}, Case{400, 62, 25},
                        Case{5000, 16, 16}, Case{1'000'000, 16, 16}}) {
    BulkShare share = ShareOf(microseconds(c.row_us));
    share.PersonCame(kNow);
    EXPECT_NEAR(static_cast<double>(share.Limit(0, kNow)), static_cast<double>(c.among), 1) << c.row_us;
    EXPECT_NEAR(static_cast<double>(share.Limit(3, kNow)), static_cast<double>(c.beside), 1) << c.row_us;
  }
}

TEST(BulkShareTest, FollowsAChangeWithinAFewBatches) {
  BulkShare share = ShareOf(microseconds(50));  // rows that are only checked
  share.PersonCame(kNow);
  for (int i = 0; i < 5; ++i) share.Took(100, 100 * microseconds(400));
  EXPECT_LE(share.Limit(0, kNow), 66);
}

TEST(BulkShareTest, LearnsNothingFromAFewRowsOrNoTime) {
  BulkShare share = ShareOf(microseconds(100));
  share.PersonCame(kNow);
  share.Took(15, seconds(10));
  share.Took(0, seconds(10));
  EXPECT_NEAR(static_cast<double>(share.Limit(0, kNow)), 250, 1);
  for (int i = 0; i < 100; ++i) share.Took(100, BulkShare::Duration(0));
  EXPECT_EQ(share.Limit(0, kNow), 1024);
}

}  // namespace
}  // namespace kechuang::ledger
