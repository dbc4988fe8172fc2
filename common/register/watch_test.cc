#include <atomic>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "common/register/test_bank.h"
#include "common/register/watch_stream.h"
#include "common/rpc/wire_status.h"

namespace kechuang {
namespace {

using ledger::v1::WatchRequest;
using ledger::v1::WatchResponse;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

WatchRequest After(int64_t after) {
  WatchRequest request;
  request.set_after(after);
  return request;
}

WatchRequest CatchUp(int64_t after = 0) {
  WatchRequest request = After(after);
  request.set_catch_up_only(true);
  return request;
}

// One watch of a client.
class WatchCall {
 public:
  explicit WatchCall(ServedBank& bank, const WatchRequest& request)
      : stub_(register_test::BankJournal::NewStub(bank.channel())) {
    context_.AddMetadata("authorization", ServedBank::authorization());
    context_.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(60)));
    stream_ = stub_->Watch(&context_, request);
  }

  bool Read(WatchResponse& message) { return stream_->Read(&message); }
  // The next change, marks of progress passed over; fails the test if there is none.
  WatchResponse NextChange() {
    WatchResponse message;
    while (Read(message)) {
      if (message.has_change()) return message;
    }
    ADD_FAILURE() << "the stream has ended: " << End();
    return WatchResponse();
  }
  absl::Status End() { return rpc::FromGrpc(stream_->Finish()); }
  void Leave() { context_.TryCancel(); }

 private:
  std::unique_ptr<register_test::BankJournal::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<WatchResponse>> stream_;
};

struct Watched {
  std::vector<WatchResponse> messages;
  absl::Status status;
};

Watched WatchAll(ServedBank& bank, const WatchRequest& request) {
  Watched watched;
  WatchCall call(bank, request);
  WatchResponse message;
  while (call.Read(message)) watched.messages.push_back(message);
  watched.status = call.End();
  return watched;
}

// "2 accounts/a r1" for a change, "2" for a mark of progress.
std::vector<std::string> Lines(const Watched& watched) {
  std::vector<std::string> lines;
  for (const WatchResponse& message : watched.messages) {
    lines.push_back(message.has_change() ? absl::StrCat(message.sequence(), " ", message.change().record(), " r",
                                                        message.change().revision())
                                         : absl::StrCat(message.sequence()));
  }
  return lines;
}

TEST(Watch, GivesEveryChangeAndThenTheProgress) {
  ServedBank bank;
  ASSERT_TRUE(bank.Open("accounts/a").ok());
  ASSERT_TRUE(bank.Open("accounts/b").ok());
  ASSERT_TRUE(bank.Pay("accounts/a", 5).ok());
  const Watched watched = WatchAll(bank, CatchUp());
  EXPECT_EQ(watched.status, absl::OkStatus());
  EXPECT_THAT(Lines(watched), ElementsAre("1 accounts/a r1", "2 accounts/b r1", "3 accounts/a r2", "3"));
  const ledger::v1::Revision& last = watched.messages[2].change();
  EXPECT_EQ(last.sequence(), 3);
  EXPECT_THAT(last.record_json(), HasSubstr("\"balance_fen\":105"));
  std::set<std::string> changed;
  for (const ledger::v1::FieldChange& change : last.changes()) changed.insert(change.field());
  EXPECT_THAT(changed, ::testing::IsSupersetOf({"balance_fen", "movements"}));
  EXPECT_EQ(changed.count("title"), 0u);
}

TEST(Watch, OfAnEmptyJournalOnlyTellsTheProgress) {
  ServedBank bank;
  EXPECT_THAT(Lines(WatchAll(bank, CatchUp())), ElementsAre("0"));
}

TEST(Watch, GoesOnFromAnyPlace) {
  ServedBank bank;
  ASSERT_TRUE(bank.Open("accounts/a").ok());
  for (int i = 0; i < 9; ++i) ASSERT_TRUE(bank.Pay("accounts/a", 1).ok());
  for (int64_t after = 0; after <= 10; ++after) {
    const Watched watched = WatchAll(bank, CatchUp(after));
    ASSERT_EQ(watched.messages.size(), static_cast<size_t>(11 - after));
    EXPECT_EQ(watched.messages.front().sequence(), std::min<int64_t>(after + 1, 10));
  }
}

TEST(Watch, SendsWhatIsCommittedWhileItRuns) {
  ServedBank bank;
  ASSERT_TRUE(bank.Open("accounts/a").ok());
  WatchRequest request;
  request.set_from_now(true);
  WatchCall call(bank, request);
  WatchResponse message;
  ASSERT_TRUE(call.Read(message));
  EXPECT_FALSE(message.has_change());
  EXPECT_EQ(message.sequence(), 1);
  for (int i = 2; i < 30; ++i) {
    ASSERT_TRUE(bank.Pay("accounts/a", 1).ok());
    EXPECT_EQ(call.NextChange().sequence(), i);
  }
  call.Leave();
}

