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
#include "absl/strings/str_join.h"
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
ABSL_FLAG(int64_t, calls, kechuang::rpc::Limits().calls,
          "most calls under way at once that do not stream; more are refused");
ABSL_FLAG(int64_t, waiting_calls, kechuang::rpc::Limits().waiting_calls,
          "most calls of a service that wait for a worker; more are refused");
ABSL_FLAG(int64_t, streams, kechuang::rpc::Limits().streams, "most streams of a service at once; more are refused");
ABSL_FLAG(int64_t, call_seconds, kechuang::rpc::Limits().call_seconds,
          "longest time of a call that does not stream, in seconds");
ABSL_FLAG(int64_t, message_memory_mib, kechuang::rpc::Limits().message_memory >> 20,
          "most memory for the messages of calls under way, in MiB; once it is spent, calls are refused");
ABSL_FLAG(int64_t, message_kib, kechuang::rpc::Limits().message_bytes >> 10,
          "largest message of a call, in KiB; larger ones are refused");
ABSL_FLAG(int64_t, header_kib, kechuang::rpc::Limits().header_bytes >> 10,
          "most KiB of an HTTP request's line and headers together");
ABSL_FLAG(int64_t, page_size, kechuang::rpc::Limits().page_size, "most records of one page, whatever a call asks for");
ABSL_FLAG(
    std::string, limits_file, "",
    "file with the limits of callers, read again as it changes, see README.md; empty: limits in the state folder");

namespace kechuang::rpc {
namespace {

constexpr size_t kFileBytesMax = size_t{64} * 1024;

// One limit: its name, on the command line and in the file, its range there, what it counts, its place and its flag.
struct Named {
  const char* name;
  int64_t least;
  int64_t most;
  int64_t unit;  // of the name in the one of its place
  int64_t& (*in)(Limits& limits);
  int64_t (*flag)();
};

constexpr int64_t kOne = 1;
constexpr int64_t kKib = 1024;
constexpr int64_t kMib = 1024 * kKib;

constexpr std::array<Named, 11> kNamed = {{
    {"caller_rate", 0, 1'000'000, kOne, [](Limits& limits) -> int64_t& { return limits.caller.rate; },
     [] { return absl::GetFlag(FLAGS_caller_rate); }},
    {"caller_burst", 1, 10'000'000, kOne, [](Limits& limits) -> int64_t& { return limits.caller.burst; },
     [] { return absl::GetFlag(FLAGS_caller_burst); }},
    {"unknown_keys", 0, 1'000, kOne, [](Limits& limits) -> int64_t& { return limits.unknown_keys; },
     [] { return absl::GetFlag(FLAGS_unknown_keys); }},
    {"calls", 16, 1'000'000, kOne, [](Limits& limits) -> int64_t& { return limits.calls; },
     [] { return absl::GetFlag(FLAGS_calls); }},
    {"waiting_calls", 4, 1'000'000, kOne, [](Limits& limits) -> int64_t& { return limits.waiting_calls; },
     [] { return absl::GetFlag(FLAGS_waiting_calls); }},
    {"streams", 1, 10'000, kOne, [](Limits& limits) -> int64_t& { return limits.streams; },
     [] { return absl::GetFlag(FLAGS_streams); }},
    {"call_seconds", 1, 600, kOne, [](Limits& limits) -> int64_t& { return limits.call_seconds; },
     [] { return absl::GetFlag(FLAGS_call_seconds); }},
    {"message_memory_mib", 16, 65'536, kMib, [](Limits& limits) -> int64_t& { return limits.message_memory; },
     [] { return absl::GetFlag(FLAGS_message_memory_mib); }},
    {"message_kib", 16, 8'192, kKib, [](Limits& limits) -> int64_t& { return limits.message_bytes; },
     [] { return absl::GetFlag(FLAGS_message_kib); }},
    {"header_kib", 1, 64, kKib, [](Limits& limits) -> int64_t& { return limits.header_bytes; },
     [] { return absl::GetFlag(FLAGS_header_kib); }},
    {"page_size", 1, 1'000, kOne, [](Limits& limits) -> int64_t& { return limits.page_size; },
     [] { return absl::GetFlag(FLAGS_page_size); }},
}};

const Named* Find(absl::string_view name) {
  for (const Named& each : kNamed) {
    if (name == each.name) return &each;
  }
  return nullptr;
}

void AddUnknown(absl::string_view name, Faults& faults) {
  std::vector<std::string> names;
  for (const Named& each : kNamed) names.emplace_back(each.name);
  const std::string nearest = NearestWord(name, names);
  faults.Add(name, api::v1::FIELD_UNKNOWN,
             absl::StrCat("there is no such limit", nearest.empty() ? "" : "; did you mean ", nearest, "?"),
             absl::StrCat("没有该限制项", nearest.empty() ? "" : "，是否为 ", nearest, "？"));
}

// value: as the name counts.
bool CheckRange(const Named& limit, int64_t value, Faults& faults) {
  if (value >= limit.least && value <= limit.most) return true;
  faults.Add(limit.name, api::v1::FIELD_OUT_OF_RANGE,
             absl::StrCat("it takes ", limit.least, " to ", limit.most, ", not ", value),
             absl::StrCat("须为 ", limit.least, " 到 ", limit.most, "，不能为 ", value));
  return false;
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
  if (CheckRange(*limit, value, faults)) limit->in(limits) = value * limit->unit;
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
  for (const Named& limit : kNamed) CheckRange(limit, limit.in(checked) / limit.unit, faults);
  return faults.status();
}

std::string TextOf(const Limits& limits) {
  Limits told = limits;
  return absl::StrJoin(kNamed, ", ", [&told](std::string* out, const Named& limit) {
    absl::StrAppend(out, limit.name, " = ", limit.in(told) / limit.unit);
  });
}

LimitsSource ReadLimitFlags(absl::string_view state) {
  LimitsSource source;
  for (const Named& limit : kNamed) {
    // What is out of range is told as it was given, and must not overflow on the way.
    const int64_t given = limit.flag();
    limit.in(source.flags) =
        given > INT64_MAX / limit.unit || given < INT64_MIN / limit.unit ? given : given * limit.unit;
  }
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
