#include "tools/kc/command_line.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "tools/kc/errors.h"
#include "tools/kc/help.h"

namespace kechuang::kc {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

CommandSpec Spec(const std::string& words, size_t least, size_t most, std::vector<std::string> flags) {
  CommandSpec spec;
  spec.words = words;
  spec.arguments = most > 0 ? "NAME" : "";
  spec.arguments_min = least;
  spec.arguments_max = most;
  spec.flags = std::move(flags);
  spec.help = {"does it", "做这件事"};
  return spec;
}

const std::vector<CommandSpec>& Commands() {
  static const std::vector<CommandSpec> commands = {Spec("loans list", 0, 0, {"filter", "all"}),
                                                    Spec("loans get", 1, 1, {}), Spec("verify", 0, 0, {}),
                                                    Spec("audit verify", 0, 0, {}), Spec("call", 1, 2, {})};
  return commands;
}

const std::vector<FlagSpec>& Flags() {
  static const std::vector<FlagSpec> flags = {{"filter", "FILTER", {"which", "筛选"}},
                                              {"all", "", {"every page", "全部"}},
                                              {"server", "HOST:PORT", {"where", "地址"}, true},
                                              {"help", "", {"help", "帮助"}, true},
                                              {"version", "", {"version", "版本"}, true}};
  return flags;
}

absl::StatusOr<CommandLine> Parse(const std::vector<std::string>& words) {
  return ParseCommandLine(words, Commands(), Flags());
}

// What is said about a wrong command line.
std::string Refused(const std::vector<std::string>& words) {
  const absl::StatusOr<CommandLine> line = Parse(words);
  EXPECT_FALSE(line.ok());
  EXPECT_EQ(ExitCodeOf(line.status()), kUsage);
  EXPECT_NE(ChineseOf(line.status()), line.status().message());
  return std::string(line.status().message());
}

TEST(CommandLine, TakesFlagsAnywhereAndInBothForms) {
  for (const std::vector<std::string>& words : {std::vector<std::string>{"loans", "list", "--filter", "a = b", "--all"},
                                                std::vector<std::string>{"--filter=a = b", "loans", "--all", "list"}}) {
    const auto line = Parse(words);
    ASSERT_TRUE(line.ok()) << line.status();
    EXPECT_EQ(line->command->words, "loans list");
    EXPECT_EQ(line->Value("filter"), "a = b");
    EXPECT_TRUE(line->Has("all"));
    EXPECT_FALSE(line->Has("server"));
    EXPECT_THAT(line->arguments, IsEmpty());
  }
}

TEST(CommandLine, TakesTheLongestCommand) {
  EXPECT_EQ(Parse({"audit", "verify"})->command->words, "audit verify");
  EXPECT_EQ(Parse({"verify"})->command->words, "verify");
}

TEST(CommandLine, KeepsArgumentsAsTheyAre) {
  EXPECT_THAT(Parse({"call", "GetLoan", "{\"name\": \"--x\"}"})->arguments,
              ElementsAre("GetLoan", "{\"name\": \"--x\"}"));
  EXPECT_THAT(Parse({"call", "GetLoan", "-"})->arguments, ElementsAre("GetLoan", "-"));
  EXPECT_THAT(Parse({"call", "--", "--odd"})->arguments, ElementsAre("--odd"));
}

TEST(CommandLine, NamesTheNearestWord) {
  EXPECT_THAT(Refused({"verfy"}), HasSubstr("did you mean verify?"));
  EXPECT_THAT(Refused({"loans", "list", "--fliter", "x"}), HasSubstr("did you mean --filter?"));
  EXPECT_THAT(Refused({"loans"}), HasSubstr("list, get"));
  EXPECT_THAT(Refused({"loans", "lst"}), HasSubstr("list, get"));
  EXPECT_THAT(Refused({"zzzzzzzzzzzz"}), HasSubstr("kc --help"));
}

TEST(CommandLine, RefusesWhatDoesNotFit) {
  EXPECT_THAT(Refused({}), HasSubstr("kc --help"));
  EXPECT_THAT(Refused({"loans", "get"}), HasSubstr("kc loans get NAME"));
  EXPECT_THAT(Refused({"loans", "get", "a", "b"}), HasSubstr("\"b\""));
  EXPECT_THAT(Refused({"verify", "--all"}), HasSubstr("takes no --all"));
  EXPECT_THAT(Refused({"loans", "list", "--all", "--all"}), HasSubstr("twice"));
  EXPECT_THAT(Refused({"loans", "list", "--all=yes"}), HasSubstr("no value"));
  EXPECT_THAT(Refused({"loans", "list", "--filter"}), HasSubstr("FILTER"));
  EXPECT_THAT(Refused({"loans", "list", "-x"}), HasSubstr("-x"));
}

TEST(CommandLine, HelpNeedsNoArguments) {
  EXPECT_EQ(Parse({"--help"})->command, nullptr);
  EXPECT_EQ(Parse({"loans", "get", "-h"})->command->words, "loans get");
  EXPECT_TRUE(Parse({"loans", "--help"}).ok());
}

TEST(CommandLine, HelpSpeaksBothLanguages) {
  EXPECT_THAT(HelpText(Commands(), Flags(), Language::kEnglish), HasSubstr("audit verify"));
  EXPECT_THAT(HelpText(Commands(), Flags(), Language::kChinese), HasSubstr("做这件事"));
  EXPECT_THAT(HelpText(Commands()[0], Flags(), Language::kEnglish), HasSubstr("--filter FILTER"));
}

}  // namespace
}  // namespace kechuang::kc