TEST(Watch, TellsTheProgressWhileNothingChanges) {
  ServedBank bank;
  WatchRequest request;
  request.set_progress_seconds(1);
  WatchCall call(bank, request);
  WatchResponse message;
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(call.Read(message));
    EXPECT_FALSE(message.has_change());
    EXPECT_EQ(message.sequence(), 0);
  }
  call.Leave();
}

TEST(Watch, GivesOnlyTheRecordOrCollectionAskedFor) {
  ServedBank bank;
  ASSERT_TRUE(bank.Open("accounts/a").ok());
  ASSERT_TRUE(bank.Open("accounts/b").ok());
  ASSERT_TRUE(bank.Pay("accounts/a", 1).ok());
  ASSERT_TRUE(bank.Pay("accounts/b", 1).ok());
  WatchRequest request = CatchUp();
  request.set_record("accounts/a");
  EXPECT_THAT(Lines(WatchAll(bank, request)), ElementsAre("1 accounts/a r1", "3 accounts/a r2", "4"));
  request = CatchUp();
  request.set_collection("accounts");
  EXPECT_EQ(WatchAll(bank, request).messages.size(), 5u);
}

TEST(Watch, MarksChangesThatOneCommandMayHaveMade) {
  ServedBank bank;
  ImportAll(bank, "import-1", {SomeAccount("accounts/a"), SomeAccount("accounts/b")});
  ASSERT_TRUE(bank.Open("accounts/c").ok());
  for (const WatchResponse& message : WatchAll(bank, CatchUp()).messages) {
    EXPECT_FALSE(message.more_of_command()) << "rows of an import are commands of their own: " << message.sequence();
  }
  // As one command that changed two records would have left them.
  bank.Tamper(
      "UPDATE journal SET actor='a', method='m', request_id='', import_id='', origin='', time='2022-01-01 00:00:00'");
  std::vector<bool> more;
  for (const WatchResponse& message : WatchAll(bank, CatchUp()).messages) more.push_back(message.more_of_command());
  EXPECT_THAT(more, ElementsAre(true, true, false, false));
}

TEST(Watch, NamesTheFaultsOfARequest) {
  ServedBank bank;
  const auto refused = [&](const WatchRequest& request) { return WatchAll(bank, request).status; };
  WatchRequest request = After(-1);
  request.set_progress_seconds(-1);
  EXPECT_EQ(ReasonOf(refused(request)), "INVALID_FIELDS");
  request = After(1);
  request.set_from_now(true);
  EXPECT_EQ(ReasonOf(refused(request)), "INVALID_FIELDS");
  request = CatchUp();
  request.set_collection("loans");
  EXPECT_EQ(ReasonOf(refused(request)), "INVALID_FIELDS");
  request = CatchUp();
  request.set_record("loans/1");
  EXPECT_EQ(ReasonOf(refused(request)), "RECORD_NOT_FOUND");
}

