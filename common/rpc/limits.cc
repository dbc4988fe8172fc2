#include "common/rpc/limits.h"

#include <array>
#include <fstream>
#include <iterator>
#include <set>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

#include "common/base/error.h"
#include "common/base/nearest_word.h"
#include "common/base/status_macros.h"
#include "kechuang/api/v1/reasons.pb.h"

ABSL_FLAG(int64_t, caller_rate, kechuang::rpc::Limits().caller.rate,
          "most calls a second of one caller at this process, in the long run; 0 for any number");
ABSL_FLAG(int64_t, caller_burst, kechuang::rpc::Limits().caller.burst,
          "most calls of one caller at once, after a pause; 1 at least");
ABSL_FLAG(
    int64_t, unknown_keys, kechuang::rpc::Limits().unknown_keys,
    "most different keys that nobody has from one address in a minute, before more are refused; 0 for any number");
ABSL_FLAG(
    std::string, limits_file, "",
    "file with the limits of callers, read again as it changes, see README.md; empty: limits in the state folder");

namespace kechuang::rpc {
namespace {

constexpr size_t kFileBytesMax = size_t{64} * 1024;

// One limit: its name, on the command line and in the file, its range and its place.
struct Named {
  const char* name;
  int64_t least;
  int64_t most;
  int64_t& (*in)(Limits& limits);
};

constexpr std::array<Named, 3> kNamed = {{
    {"caller_rate", 0, 1'000'000, [](Limits& limits) -> int64_t& { return limits.caller.rate; }},
    {"caller_burst", 1, 10'000'000, [](Limits& limits) -> int64_t& { return limits.caller.burst; }},
    {"unknown_keys", 0, 1'000, [](Limits& limits) -> int64_t& { return limits.unknown_keys; }},
}};

const Named* Find(absl::string_view name) {
  for (const Named& each : kNamed) {
    if (name == each.name) return &each;
  }
  return nullptr;
}

void AddUnknown(absl::string_view name, Faults& faults) {
  const std::string nearest = NearestWord(name, {kNamed[0].name, kNamed[1].name, kNamed[2].name});
  faults.Add(name, api::v1::FIELD_UNKNOWN,
             absl::StrCat("there is no such limit", nearest.empty() ? "" : "; did you mean ", nearest, "?"),
             absl::StrCat("没有该限制项", nearest.empty() ? "" : "，是否为 ", nearest, "？"));
}

void CheckRange(const Named& limit, int64_t value, Faults& faults) {
  if (value >= limit.least && value <= limit.most) return;
  faults.Add(limit.name, api::v1::FIELD_OUT_OF_RANGE,
             absl::StrCat("it takes ", limit.least, " to ", limit.most, ", not ", value),
             absl::StrCat("须为 ", limit.least, " 到 ", limit.most, "，不能为 ", value));
}

// Takes a line without its comment.
void TakeLine(absl::string_view line, std::set<std::string>& given, Limits& limits, Faults& faults) {
  const std::pair<absl::string_view, absl::string_view> halves = absl::StrSplit(line, absl::MaxSplits('=', 1));
  const std::string name(absl::StripAsciiWhitespace(halves.first));
  const Named* limit = Find(name);
  if (limit == nullptr) return AddUnknown(name, faults);
  if (!given.insert(name).second) {
    return faults.Add(name, api::v1::FIELD_MALFORMED, "it is given twice", "重复给出");
  }
  int64_t value = 0;
  if (!absl::SimpleAtoi(halves.second, &value)) {
    return faults.Add(name, api::v1::FIELD_MALFORMED, absl::StrCat("expected ", name, " = NUMBER"),
                      absl::StrCat("应为 ", name, " = 数字"));
  }
  CheckRange(*limit, value, faults);
  limit->in(limits) = value;
}

absl::Status TooLarge(const std::string& path) {
  Faults faults;
  faults.Add("limits_file", api::v1::FIELD_TOO_LONG,
             absl::StrCat(path, " has more than the ", kFileBytesMax, " bytes that it may have"),
             absl::StrCat(path, " 超过上限 ", kFileBytesMax, " 字节"));
  return faults.status();
}

}  // namespace

absl::StatusOr<Limits> ParseLimits(absl::string_view text, const Limits& base) {
  Limits limits = base;
  Faults faults;
  std::set<std::string> given;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const absl::string_view said = absl::StripAsciiWhitespace(line.substr(0, line.find('#')));
    if (!said.empty()) TakeLine(said, given, limits, faults);
  }
  if (faults.any()) return faults.status();
  return limits;
}

absl::Status CheckLimits(const Limits& limits) {
  Limits checked = limits;
  Faults faults;
  for (const Named& limit : kNamed) CheckRange(limit, limit.in(checked), faults);
  return faults.status();
}

LimitsSource ReadLimitFlags(absl::string_view state) {
  LimitsSource source;
  source.flags.caller = {absl::GetFlag(FLAGS_caller_rate), absl::GetFlag(FLAGS_caller_burst)};
  source.flags.unknown_keys = absl::GetFlag(FLAGS_unknown_keys);
  source.file = absl::GetFlag(FLAGS_limits_file);
  if (source.file.empty()) source.file = absl::StrCat(state, "/limits");
  return source;
}

absl::StatusOr<Limits> ReadLimits(const LimitsSource& source) {
  RETURN_IF_ERROR(CheckLimits(source.flags));
  std::ifstream file(source.file);
  if (!file) return source.flags;
  std::string text(kFileBytesMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(file.gcount()));
  if (text.size() > kFileBytesMax) return TooLarge(source.file);
  return ParseLimits(text, source.flags);
}

}  // namespace kechuang::rpc
