// Random commands against a small reference model: after every batch of them the register and the model hold the same.

#include <condition_variable>
#include <cstdlib>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "common/ledger/testing.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::ledger {
namespace {

using ledger_test::Account;
using testing::Bank;
using testing::Soon;

constexpr int kCommands = 10'000;
constexpr int kWave = 200;  // commands in flight together
constexpr int kAccounts = 40;

uint32_t Seed() {
  const char* given = std::getenv("KECHUANG_TEST_SEED");
  return given == nullptr ? std::random_device()() : static_cast<uint32_t>(std::strtoul(given, nullptr, 10));
}

// What the register should hold, kept in the plainest way.
class Model {
 public:
  // The verdict of a transfer, applied if it is one.
  bool Transfer(const std::string& from, const std::string& to, int64_t amount) {
    if (!balances_.contains(from) || !balances_.contains(to) || balances_[from] < amount) return false;
    balances_[from] -= amount;
    balances_[to] += amount;
    return true;
  }
  bool Open(const std::string& name, int64_t balance) { return balances_.emplace(name, balance).second; }
  const std::map<std::string, int64_t>& balances() const { return balances_; }

 private:
  std::map<std::string, int64_t> balances_;
};

struct Step {
  bool open = false;
  std::string from;
  std::string to;
  int64_t amount = 0;
  std::string request_id;
};

Step RandomStep(std::mt19937& random) {
  const auto account = [&] { return absl::StrCat("accounts/", random() % kAccounts); };
  Step step{random() % 10 == 0, account(), account(), static_cast<int64_t>(random() % 50), ""};
  if (random() % 4 == 0) step.request_id = absl::StrCat("id-", random() % 500);
  return step;
}

Command CommandOf(const Step& step) {
  Command command;
  command.author = {"keys/test", step.open ? "test/Open" : "test/Transfer", step.request_id};
  auto request = std::make_shared<ledger_test::PayRequest>();
  request->set_name(absl::StrCat(step.from, ">", step.to));
  request->set_amount_fen(step.amount);
  command.request = request;
  if (step.from.size() % 2 == 0) command.names = {step.from, step.to};  // a hint may be there or not
  if (step.amount % 3 == 0) command.new_names = {step.from};            // right or wrong
  command.decide = [step](Draft& draft) -> absl::StatusOr<std::string> {
    if (step.open) {
      Account account;
      account.set_name(step.from);
      account.set_balance_fen(step.amount);
      account.set_city(absl::StrCat("city", step.amount % 3));
      RETURN_IF_ERROR(draft.Create(account).status());
      return std::string("opened");
    }
    ASSIGN_OR_RETURN(Account from, draft.Get<Account>(step.from));
    ASSIGN_OR_RETURN(const Account to_before, draft.Get<Account>(step.to));
    if (from.balance_fen() < step.amount) return absl::FailedPreconditionError("too little");
    from.set_balance_fen(from.balance_fen() - step.amount);
    RETURN_IF_ERROR(draft.Put(from).status());
    ASSIGN_OR_RETURN(Account to, draft.Get<Account>(step.to));
    to.set_balance_fen(to.balance_fen() + step.amount);
    RETURN_IF_ERROR(draft.Put(to).status());
    return std::string("moved");
  };
  return command;
}

TEST(Model, AgreesWithTheRegisterOverRandomCommands) {
  const uint32_t seed = Seed();
  std::cout << "KECHUANG_TEST_SEED=" << seed << "\n";
  std::mt19937 random(seed);
  Bank bank;
  Model model;
  std::map<std::string, Step> first_of_id;
  for (int done = 0; done < kCommands; done += kWave) {
    std::vector<Step> steps;
    for (int i = 0; i < kWave; ++i) steps.push_back(RandomStep(random));
    std::vector<absl::StatusOr<Answer>> answers(steps.size(), absl::UnknownError("no answer"));
    std::atomic<size_t> answered = 0;
    std::mutex mutex;
    std::condition_variable all;
    for (size_t i = 0; i < steps.size(); ++i) {  // one thread submits, so the register decides in this order
      bank.ledger().Submit(CommandOf(steps[i]), Soon(), [&, i](absl::StatusOr<Answer> answer) {
        const std::lock_guard<std::mutex> lock(mutex);
        answers[i] = std::move(answer);
        if (++answered == steps.size()) all.notify_one();
      });
    }
    std::unique_lock<std::mutex> lock(mutex);
    all.wait(lock, [&] { return answered == steps.size(); });
    for (size_t i = 0; i < steps.size(); ++i) {
      const Step& step = steps[i];
      const auto known = first_of_id.find(step.request_id);
      if (!step.request_id.empty() && known != first_of_id.end()) {
        const Step& first = known->second;
        const bool same =
            first.open == step.open && first.from == step.from && first.to == step.to && first.amount == step.amount;
        ASSERT_EQ(answers[i].ok(), same) << seed << ": " << answers[i].status();
        ASSERT_EQ(same ? "" : "REQUEST_ID_REUSED", ReasonOf(answers[i].status())) << seed;
        continue;
      }
      const bool expected =
          step.open ? model.Open(step.from, step.amount) : model.Transfer(step.from, step.to, step.amount);
      ASSERT_EQ(answers[i].ok(), expected) << seed << ": " << answers[i].status();
      if (expected && !step.request_id.empty()) first_of_id[step.request_id] = step;
    }
  }
  ListQuery query;
  query.page_size = 1000;
  std::map<std::string, int64_t> held;
  const auto page = bank.ledger().List<Account>(Soon(), query);
  ASSERT_TRUE(page.ok());
  int64_t sum = 0;
  for (const Account& account : page->records) {
    held[account.name()] = account.balance_fen();
    sum += account.balance_fen();
  }
  EXPECT_EQ(held, model.balances()) << seed;
  const auto total = bank.ledger().Totals(Soon(), {"account", "", "", "", ""});
  ASSERT_TRUE(total.ok());
  EXPECT_EQ(total->front().amounts.amount_fen, sum) << seed;
  EXPECT_THAT(bank.Findings(), ::testing::IsEmpty()) << seed;
}

}  // namespace
}  // namespace kechuang::ledger
