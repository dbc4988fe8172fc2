#include <cstdlib>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

#include "common/ledger/kind.h"
#include "services/loan/loan_rules.h"
#include "services/loan/loan_states.h"
#include "services/loan/money_rules.h"
#include "services/loan/pool_rules.h"
#include "services/loan/test_data.h"
#include "services/loan/totals.h"

// Random commands on the rules, with totals kept by contribution, held against sums over all records after each
// command.
namespace kechuang::loan {
namespace {

using testing::kWan;
using testing::On;
using testing::TotalsInMemory;

constexpr int kCommands = 20'000;
constexpr int kEnterprises = 20;
constexpr int kPools = 3;
constexpr int kBanks = 3;
constexpr int kCommandsPerLoan = 80;
constexpr int kDays = 1500;
constexpr int kProbes = 12;

uint64_t Seed() {
  const char* given = std::getenv("KECHUANG_SEED");
  uint64_t seed = 0;
  if (given != nullptr && absl::SimpleAtoi(given, &seed)) return seed;
  return std::random_device()();
}

class World {
 public:
  explicit World(uint64_t seed) : random_(seed) {
    for (int i = 0; i < kPools; ++i) {
      v1::Pool pool = testing::SomePool();
      pool.set_name(absl::StrCat("pools/p", i));
      pools_.push_back(pool);
    }
  }

  // Runs one random command; its name, for messages.
  std::string Step() {
    today_ = On("2020-01-01").AddDays(int64_t{steps_++} * kDays / kCommands);
    using Command = void (World::*)();
    struct Named {
      const char* name;
      Command run;
    };
    static constexpr Named kAll[] = {{"contribute", &World::DoContribute},
                                     {"refund", &World::DoRefund},
                                     {"create", &World::DoCreate},
                                     {"submit", &World::DoSubmit},
                                     {"recommend", &World::DoRecommend},
                                     {"bank approve", &World::DoBankApprove},
                                     {"confirm", &World::DoConfirm},
                                     {"cancel", &World::DoCancel},
                                     {"disburse", &World::DoDisburse},
                                     {"disburse", &World::DoDisburse},
                                     {"reverse", &World::DoReverse},
                                     {"repay", &World::DoRepay},
                                     {"mark overdue", &World::DoMarkOverdue},
                                     {"end", &World::DoEnd}};
    const Named& command = kAll[static_cast<size_t>(Pick(std::size(kAll)))];
    (this->*command.run)();
    return command.name;
  }

  void CheckInvariants() {
    std::map<std::string, int64_t> by_enterprise, by_pool;
    for (const auto& [name, loan] : loans_) {
      ASSERT_TRUE(CheckMoney(loan).ok()) << CheckMoney(loan);
      ASSERT_LE(loan.outstanding_fen(), loan.approved_amount_fen()) << name;
      ASSERT_GE(UndrawnFen(loan), 0) << name;
      by_enterprise[loan.enterprise()] += ExposureFen(loan);
      by_pool[loan.pool()] += ExposureFen(loan);
    }
    for (const auto& [enterprise, exposure] : by_enterprise) {
      ASSERT_EQ(totals_.At(EnterpriseExposureCell(enterprise)).amount_fen, exposure);
      ASSERT_LE(exposure, testing::SomePolicy().hnte_cap_fen()) << enterprise;
    }
    for (const v1::Pool& pool : pools_) {
      ASSERT_EQ(totals_.At(PoolExposureCell(pool.name())).amount_fen, by_pool[pool.name()]);
      ASSERT_EQ(Balance(pool), balances_[pool.name()]);
      ASSERT_GE(Balance(pool), 0);
    }
  }

  // Issued figures of every year against the disbursements themselves.
  void CheckIssued() {
    for (int year = 2020; year <= 2024; ++year) {
      int64_t amount = 0;
      std::map<std::string, int64_t> standing_loans, standing_enterprises, year_enterprises;
      for (const auto& [name, paid] : disbursements_) {
        const bool reversed = paid.state() == v1::DISBURSEMENT_STATE_REVERSED;
        const int posted = paid.disburse_date().year();
        const int undone = reversed ? paid.reverse_date().year() : 0;
        if (posted == year) amount += paid.amount_fen();
        if (undone == year) amount -= paid.amount_fen();
        if (posted == year && undone != year) ++year_enterprises[paid.enterprise()];
        const int64_t net = (posted <= year ? 1 : 0) - (reversed && undone <= year ? 1 : 0);
        standing_loans[paid.loan()] += net;
        standing_enterprises[paid.enterprise()] += net;
      }
      const auto positive = [](const std::map<std::string, int64_t>& counts) {
        return std::count_if(counts.begin(), counts.end(), [](const auto& entry) { return entry.second > 0; });
      };
      const std::string period = absl::StrCat(year);
      const ledger::Amounts issued = totals_.At({std::string(kIssued), "", period, ""});
      ASSERT_EQ(issued.amount_fen, amount) << year;
      ASSERT_EQ(issued.distinct, positive(year_enterprises)) << year;
      ASSERT_EQ(totals_.UpTo(kStandingLoan, kByAll, "", period).count, positive(standing_loans)) << year;
      ASSERT_EQ(totals_.UpTo(kStandingBorrower, kByAll, "", period).count, positive(standing_enterprises)) << year;
    }
  }

