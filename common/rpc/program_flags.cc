#include "common/rpc/program_flags.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <map>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/reflection.h"
#include "absl/flags/usage.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

#include "common/base/error.h"
#include "common/base/nearest_word.h"
#include "kechuang/api/v1/reasons.pb.h"

ABSL_FLAG(bool, print_config, false, "print every flag with its value, secrets as ***, and end");

namespace kechuang::rpc {
namespace {

constexpr char kHidden[] = "***";
// Parts of the names of flags that hold secrets, or name the files of secrets.
constexpr absl::string_view kSecretParts[] = {"key", "secret", "password", "token", "credential"};

// What the library of flags takes without having a flag for it.
constexpr absl::string_view kHelp[] = {"help", "helpfull", "helpshort", "helppackage", "version"};

// An argument as a flag is written: "--port-base=7100" has the name port_base.
struct Written {
  std::string name;
  bool has_value = false;
};

Written Read(absl::string_view argument) {
  if (!absl::ConsumePrefix(&argument, "--")) absl::ConsumePrefix(&argument, "-");
  const size_t end = std::min(argument.find('='), argument.size());
  Written written{std::string(argument.substr(0, end)), end < argument.size()};
  std::replace(written.name.begin(), written.name.end(), '-', '_');
  return written;
}

// The flag that an argument sets, or unsets with "no" before it; nullptr if there is none.
const absl::CommandLineFlag* FlagOf(const Written& written) {
  if (const absl::CommandLineFlag* flag = absl::FindCommandLineFlag(written.name); flag != nullptr) return flag;
  absl::string_view name = written.name;
  const absl::CommandLineFlag* flag =
      absl::ConsumePrefix(&name, "no") && !written.has_value ? absl::FindCommandLineFlag(name) : nullptr;
  return flag != nullptr && flag->IsOfType<bool>() ? flag : nullptr;
}

// The flags of the suite by name; not those that the library of flags has for itself, of other programs' tastes.
std::map<std::string, const absl::CommandLineFlag*> OwnFlags() {
  std::map<std::string, const absl::CommandLineFlag*> own;
  for (const auto& [name, flag] : absl::GetAllFlags()) {
    if (!absl::StrContains(flag->Filename(), "absl/flags/")) own.emplace(name, flag);
  }
  return own;
}

absl::Status NoSuchFlag(const std::string& name) {
  std::vector<std::string> names;
  for (const auto& [known, flag] : OwnFlags()) names.push_back(known);
  const std::string nearest = NearestWord(name, names);
  return Refuse(absl::StatusCode::kInvalidArgument, api::v1::FIELD_UNKNOWN)
      .With("flag", name)
      .With("nearest", nearest)
      .Says(absl::StrCat("there is no flag --", name, nearest.empty() ? "" : "; did you mean --", nearest,
                         nearest.empty() ? "; --print-config shows them all" : "?"),
            absl::StrCat("没有选项 --", name, nearest.empty() ? "" : "，是否为 --", nearest,
                         nearest.empty() ? "；全部选项见 --print-config" : "？"));
}

absl::Status NoFlag(const std::string& argument) {
  return Refuse(absl::StatusCode::kInvalidArgument, api::v1::FIELD_UNKNOWN)
      .Says(absl::StrCat("\"", argument, "\" is no flag; they are written --name=value"),
            absl::StrCat("“", argument, "”不是选项，选项写作 --名称=值"));
}

// The arguments as the library takes them: with '_' in the names.
std::vector<std::string> Plain(int argc, char** argv) {
  std::vector<std::string> plain(argv, argv + argc);
  for (size_t i = 1; i < plain.size(); ++i) {
    const Written written = Read(plain[i]);
    if (!absl::StartsWith(plain[i], "-") || FlagOf(written) == nullptr) continue;
    const size_t end = std::min(plain[i].find('='), plain[i].size());
    plain[i] = absl::StrCat("--", written.name, plain[i].substr(end));
  }
  return plain;
}

}  // namespace

absl::Status CheckArguments(const std::vector<std::string>& arguments) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (!absl::StartsWith(arguments[i], "-")) return NoFlag(arguments[i]);
    const Written written = Read(arguments[i]);
    if (std::find(std::begin(kHelp), std::end(kHelp), written.name) != std::end(kHelp)) continue;
    const absl::CommandLineFlag* flag = FlagOf(written);
    if (flag == nullptr) return NoSuchFlag(written.name);
    if (!written.has_value && !flag->IsOfType<bool>()) ++i;  // the value is an argument of its own
  }
  return absl::OkStatus();
}

std::string ShownValue(absl::string_view name, const std::string& value) {
  const std::vector<absl::string_view> words = absl::StrSplit(name, '_');
  const bool secret =
      std::find_first_of(words.begin(), words.end(), std::begin(kSecretParts), std::end(kSecretParts)) != words.end();
  if (secret) return value.empty() ? "" : kHidden;
  std::string shown;
  absl::string_view rest = value;
  for (size_t scheme = rest.find("://"); scheme != absl::string_view::npos; scheme = rest.find("://")) {
    const size_t begin = scheme + 3;
    const size_t end = rest.find_first_of("/,", begin);
    const size_t at = rest.substr(0, end).rfind('@');
    absl::StrAppend(&shown, rest.substr(0, begin));
    if (at != absl::string_view::npos && at >= begin) {
      absl::StrAppend(&shown, kHidden);
      rest.remove_prefix(at);
    } else {
      rest.remove_prefix(begin);
    }
  }
  return absl::StrCat(shown, rest);
}

std::string ConfigText() {
  std::string text;
  for (const auto& [name, flag] : OwnFlags()) {
    if (name == "print_config") continue;
    absl::StrAppend(&text, "--", name, "=", ShownValue(name, flag->CurrentValue()), "\n");
  }
  return text;
}

void ParseProgramFlags(int argc, char** argv) {
  absl::SetProgramUsageMessage("A program of kechuang. See README.md.");
  std::vector<std::string> plain = Plain(argc, argv);
  // Before the library does so, which names what is near in one language only.
  if (const absl::Status sound = CheckArguments({plain.begin() + 1, plain.end()}); !sound.ok()) {
    std::cerr << sound.message() << " / " << ChineseOf(sound) << "\n";
    exit(2);
  }
  std::vector<char*> arguments;
  for (std::string& argument : plain) arguments.push_back(argument.data());
  absl::ParseCommandLine(static_cast<int>(arguments.size()), arguments.data());
  if (!absl::GetFlag(FLAGS_print_config)) return;
  std::cout << ConfigText();
  std::cout.flush();
  exit(std::cout.good() ? 0 : 1);
}

}  // namespace kechuang::rpc
