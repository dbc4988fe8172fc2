#ifndef KECHUANG_SERVICES_GATEWAY_TRANSCODER_H_
#define KECHUANG_SERVICES_GATEWAY_TRANSCODER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

#include "common/api/http_route.h"

namespace kechuang::gateway {

// A request of REST.
struct RestRequest {
  std::string verb;    // "PATCH"
  std::string target;  // path?query as on the wire
  std::string content_type;
  std::string body;
};

// The call that it means.
struct RestCall {
  const google::protobuf::MethodDescriptor* method = nullptr;
  std::unique_ptr<google::protobuf::Message> request;
  const api::HttpRoute* route = nullptr;
};

// What the request line alone says. Points into the transcoder that found it.
struct RestMatch {
  const api::HttpRoute* route = nullptr;
  std::vector<api::Capture> captures;  // of the path, decoded
  std::string query;                   // as on the wire, without its ?

  const google::protobuf::MethodDescriptor* method() const { return route->method; }
};

// Turns requests of REST/JSON into the messages of the methods, and answers back, as the google.api.http options of the
// methods say. Threads may share one.
class Transcoder {
 public:
  // Ends the process over malformed options: they are part of the program.
  explicit Transcoder(const std::vector<const google::protobuf::ServiceDescriptor*>& services) : router_(services) {}

  // The route for a request line, before its body is read. NOT_FOUND if there is no such path (metadata nearest);
  // UNIMPLEMENTED if it takes other verbs only (metadata allow: "GET, HEAD, OPTIONS"); INVALID_ARGUMENT for a malformed
  // path.
  absl::StatusOr<RestMatch> Find(absl::string_view verb, absl::string_view target) const;

  // The request message from path, query and body. All faults at once, each under its path of proto names, or under the
  // name that a query has wrongly. A PATCH of one field that names no update mask gets the mask of what its body
  // states, null among it; output-only fields and the name stay out of it. INVALID_ARGUMENT; with metadata content_type
  // if the body is no JSON by its type.
  absl::StatusOr<std::unique_ptr<google::protobuf::Message>> ToRequest(const RestMatch& match,
                                                                       absl::string_view content_type,
                                                                       absl::string_view body) const;

  // Both at once.
  absl::StatusOr<RestCall> ToCall(const RestRequest& request) const;

  // The verbs that a path takes ("GET, HEAD, OPTIONS, PATCH"); empty if there is no such path.
  std::string AllowedVerbs(absl::string_view target) const;

  const api::Router& router() const { return router_; }

 private:
  const api::Router router_;
};

// The body of an answer, as common/api/json.h writes it; of the one field that the route names, if it names one.
std::string ToJson(const google::protobuf::Message& answer, const RestMatch& match);

// The HTTP status for a call's outcome: by its code, but 405 for another verb (metadata allow), 413 for what is too
// large (RESOURCE_EXHAUSTED with FIELD_TOO_LONG), 415 for another content type (metadata content_type), and 412 for
// ETAG_MISMATCH. A 304 is no error: who compares etags gives it.
int HttpStatusOf(const absl::Status& status);

// google.rpc.Status as JSON with every detail:
// {"code":5,"message":"...","status":"NOT_FOUND","details":[{"@type":...}]}.
std::string ErrorJson(const absl::Status& status);

}  // namespace kechuang::gateway

#endif  // KECHUANG_SERVICES_GATEWAY_TRANSCODER_H_
