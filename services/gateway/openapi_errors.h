#ifndef KECHUANG_SERVICES_GATEWAY_OPENAPI_ERRORS_H_
#define KECHUANG_SERVICES_GATEWAY_OPENAPI_ERRORS_H_

#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"

#include "nlohmann/json.hpp"
#include "services/gateway/openapi_schema.h"

namespace kechuang::gateway {

// Every reason for which one of these services may refuse, from the reasons.proto of each area.
std::set<std::string> ReasonsOf(const std::vector<const google::protobuf::ServiceDescriptor*>& services);

// The reasons that a comment names: LOAN_WRONG_STATE and DATE_IN_FUTURE of "Refuses with LOAN_WRONG_STATE or
// DATE_IN_FUTURE."
std::vector<std::string> ReasonsIn(absl::string_view comment, const std::set<std::string>& known);

// Adds the schemas of errors: google.rpc.Status, its details and their reasons.
void AddErrorSchemas(const std::vector<const google::protobuf::ServiceDescriptor*>& services, SchemaBook& book);

// components/responses: one for each HTTP status of an error.
nlohmann::ordered_json ErrorResponses();

// Adds references to the errors that any operation may end with.
void AddErrors(nlohmann::ordered_json& responses);

}  // namespace kechuang::gateway

#endif  // KECHUANG_SERVICES_GATEWAY_OPENAPI_ERRORS_H_
