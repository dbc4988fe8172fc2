#include "common/api/path_template.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

#include "common/api/nearest.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/domain/percent.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::api {
namespace {

// A segment of a value that spans several: an encoded slash stays.
std::string DecodeButSlashes(absl::string_view segment) {
  std::string decoded;
  for (size_t at = 0; at < segment.size(); ++at) {
    const int byte = segment[at] == '%' ? PercentByte(segment, at) : -1;
    if (byte < 0) {
      decoded.push_back(segment[at]);
      continue;
    }
    if (byte == '/') {
      absl::StrAppend(&decoded, segment.substr(at, 3));
    } else {
      decoded.push_back(static_cast<char>(byte));
    }
    at += 2;
  }
  return decoded;
}

absl::Status MalformedPath(absl::string_view english, absl::string_view chinese) {
  return Refuse(absl::StatusCode::kInvalidArgument, v1::FIELD_MALFORMED).Says(english, chinese);
}

absl::Status NoTemplate(absl::string_view text, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("the path template ", Shown(text), " is malformed: ", what));
}

bool IsWord(absl::string_view text, absl::string_view also) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [also](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || absl::StrContains(also, c);
  });
}

}  // namespace

absl::StatusOr<RequestPath> RequestPath::Parse(absl::string_view path) {
  if (path.size() > kPathBytesMax) {
    return MalformedPath(absl::StrCat("the path has more than ", kPathBytesMax, " bytes"),
                         absl::StrCat("路径超过 ", kPathBytesMax, " 字节"));
  }
  if (!PercentDecode(path).has_value()) {
    return MalformedPath(
        "the path is no percent-encoded UTF-8: a % needs two hex digits after it, such as %2F, and a % itself is %25",
        "路径不是百分号编码的 UTF-8：% 之后须为两位十六进制数字，如 %2F；% 本身写作 %25");
  }
  RequestPath parsed;
  if (!absl::ConsumePrefix(&path, "/")) return MalformedPath("a path begins with /", "路径须以 / 开头");
  parsed.segments_ = absl::StrSplit(path, '/');
  if (parsed.segments_.size() > kPathSegmentsMax) {
    return MalformedPath(absl::StrCat("the path has more than ", kPathSegmentsMax, " segments"),
                         absl::StrCat("路径超过 ", kPathSegmentsMax, " 段"));
  }
  absl::string_view& last = parsed.segments_.back();
  const size_t colon = last.rfind(':');
  if (colon != absl::string_view::npos) {
    parsed.verb_ = last.substr(colon + 1);
    last = last.substr(0, colon);
  }
  return parsed;
}

// Reads one template from left to right.
class PathTemplateParser {
 public:
  explicit PathTemplateParser(absl::string_view text) : rest_(text) { template_.text_ = std::string(text); }

  absl::StatusOr<PathTemplate> Parse() {
    if (!absl::ConsumePrefix(&rest_, "/")) return Wrong("it does not begin with /");
    do {
      RETURN_IF_ERROR(absl::ConsumePrefix(&rest_, "{") ? ReadVariable() : ReadSegment(&rest_));
    } while (absl::ConsumePrefix(&rest_, "/"));
    if (absl::ConsumePrefix(&rest_, ":")) {
      if (!IsWord(rest_, "-_.")) return Wrong("the verb after : is no word");
      template_.verb_ = std::string(rest_);
      rest_ = "";
    }
    if (!rest_.empty()) return Wrong("there is something after its end");
    RETURN_IF_ERROR(CheckWhole());
    template_.shape_ = Shape();
    return std::move(template_);
  }

 private:
  using Segment = PathTemplate::Segment;
  using Kind = PathTemplate::Kind;

  absl::Status Wrong(absl::string_view what) const { return NoTemplate(template_.text_, what); }

  // "*", "**" or a literal.
  absl::Status ReadSegment(absl::string_view* from) {
    const absl::string_view word = from->substr(0, from->find_first_of("/:{}="));
    if (word == "**") {
      template_.segments_.push_back({Kind::kMany, ""});
    } else if (word == "*") {
      template_.segments_.push_back({Kind::kOne, ""});
    } else if (IsWord(word, "-_.~")) {
      template_.segments_.push_back({Kind::kLiteral, std::string(word)});
    } else {
      return Wrong("a segment is no word, * or **");
    }
    from->remove_prefix(word.size());
    return absl::OkStatus();
  }

  // "contract.name=contracts/*}", after its opening brace.
  absl::Status ReadVariable() {
    const size_t end = rest_.find('}');
    if (end == absl::string_view::npos) return Wrong("a { is not closed");
    absl::string_view inner = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    const absl::string_view field = inner.substr(0, inner.find('='));
    for (const absl::string_view part : absl::StrSplit(field, '.')) {
      if (!IsWord(part, "_")) return Wrong("a variable has no field path before its =");
    }
    inner.remove_prefix(field.size());
    const size_t first = template_.segments_.size();
    if (inner.empty()) {
      template_.segments_.push_back({Kind::kOne, ""});
    } else {
      inner.remove_prefix(1);
      do {
        RETURN_IF_ERROR(ReadSegment(&inner));
      } while (absl::ConsumePrefix(&inner, "/"));
      if (!inner.empty()) return Wrong("a variable's form holds more than segments");
    }
    template_.variables_.push_back({std::string(field), first, template_.segments_.size()});
    return absl::OkStatus();
  }