TEST(Watch, RefusesAPlaceThatTheJournalDoesNotHold) {
  ServedBank bank;
  ASSERT_TRUE(bank.Open("accounts/a").ok());
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(bank.Pay("accounts/a", 1).ok());
  absl::Status status = WatchAll(bank, After(6)).status;
  EXPECT_EQ(status.code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(ReasonOf(status), "JOURNAL_RANGE");
  bank.Tamper("DELETE FROM journal WHERE sequence<=2");
  for (const char* record : {"", "accounts/a"}) {
    WatchRequest request = CatchUp(1);
    request.set_record(record);
    status = WatchAll(bank, request).status;
    EXPECT_EQ(ReasonOf(status), "JOURNAL_RANGE");
    EXPECT_THAT(std::string(status.message()), HasSubstr("3 to 5"));
  }
  EXPECT_THAT(Lines(WatchAll(bank, CatchUp(2))),
              ElementsAre("3 accounts/a r3", "4 accounts/a r4", "5 accounts/a r5", "5"));
}

TEST(Watch, LetsOnlySoManyFollow) {
  ServedBank bank;
  std::vector<std::unique_ptr<WatchCall>> calls;
  WatchRequest request;
  request.set_from_now(true);
  WatchResponse message;
  for (int i = 0; i < 32; ++i) {
    calls.push_back(std::make_unique<WatchCall>(bank, request));
    ASSERT_TRUE(calls.back()->Read(message)) << i;
  }
  EXPECT_EQ(ReasonOf(WatchAll(bank, CatchUp()).status), "OVERLOADED");
  // Whoever leaves is noticed although nothing changes and no progress is due.
  for (const auto& call : calls) call->Leave();
  const absl::Time patience = absl::Now() + absl::Seconds(5);
  absl::Status status = WatchAll(bank, CatchUp()).status;
  while (!status.ok() && absl::Now() < patience) status = WatchAll(bank, CatchUp()).status;
  EXPECT_EQ(status, absl::OkStatus());
}

TEST(Watch, EndsAtOnceWhenTheServiceStops) {
  auto bank = std::make_unique<ServedBank>();
  WatchRequest request;
  request.set_from_now(true);
  WatchCall call(*bank, request);
  WatchResponse message;
  ASSERT_TRUE(call.Read(message));
  const absl::Time began = absl::Now();
  bank.reset();
  EXPECT_FALSE(call.Read(message));
  EXPECT_EQ(ReasonOf(call.End()), "SERVICE_UNAVAILABLE");
  EXPECT_LT(absl::Now() - began, absl::Seconds(5));
}

TEST(Watch, HoldsOnePageForAReaderThatDoesNotRead) {
  ServedBank bank;
  std::vector<Account> accounts;
  for (int i = 0; i < 3000; ++i) {
    accounts.push_back(SomeAccount(absl::StrCat("accounts/", 10000 + i)));
    for (int j = 0; j < 10; ++j) accounts.back().add_tags(std::string(190, 'x'));
  }
  ImportAll(bank, "import-1", accounts);
  WatchCall idle(bank, After(0));
  EXPECT_EQ(idle.NextChange().sequence(), 1);
  // Others write and read meanwhile as ever.
  ASSERT_TRUE(bank.Open("accounts/z").ok());
  const Watched all = WatchAll(bank, CatchUp());
  EXPECT_EQ(all.messages.size(), 3002u);
  for (int64_t sequence = 2; sequence <= 3001; ++sequence) ASSERT_EQ(idle.NextChange().sequence(), sequence);
  idle.Leave();
}

// Follows the journal into a table of its own, cut off again and again, until it has come to a place.
std::map<std::string, std::string> Follow(ServedBank& bank, const std::atomic<int64_t>& end, uint32_t seed) {
  std::map<std::string, std::string> table;
  std::mt19937 random(seed);
  int64_t last = 0;
  while (end == 0 || last < end) {
    WatchRequest request = After(last);
    request.set_progress_seconds(1);
    WatchCall call(bank, request);
    WatchResponse message;
    for (auto reads = random() % 100 + 1; reads > 0 && (end == 0 || last < end) && call.Read(message); --reads) {
      if (message.has_change()) {
        EXPECT_EQ(message.change().sequence(), last + 1) << "a gap, or a change told twice";
        table[message.change().record()] = message.change().record_json();
      }
      EXPECT_GE(message.sequence(), last);
      last = message.sequence();
    }
    call.Leave();
  }
  return table;
}

TEST(Watch, MakesACopyThatEqualsTheRegister) {
  ServedBank bank;
  const uint32_t seed = std::random_device()();
  RecordProperty("seed", std::to_string(seed));
  std::atomic<int64_t> end = 0;
  std::vector<std::map<std::string, std::string>> copies(3);
  std::vector<std::thread> followers;
  for (size_t i = 0; i < copies.size(); ++i) {
    followers.emplace_back([&, i] { copies[i] = Follow(bank, end, seed + static_cast<uint32_t>(i)); });
  }
  std::vector<std::thread> writers;
  for (uint32_t writer = 0; writer < 8; ++writer) {
    writers.emplace_back([&bank, random = std::mt19937(seed + 100 + writer)]() mutable {
      for (int i = 0; i < 60; ++i) {
        const std::string name = absl::StrCat("accounts/", random() % 20);
        const bool opens = random() % 3 == 0;
        const absl::Status status = opens ? bank.Open(name).status() : bank.Pay(name, 1).status();
        EXPECT_TRUE(status.ok() || absl::IsNotFound(status) || absl::IsAlreadyExists(status)) << status;
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  end = bank.HeadSequence();
  for (std::thread& follower : followers) follower.join();
  ASSERT_GT(end, 0);
  for (const auto& copy : copies) {
    EXPECT_THAT(copy, ::testing::SizeIs(::testing::Le(20u)));
    for (const auto& [name, json] : copy) {
      const auto newest = bank.ledger().History(absl::Now() + absl::Seconds(20), name, 0, 1);
      ASSERT_TRUE(newest.ok());
      EXPECT_EQ(json, newest->front().record) << name << " with seed " << seed;
    }
    EXPECT_EQ(copy, copies.front());
  }
  EXPECT_THAT(bank.Findings(), IsEmpty());
}

}  // namespace
}  // namespace kechuang
