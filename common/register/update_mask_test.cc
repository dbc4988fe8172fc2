#include "common/register/update_mask.h"

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "common/ledger/record_json.h"
#include "register_test/bank_service.pb.h"

namespace kechuang {
namespace {

using google::protobuf::FieldMask;
using google::protobuf::util::MessageDifferencer;
using register_test::Account;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

Account Parse(const std::string& text) {
  Account account;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &account)) << text;
  return account;
}

FieldMask MaskOf(const std::vector<std::string>& paths) {
  FieldMask mask;
  for (const std::string& path : paths) mask.add_paths(path);
  return mask;
}

constexpr char kHeld[] =
    "name: 'accounts/a' title: 'old' balance_fen: 5 state: ACCOUNT_STATE_OPEN tags: ['x', 'y'] limit_fen: 9 "
    "branch: 'here' movements: 3 etag: 'r4' revision: 4 create_time { seconds: 7 } "
    "holder { holder_name: 'old holder' age: 40 verified_by: 'police' id_kind: 'card' }";

struct Case {
  std::string what;
  std::vector<std::string> mask;
  std::string update;
  std::string expected;  // what becomes of kHeld, as text to merge after clearing `cleared`; unused if a fault is named
  std::vector<std::string> cleared;
  std::vector<std::pair<std::string, std::string>> faults;
};

void PrintTo(const Case& test, std::ostream* out) { *out << test.what; }

class Masked : public ::testing::TestWithParam<Case> {};

TEST_P(Masked, ChangesWhatIsNamed) {
  const Account held = Parse(kHeld);
  Account record = held;
  const absl::Status status = ApplyMask(record, Parse(GetParam().update), MaskOf(GetParam().mask), "account");
  std::vector<std::pair<std::string, std::string>> faults;
  if (const auto bad_request = DetailOf<google::rpc::BadRequest>(status); bad_request.has_value()) {
    for (const auto& violation : bad_request->field_violations()) {
      faults.emplace_back(violation.field(), violation.reason());
    }
  }
  EXPECT_EQ(faults, GetParam().faults) << status;
  EXPECT_EQ(status.ok(), GetParam().faults.empty()) << status;
  Account expected = held;
  for (const std::string& field : GetParam().cleared) {
    expected.GetReflection()->ClearField(&expected, Account::descriptor()->FindFieldByName(field));
  }
  if (status.ok()) expected.MergeFrom(Parse(GetParam().expected));
  EXPECT_TRUE(MessageDifferencer::Equals(record, expected)) << record.ShortDebugString();
}

INSTANTIATE_TEST_SUITE_P(
    Values, Masked,
    ::testing::Values(
        Case{"one field of several", {"title"}, "title: 'new' balance_fen: 7", "title: 'new'", {}, {}},
        Case{"two fields",
             {"title", "balance_fen"},
             "title: 'new' balance_fen: 7",
             "title: 'new' balance_fen: 7",
             {},
             {}},
        Case{"naming an unset field clears it", {"balance_fen", "state"}, "", "", {"balance_fen", "state"}, {}},
        Case{"an optional number becomes absent", {"limit_fen"}, "", "", {"limit_fen"}, {}},
        Case{"an optional number becomes 0", {"limit_fen"}, "limit_fen: 0", "limit_fen: 0", {}, {}},
        Case{"a list is replaced whole", {"tags"}, "tags: ['z']", "tags: ['z']", {"tags"}, {}},
        Case{"a list is emptied", {"tags"}, "", "", {"tags"}, {}},
        Case{"a date",
             {"opened_date"},
             "opened_date { year: 2022 month: 3 day: 5 }",
             "opened_date { year: 2022 month: 3 day: 5 }",
             {},
             {}},
        Case{"a field of a message",
             {"holder.age"},
             "holder { age: 41 holder_name: 'x' }",
             "holder { age: 41 }",
             {},
             {}},
        Case{"no paths: what is set", {}, "title: 'new' tags: ['z']", "title: 'new' tags: ['z']", {"tags"}, {}},
        Case{"no paths: nothing set", {}, "", "", {}, {}},
        Case{"no paths: output only ones are passed over",
             {},
             "title: 'new' movements: 99 etag: 'r1' revision: 1",
             "title: 'new'",
             {},
             {}},
        Case{"an unset message of a list of messages",
             {"former_holders"},
             "former_holders { holder_name: 'a' } former_holders { holder_name: 'b' }",
             "former_holders { holder_name: 'a' } former_holders { holder_name: 'b' }",
             {},
             {}},
        Case{"everything writable",
             {"*"},
             "title: 'new'",
             "title: 'new'",
             {"title", "balance_fen", "state", "tags", "limit_fen", "holder"},
             {}}));

