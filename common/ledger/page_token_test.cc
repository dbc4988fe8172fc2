#include "common/ledger/page_token.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"

namespace kechuang::ledger {
namespace {

using mysql::Value;
using ::testing::HasSubstr;

constexpr char kArguments[] = "loan;parent;filter";

std::vector<Value> SomeValues() { return {Value("王|\n\xff"), Value(int64_t{-7}), Value(), Value("")}; }

absl::Status Refusal(const std::string& token) { return ReadPageToken(token, kArguments, 4).status(); }

TEST(PageToken, GivesItsValuesBack) {
  const std::string token = MakePageToken(kArguments, SomeValues());
  const auto read = ReadPageToken(token, kArguments, 4);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, SomeValues());
  EXPECT_EQ(*ReadPageToken(MakePageToken("", {}), "", 0), std::vector<Value>());
}

TEST(PageToken, RefusesEveryTokenThatIsNotWhole) {
  const std::string token = MakePageToken(kArguments, SomeValues());
  for (size_t length = 0; length < token.size(); ++length) {
    EXPECT_EQ(ReasonOf(Refusal(token.substr(0, length))), "LIST_ARGUMENT") << length;
    EXPECT_EQ(ReasonOf(Refusal(token.substr(token.size() - length))), "LIST_ARGUMENT") << length;
  }
  for (size_t at = 0; at < token.size(); ++at) {
    std::string changed = token;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    EXPECT_EQ(ReasonOf(Refusal(changed)), "LIST_ARGUMENT") << at;
  }
  for (const std::string& other : {token + "A", token + "=", " " + token, token + token, std::string(100'000, 'A')}) {
    EXPECT_EQ(ReasonOf(Refusal(other)), "LIST_ARGUMENT") << other.size();
  }
}

TEST(PageToken, SaysWhenItIsOfAnotherList) {
  const std::string token = MakePageToken(kArguments, SomeValues());
  const absl::Status other = ReadPageToken(token, "loan;parent;other", 4).status();
  EXPECT_EQ(ReasonOf(other), "LIST_ARGUMENT");
  EXPECT_THAT(other.message(), HasSubstr("must be those of the page before"));
  EXPECT_EQ(ReasonOf(ReadPageToken(token, kArguments, 3).status()), "LIST_ARGUMENT");
  EXPECT_THAT(Refusal(token.substr(0, token.size() - 4)).message(), HasSubstr("not a token of this list"));
}

}  // namespace
}  // namespace kechuang::ledger