  int accepted() const { return accepted_; }
  size_t disbursements() const { return disbursements_.size(); }

 private:
  int Pick(size_t below) { return static_cast<int>(std::uniform_int_distribution<size_t>(0, below - 1)(random_)); }
  int64_t Amount(int64_t most) { return 1 + std::uniform_int_distribution<int64_t>(0, most)(random_); }
  int64_t Balance(const v1::Pool& pool) const { return totals_.At(PoolBalanceCell(pool.name())).amount_fen; }
  v1::Pool& PoolOf(const v1::Loan& loan) { return pools_[static_cast<size_t>(loan.pool().back() - '0')]; }
  Room RoomOf(const v1::Loan& loan) {
    return {totals_.At(EnterpriseExposureCell(loan.enterprise())).amount_fen,
            totals_.At(PoolExposureCell(loan.pool())).amount_fen, Balance(PoolOf(loan)),
            totals_.At(OverdueCell(loan.enterprise())).count};
  }
  enterprise::v1::Enterprise Borrower() const {
    enterprise::v1::Enterprise borrower = testing::HighTech();
    *borrower.mutable_certification_periods(0)->mutable_valid_from() = On("2019-01-01").ToProto();
    return borrower;
  }

  void Post(const absl::StatusOr<v1::Posting>& posting, int64_t sign) {
    if (!posting.ok()) return;
    ++accepted_;
    totals_.Add(ContributionOf(*posting), 1);
    balances_[posting->name().substr(0, 8)] += sign * posting->amount_fen();
  }
  Movement Moved() {
    const v1::Pool& pool = pools_[static_cast<size_t>(Pick(kPools))];
    return {absl::StrCat(pool.name(), "/postings/", ++ids_), pool.name(), Amount(200 * kWan), today_, "区财政局", ""};
  }
  void DoContribute() { Post(Contribute(Moved(), today_), 1); }
  void DoRefund() {
    const Movement movement = Moved();
    Post(Refund(movement, totals_.At(PoolBalanceCell(movement.pool)).amount_fen, today_), -1);
  }

  void DoCreate() {
    if (static_cast<int>(loans_.size()) > 20 + steps_ / kCommandsPerLoan) return;
    v1::Loan loan = Pick(2) == 0 ? testing::BankFirst(Amount(300 * kWan)) : testing::BureauFirst(Amount(300 * kWan));
    loan.set_name(absl::StrCat("loans/", ++ids_));
    loan.set_enterprise(absl::StrCat("enterprises/", Pick(kEnterprises)));
    loan.set_pool(pools_[static_cast<size_t>(Pick(kPools))].name());
    loan.set_bank(absl::StrCat("banks/", Pick(kBanks)));
    totals_.Replace<v1::Loan>(nullptr, loan, &ContributionOf);
    loans_[loan.name()] = loan;
  }

