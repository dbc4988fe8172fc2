#include "common/ledger/record_cache.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "ledger_test/account.pb.h"

namespace kechuang::ledger {
namespace {

using ledger_test::Account;
using ledger_test::Owner;

// A place of a journal in whose every hash its sequence stands.
Head At(int64_t sequence, absl::string_view journal = "own") { return {sequence, absl::StrCat(journal, sequence)}; }

void Insert(RecordCache& cache, const Head& at, absl::string_view name, const std::string& record) {
  cache.Insert(at, Account::descriptor(), name, std::make_shared<const std::string>(record));
}

std::string Find(RecordCache& cache, const Head& at, absl::string_view name) {
  const RecordCache::Record record = cache.Find(at, Account::descriptor(), name);
  return record == nullptr ? "" : *record;
}

TEST(RecordCache, FindsWhatIsCurrentAtThePlaceAskedForOrLater) {
  RecordCache cache(1 << 20);
  cache.Restart(At(5));
  Insert(cache, At(5), "accounts/a", "a5");
  EXPECT_EQ(Find(cache, At(5), "accounts/a"), "a5");
  EXPECT_EQ(Find(cache, At(4), "accounts/a"), "a5");
  EXPECT_EQ(Find(cache, At(6), "accounts/a"), "") << "it may have changed";
  EXPECT_EQ(Find(cache, At(5), "accounts/b"), "");
}

TEST(RecordCache, TakesNoRecordOfAnotherTypeUnderTheSameName) {
  RecordCache cache(1 << 20);
  cache.Restart(At(1));
  Insert(cache, At(1), "accounts/a", "a1");
  EXPECT_EQ(cache.Find(At(1), Owner::descriptor(), "accounts/a"), nullptr);
}

TEST(RecordCache, ForgetsWhatChangedOnTheWay) {
  RecordCache cache(1 << 20);
  cache.Restart(At(1));
  for (const char* name : {"accounts/a", "accounts/b", "accounts/c"}) Insert(cache, At(1), name, "r1");
  cache.Advance(At(1), At(3), {"accounts/b", "accounts/b", "accounts/unknown"});
  EXPECT_EQ(cache.place()->sequence, 3);
  EXPECT_EQ(Find(cache, At(3), "accounts/a"), "r1");
  EXPECT_EQ(Find(cache, At(3), "accounts/b"), "");
  EXPECT_EQ(Find(cache, At(3), "accounts/c"), "r1");
}

TEST(RecordCache, KeepsNothingThatWasReadAtAnotherPlace) {
  RecordCache cache(1 << 20);
  cache.Restart(At(1));
  Insert(cache, At(1), "accounts/a", "a1");
  cache.Advance(At(1), At(2), {"accounts/b"});
  Insert(cache, At(1), "accounts/b", "b1");  // by a reader that saw the head before b changed
  EXPECT_EQ(Find(cache, At(2), "accounts/b"), "");
  Insert(cache, At(3), "accounts/b", "b3");  // the change of 3 may be a's
  EXPECT_EQ(Find(cache, At(2), "accounts/b"), "");
  Insert(cache, At(2, "another"), "accounts/b", "b2");
  EXPECT_EQ(Find(cache, At(2), "accounts/b"), "");
  Insert(cache, At(2), "accounts/b", "b2");
  EXPECT_EQ(Find(cache, At(2), "accounts/b"), "b2");
}

TEST(RecordCache, TwoReadersMayBringItOnAtOnce) {
  RecordCache cache(1 << 20);
  cache.Restart(At(1));
  for (const char* name : {"accounts/a", "accounts/b", "accounts/c"}) Insert(cache, At(1), name, "r1");
  cache.Advance(At(1), At(2), {"accounts/a"});
  cache.Advance(At(1), At(3), {"accounts/a", "accounts/b"});  // began at 1, too
  EXPECT_EQ(cache.place()->sequence, 3);
  EXPECT_EQ(Find(cache, At(3), "accounts/b"), "");
  cache.Advance(At(1), At(2), {"accounts/a"});  // came too late
  EXPECT_EQ(cache.place()->sequence, 3);
  EXPECT_EQ(Find(cache, At(3), "accounts/c"), "r1");
}

TEST(RecordCache, DoesNotGoOnFromAPlaceThatItHasNotReached) {
  RecordCache cache(1 << 20);
  cache.Restart(At(1));
  Insert(cache, At(1), "accounts/a", "a1");
  cache.Advance(At(2), At(3), {"accounts/b"});  // a may have changed at 2
  EXPECT_EQ(cache.place()->sequence, 1);
  EXPECT_EQ(Find(cache, At(3), "accounts/a"), "");
}

TEST(RecordCache, RestartsEmpty) {
  RecordCache cache(1 << 20);
  EXPECT_FALSE(cache.place().has_value());
  cache.Restart(At(9));
  Insert(cache, At(9), "accounts/a", "a9");
  EXPECT_EQ(cache.place()->hash, "own9");
  cache.Restart(At(4));
  EXPECT_FALSE(cache.place().has_value()) << "nothing is kept that could be brought on";
  EXPECT_EQ(Find(cache, At(4), "accounts/a"), "");
  Insert(cache, At(4), "accounts/a", "a4");
  EXPECT_EQ(Find(cache, At(4), "accounts/a"), "a4");
}

TEST(RecordCache, ReplacesWhatTwoReadersRead) {
  RecordCache cache(1 << 20);
  cache.Restart(At(1));
  Insert(cache, At(1), "accounts/a", "older");
  Insert(cache, At(1), "accounts/a", "newer");
  EXPECT_EQ(Find(cache, At(1), "accounts/a"), "newer");
  cache.Advance(At(1), At(2), {"accounts/a"});
  EXPECT_EQ(Find(cache, At(2), "accounts/a"), "");
  EXPECT_FALSE(cache.place().has_value());
}

TEST(RecordCache, LetsGoOfWhatWasUnusedLongestWhenItIsFull) {
  RecordCache cache(100'000);
  cache.Restart(At(1));
  const std::string record(20'000, 'x');
  for (const char* name : {"accounts/a", "accounts/b", "accounts/c", "accounts/d"}) Insert(cache, At(1), name, record);
  EXPECT_EQ(Find(cache, At(1), "accounts/a"), record);
  Insert(cache, At(1), "accounts/e", record);
  EXPECT_EQ(Find(cache, At(1), "accounts/a"), record);
  EXPECT_EQ(Find(cache, At(1), "accounts/b"), "");
  Insert(cache, At(1), "accounts/large", std::string(60'000, 'x'));
  EXPECT_EQ(Find(cache, At(1), "accounts/large").size(), 60'000u);
  EXPECT_EQ(Find(cache, At(1), "accounts/a"), record);
  EXPECT_EQ(Find(cache, At(1), "accounts/d"), "");
}

TEST(RecordCache, CountsWhatItForgets) {
  RecordCache cache(100'000);
  for (int64_t sequence = 1; sequence <= 20; ++sequence) {
    if (!cache.place().has_value()) cache.Restart(At(sequence));
    Insert(cache, At(sequence), "accounts/a", std::string(60'000, 'x'));
    Insert(cache, At(sequence), "accounts/b", "b");
    EXPECT_EQ(Find(cache, At(sequence), "accounts/b"), "b");
    cache.Advance(At(sequence), At(sequence + 1), {"accounts/a"});
    if (sequence % 5 == 0) cache.Restart(At(sequence + 1));
  }
}

TEST(RecordCache, TakesNothingThatCannotFitNorAnythingIfItHasNoRoom) {
  RecordCache cache(10'000);
  cache.Restart(At(1));
  Insert(cache, At(1), "accounts/a", "a1");
  Insert(cache, At(1), "accounts/b", std::string(10'001, 'x'));
  EXPECT_EQ(Find(cache, At(1), "accounts/b"), "");
  EXPECT_EQ(Find(cache, At(1), "accounts/a"), "a1");
  RecordCache none(0);
  EXPECT_FALSE(none.enabled());
  none.Restart(At(1));
  Insert(none, At(1), "accounts/a", "a1");
  EXPECT_EQ(Find(none, At(1), "accounts/a"), "");
}

}  // namespace
}  // namespace kechuang::ledger
