#include "tools/kc/completion.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tools/kc/commands.h"

namespace kechuang::kc {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

std::vector<std::string> asked;

Completion At(const std::vector<std::string>& words) {
  asked.clear();
  const RecordNames names = [](const std::string& kind, const std::string& prefix) -> std::vector<std::string> {
    asked = {kind, prefix};
    if (kind == "certifications") return {"enterprises/91/certifications/hnte-20221104"};
    return {prefix + "1", prefix + "2"};
  };
  return Complete(words, AllCommands(), AllFlags(), names, Language::kEnglish);
}

std::vector<std::string> Texts(const std::vector<std::string>& words) {
  std::vector<std::string> texts;
  for (const Candidate& candidate : At(words).candidates) texts.push_back(candidate.text);
  return texts;
}

TEST(Complete, Commands) {
  EXPECT_THAT(Texts({"contr"}), ElementsAre("contracts"));
  EXPECT_THAT(Texts({"contracts", "re"}),
              ElementsAre("refuse", "request-supplement", "register", "revoke", "record-income"));
  EXPECT_THAT(Texts({""}), AllOf(Contains("report"), Contains("explain"), Not(Contains("__complete"))));
  EXPECT_THAT(Texts({"--language", "zh", "verif"}), ElementsAre("verify"));
  EXPECT_THAT(Texts({"nothing", ""}), IsEmpty());
}

TEST(Complete, Flags) {
  EXPECT_THAT(Texts({"contracts", "register", "7", "--tech"}), ElementsAre("--technical-amount"));
  EXPECT_THAT(Texts({"contracts", "register", "--reason", "x", "--reas"}), IsEmpty());
  EXPECT_THAT(Texts({"enterprises", "create", "--tags", "x", "--tag"}), ElementsAre("--tags"));
  EXPECT_FALSE(At({"contracts", "register", "--reas"}).candidates.front().about.empty());
}

TEST(Complete, ValuesOfFlags) {
  EXPECT_THAT(Texts({"contracts", "register", "--contract-class", "DEV"}), ElementsAre("DEVELOPMENT"));
  EXPECT_THAT(Texts({"contracts", "register", "--contract-class", "dev"}), ElementsAre("development"));
  EXPECT_THAT(Texts({"loans", "list", "--output", ""}), ElementsAre("table", "json", "csv", "yaml"));
  EXPECT_THAT(Texts({"loans", "list", "--output=j"}), ElementsAre("--output=json"));
  EXPECT_THAT(Texts({"loans", "list", "--output", "=", "j"}), ElementsAre("json"));
  EXPECT_THAT(Texts({"loans", "list", "--output", "="}), ElementsAre("table", "json", "csv", "yaml"));
}

TEST(Complete, FilesWhereFilesFit) {
  EXPECT_TRUE(At({"contracts", "create", "--from-file", ""}).files);
  EXPECT_TRUE(At({"verify", "--key-file", ""}).files);
  EXPECT_FALSE(At({"contracts", "create", ""}).files);
}

TEST(Complete, NamesOfRecords) {
  EXPECT_THAT(Texts({"contracts", "get", "2022"}), ElementsAre("20221", "20222"));
  EXPECT_THAT(asked, ElementsAre("contracts", "contracts/2022"));
  EXPECT_THAT(Texts({"contracts", "get", "contracts/2"}), ElementsAre("contracts/21", "contracts/22"));
  EXPECT_THAT(Texts({"contracts", "get", "contr"}), ElementsAre("contracts/"));
  EXPECT_THAT(Texts({"loans", "create", "--bank", "nx"}), ElementsAre("nx1", "nx2"));
  EXPECT_THAT(asked, ElementsAre("banks", "banks/nx"));
  EXPECT_THAT(Texts({"certifications", "grant", "9"}), ElementsAre("91", "92"));
  EXPECT_THAT(Texts({"certifications", "revoke", "9"}), ElementsAre("enterprises/91/certifications/hnte-20221104"));
  EXPECT_THAT(Texts({"contracts", "get", "1", ""}), IsEmpty());
}

TEST(Complete, FiguresAndMethods) {
  EXPECT_THAT(Texts({"explain", "s0"}), ElementsAre("S03", "S04", "S08", "S09"));
  EXPECT_THAT(Texts({"call", "kechuang.loan.v1.LoanService/GetLoan"}),
              ElementsAre("kechuang.loan.v1.LoanService/GetLoan", "kechuang.loan.v1.LoanService/GetLoanTotals"));
  EXPECT_THAT(Texts({"completion", ""}), ElementsAre("bash", "zsh"));
}

}  // namespace
}  // namespace kechuang::kc