  // Runs a rule on random loans until one takes it; a refusal leaves the loan as it is, since rules take copies.
  void Change(const std::function<absl::StatusOr<v1::Loan>(const v1::Loan&)>& rule) {
    if (loans_.empty()) return;
    for (int probe = 0; probe < kProbes; ++probe) {
      auto found = loans_.begin();
      std::advance(found, Pick(loans_.size()));
      const absl::StatusOr<v1::Loan> after = rule(found->second);
      if (!after.ok()) continue;
      ++accepted_;
      totals_.Replace(&found->second, *after, &ContributionOf);
      found->second = *after;
      return;
    }
  }
  void DoSubmit() {
    Change([&](const v1::Loan& loan) { return Submit(loan, Borrower(), testing::SomePolicy(), RoomOf(loan), today_); });
  }
  void DoRecommend() {
    Change(
        [&](const v1::Loan& loan) { return Recommend(loan, Borrower(), testing::SomePolicy(), RoomOf(loan), today_); });
  }
  void DoBankApprove() {
    const Approval approval = {Amount(300 * kWan), Pick(80'000) + 1, Pick(14) + 1};
    Change([&](const v1::Loan& loan) { return BankApprove(loan, approval, testing::SomePolicy(), RoomOf(loan)); });
  }
  void DoConfirm() {
    v1::ConsentLetter letter;
    *letter.mutable_issue_date() = today_.AddDays(-Pick(30)).ToProto();
    *letter.mutable_expiry_date() = today_.AddDays(Pick(900)).ToProto();
    Change([&](const v1::Loan& loan) {
      const Room room = RoomOf(loan);
      const auto confirmed =
          Confirm(loan, letter, testing::SomeBank(), PoolOf(loan), testing::SomePolicy(), room, today_);
      if (confirmed.ok()) {
        EXPECT_LE(room.pool_exposure_fen + loan.approved_amount_fen(), 10 * room.pool_balance_fen);
      }
      return confirmed;
    });
  }
  void DoCancel() {
    if (Pick(20) != 0) return;
    Change([&](const v1::Loan& loan) { return Cancel(loan, Pick(2) == 0, "", today_); });
  }
  void DoEnd() {
    if (Pick(20) != 0) return;
    Change([&](const v1::Loan& loan) { return Pick(2) == 0 ? Reject(loan, "x") : Withdraw(loan, "x"); });
  }
  void DoMarkOverdue() {
    if (Pick(5) != 0) return;
    Change([&](const v1::Loan& loan) { return absl::StatusOr<v1::Loan>(MarkOverdue(loan, today_)); });
  }
  void DoRepay() {
    const Payment payment = {Amount(100 * kWan), 0, today_, Pick(4) == 0, ""};
    Change([&](const v1::Loan& loan) -> absl::StatusOr<v1::Loan> {
      const absl::StatusOr<Repaid> repaid = Repay(loan, payment, today_);
      if (!repaid.ok()) return repaid.status();
      return repaid->loan;
    });
  }

  void StorePayOut(const v1::Disbursement* before, const Paid& paid) {
    totals_.Replace(before, paid.disbursement, &ContributionOf);
    v1::Borrower& borrower = borrowers_[paid.loan.enterprise()];
    const v1::Borrower counted = NoteIssue(borrower, paid.loan, before, paid.disbursement);
    totals_.Replace(&borrower, counted, &ContributionOf);
    borrower = counted;
    disbursements_[paid.disbursement.name()] = paid.disbursement;
  }
  void DoDisburse() {
    const int64_t amount = Amount(100 * kWan);
    Change([&](const v1::Loan& loan) -> absl::StatusOr<v1::Loan> {
      const absl::StatusOr<Paid> paid = Disburse(loan, amount, today_.AddDays(-Pick(10)), std::nullopt, today_);
      if (!paid.ok()) return paid.status();
      StorePayOut(nullptr, *paid);
      return paid->loan;
    });
  }
  void DoReverse() {
    if (disbursements_.empty() || Pick(3) != 0) return;
    auto found = disbursements_.begin();
    std::advance(found, Pick(disbursements_.size()));
    const v1::Disbursement before = found->second;
    const v1::Loan loan = loans_.at(before.loan());
    const absl::StatusOr<Paid> undone = ReverseDisbursement(loan, before, "x", today_, today_);
    if (!undone.ok()) return;
    ++accepted_;
    StorePayOut(&before, *undone);
    totals_.Replace(&loan, undone->loan, &ContributionOf);
    loans_[loan.name()] = undone->loan;
  }

  std::mt19937_64 random_;
  Day today_;
  int steps_ = 0;
  int ids_ = 0;
  int accepted_ = 0;
  std::vector<v1::Pool> pools_;
  std::map<std::string, int64_t> balances_;  // by pool, added up beside the accounts
  std::map<std::string, v1::Loan> loans_;
  std::map<std::string, v1::Disbursement> disbursements_;
  std::map<std::string, v1::Borrower> borrowers_;
  TotalsInMemory totals_;
};

TEST(LoanProperty, MoneyInvariantsHoldAfterEveryCommand) {
  const uint64_t seed = Seed();
  std::cout << "seed " << seed << " (set KECHUANG_SEED to run it again)\n";
  World world(seed);
  for (int i = 0; i < kCommands; ++i) {
    const std::string command = world.Step();
    world.CheckInvariants();
    if (i % 500 == 0) world.CheckIssued();
    if (::testing::Test::HasFatalFailure()) FAIL() << "after command " << i << ", " << command << ", seed " << seed;
  }
  world.CheckIssued();
  std::cout << world.accepted() << " commands accepted, " << world.disbursements() << " disbursements\n";
  // A run in which hardly anything was accepted would prove nothing.
  EXPECT_GT(world.accepted(), kCommands / 20);
  EXPECT_GT(world.disbursements(), 50u);
}

}  // namespace
}  // namespace kechuang::loan
