#ifndef KECHUANG_SERVICES_GATEWAY_OPENAPI_PATH_H_
#define KECHUANG_SERVICES_GATEWAY_OPENAPI_PATH_H_

#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"

#include "common/api/http_route.h"

namespace kechuang::gateway {

// One variable part of a path as OpenAPI writes it.
struct PathParameter {
  std::string name;                                          // "certification"
  const google::protobuf::FieldDescriptor* field = nullptr;  // the request's field that it is a part of
  std::string pattern;  // what the whole field looks like: "enterprises/*/certifications/*"
  size_t segment = 0;   // which segment of the pattern it is: 3
};

// A path with its variables written out: /v1/{name=enterprises/*/certifications/*}:revoke is
// /v1/enterprises/{enterprise}/certifications/{certification}:revoke.
struct OpenApiPath {
  std::string text;
  std::vector<PathParameter> parameters;
};

OpenApiPath PathOf(const api::HttpRoute& route);

}  // namespace kechuang::gateway

#endif  // KECHUANG_SERVICES_GATEWAY_OPENAPI_PATH_H_
