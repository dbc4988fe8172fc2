#ifndef KECHUANG_SERVICES_GATEWAY_OPENAPI_UPLOAD_H_
#define KECHUANG_SERVICES_GATEWAY_OPENAPI_UPLOAD_H_

#include "nlohmann/json.hpp"
#include "services/gateway/openapi_schema.h"

namespace kechuang::gateway {

// Adds POST /v1/files:import, which takes a spreadsheet and is no RPC, and what it answers.
void AddUpload(nlohmann::ordered_json& paths, SchemaBook& book);

}  // namespace kechuang::gateway

#endif  // KECHUANG_SERVICES_GATEWAY_OPENAPI_UPLOAD_H_
