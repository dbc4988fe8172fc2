#ifndef KECHUANG_SERVICES_GATEWAY_OPENAPI_OPERATION_H_
#define KECHUANG_SERVICES_GATEWAY_OPENAPI_OPERATION_H_

#include <set>
#include <string>

#include "common/api/http_route.h"
#include "nlohmann/json.hpp"
#include "services/gateway/openapi_path.h"
#include "services/gateway/openapi_schema.h"

namespace kechuang::gateway {

// The operation of one route. number tells the routes of a method apart, from 0. Adds the schemas that it needs.
nlohmann::ordered_json OperationOf(const api::HttpRoute& route, const OpenApiPath& path, size_t number,
                                   const std::set<std::string>& reasons, SchemaBook& book);

}  // namespace kechuang::gateway

#endif  // KECHUANG_SERVICES_GATEWAY_OPENAPI_OPERATION_H_