  absl::Status CheckWhole() const {
    if (template_.segments_.size() > kPathSegmentsMax) return Wrong("it has too many segments");
    for (size_t i = 0; i + 1 < template_.segments_.size(); ++i) {
      if (template_.segments_[i].kind == Kind::kMany) return Wrong("** is not its last segment");
    }
    std::vector<std::string> fields = template_.variables();
    std::sort(fields.begin(), fields.end());
    if (std::adjacent_find(fields.begin(), fields.end()) != fields.end()) return Wrong("it binds a field twice");
    return absl::OkStatus();
  }

  std::string Shape() const {
    std::string shape;
    for (const Segment& segment : template_.segments_) {
      absl::StrAppend(&shape, "/",
                      segment.kind == Kind::kLiteral ? segment.literal : (segment.kind == Kind::kOne ? "*" : "**"));
    }
    if (template_.verb_.has_value()) absl::StrAppend(&shape, ":", *template_.verb_);
    return shape;
  }

  absl::string_view rest_;
  PathTemplate template_;
};

absl::StatusOr<PathTemplate> PathTemplate::Parse(absl::string_view text) {
  if (text.size() > kPathBytesMax) return NoTemplate(text, "it is too long");
  return PathTemplateParser(text).Parse();
}

std::optional<std::vector<Capture>> PathTemplate::Match(const RequestPath& path) const {
  const std::vector<absl::string_view>& given = path.segments();
  const bool open = segments_.back().kind == Kind::kMany;
  const size_t fixed = segments_.size() - (open ? 1 : 0);
  if (open ? given.size() < fixed : given.size() != fixed) return std::nullopt;
  if (verb_.has_value() != path.verb().has_value() || (verb_.has_value() && *path.verb() != *verb_)) {
    return std::nullopt;
  }
  for (size_t i = 0; i < fixed; ++i) {
    if (given[i].empty()) return std::nullopt;
    if (segments_[i].kind != Kind::kLiteral || given[i] == segments_[i].literal) continue;
    if (!absl::StrContains(given[i], '%') || PercentDecode(given[i]) != segments_[i].literal) return std::nullopt;
  }
  std::vector<Capture> captures;
  for (const Variable& variable : variables_) {
    const bool to_end = open && variable.end == segments_.size();
    const size_t end = to_end ? given.size() : variable.end;
    const bool single = variable.end == variable.first + 1 && !to_end;
    std::vector<std::string> parts;
    for (size_t i = variable.first; i < end; ++i) {
      parts.push_back(single ? PercentDecode(given[i]).value_or("") : DecodeButSlashes(given[i]));
    }
    captures.push_back({variable.field, absl::StrJoin(parts, "/")});
  }
  return captures;
}

absl::StatusOr<std::string> PathTemplate::Expand(const std::vector<Capture>& values) const {
  // A ** is the last segment and may take none: what it takes comes behind the others.
  std::vector<std::string> parts;
  for (const Segment& segment : segments_) {
    if (segment.kind != Kind::kMany) parts.push_back(segment.literal);
  }
  std::vector<Capture> wanted;
  for (const Variable& variable : variables_) {
    const auto found =
        std::find_if(values.begin(), values.end(), [&](const Capture& value) { return value.field == variable.field; });
    if (found == values.end()) return absl::InvalidArgumentError(absl::StrCat("no value for ", variable.field));
    wanted.push_back(*found);
    std::vector<std::string> given;
    if (variable.end == variable.first + 1 && segments_[variable.first].kind == Kind::kOne) {
      given.push_back(found->value);
    } else if (!found->value.empty()) {
      given = absl::StrSplit(found->value, '/');
    }
    const bool open = segments_[variable.end - 1].kind == Kind::kMany;
    const size_t room = variable.end - variable.first;
    if (!open && given.size() > room) {
      return absl::InvalidArgumentError(absl::StrCat(variable.field, " has too many segments"));
    }
    const size_t fixed = std::min(given.size(), room - (open ? 1 : 0));
    for (size_t i = 0; i < fixed; ++i) parts[variable.first + i] = PercentEncode(given[i]);
    for (size_t i = fixed; i < given.size(); ++i) parts.push_back(PercentEncode(given[i]));
  }
  std::string path = absl::StrCat("/", absl::StrJoin(parts, "/"));
  if (verb_.has_value()) absl::StrAppend(&path, ":", *verb_);
  ASSIGN_OR_RETURN(const RequestPath parsed, RequestPath::Parse(path));
  if (Match(parsed) != wanted) return absl::InvalidArgumentError(absl::StrCat("the values do not fit ", text_));
  return path;
}

std::vector<std::string> PathTemplate::variables() const {
  std::vector<std::string> fields;
  for (const Variable& variable : variables_) fields.push_back(variable.field);
  return fields;
}

bool PathTemplate::MoreSpecific(const PathTemplate& a, const PathTemplate& b) {
  for (size_t i = 0; i < std::min(a.segments_.size(), b.segments_.size()); ++i) {
    if (a.segments_[i].kind != b.segments_[i].kind) return a.segments_[i].kind < b.segments_[i].kind;
  }
  return a.segments_.size() > b.segments_.size();
}

}  // namespace kechuang::api
