// What the register owes its callers when connections are cut and when the database dies: no change that was
// acknowledged is lost, none is made twice.
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "common/ledger/testing.h"
#include "common/mysql/database.h"
#include "common/register/test_bank.h"
#include "tests/support/database_gate.h"
#include "tests/support/private_mariadb.h"

namespace kechuang {
namespace {

using testing::DatabaseGate;
using ::testing::IsEmpty;
using testing::PrivateMariaDb;

absl::Time Later() { return absl::Now() + absl::Seconds(60); }

// A register that reaches its database through a gate, beside one that goes straight.
class GatedRegister {
 public:
  GatedRegister() : gate_(PrivateMariaDb::Shared().socket()) {
    mysql::DatabaseConfig config = PrivateMariaDb::Shared().Config(straight_.schema());
    config.endpoints = {gate_.endpoint()};
    database_ = std::make_unique<mysql::Database>(config);
    ledger_ =
        std::make_unique<ledger::Register>(*database_,
                                           ledger::KindTable({ledger::MakeKind<ledger_test::Account>(
                                               &ledger::testing::AccountContribution, &ledger::testing::AccountKeys)}),
                                           clock_);
    EXPECT_EQ(ledger_->Start(Later()), absl::OkStatus());
  }

  DatabaseGate& gate() { return gate_; }
  ledger::testing::Bank& straight() { return straight_; }
  // Adds 1 fen to an account, without a request id to fall back on.
  absl::Status AddOne(const std::string& name) {
    ledger::Command command;
    command.author = {"keys/test", "test/AddOne"};
    command.names = {name};
    command.decide = [name](ledger::Draft& draft) -> absl::StatusOr<std::string> {
      ASSIGN_OR_RETURN(ledger_test::Account account, draft.Get<ledger_test::Account>(name));
      account.set_balance_fen(account.balance_fen() + 1);
      ASSIGN_OR_RETURN(account, draft.Put(account));
      return account.SerializeAsString();
    };
    return ledger_->Run(std::move(command), Later()).status();
  }

 private:
  ledger::testing::Bank straight_;
  DatabaseGate gate_;
  ledger::testing::HandClock clock_;
  std::unique_ptr<mysql::Database> database_;
  std::unique_ptr<ledger::Register> ledger_;
};

TEST(Outage, ACutAroundACommitNeitherLosesNorDoublesAChange) {
  GatedRegister gated;
  ASSERT_TRUE(gated.straight().Open("accounts/a", 0).ok());
  int64_t made = 0;
  for (const auto cut : {DatabaseGate::AtCommit::kCutBefore, DatabaseGate::AtCommit::kCutAfter}) {
    for (int i = 0; i < 5; ++i) {
      gated.gate().AtNextCommit(cut);
      ASSERT_EQ(gated.AddOne("accounts/a"), absl::OkStatus());
      EXPECT_EQ(gated.straight().ledger().Read<ledger_test::Account>(Later(), "accounts/a")->balance_fen(), ++made);
    }
  }
  EXPECT_EQ(gated.straight().ledger().ReadHead(Later())->sequence, made + 1);
  EXPECT_THAT(gated.straight().Findings(), IsEmpty());
}

TEST(Outage, TwoHundredChangesUnderRandomCutsAreEachMadeOnce) {
  GatedRegister gated;
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(gated.straight().Open(absl::StrCat("accounts/", i), 0).ok());
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::atomic<int> changes = 0;
  std::vector<std::thread> threads;
  for (uint32_t i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      std::mt19937 dice(seed + i);
      for (int k = 0; k < 50; ++k) {
        switch (dice() % 4) {
          case 0:
            gated.gate().AtNextCommit(DatabaseGate::AtCommit::kCutBefore);
            break;
          case 1:
            gated.gate().AtNextCommit(DatabaseGate::AtCommit::kCutAfter);
            break;
          case 2:
            gated.gate().CutAll();
            break;
          default:
            break;
        }
        const absl::Status status = gated.AddOne(absl::StrCat("accounts/", i));
        EXPECT_EQ(status, absl::OkStatus());
        if (status.ok()) ++changes;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(changes, 200);
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(
        gated.straight().ledger().Read<ledger_test::Account>(Later(), absl::StrCat("accounts/", i))->balance_fen(), 50);
  }
  EXPECT_EQ(gated.straight().ledger().ReadHead(Later())->sequence, 204);
  EXPECT_THAT(gated.straight().Findings(), IsEmpty());
}

// Callers of a served register while its database dies and comes back.
class Callers {
 public:
  static constexpr int kCallers = 8;
  static constexpr int kChanges = 60;

  explicit Callers(ServedBank& bank) : bank_(bank) {
    for (int i = 0; i < kCallers; ++i) threads_.emplace_back([this, i] { Call(i); });
  }
  ~Callers() {
    for (std::thread& thread : threads_) thread.join();
  }
  void WaitForAcknowledged(int count) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return acknowledged_ >= count; });
  }
  void WaitForRefused(int count) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return refused_ >= count; });
  }

 private:
  void Call(int caller) {
    for (int i = 0; i < kChanges; ++i) {
      const std::string id = absl::StrCat("caller-", caller, "-", i);
      absl::Status status;
      do {  // as a client does that heeds UNAVAILABLE
        status = bank_.Pay(absl::StrCat("accounts/", caller), 1, id).status();
        if (!status.ok()) {
          EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
          EXPECT_EQ(ReasonOf(status), "DATABASE_UNAVAILABLE");
          EXPECT_TRUE(DetailOf<google::rpc::RetryInfo>(status).has_value());
        }
        const std::lock_guard<std::mutex> lock(mutex_);
        ++(status.ok() ? acknowledged_ : refused_);
        changed_.notify_all();
      } while (absl::IsUnavailable(status));
    }
  }

  ServedBank& bank_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int acknowledged_ = 0;
  int refused_ = 0;
  std::vector<std::thread> threads_;
};

TEST(Outage, EverythingAcknowledgedOutlivesADatabaseThatIsKilled) {
  ServedBank bank;
  for (int i = 0; i < Callers::kCallers; ++i) ASSERT_TRUE(bank.Open(absl::StrCat("accounts/", i)).ok());
  {
    Callers callers(bank);
    for (int round = 1; round <= 2; ++round) {
      callers.WaitForAcknowledged(round * 100);
      PrivateMariaDb::Shared().Kill();
      callers.WaitForRefused(round * 20);
      PrivateMariaDb::Shared().Start();
    }
  }
  for (int i = 0; i < Callers::kCallers; ++i) {
    register_test::GetAccountRequest get;
    get.set_name(absl::StrCat("accounts/", i));
    const auto account = bank.Call<Account>(get);
    ASSERT_TRUE(account.ok()) << account.status();
    EXPECT_EQ(account->balance_fen(), 100 + Callers::kChanges);
  }
  EXPECT_EQ(bank.HeadSequence(), Callers::kCallers * (Callers::kChanges + 1));
  EXPECT_THAT(bank.Findings(), IsEmpty());
}

}  // namespace
}  // namespace kechuang
