#ifndef KECHUANG_COMMON_API_HTTP_ROUTE_H_
#define KECHUANG_COMMON_API_HTTP_ROUTE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"

#include "common/api/path_template.h"

namespace kechuang::api {

// One way to call a method over HTTP, from its google.api.http option.
struct HttpRoute {
  const google::protobuf::MethodDescriptor* method = nullptr;
  std::string verb;  // "PATCH"
  PathTemplate path;
  // What of the request the body holds: nothing (""), all that the path does not bind ("*"), or one field.
  std::string body;
  const google::protobuf::FieldDescriptor* body_field = nullptr;  // of the one field
  // The field of the answer that is the body of the answer; nullptr for the whole answer.
  const google::protobuf::FieldDescriptor* response_field = nullptr;
};

// The field of a message type at a path of proto names such as "contract.name"; nullptr if there is none, or if the
// path leads through a repeated field.
const google::protobuf::FieldDescriptor* FieldAt(const google::protobuf::Descriptor& type, absl::string_view path);

// Every route of a method, its additional ones too; none if it has no google.api.http option. INVALID_ARGUMENT, in
// English, if a template cannot be parsed, or if a field that it, the body or the answer names is not there.
absl::StatusOr<std::vector<HttpRoute>> RoutesOf(const google::protobuf::MethodDescriptor& method);

// A route that was found for a request.
struct RouteMatch {
  const HttpRoute* route = nullptr;
  std::vector<Capture> captures;
};

// The routes of services. Threads may share one.
class Router {
 public:
  // Ends the process if a route is malformed or taken twice: that is a mistake in the protos.
  explicit Router(const std::vector<const google::protobuf::ServiceDescriptor*>& services);

  // The route of a verb ("GET") and a path without its query ("/v1/contracts/7"). Literal segments win over wildcards;
  // HEAD finds what GET finds. The match points into the router. INVALID_ARGUMENT for a malformed path; NOT_FOUND if no
  // route has the path, with the nearest that there is (metadata nearest); UNIMPLEMENTED if the path is there under
  // other verbs only (metadata allow: "GET, HEAD, OPTIONS").
  absl::StatusOr<RouteMatch> Find(absl::string_view verb, absl::string_view path) const;

  // The verbs that a path takes, sorted and joined, with HEAD beside GET and with OPTIONS; empty if no route has the
  // path.
  std::string AllowedVerbs(absl::string_view path) const;

  // Every route, the more specific ones first.
  const std::vector<std::unique_ptr<HttpRoute>>& routes() const { return routes_; }

 private:
  std::vector<const HttpRoute*> Fitting(const RequestPath& path) const;
  std::string Nearest(absl::string_view verb, absl::string_view path) const;

  std::vector<std::unique_ptr<HttpRoute>> routes_;
};

}  // namespace kechuang::api

#endif  // KECHUANG_COMMON_API_HTTP_ROUTE_H_
