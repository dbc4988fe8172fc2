#include "common/domain/resource_name.h"

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "absl/random/random.h"
#include "absl/strings/ascii.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

#include "common/base/error.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang {
namespace {

constexpr absl::string_view kIdAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr size_t kChosenIdMax = 40;
constexpr int kTimeCharacters = 11;  // 55 bits of microseconds: enough until the year 3111
constexpr int kRandomCharacters = 5;

bool IsId(absl::string_view segment) {
  const auto allowed = [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' || c == '~' || c == '-';
  };
  return !segment.empty() && segment.size() <= kResourceIdMax && std::all_of(segment.begin(), segment.end(), allowed);
}

// Takes the text before the first slash off path, and the slash.
absl::string_view TakeSegment(absl::string_view& path) {
  const absl::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(std::min(path.size(), segment.size() + 1));
  return segment;
}

bool SegmentFits(absl::string_view pattern, absl::string_view segment) {
  return !pattern.empty() && pattern.front() == '{' ? IsId(segment) : segment == pattern;
}

// Microseconds since 1970, later than at any call before in this process.
uint64_t NextMoment() {
  static std::atomic<uint64_t> last = 0;
  const auto now = static_cast<uint64_t>(absl::ToUnixMicros(absl::Now()));
  uint64_t before = last.load(std::memory_order_relaxed);
  uint64_t next = 0;
  do {
    next = std::max(before + 1, now);
  } while (!last.compare_exchange_weak(before, next, std::memory_order_relaxed));
  return next;
}

// Writes the lowest bits of a number, five to a character, highest first.
void AppendCharacters(uint64_t number, int characters, std::string& id) {
  for (int shift = 5 * (characters - 1); shift >= 0; shift -= 5) id.push_back(kIdAlphabet[(number >> shift) & 31]);
}

}  // namespace

bool FitsPattern(absl::string_view pattern, absl::string_view name) {
  if (name.empty() || name.size() > kResourceNameMax || name.back() == '/') return false;
  while (!pattern.empty() && !name.empty()) {
    if (!SegmentFits(TakeSegment(pattern), TakeSegment(name))) return false;
  }
  return pattern.empty() && name.empty();
}

absl::Status CheckId(absl::string_view field, absl::string_view id) {
  const bool fits = !id.empty() && id.size() <= kChosenIdMax && std::all_of(id.begin(), id.end(), [](char c) {
    return absl::ascii_islower(static_cast<unsigned char>(c)) || absl::ascii_isdigit(static_cast<unsigned char>(c)) ||
           c == '-';
  });
  if (fits) return absl::OkStatus();
  Faults faults;
  faults.Add(field, api::v1::FIELD_MALFORMED, "must be 1 to 40 of a-z, 0-9 and hyphen, such as ningke-2022",
             "须为 1 至 40 个小写字母、数字或连字符，例如 ningke-2022");
  return faults.status();
}

std::string IdOf(absl::string_view name) {
  const size_t slash = name.rfind('/');
  return std::string(slash == absl::string_view::npos ? name : name.substr(slash + 1));
}

std::string ParentOf(absl::string_view name) {
  const size_t id = name.rfind('/');
  if (id == absl::string_view::npos || id == 0) return "";
  const size_t collection = name.rfind('/', id - 1);
  return collection == absl::string_view::npos ? "" : std::string(name.substr(0, collection));
}

std::string RootOf(absl::string_view name) {
  const size_t first = name.find('/');
  if (first == absl::string_view::npos) return std::string(name);
  return std::string(name.substr(0, name.find('/', first + 1)));
}

std::string NewId() {
  thread_local absl::InsecureBitGen random;
  std::string id;
  id.reserve(kTimeCharacters + kRandomCharacters);
  AppendCharacters(NextMoment(), kTimeCharacters, id);
  AppendCharacters(absl::Uniform<uint32_t>(random), kRandomCharacters, id);
  return id;
}

}  // namespace kechuang
