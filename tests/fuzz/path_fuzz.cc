// Path templates and paths: the first line is a template, the rest a path. What matches is made anew from what it
// bound.

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "absl/strings/string_view.h"

#include "common/api/path_template.h"
#include "common/domain/percent.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  namespace api = kechuang::api;
  const size_t line = input.find('\n');
  const absl::string_view rest = line == absl::string_view::npos ? absl::string_view() : input.substr(line + 1);
  kechuang::PercentDecode(rest, true);
  const auto pattern = api::PathTemplate::Parse(input.substr(0, line));
  const auto path = api::RequestPath::Parse(rest);
  if (!pattern.ok() || !path.ok()) return 0;
  api::PathTemplate::MoreSpecific(*pattern, *pattern);
  const auto captures = pattern->Match(*path);
  if (!captures.has_value()) return 0;
  const auto made = pattern->Expand(*captures);
  if (!made.ok()) return 0;
  const auto again = api::RequestPath::Parse(*made);
  if (!again.ok()) std::abort();
  const auto captured = pattern->Match(*again);
  if (!captured.has_value() || *captured != *captures) std::abort();
  return 0;
}
