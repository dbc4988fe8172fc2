#include "common/ledger/point_reader.h"

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "common/ledger/testing.h"

namespace kechuang::ledger {
namespace {

using ledger_test::Account;
using testing::Bank;
using testing::Soon;

// Reads of accounts under way together, and what came of each.
class Reads {
 public:
  explicit Reads(Register& ledger) : ledger_(ledger) {}

  void Start(const std::string& name, absl::Time deadline = Soon()) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      ++under_way_;
    }
    ledger_.ReadThen(deadline, Account::descriptor(), name,
                     [this, name](const absl::StatusOr<const google::protobuf::Message*>& read) {
                       const std::lock_guard<std::mutex> lock(mutex_);
                       if (read.ok()) {
                         found_.emplace(name, static_cast<const Account&>(**read));
                       } else {
                         refused_.emplace(name, read.status());
                       }
                       --under_way_;
                       ended_.notify_all();
                     });
  }
  void Wait() {
    std::unique_lock<std::mutex> lock(mutex_);
    ended_.wait(lock, [this] { return under_way_ == 0; });
  }

  const std::multimap<std::string, Account>& found() const { return found_; }
  const std::multimap<std::string, absl::Status>& refused() const { return refused_; }
  std::string ReasonFor(const std::string& name) const {
    const auto status = refused_.find(name);
    return status == refused_.end() ? "" : ReasonOf(status->second);
  }

 private:
  Register& ledger_;
  std::mutex mutex_;
  std::condition_variable ended_;
  int under_way_ = 0;
  std::multimap<std::string, Account> found_;
  std::multimap<std::string, absl::Status> refused_;
};

// Keeps both threads of a register's reader busy until it is released, so that what is read meanwhile waits.
class BusyReader {
 public:
  explicit BusyReader(Register& ledger) {
    for (int i = 1; i <= 2; ++i) {
      ledger.ReadThen(Soon(), Account::descriptor(), "accounts/busy",
                      [this](const absl::StatusOr<const google::protobuf::Message*>&) { Hold(); });
      std::unique_lock<std::mutex> lock(mutex_);
      changed_.wait(lock, [&] { return begun_ == i; });
    }
  }
  void Release() {
    std::unique_lock<std::mutex> lock(mutex_);
    released_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return ended_ == 2; });
  }

 private:
  void Hold() {
    std::unique_lock<std::mutex> lock(mutex_);
    ++begun_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return released_; });
    ++ended_;
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  int begun_ = 0;
  bool released_ = false;
  int ended_ = 0;
};

TEST(PointReader, ReadsWhatWaitsWithOneStatement) {
  Bank bank;
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(bank.Open(absl::StrCat("accounts/", i), i).ok());
  BusyReader busy(bank.ledger());
  const int64_t before = bank.SelectsSoFar();
  Reads reads(bank.ledger());
  for (int i = 0; i < 200; ++i) reads.Start(absl::StrCat("accounts/", i % 60));
  busy.Release();
  reads.Wait();
  EXPECT_LE(bank.SelectsSoFar() - before, 2) << "200 reads for two threads";

  int right = 0;
  for (const auto& [name, account] : reads.found()) {
    right += account.name() == name && absl::StrCat("accounts/", account.balance_fen()) == name ? 1 : 0;
    EXPECT_EQ(account.etag(), "r1");
  }
  EXPECT_EQ(right, 50 * 3 + 20);
  EXPECT_EQ(reads.refused().size(), 30u);
  for (const auto& [name, status] : reads.refused()) {
    EXPECT_EQ(ReasonOf(status), "RECORD_NOT_FOUND");
    EXPECT_EQ(DetailOf<google::rpc::ResourceInfo>(status)->resource_name(), name);
  }
}

TEST(PointReader, GivesEveryCallerItsOwnWrites) {
  Bank bank;
  ASSERT_TRUE(bank.Open("accounts/a", 0).ok());
  std::vector<std::thread> callers;
  std::atomic<int> stale = 0;
  for (int caller = 0; caller < 8; ++caller) {
    callers.emplace_back([&] {
      for (int i = 0; i < 40; ++i) {
        const absl::StatusOr<Account> paid = bank.Pay("accounts/a", 1);
        Reads reads(bank.ledger());
        reads.Start("accounts/a");
        reads.Wait();
        stale += paid.ok() && reads.found().begin()->second.revision() >= paid->revision() ? 0 : 1;
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(stale, 0);
}

TEST(PointReader, ARecordThatCannotBeReadHarmsNoOther) {
  Bank bank;
  for (const char* name : {"accounts/a", "accounts/b", "accounts/c"}) ASSERT_TRUE(bank.Open(name, 1).ok());
  bank.Tamper("UPDATE account SET notes='no list' WHERE name='accounts/b'");
  BusyReader busy(bank.ledger());
  Reads reads(bank.ledger());
  for (const char* name : {"accounts/a", "accounts/b", "accounts/c"}) reads.Start(name);
  busy.Release();
  reads.Wait();
  EXPECT_EQ(reads.found().size(), 2u);
  EXPECT_EQ(reads.ReasonFor("accounts/b"), "INTERNAL_FAULT");
}

TEST(PointReader, RefusesWhatCameTooLateAndWhatIsTooMuch) {
  Bank bank({.queue_size_max = 2});
  ASSERT_TRUE(bank.Open("accounts/a", 1).ok());
  BusyReader busy(bank.ledger());
  Reads reads(bank.ledger());
  reads.Start("accounts/late", absl::Now() - absl::Seconds(1));
  reads.Start("accounts/a");
  reads.Start("accounts/more");
  EXPECT_EQ(reads.ReasonFor("accounts/more"), "OVERLOADED");
  busy.Release();
  reads.Wait();
  EXPECT_EQ(reads.ReasonFor("accounts/late"), "DEADLINE");
  EXPECT_EQ(reads.found().count("accounts/a"), 1u);
}

}  // namespace
}  // namespace kechuang::ledger
