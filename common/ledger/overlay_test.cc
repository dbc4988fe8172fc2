#include "common/ledger/overlay.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "ledger_test/account.pb.h"

namespace kechuang::ledger {
namespace {

using ledger_test::Account;
using ::testing::ElementsAre;

Account Named(const std::string& name, int64_t balance_fen) {
  Account account;
  account.set_name(name);
  account.set_balance_fen(balance_fen);
  return account;
}

int64_t BalanceIn(const Overlay& overlay, const std::string& name) {
  const auto found = overlay.Find(Account(), name);
  return found == nullptr ? -1 : static_cast<const Account&>(*found).balance_fen();
}

std::set<std::string> Corrected(const Overlay& overlay, const std::string& key, std::set<std::string> names) {
  overlay.Correct(key, names);
  return names;
}

TEST(Overlay, ForgetsWhatATryStagedThatDidNotEnd) {
  Overlay overlay;
  overlay.Begin();
  overlay.Stage(Named("accounts/1", 5), {}, {});
  EXPECT_EQ(BalanceIn(overlay, "accounts/1"), 5);
  overlay.Begin();
  EXPECT_EQ(BalanceIn(overlay, "accounts/1"), -1);
  overlay.Stage(Named("accounts/1", 6), {}, {});
  overlay.Commit();
  overlay.Begin();
  EXPECT_EQ(BalanceIn(overlay, "accounts/1"), 6);
}

TEST(Overlay, MovesARecordFromKeyToKey) {
  Overlay overlay;
  overlay.Begin();
  overlay.Stage(Named("accounts/1", 5), {"b"}, {"a"});
  EXPECT_THAT(Corrected(overlay, "a", {"accounts/1", "accounts/2"}), ElementsAre("accounts/2"));
  EXPECT_THAT(Corrected(overlay, "b", {}), ElementsAre("accounts/1"));
  overlay.Commit();
  overlay.Begin();
  overlay.Stage(Named("accounts/1", 5), {"c"}, {"a"});
  for (int layer = 0; layer < 2; ++layer) {
    EXPECT_THAT(Corrected(overlay, "a", {"accounts/1"}), ElementsAre());
    EXPECT_THAT(Corrected(overlay, "b", {}), ElementsAre());
    EXPECT_THAT(Corrected(overlay, "c", {}), ElementsAre("accounts/1"));
    overlay.Commit();
  }
}

TEST(Overlay, HoldsNoMoreThanItsLimit) {
  constexpr size_t kLimit = 100'000;
  Overlay overlay(kLimit);
  for (int i = 0; i < 5000; ++i) {
    overlay.Begin();
    overlay.Stage(Named(absl::StrCat("accounts/", i), i), {absl::StrCat("key:", i)}, {});
    overlay.Commit();
    ASSERT_LE(overlay.bytes(), kLimit);
  }
  EXPECT_EQ(BalanceIn(overlay, "accounts/4999"), 4999);
  EXPECT_EQ(BalanceIn(overlay, "accounts/0"), -1);
  EXPECT_THAT(Corrected(overlay, "key:0", {}), ElementsAre());
}

}  // namespace
}  // namespace kechuang::ledger
