#include "services/gateway/openapi_path.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace kechuang::gateway {
namespace {

// "enterprise" for "enterprises", "class" for "classes".
std::string Singular(absl::string_view plural) {
  if (absl::EndsWith(plural, "sses")) return std::string(plural.substr(0, plural.size() - 2));
  if (absl::EndsWith(plural, "ies")) return absl::StrCat(plural.substr(0, plural.size() - 3), "y");
  return std::string(absl::StripSuffix(plural, "s"));
}

class PathWriter {
 public:
  explicit PathWriter(const google::protobuf::Descriptor& request) : request_(request) {}

  // variable is what stands between braces: "loan.name=loans/*", "year".
  void AddVariable(absl::string_view variable) {
    const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(variable, absl::MaxSplits('=', 1));
    const google::protobuf::FieldDescriptor* field = api::FieldAt(request_, parts.first);
    const std::string pattern(parts.second.empty() ? "*" : parts.second);
    const std::vector<std::string> segments = absl::StrSplit(pattern, '/');
    for (size_t i = 0; i < segments.size(); ++i) {
      if (i > 0) path_.text.push_back('/');
      if (!absl::StartsWith(segments[i], "*")) {
        absl::StrAppend(&path_.text, segments[i]);
        continue;
      }
      const std::string name = Unused(i > 0 ? Singular(segments[i - 1]) : field->json_name());
      absl::StrAppend(&path_.text, "{", name, "}");
      path_.parameters.push_back({name, field, pattern, i});
    }
  }

  void AddText(absl::string_view text) { absl::StrAppend(&path_.text, text); }

  OpenApiPath Take() { return std::move(path_); }

 private:
  // The name, with a number behind it if the path has it already.
  std::string Unused(const std::string& name) const {
    const auto same = std::count_if(path_.parameters.begin(), path_.parameters.end(),
                                    [&](const PathParameter& other) { return absl::StartsWith(other.name, name); });
    return same == 0 ? name : absl::StrCat(name, same + 1);
  }

  const google::protobuf::Descriptor& request_;
  OpenApiPath path_;
};

}  // namespace

OpenApiPath PathOf(const api::HttpRoute& route) {
  PathWriter writer(*route.method->input_type());
  absl::string_view rest = route.path.text();
  for (size_t open = rest.find('{'); open != absl::string_view::npos; open = rest.find('{')) {
    const size_t close = rest.find('}', open);
    writer.AddText(rest.substr(0, open));
    writer.AddVariable(rest.substr(open + 1, close - open - 1));
    rest.remove_prefix(close + 1);
  }
  writer.AddText(rest);
  return writer.Take();
}

}  // namespace kechuang::gateway
