#ifndef KECHUANG_SERVICES_GATEWAY_REST_HEADERS_H_
#define KECHUANG_SERVICES_GATEWAY_REST_HEADERS_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "grpcpp/client_context.h"

#include "common/rpc/http_message.h"
#include "services/gateway/door.h"
#include "services/gateway/transcoder.h"

namespace kechuang::gateway {

// The longest time that a caller may ask for.
inline constexpr absl::Duration kTimeoutMax = absl::Hours(24);

// How long the caller waits, from "Request-Timeout: 2s" (or 500ms, or 2, in seconds) or "Grpc-Timeout: 50m" (hours,
// minutes, seconds, milliseconds, microseconds, nanoseconds as H, M, S, m, u, n); infinite if neither came, the shorter
// one if both. FIELD_MALFORMED for any other text, for nothing, and for more than kTimeoutMax.
absl::StatusOr<absl::Duration> TimeoutOf(const rpc::HttpRequest& request);

// Gives the call to the service the credential and the headers that may pass, as PassIn does for gRPC. No other header
// goes on, whatever its name.
void PassHeadersIn(const Door& door, const rpc::HttpRequest& request, grpc::ClientContext& upstream);
// The headers that an answer gets from the trailing metadata of the service. The call must have ended.
std::vector<std::pair<std::string, std::string>> PassHeadersOut(const grpc::ClientContext& upstream);

// The entity tag of a message that has a field etag: "\"abc\""; empty if it has none.
std::string EntityTagOf(const google::protobuf::Message& message);
// Whether an If-None-Match header names this tag: among others, weakly, or as "*".
bool NamesTag(absl::string_view if_none_match, absl::string_view tag);
// Puts the tag of If-Match into the request: into its own field etag, or into that of the record in its body. "*" asks
// for nothing. A weak tag counts as a strong one, since proxies that compress weaken ours. FIELD_MALFORMED for more
// than one tag, for a method that takes none, and for one that contradicts the body.
absl::Status TakeIfMatch(absl::string_view if_match, const RestMatch& match, google::protobuf::Message& request);

// The answer to a refusal, with Retry-After, Allow and WWW-Authenticate where they belong. http_status 0 takes the one
// that the status itself asks for.
rpc::HttpAnswer RefusalAnswer(const absl::Status& status, int http_status = 0);

// The type of a Content-Type header in lower case, without its parameters.
std::string MediaType(absl::string_view content_type);

}  // namespace kechuang::gateway

#endif  // KECHUANG_SERVICES_GATEWAY_REST_HEADERS_H_