INSTANTIATE_TEST_SUITE_P(
    Faults, Masked,
    ::testing::Values(
        Case{"a path that names nothing", {"colour"}, "", "", {}, {{"update_mask", "FIELD_UNKNOWN"}}},
        Case{"every bad path is named, and nothing changes",
             {"title", "colour", "", "movements", "holder.colour"},
             "title: 'new' movements: 9",
             "",
             {},
             {{"update_mask", "FIELD_UNKNOWN"},
              {"update_mask", "FIELD_UNKNOWN"},
              {"account.movements", "FIELD_NOT_WRITABLE"},
              {"update_mask", "FIELD_UNKNOWN"}}},
        Case{"a path below a number", {"balance_fen.x"}, "", "", {}, {{"update_mask", "FIELD_UNKNOWN"}}},
        Case{"a path into a list", {"former_holders.age"}, "", "", {}, {{"update_mask", "FIELD_UNKNOWN"}}},
        Case{"the star among others", {"*", "title"}, "title: 'new'", "", {}, {{"update_mask", "FIELD_UNKNOWN"}}},
        Case{"an output only field that would change",
             {"movements"},
             "movements: 4",
             "",
             {},
             {{"account.movements", "FIELD_NOT_WRITABLE"}}},
        Case{"an output only field that stays", {"movements"}, "movements: 3", "", {}, {}},
        Case{"the name", {"name"}, "name: 'accounts/b'", "", {}, {{"account.name", "FIELD_NOT_WRITABLE"}}},
        Case{"the same name", {"name"}, "name: 'accounts/a'", "", {}, {}},
        Case{"an immutable field that would change",
             {"branch"},
             "branch: 'there'",
             "",
             {},
             {{"account.branch", "FIELD_NOT_WRITABLE"}}},
        Case{"an immutable field that stays", {"branch"}, "branch: 'here'", "", {}, {}},
        Case{"an immutable field that would be cleared",
             {"branch"},
             "",
             "",
             {},
             {{"account.branch", "FIELD_NOT_WRITABLE"}}},
        Case{"an immutable field without a mask",
             {},
             "branch: 'there'",
             "",
             {},
             {{"account.branch", "FIELD_NOT_WRITABLE"}}},
        Case{"an immutable field under the star",
             {"*"},
             "title: 'x' branch: 'there'",
             "",
             {},
             {{"account.branch", "FIELD_NOT_WRITABLE"}}},
        Case{"an immutable field of a message",
             {"holder.id_kind"},
             "holder { id_kind: 'passport' }",
             "",
             {},
             {{"account.holder.id_kind", "FIELD_NOT_WRITABLE"}}},
        Case{"an output only field of a message",
             {"holder.verified_by"},
             "holder { verified_by: 'me' }",
             "",
             {},
             {{"account.holder.verified_by", "FIELD_NOT_WRITABLE"}}},
        Case{"a required field emptied", {"title"}, "", "", {}, {{"account.title", "FIELD_REQUIRED"}}},
        Case{"a required field of a message emptied",
             {"holder.holder_name"},
             "",
             "",
             {},
             {{"account.holder.holder_name", "FIELD_REQUIRED"}}},
        Case{"a message without its required field",
             {"holder"},
             "holder { age: 1 }",
             "",
             {},
             {{"account.holder.holder_name", "FIELD_REQUIRED"}}},
        Case{"a list of messages, one without its required field",
             {"former_holders"},
             "former_holders { holder_name: 'a' } former_holders { age: 1 }",
             "",
             {},
             {{"account.former_holders[1].holder_name", "FIELD_REQUIRED"}}}));

