#include "common/ledger/point_reader.h"

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <iostream>
#include <latch>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
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
    ledger_.ReadThen(deadline, Account::descriptor(), name, "", [this, name](absl::StatusOr<absl::string_view> read) {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (read.ok()) {
        EXPECT_TRUE(
            found_.emplace(name, Account())->second.ParseFromArray(read->data(), static_cast<int>(read->size())));
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
      ledger.ReadThen(Soon(), Account::descriptor(), "accounts/busy", "",
                      [this](const absl::StatusOr<absl::string_view>&) { Hold(); });
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

// The account as a reader gets it; the default one if there is none.
Account Read(Register& ledger, const std::string& name) {
  Reads reads(ledger);
  reads.Start(name);
  reads.Wait();
  return reads.found().empty() ? Account() : reads.found().begin()->second;
}
Account Read(Bank& bank, const std::string& name) { return Read(bank.ledger(), name); }

TEST(PointReader, ReadsWhatWaitsTogether) {
  Bank bank;
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(bank.Open(absl::StrCat("accounts/", i), i).ok());
  BusyReader busy(bank.ledger());
  const int64_t before = bank.SelectsSoFar();
  Reads reads(bank.ledger());
  for (int i = 0; i < 200; ++i) reads.Start(absl::StrCat("accounts/", i % 60));
  busy.Release();
  reads.Wait();
  EXPECT_LE(bank.SelectsSoFar() - before, 4) << "200 reads for two threads: the head, and the records";

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

TEST(PointReader, ReadsTheHeadAloneWhileNothingChanges) {
  Bank bank;
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(bank.Open(absl::StrCat("accounts/", i), int64_t{100} * i).ok());
  for (int i = 0; i < 50; ++i) Read(bank, absl::StrCat("accounts/", i));
  const int64_t before = bank.SelectsSoFar();
  for (int i = 0; i < 50; ++i) EXPECT_EQ(Read(bank, absl::StrCat("accounts/", i)).balance_yuan(), i);
  EXPECT_EQ(bank.SelectsSoFar() - before, 50);

  ASSERT_TRUE(bank.Pay("accounts/7", 5).ok());
  const int64_t paid = bank.SelectsSoFar();
  EXPECT_EQ(Read(bank, "accounts/8").balance_fen(), 800);
  EXPECT_EQ(bank.SelectsSoFar() - paid, 2) << "the head, and what changed";
  EXPECT_EQ(Read(bank, "accounts/7").balance_fen(), 705);
  EXPECT_EQ(bank.SelectsSoFar() - paid, 4) << "the head, and the record";
}

TEST(PointReader, KeepsNothingWithoutRoom) {
  Bank bank(RegisterOptions{.read_cache_bytes = 0});
  ASSERT_TRUE(bank.Open("accounts/a", 100).ok());
  const int64_t before = bank.SelectsSoFar();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Read(bank, "accounts/a").etag(), "r1");
  EXPECT_EQ(bank.SelectsSoFar() - before, 3);
}

TEST(PointReader, GivesRecordsWithoutDerivedFieldsAsTheyAreKept) {
  Bank bank;
  ASSERT_TRUE(bank.Open("accounts/a", 100).ok());
  Register plain(bank.database(), KindTable({MakeKind<Account>()}), bank.clock());
  const Account first = Read(plain, "accounts/a");
  EXPECT_EQ(first.etag(), "r1");
  EXPECT_EQ(first.balance_yuan(), 0);
  EXPECT_EQ(Read(plain, "accounts/a").SerializeAsString(), first.SerializeAsString());
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

TEST(PointReader, ShowsWhatAnotherReplicaAcknowledged) {
  Bank bank;
  Bank other(bank.schema());
  ASSERT_TRUE(bank.Open("accounts/a", 0).ok());
  for (int i = 1; i <= 30; ++i) {
    ASSERT_TRUE((i % 3 == 0 ? bank : other).Pay("accounts/a", 1).ok());
    ASSERT_EQ(Read(bank, "accounts/a").balance_fen(), i);
    ASSERT_EQ(Read(other, "accounts/a").balance_fen(), i);
  }
  ASSERT_TRUE(other.Open("accounts/b", 7).ok());
  EXPECT_EQ(Read(bank, "accounts/b").balance_fen(), 7);
}

TEST(PointReader, ShowsDeletion) {
  Bank bank;
  ASSERT_TRUE(bank.Open("accounts/a", 0).ok());
  EXPECT_FALSE(Read(bank, "accounts/a").has_delete_time());
  ASSERT_TRUE(bank.Change("accounts/a",
                          [](Draft& draft) -> absl::StatusOr<Account> {
                            ASSIGN_OR_RETURN(Account account, draft.Get<Account>("accounts/a"));
                            account.mutable_delete_time()->set_seconds(absl::ToUnixSeconds(draft.now()));
                            return draft.Put(account);
                          })
                  .ok());
  EXPECT_TRUE(Read(bank, "accounts/a").has_delete_time());
}

// Imports one account with this balance, and gives the status.
absl::Status ImportAccount(Bank& bank, const std::string& name, int64_t balance_fen) {
  ASSIGN_OR_RETURN(
      const ImportEntry run,
      bank.ledger().BeginImport(Soon(), {"file-1", "accounts", "名单.csv", "sha256:1"}, "keys/test", false));
  Command command;
  command.author = {"keys/test", "test/Import", absl::StrCat("row ", name), "", "file-1", "row"};
  command.import_generation = run.generation;
  command.request = std::make_shared<ledger_test::PayRequest>();
  command.decide = [=](Draft& draft) -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(std::optional<Account> account, draft.Find<Account>(name));
    draft.Note(account.has_value() ? RowEffect::kChanged : RowEffect::kInserted);
    if (!account.has_value()) account.emplace().set_name(name);
    account->set_balance_fen(balance_fen);
    RETURN_IF_ERROR(draft.Put(*account).status());
    return std::string();
  };
  return bank.ledger().Run(std::move(command), Soon()).status();
}

TEST(PointReader, ShowsARevertOfAnImport) {
  Bank bank;
  Bank other(bank.schema());
  ASSERT_TRUE(bank.Open("accounts/a", 1).ok());
  for (const char* name : {"accounts/a", "accounts/b"}) ASSERT_EQ(ImportAccount(bank, name, 2), absl::OkStatus());
  for (Bank* reader : {&bank, &other}) {
    for (const char* name : {"accounts/a", "accounts/b"}) EXPECT_EQ(Read(*reader, name).balance_fen(), 2);
  }
  const auto reverted = other.ledger().RevertImport(Soon(), "file-1", {"keys/test", "test/Revert"}, false, 10);
  ASSERT_EQ(reverted.status(), absl::OkStatus());
  for (Bank* reader : {&bank, &other}) {
    EXPECT_EQ(Read(*reader, "accounts/a").balance_fen(), 1);
    EXPECT_EQ(Read(*reader, "accounts/a").revision(), 3);
    EXPECT_EQ(Read(*reader, "accounts/b").name(), "") << "it was taken back";
  }
}

// Opens these accounts, or sets the balance of those that there are, in one command.
Command SetBalances(std::vector<std::string> names, int64_t balance_fen) {
  Command command;
  command.author = {"keys/test", "test/SetBalances"};
  command.names = std::move(names);
  command.decide = [names = command.names, balance_fen](Draft& draft) -> absl::StatusOr<std::string> {
    for (const std::string& name : names) {
      Account account;
      account.set_name(name);
      account.set_balance_fen(balance_fen);
      RETURN_IF_ERROR(draft.Put(account).status());
    }
    return std::string();
  };
  return command;
}

TEST(PointReader, ShowsChangesBeyondWhatItLooksThrough) {
  Bank bank;
  ASSERT_TRUE(bank.Open("accounts/a", 1).ok());
  EXPECT_EQ(Read(bank, "accounts/a").balance_fen(), 1);
  for (int first = 0; first < 4100; first += 100) {
    std::vector<std::string> names;
    for (int i = first; i < first + 100; ++i) names.push_back(absl::StrCat("accounts/", i));
    ASSERT_TRUE(bank.ledger().Run(SetBalances(std::move(names), 2), Soon()).ok());
  }
  ASSERT_TRUE(bank.ledger().Run(SetBalances({"accounts/a"}, 2), Soon()).ok());
  const int64_t before = bank.SelectsSoFar();
  EXPECT_EQ(Read(bank, "accounts/a").balance_fen(), 2);
  EXPECT_EQ(bank.SelectsSoFar() - before, 2) << "the head, and the record";
  EXPECT_EQ(Read(bank, "accounts/a").balance_fen(), 2);
  EXPECT_EQ(bank.SelectsSoFar() - before, 3);
}

// Sets the database back to the moment before the second entry of its journal, which was a payment to a.
void SetBack(Bank& bank) {
  bank.Tamper("UPDATE account SET revision=1,balance_fen=0 WHERE name='accounts/a'");
  bank.Tamper("DELETE FROM journal WHERE sequence>1");
  bank.Tamper("UPDATE head SET sequence=1,hash=(SELECT hash FROM journal WHERE sequence=1)");
}

TEST(PointReader, NoticesADatabaseThatWasSetBack) {
  for (const int later : {0, 1, 3}) {  // changes after it was set back
    Bank bank;
    ASSERT_TRUE(bank.Open("accounts/a", 0).ok());
    ASSERT_TRUE(bank.Pay("accounts/a", 5).ok());
    EXPECT_EQ(Read(bank, "accounts/a").balance_fen(), 5);
    SetBack(bank);
    for (int i = 0; i < later; ++i) ASSERT_TRUE(bank.Open(absl::StrCat("accounts/", i), 1).ok());
    EXPECT_EQ(Read(bank, "accounts/a").balance_fen(), 0) << later;
    EXPECT_EQ(Read(bank, "accounts/a").balance_fen(), 0) << later;
  }
}

TEST(PointReader, GoesOnWhenItsConnectionWasLost) {
  Bank bank;
  Bank other(bank.schema());
  ASSERT_TRUE(bank.Open("accounts/a", 0).ok());
  for (int i = 1; i <= 5; ++i) {
    ASSERT_TRUE(other.Pay("accounts/a", 1).ok());
    std::vector<int64_t> connections;
    ASSERT_TRUE(
        other.database()
            .Read(Soon(),
                  [&](mysql::Session& session) {
                    return session.Query(
                        "SELECT id FROM information_schema.processlist WHERE db=DATABASE() AND id<>CONNECTION_ID()", {},
                        [&](const mysql::Row& row) {
                          connections.push_back(row.Int(0));
                          return absl::OkStatus();
                        });
                  })
            .ok());
    for (const int64_t connection : connections) other.Tamper(absl::StrCat("KILL CONNECTION ", connection));
    EXPECT_EQ(Read(bank, "accounts/a").balance_fen(), i);
  }
}

// Random payments of one fen each by two replicas, one of them with hardly any room to keep records, while others read.
class Traffic {
 public:
  static constexpr int kAccounts = 6;

  explicit Traffic(uint32_t seed) : seed_(seed), replicas_{&roomy_, &narrow_} {
    for (int i = 0; i < kAccounts; ++i) EXPECT_TRUE(roomy_.Open(NameOf(i), 0).ok());
    for (std::atomic<int64_t>& revision : acknowledged_) revision = 1;
  }

  void Run(int writers, int readers) {
    std::latch begin(writers + readers);
    std::atomic<int> writing = writers;
    std::vector<std::thread> threads;
    for (int i = 0; i < writers; ++i) {
      threads.emplace_back([&, i] {
        std::mt19937 random(seed_ + static_cast<uint32_t>(i));
        begin.arrive_and_wait();
        for (int payment = 0; payment < 150; ++payment) Pay(random);
        --writing;
      });
    }
    for (int i = 0; i < readers; ++i) {
      threads.emplace_back([&, i] {
        std::mt19937 random(seed_ + static_cast<uint32_t>(writers + i));
        begin.arrive_and_wait();
        while (writing > 0) CheckSome(random);
      });
    }
    for (std::thread& thread : threads) thread.join();
  }

  int checked() const { return checked_; }
  int stale() const { return stale_; }
  int torn() const { return torn_; }
  int failed() const { return failed_; }

 private:
  static std::string NameOf(size_t account) { return absl::StrCat("accounts/", account); }
  Bank& SomeReplica(std::mt19937& random) { return *replicas_[random() % 2]; }

  void Pay(std::mt19937& random) {
    const size_t account = random() % kAccounts;
    const absl::StatusOr<Account> paid = SomeReplica(random).Pay(NameOf(account), 1);
    if (!paid.ok()) {
      ++failed_;
      return;
    }
    int64_t known = acknowledged_[account];
    while (known < paid->revision() && !acknowledged_[account].compare_exchange_weak(known, paid->revision())) continue;
  }

  // Reads some accounts at once; each must be as new as what was acknowledged before, and whole.
  void CheckSome(std::mt19937& random) {
    std::map<std::string, int64_t> least;
    Reads reads(SomeReplica(random).ledger());
    for (size_t i = 0; i < 1 + random() % 4; ++i) {
      const size_t account = random() % kAccounts;
      if (!least.emplace(NameOf(account), acknowledged_[account]).second) continue;
      reads.Start(NameOf(account));
    }
    reads.Wait();
    failed_ += static_cast<int>(reads.refused().size());
    for (const auto& [name, account] : reads.found()) {
      ++checked_;
      stale_ += account.revision() < least[name] ? 1 : 0;
      torn_ += account.name() != name || account.balance_fen() != account.revision() - 1 ? 1 : 0;
    }
  }

  const uint32_t seed_;
  Bank roomy_;
  Bank narrow_{roomy_.schema(), RegisterOptions{.read_cache_bytes = 1500}};
  const std::array<Bank*, 2> replicas_;
  std::array<std::atomic<int64_t>, kAccounts> acknowledged_;
  std::atomic<int> checked_ = 0;
  std::atomic<int> stale_ = 0;
  std::atomic<int> torn_ = 0;
  std::atomic<int> failed_ = 0;
};

TEST(PointReader, NeverShowsLessThanWasAcknowledgedUnderRandomTraffic) {
  const char* given = std::getenv("KECHUANG_TEST_SEED");
  const uint32_t seed =
      given == nullptr ? std::random_device()() : static_cast<uint32_t>(std::strtoul(given, nullptr, 10));
  std::cout << "KECHUANG_TEST_SEED=" << seed << "\n";
  Traffic traffic(seed);
  traffic.Run(/*writers=*/3, /*readers=*/4);
  EXPECT_GT(traffic.checked(), 100);
  EXPECT_EQ(traffic.stale(), 0) << seed;
  EXPECT_EQ(traffic.torn(), 0) << seed;
  EXPECT_EQ(traffic.failed(), 0) << seed;
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
