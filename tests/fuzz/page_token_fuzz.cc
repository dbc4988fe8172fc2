// Page tokens: the input as a token, and tokens of values made from it, whole and damaged.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

#include "common/ledger/page_token.h"

namespace {

using kechuang::ledger::MakePageToken;
using kechuang::ledger::ReadPageToken;
using kechuang::mysql::Value;

// A line is a value: a number by its length if it begins with #, none if it begins with -, else its text.
std::vector<Value> ValuesOf(absl::string_view text) {
  std::vector<Value> values;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    if (line.substr(0, 1) == "#") {
      values.emplace_back(static_cast<int64_t>(line.size()) - 3);
    } else if (line.substr(0, 1) == "-") {
      values.emplace_back();
    } else {
      values.emplace_back(std::string(line));
    }
  }
  return values;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // Beyond this a token is refused for its length.
  if (size > 16 * 1024) return 0;
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  for (const size_t values : {size_t{0}, size_t{1}, size_t{2}}) {
    const auto read = ReadPageToken(input, "list", values);
    if (read.ok() && MakePageToken("list", *read) != input) std::abort();
  }
  // The first two bytes say what to damage.
  if (size < 2) return 0;
  const std::vector<Value> values = ValuesOf(input.substr(2));
  if (values.size() > 100) return 0;
  const std::string token = MakePageToken("list", values);
  const auto read = ReadPageToken(token, "list", values.size());
  if (!read.ok() || *read != values) std::abort();
  if (ReadPageToken(token, "other", values.size()).ok()) std::abort();
  const size_t at = data[0] % token.size();
  if (ReadPageToken(absl::string_view(token).substr(0, at), "list", values.size()).ok()) std::abort();
  std::string changed = token;
  changed[at] = static_cast<char>(data[1]);
  if (changed != token && ReadPageToken(changed, "list", values.size()).ok()) std::abort();
  return 0;
}