TEST(Mask, MakesNoMessageToHoldNothing) {
  Account record;
  ASSERT_TRUE(ApplyMask(record, Account(), MaskOf({"holder.age"}), "account").ok());
  EXPECT_FALSE(record.has_holder());
  Account update;
  update.mutable_holder()->set_holder_name("x");
  ASSERT_TRUE(ApplyMask(record, update, MaskOf({"holder.age"}), "account").ok());
  EXPECT_FALSE(record.has_holder());
}

// Where an account's random values come from.
class Dice {
 public:
  explicit Dice(uint32_t seed) : engine_(seed) {}
  int Throw(int sides) { return std::uniform_int_distribution<int>(0, sides - 1)(engine_); }
  std::string Word() { return absl::StrCat("w", Throw(3)); }

  Account Throw() {
    Account account;
    account.set_name("accounts/a");
    account.set_branch("here");
    account.set_title(Word());
    if (Throw(2) == 0) account.set_balance_fen(Throw(3));
    if (Throw(2) == 0) account.set_limit_fen(Throw(3));
    account.set_state(static_cast<register_test::AccountState>(Throw(3)));
    for (int i = Throw(3); i > 0; --i) account.add_tags(Word());
    for (int i = Throw(3); i > 0; --i) account.add_former_holders()->set_holder_name(Word());
    if (Throw(2) == 0) account.mutable_opened_date()->set_year(2020 + Throw(3));
    if (Throw(3) > 0) {
      account.mutable_holder()->set_holder_name(Word());
      if (Throw(2) == 0) account.mutable_holder()->set_age(Throw(3));
    }
    return account;
  }

 private:
  std::mt19937 engine_;
};

bool Covers(const std::vector<std::string>& mask, const std::string& path) {
  return std::any_of(mask.begin(), mask.end(),
                     [&](const std::string& named) { return path == named || absl::StartsWith(path, named + "."); });
}

TEST(Mask, LeavesAloneWhatItDoesNotNameAndTakesOverWhatItDoes) {
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  Dice dice(seed);
  const std::vector<std::string> paths = {"title",          "balance_fen", "limit_fen", "state",     "tags",
                                          "former_holders", "opened_date", "holder",    "holder.age"};
  for (int round = 0; round < 3000; ++round) {
    const Account before = dice.Throw();
    const Account update = dice.Throw();
    std::vector<std::string> mask;
    for (const std::string& path : paths) {
      if (dice.Throw(3) == 0) mask.push_back(path);
    }
    if (mask.empty()) continue;
    // An age alone makes a holder without a name, which is a fault of its own.
    if (!before.has_holder() && Covers(mask, "holder.age")) mask.push_back("holder");
    Account after = before;
    const absl::Status status = ApplyMask(after, update, MaskOf(mask), "account");
    ASSERT_TRUE(status.ok()) << status;
    for (const auto& difference : ledger::DifferencesOf(before, after)) {
      EXPECT_TRUE(Covers(mask, difference.path)) << difference.path << " under " << absl::StrJoin(mask, ",");
    }
    for (const auto& difference : ledger::DifferencesOf(update, after)) {
      EXPECT_FALSE(Covers(mask, difference.path)) << difference.path << " under " << absl::StrJoin(mask, ",");
    }
  }
}

TEST(ClearOutputOnly, ClearsWhatTheRegisterSets) {
  Account account = Parse(kHeld);
  ClearOutputOnly(account);
  Account expected = Parse(kHeld);
  expected.clear_movements();
  expected.clear_etag();
  expected.clear_revision();
  expected.clear_create_time();
  expected.mutable_holder()->clear_verified_by();
  EXPECT_TRUE(MessageDifferencer::Equals(account, expected)) << account.ShortDebugString();
}

}  // namespace
}  // namespace kechuang
