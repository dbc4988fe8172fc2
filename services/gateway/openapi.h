#ifndef KECHUANG_SERVICES_GATEWAY_OPENAPI_H_
#define KECHUANG_SERVICES_GATEWAY_OPENAPI_H_

#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"

namespace kechuang::gateway {

// The HTTP side of these services as an OpenAPI 3.1 document, JSON on one line: every google.api.http route, the
// schemas of all that it takes and gives, the errors, and what the comments of the protos say of each. Costs tens of
// milliseconds: make it once. The services' routes must be well formed, as the Router makes sure.
std::string OpenApiJson(const std::vector<const google::protobuf::ServiceDescriptor*>& services);

}  // namespace kechuang::gateway

#endif  // KECHUANG_SERVICES_GATEWAY_OPENAPI_H_
