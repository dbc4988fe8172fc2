#include "common/api/path_template.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kechuang::api {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::optional<std::vector<Capture>> Match(const std::string& path_template, const std::string& path) {
  const auto parsed = RequestPath::Parse(path);
  return parsed.ok() ? PathTemplate::Parse(path_template)->Match(*parsed) : std::nullopt;
}

TEST(PathTemplate, NamesWhatItBinds) {
  EXPECT_THAT(PathTemplate::Parse("/v1/{loan.name=loans/*}:disburse")->variables(), ElementsAre("loan.name"));
  EXPECT_THAT(PathTemplate::Parse("/v1/{parent=enterprises/*}/certifications")->variables(), ElementsAre("parent"));
  EXPECT_THAT(PathTemplate::Parse("/v1/{a}/{b=**}")->variables(), ElementsAre("a", "b"));
  EXPECT_THAT(PathTemplate::Parse("/v1/loanJournal:readAt")->variables(), IsEmpty());
  EXPECT_EQ(PathTemplate::Parse("/v1/{loan.name=loans/*}:disburse")->shape(), "/v1/loans/*:disburse");
}

TEST(PathTemplate, RefusesWhatItsGrammarDoesNotSay) {
  for (const char* wrong :
       {"", "v1/loans", "/v1/{name", "/v1/{=x}", "/v1//x", "/v1/x}", "/v1/{a=x y}", "/v1/x:", "/", "/v1/{a=**}/x",
        "/v1/{a}/{a}", "/v1/{a={b}}", "/v1/{a.}", "/v1/***", "/v1/x:a:b", "/v1/{a=}"}) {
    EXPECT_FALSE(PathTemplate::Parse(wrong).ok()) << wrong;
  }
  EXPECT_FALSE(PathTemplate::Parse(std::string(100'000, '/')).ok());
}

TEST(PathTemplate, BindsDecodedSegments) {
  struct Case {
    const char* path_template;
    const char* path;
    std::vector<Capture> captures;
  };
  const std::vector<Case> cases = {
      {"/v1/{name=contracts/*}", "/v1/contracts/7", {{"name", "contracts/7"}}},
      {"/v1/{name=contracts/*}:register", "/v1/contracts/7:register", {{"name", "contracts/7"}}},
      {"/v1/{contract.name=contracts/*}", "/v1/contracts/%E7%94%B2", {{"contract.name", "contracts/甲"}}},
      {"/v1/{name=contracts/*}", "/v1/contracts/a%3Ab", {{"name", "contracts/a:b"}}},
      // A slash in a segment never parts segments, and cannot be taken for one that does.
      {"/v1/{name}", "/v1/a%2Fb", {{"name", "a/b"}}},
      {"/v1/{name=contracts/*}", "/v1/contracts/a%2Fb", {{"name", "contracts/a%2Fb"}}},
      {"/v1/{name=loans/*/disbursements/*}:reverse",
       "/v1/loans/1/disbursements/2:reverse",
       {{"name", "loans/1/disbursements/2"}}},
      {"/v1/{a}/{b=**}", "/v1/x/y/z%2B", {{"a", "x"}, {"b", "y/z+"}}},
      {"/v1/{b=**}", "/v1", {{"b", ""}}},
      {"/v1/*/x", "/v1/any/x", {}},
      {"/v1/contracts", "/v1/%63ontracts", {}},
  };
  for (const Case& c : cases) {
    const auto captures = Match(c.path_template, c.path);
    ASSERT_TRUE(captures.has_value()) << c.path_template << " " << c.path;
    EXPECT_EQ(*captures, c.captures) << c.path_template << " " << c.path;
  }
}

TEST(PathTemplate, RefusesOtherPaths) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"/v1/{name=contracts/*}", "/v1/contracts"},
      {"/v1/{name=contracts/*}", "/v1/contracts/"},
      {"/v1/{name=contracts/*}", "/v1/contracts/7/"},
      {"/v1/{name=contracts/*}", "/v1/loans/7"},
      {"/v1/{name=contracts/*}", "/v1/contracts/7:register"},
      {"/v1/{name=contracts/*}:register", "/v1/contracts/7"},
      {"/v1/{name=contracts/*}:register", "/v1/contracts/:register"},
      {"/v1/contracts", "/v1/contracts:"},
      {"/v1/contracts", "/V1/contracts"},
      {"/v1/{name=contracts/*}", "/v1/contracts/%GG"},
      {"/v1/{name=contracts/*}", "/v1/contracts/%FF"},
      {"/v1/contracts", ""},
  };
  for (const auto& [path_template, path] : cases) {
    EXPECT_FALSE(Match(path_template, path).has_value()) << path_template << " " << path;
  }
}

TEST(PathTemplate, ExpandsToThePathThatItMatches) {
  const auto disburse = PathTemplate::Parse("/v1/{loan.name=loans/*}:disburse");
  EXPECT_EQ(*disburse->Expand({{"loan.name", "loans/a b:甲"}}), "/v1/loans/a%20b%3A%E7%94%B2:disburse");
  EXPECT_FALSE(disburse->Expand({{"loan.name", "pools/7"}}).ok());
  EXPECT_FALSE(disburse->Expand({{"loan.name", "loans/7/8"}}).ok());
  EXPECT_FALSE(disburse->Expand({{"loan.name", "loans/"}}).ok());
  EXPECT_FALSE(disburse->Expand({}).ok());
  EXPECT_EQ(*PathTemplate::Parse("/v1/{a}/{b=x/**}")->Expand({{"a", "1/2"}, {"b", "x/y/z"}}), "/v1/1%2F2/x/y/z");
}

TEST(PathTemplate, ExpandsWhatAnEmptyRestBound) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"/v1/{path=files/**}", "/v1/files"},
      {"/v1/{path=files/**}", "/v1/files/"},
      {"/v1/{path=files/**}", "/v1/files/a//b/"},
      {"/v1/{path=files/**}:get", "/v1/files:get"},
      {"/v1/{a}/{path=**}", "/v1/x"},
      {"/v1/{a}/**", "/v1/x"},
      {"/{path=**}", "/"},
  };
  for (const auto& [text, path] : cases) {
    const auto captures = Match(text, path);
    ASSERT_TRUE(captures.has_value()) << text << " " << path;
    const auto made = PathTemplate::Parse(text)->Expand(*captures);
    ASSERT_TRUE(made.ok()) << text << " " << path << " " << made.status();
    EXPECT_EQ(*made, path) << text;
    EXPECT_EQ(Match(text, *made), captures) << text;
  }
  // Values of which the path would bind others.
  const auto files = PathTemplate::Parse("/v1/{path=files/all/**}");
  for (const char* other : {"", "files", "all/files", "files/all2"}) {
    EXPECT_FALSE(files->Expand({{"path", other}}).ok()) << other;
  }
}

TEST(RequestPath, HasLimits) {
  EXPECT_TRUE(RequestPath::Parse("/" + std::string(kPathBytesMax - 1, 'a')).ok());
  EXPECT_FALSE(RequestPath::Parse("/" + std::string(kPathBytesMax, 'a')).ok());
  EXPECT_TRUE(RequestPath::Parse(std::string(kPathSegmentsMax, '/')).ok());
  EXPECT_FALSE(RequestPath::Parse(std::string(kPathSegmentsMax + 1, '/')).ok());
}

}  // namespace
}  // namespace kechuang::api
