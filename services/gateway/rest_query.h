#ifndef KECHUANG_SERVICES_GATEWAY_REST_QUERY_H_
#define KECHUANG_SERVICES_GATEWAY_REST_QUERY_H_

#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

#include "common/api/http_route.h"
#include "common/base/error.h"

namespace kechuang::gateway {

// Most parameters in the query of one request.
inline constexpr size_t kQueryParametersMax = 2000;

// Sets the fields of a request that a query ("pageSize=10&filter=...", still percent-encoded) names: paths of proto or
// JSON names, the same name again and again for a list, dates and times as text, a field mask as text or as JSON. Notes
// every fault: a name that is no field (with the nearest that is), a value of the wrong form, one given twice, and a
// field that the route's path or body holds.
void BindQuery(absl::string_view query, const api::HttpRoute& route, google::protobuf::Message& request,
               Faults& faults);

}  // namespace kechuang::gateway

#endif  // KECHUANG_SERVICES_GATEWAY_REST_QUERY_H_
