#include "common/api/http_route.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "google/api/annotations.pb.h"
#include "google/api/http.pb.h"

#include "common/api/nearest.h"
#include "common/base/error.h"
#include "common/base/fatal.h"
#include "common/base/status_macros.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::api {
namespace {

using google::api::HttpRule;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;

// How much of a path is compared with the routes that there are.
constexpr size_t kComparedBytesMax = 100;

std::pair<std::string, std::string> VerbAndPath(const HttpRule& rule) {
  switch (rule.pattern_case()) {
    case HttpRule::kGet:
      return {"GET", rule.get()};
    case HttpRule::kPut:
      return {"PUT", rule.put()};
    case HttpRule::kPost:
      return {"POST", rule.post()};
    case HttpRule::kDelete:
      return {"DELETE", rule.delete_()};
    case HttpRule::kPatch:
      return {"PATCH", rule.patch()};
    case HttpRule::kCustom:
      return {rule.custom().kind(), rule.custom().path()};
    case HttpRule::PATTERN_NOT_SET:
      break;
  }
  return {};
}

absl::Status Wrong(const MethodDescriptor& method, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("the HTTP route of ", method.full_name(), " is malformed: ", what));
}

absl::StatusOr<HttpRoute> RouteOf(const MethodDescriptor& method, const HttpRule& rule) {
  const auto [verb, text] = VerbAndPath(rule);
  if (verb.empty()) return Wrong(method, "it names no verb");
  ASSIGN_OR_RETURN(PathTemplate path, PathTemplate::Parse(text));
  HttpRoute route{&method, verb, std::move(path), rule.body(), nullptr, nullptr};
  const Descriptor& request = *method.input_type();
  for (const std::string& variable : route.path.variables()) {
    const FieldDescriptor* field = FieldAt(request, variable);
    if (field == nullptr || field->is_repeated() || field->message_type() != nullptr) {
      return Wrong(method, absl::StrCat("the request has no ", variable));
    }
  }
  if (!route.body.empty() && route.body != "*") {
    route.body_field = request.FindFieldByName(route.body);
    if (route.body_field == nullptr) return Wrong(method, absl::StrCat("the request has no ", route.body));
  }
  if (!rule.response_body().empty()) {
    route.response_field = method.output_type()->FindFieldByName(rule.response_body());
    if (route.response_field == nullptr) return Wrong(method, absl::StrCat("no answer has ", rule.response_body()));
  }
  return route;
}

absl::Status NoSuchPath(absl::string_view verb, absl::string_view path, const std::string& nearest) {
  std::string english = absl::StrCat("there is no path ", Shown(path));
  std::string chinese = absl::StrCat("没有路径 ", Shown(path));
  if (nearest.empty()) {
    return Refuse(absl::StatusCode::kNotFound, v1::METHOD_UNKNOWN).With("verb", Shown(verb)).Says(english, chinese);
  }
  absl::StrAppend(&english, "; the nearest is ", nearest);
  absl::StrAppend(&chinese, "；最接近的是 ", nearest);
  return Refuse(absl::StatusCode::kNotFound, v1::METHOD_UNKNOWN).With("nearest", nearest).Says(english, chinese);
}

absl::Status OtherVerbs(absl::string_view verb, absl::string_view path, const std::string& allowed) {
  return Refuse(absl::StatusCode::kUnimplemented, v1::METHOD_UNKNOWN)
      .With("allow", allowed)
      .Says(absl::StrCat(Shown(path), " does not take ", Shown(verb), ", only ", allowed),
            absl::StrCat(Shown(path), " 不支持 ", Shown(verb), "，只支持 ", allowed));
}

bool Takes(const HttpRoute& route, absl::string_view verb) {
  return route.verb == verb || (verb == "HEAD" && route.verb == "GET");
}

// How far one segment of a path is from one of a route's shape.
int SegmentDistance(absl::string_view wanted, absl::string_view given) {
  if (wanted == given || (absl::StartsWith(wanted, "*") && !given.empty())) return 0;
  return EditDistance(wanted, given);
}

// How far a path is from a route's shape: a segment too many or too few counts as much as its length.
int Distance(absl::string_view shape, absl::string_view path) {
  const std::vector<absl::string_view> wanted = absl::StrSplit(shape, absl::ByAnyChar("/:"));
  const std::vector<absl::string_view> given = absl::StrSplit(path, absl::ByAnyChar("/:"));
  const auto length = [](absl::string_view segment) { return static_cast<int>(segment.size()); };
  std::vector<int> row(given.size() + 1);
  for (size_t j = 0; j < given.size(); ++j) row[j + 1] = row[j] + length(given[j]);
  for (const absl::string_view want : wanted) {
    int diagonal = row[0];
    row[0] += length(want);
    for (size_t j = 0; j < given.size(); ++j) {
      const int replaced = diagonal + SegmentDistance(want, given[j]);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + length(given[j]), diagonal + length(want)});
    }
  }
  return row.back();
}

}  // namespace

