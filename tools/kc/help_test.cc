#include "tools/kc/help.h"

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/domain/name_text.h"
#include "tools/kc/commands.h"

namespace kechuang::kc {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const CommandSpec& Command(const std::string& words) {
  for (const CommandSpec& command : AllCommands()) {
    if (command.words == words) return command;
  }
  ADD_FAILURE() << words;
  return AllCommands().front();
}

TEST(WrappedLines, BreaksAtSpacesAndBetweenHanCharacters) {
  EXPECT_THAT(WrappedLines("one two three", 8), ElementsAre("one two", "three"));
  EXPECT_THAT(WrappedLines("宁夏大学学报", 8), ElementsAre("宁夏大学", "学报"));
  EXPECT_THAT(WrappedLines("a\nb", 8), ElementsAre("a", "b"));
  EXPECT_THAT(WrappedLines("unbreakable", 4), ElementsAre("unbreakable"));
  EXPECT_THAT(WrappedLines("", 4), ElementsAre(""));
}

TEST(HelpText, GroupsCommandsAndHidesWhatScriptsUse) {
  const std::string text = HelpText(AllCommands(), AllFlags(), Language::kEnglish);
  for (const char* part :
       {"Everyday:", "report annual", "audit verify", "contracts", "register", "completion bash|zsh"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  EXPECT_THAT(text, Not(HasSubstr("__complete")));
  EXPECT_THAT(HelpText(AllCommands(), AllFlags(), Language::kChinese), HasSubstr("常用："));
}

TEST(HelpText, NoLineIsWiderThanAScreen) {
  for (const CommandSpec& command : AllCommands()) {
    for (const Language language : {Language::kEnglish, Language::kChinese}) {
      for (const absl::string_view line : absl::StrSplit(HelpText(command, AllFlags(), language), '\n')) {
        if (absl::StrContains(line, "Usage") || absl::StrContains(line, "用法")) continue;
        EXPECT_LE(DisplayWidth(line), 104) << command.words << ": " << line;
      }
    }
  }
}

TEST(HelpText, ListsTheFlagsOfAMethodWithTheirComments) {
  const std::string text = HelpText(Command("loans disburse"), AllFlags(), Language::kEnglish);
  for (const char* part : {"Usage: kc loans disburse NAME", "--amount 300000.00元 *", "--disburse-date 2022-03-05 *",
                           "Amount paid out", "* must be given", "--validate-only", "--output"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  EXPECT_THAT(HelpText(Command("contracts register"), AllFlags(), Language::kEnglish),
              HasSubstr("DEVELOPMENT | TRANSFER"));
}

TEST(HelpText, ANounListsItsVerbs) {
  const std::string text = HelpText("pools", AllCommands(), Language::kEnglish);
  EXPECT_THAT(text, HasSubstr("pools contribute POOL"));
  EXPECT_THAT(text, Not(HasSubstr("loans")));
  EXPECT_EQ(HelpText("nothing", AllCommands(), Language::kEnglish), "");
}

TEST(ManPage, IsRoff) {
  const std::string text = ManPage(AllCommands(), AllFlags(), Language::kEnglish, "0.1");
  EXPECT_THAT(text, testing::StartsWith(".TH KC 1"));
  EXPECT_THAT(text, HasSubstr(".SS \"kc contracts register NAME\""));
  EXPECT_THAT(text, HasSubstr("\\-\\-technical\\-amount"));
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    EXPECT_FALSE(absl::StartsWith(line, "'")) << line;
  }
}

}  // namespace
}  // namespace kechuang::kc
