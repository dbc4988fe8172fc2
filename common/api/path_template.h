#ifndef KECHUANG_COMMON_API_PATH_TEMPLATE_H_
#define KECHUANG_COMMON_API_PATH_TEMPLATE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kechuang::api {

// Most bytes of a path in a request, and most segments.
inline constexpr size_t kPathBytesMax = 4096;
inline constexpr size_t kPathSegmentsMax = 32;

// A path of a request, cut at its slashes; the text that it was made of must outlive it.
class RequestPath {
 public:
  // INVALID_ARGUMENT if the path does not begin with a slash, is longer than the limits above, or holds a % that
  // PercentDecode refuses.
  static absl::StatusOr<RequestPath> Parse(absl::string_view path);

  // The segments, still percent-encoded; the last one without its verb.
  const std::vector<absl::string_view>& segments() const { return segments_; }
  // What follows the last plain colon of the last segment: "register" of "/v1/contracts/7:register". A colon that
  // belongs to a name is written %3A. Nothing if there is none.
  std::optional<absl::string_view> verb() const { return verb_; }

 private:
  std::vector<absl::string_view> segments_;
  std::optional<absl::string_view> verb_;
};

// What a path binds: the field path of the template and the decoded text. Where a variable spans several segments, an
// encoded slash stays encoded (%2F), so that it cannot be taken for one that parts segments.
struct Capture {
  std::string field;  // "contract.name"
  std::string value;  // "contracts/2022640105000001"

  friend bool operator==(const Capture&, const Capture&) = default;
};

// A path template of google.api.http: "/v1/{contract.name=contracts/*}:register".
class PathTemplate {
 public:
  // INVALID_ARGUMENT if the text is no such template; says in English what is wrong where.
  static absl::StatusOr<PathTemplate> Parse(absl::string_view text);

  // What the path binds, in the order of the template; nothing if it does not fit. "*" takes one segment that is not
  // empty, "**" any number to the end, also none: "/v1/{path=files/**}" binds "files" of "/v1/files".
  std::optional<std::vector<Capture>> Match(const RequestPath& path) const;

  // The path, percent-encoded, of which Match gives these values again. INVALID_ARGUMENT if one of them lacks or does
  // not fit.
  absl::StatusOr<std::string> Expand(const std::vector<Capture>& values) const;

  // The template as it was written, and without its variables' names: "/v1/contracts/*:register".
  const std::string& text() const { return text_; }
  const std::string& shape() const { return shape_; }
  // The field paths that it binds, in order.
  std::vector<std::string> variables() const;

  // Orders templates that fit the same path: literals before "*" before "**", from left to right.
  static bool MoreSpecific(const PathTemplate& a, const PathTemplate& b);

 private:
  friend class PathTemplateParser;

  enum class Kind { kLiteral, kOne, kMany };
  struct Segment {
    Kind kind;
    std::string literal;
  };
  struct Variable {
    std::string field;
    size_t first;
    size_t end;
  };

  std::string text_;
  std::string shape_;
  std::vector<Segment> segments_;
  std::vector<Variable> variables_;
  std::optional<std::string> verb_;
};

}  // namespace kechuang::api

#endif  // KECHUANG_COMMON_API_PATH_TEMPLATE_H_