const FieldDescriptor* FieldAt(const Descriptor& type, absl::string_view path) {
  const Descriptor* message = &type;
  const FieldDescriptor* field = nullptr;
  for (const absl::string_view part : absl::StrSplit(path, '.')) {
    field = message == nullptr ? nullptr : message->FindFieldByName(std::string(part));
    if (field == nullptr) return nullptr;
    message = field->is_repeated() ? nullptr : field->message_type();
  }
  return field;
}

absl::StatusOr<std::vector<HttpRoute>> RoutesOf(const MethodDescriptor& method) {
  std::vector<HttpRoute> routes;
  if (!method.options().HasExtension(google::api::http)) return routes;
  const HttpRule& rule = method.options().GetExtension(google::api::http);
  ASSIGN_OR_RETURN(HttpRoute first, RouteOf(method, rule));
  routes.push_back(std::move(first));
  for (const HttpRule& more : rule.additional_bindings()) {
    ASSIGN_OR_RETURN(HttpRoute route, RouteOf(method, more));
    routes.push_back(std::move(route));
  }
  return routes;
}

Router::Router(const std::vector<const google::protobuf::ServiceDescriptor*>& services) {
  std::set<std::string> taken;
  for (const google::protobuf::ServiceDescriptor* service : services) {
    for (int i = 0; i < service->method_count(); ++i) {
      absl::StatusOr<std::vector<HttpRoute>> routes = RoutesOf(*service->method(i));
      if (!routes.ok()) Fatal(std::string(routes.status().message()));
      for (HttpRoute& route : *routes) {
        const std::string place = absl::StrCat(route.verb, " ", route.path.shape());
        if (!taken.insert(place).second) Fatal(absl::StrCat("two methods have the HTTP route ", place));
        routes_.push_back(std::make_unique<HttpRoute>(std::move(route)));
      }
    }
  }
  std::stable_sort(routes_.begin(), routes_.end(),
                   [](const auto& a, const auto& b) { return PathTemplate::MoreSpecific(a->path, b->path); });
}

std::vector<const HttpRoute*> Router::Fitting(const RequestPath& path) const {
  std::vector<const HttpRoute*> fitting;
  for (const std::unique_ptr<HttpRoute>& route : routes_) {
    if (route->path.Match(path).has_value()) fitting.push_back(route.get());
  }
  return fitting;
}

absl::StatusOr<RouteMatch> Router::Find(absl::string_view verb, absl::string_view path) const {
  ASSIGN_OR_RETURN(const RequestPath parsed, RequestPath::Parse(path));
  for (const std::unique_ptr<HttpRoute>& route : routes_) {
    if (!Takes(*route, verb)) continue;
    std::optional<std::vector<Capture>> captures = route->path.Match(parsed);
    if (captures.has_value()) return RouteMatch{route.get(), *std::move(captures)};
  }
  const std::string allowed = AllowedVerbs(path);
  if (!allowed.empty()) return OtherVerbs(verb, path, allowed);
  return NoSuchPath(verb, path, Nearest(verb, path));
}

std::string Router::AllowedVerbs(absl::string_view path) const {
  const absl::StatusOr<RequestPath> parsed = RequestPath::Parse(path);
  if (!parsed.ok()) return "";
  std::set<std::string> verbs;
  for (const HttpRoute* route : Fitting(*parsed)) verbs.insert(route->verb);
  if (verbs.empty()) return "";
  if (verbs.contains("GET")) verbs.insert("HEAD");
  verbs.insert("OPTIONS");
  return absl::StrJoin(verbs, ", ");
}

std::string Router::Nearest(absl::string_view verb, absl::string_view path) const {
  const absl::string_view compared = path.substr(0, kComparedBytesMax);
  const HttpRoute* nearest = nullptr;
  // Of two as near, the one of the same verb.
  int least = 2 * (static_cast<int>(compared.size()) / 2 + 1);
  for (const std::unique_ptr<HttpRoute>& route : routes_) {
    const int distance = 2 * Distance(route->path.shape(), compared) + (Takes(*route, verb) ? 0 : 1);
    if (distance >= least) continue;
    least = distance;
    nearest = route.get();
  }
  return nearest == nullptr ? "" : absl::StrCat(nearest->verb, " ", nearest->path.shape());
}

}  // namespace kechuang::api
