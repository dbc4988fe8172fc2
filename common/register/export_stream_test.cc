#include "common/register/export_stream.h"

#include <atomic>
#include <map>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "common/ledger/record_json.h"
#include "common/register/test_bank.h"
#include "common/rpc/wire_status.h"

namespace kechuang {
namespace {

using register_test::ExportAccountsRequest;
using register_test::ExportAccountsResponse;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<Account> Accounts(int count, const std::string& title = "存款") {
  std::vector<Account> accounts;
  for (int i = 0; i < count; ++i) accounts.push_back(SomeAccount(absl::StrCat("accounts/", 10000 + i), title));
  return accounts;
}

// One export stream of a client.
class ExportCall {
 public:
  explicit ExportCall(ServedBank& bank, const std::string& filter = "", absl::Duration time = absl::Seconds(120))
      : stub_(bank.stub()) {
    context_.AddMetadata("authorization", ServedBank::authorization());
    context_.set_deadline(absl::ToChronoTime(absl::Now() + time));
    ExportAccountsRequest request;
    request.set_filter(filter);
    stream_ = stub_->ExportAccounts(&context_, request);
  }

  bool Read(ExportAccountsResponse& message) { return stream_->Read(&message); }
  absl::Status End() { return rpc::FromGrpc(stream_->Finish()); }
  void Leave() { context_.TryCancel(); }

 private:
  std::unique_ptr<register_test::BankService::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<ExportAccountsResponse>> stream_;
};

struct Exported {
  std::vector<Account> accounts;
  int64_t sequence = -1;
  int messages = 0;
  absl::Status status;
};

Exported ExportAll(ServedBank& bank, const std::string& filter = "") {
  Exported exported;
  ExportCall call(bank, filter);
  ExportAccountsResponse message;
  while (call.Read(message)) {
    EXPECT_LE(message.accounts_size(), 200);
    if (exported.messages++ > 0) {
      EXPECT_EQ(message.sequence(), exported.sequence);
    }
    exported.sequence = message.sequence();
    for (const Account& account : message.accounts()) exported.accounts.push_back(account);
  }
  exported.status = call.End();
  return exported;
}

TEST(Export, GivesEveryRecordInTheOrderOfNames) {
  ServedBank bank;
  ImportAll(bank, "file-1", Accounts(1203));
  const Exported exported = ExportAll(bank);
  EXPECT_EQ(exported.status, absl::OkStatus());
  EXPECT_EQ(exported.sequence, 1203);
  ASSERT_EQ(exported.accounts.size(), 1203u);
  for (int i = 0; i < 1203; ++i) {
    ASSERT_EQ(exported.accounts[static_cast<size_t>(i)].name(), absl::StrCat("accounts/", 10000 + i));
  }
  EXPECT_EQ(exported.accounts[0].etag(), "r1");
}

TEST(Export, OfNothingStillTellsTheMoment) {
  ServedBank bank;
  ASSERT_TRUE(bank.Open("accounts/1").ok());
  const Exported exported = ExportAll(bank, "balance_fen > 100000");
  EXPECT_EQ(exported.status, absl::OkStatus());
  EXPECT_THAT(exported.accounts, IsEmpty());
  EXPECT_EQ(exported.messages, 1);
  EXPECT_EQ(exported.sequence, 1);
}

TEST(Export, FiltersAndRefusesABadFilter) {
  ServedBank bank;
  ASSERT_TRUE(bank.Open("accounts/1").ok());
  ASSERT_TRUE(bank.Open("accounts/2").ok());
  ASSERT_TRUE(bank.Pay("accounts/2", 5).ok());
  const Exported exported = ExportAll(bank, "balance_fen = 105");
  ASSERT_EQ(exported.accounts.size(), 1u);
  EXPECT_EQ(exported.accounts[0].name(), "accounts/2");
  EXPECT_EQ(ReasonOf(ExportAll(bank, "balance_fen ~ 1").status), "LIST_ARGUMENT");
}

TEST(Export, ShowsOneMomentWhileOthersWrite) {
  ServedBank bank;
  constexpr int kAccounts = 1500;
  ImportAll(bank, "file-1", Accounts(kAccounts));
  std::atomic<bool> stop = false;
  std::atomic<int> paid = 0;
  std::vector<std::thread> writers;
  for (int writer = 0; writer < 2; ++writer) {
    writers.emplace_back([&, writer] {
      for (int i = writer; !stop; i += 7) {
        if (bank.Pay(absl::StrCat("accounts/", 10000 + i % kAccounts), 1).ok()) ++paid;
      }
    });
  }
  for (int round = 0; round < 3; ++round) {
    const int before = paid;
    while (paid < before + 20) std::this_thread::yield();
    const Exported exported = ExportAll(bank);
    ASSERT_EQ(exported.status, absl::OkStatus());
    ASSERT_EQ(exported.accounts.size(), size_t{kAccounts});
    int64_t movements = 0;
    for (const Account& account : exported.accounts) {
      ASSERT_EQ(account.balance_fen(), 100 + account.movements());
      movements += account.movements();
    }
    EXPECT_EQ(exported.sequence, kAccounts + movements) << "every payment up to the sequence, and none after it";
  }
  stop = true;
  for (std::thread& writer : writers) writer.join();
}

TEST(Export, WaitsForItsCallerAndLetsOnlySoManyRun) {
  ServedBank bank;
  std::vector<Account> accounts = Accounts(10000);
  for (Account& account : accounts) {
    for (int i = 0; i < 5; ++i) account.add_tags(std::string(190, 'x'));  // more than the wire holds unread
  }
  ImportAll(bank, "file-1", accounts);
  ExportCall first(bank);
  ExportCall second(bank);
  ExportAccountsResponse message;
  ASSERT_TRUE(first.Read(message));
  ASSERT_TRUE(second.Read(message));
  EXPECT_EQ(ReasonOf(ExportAll(bank).status), "OVERLOADED");
  size_t read = static_cast<size_t>(message.accounts_size());
  while (second.Read(message)) read += static_cast<size_t>(message.accounts_size());
  EXPECT_EQ(second.End(), absl::OkStatus());
  EXPECT_EQ(read, accounts.size());
  first.Leave();
  while (first.Read(message)) {
  }
  EXPECT_EQ(first.End().code(), absl::StatusCode::kCancelled);
  // The places are free again as soon as the server has seen both end.
  Exported third = ExportAll(bank, "balance_fen > 100000");
  while (ReasonOf(third.status) == "OVERLOADED") third = ExportAll(bank, "balance_fen > 100000");
  EXPECT_EQ(third.status, absl::OkStatus());
}

}  // namespace
}  // namespace kechuang
