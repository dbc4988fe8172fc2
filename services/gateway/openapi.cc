#include "services/gateway/openapi.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

#include "common/api/comments.h"
#include "common/api/http_route.h"
#include "nlohmann/json.hpp"
#include "services/gateway/openapi_errors.h"
#include "services/gateway/openapi_operation.h"
#include "services/gateway/openapi_path.h"
#include "services/gateway/openapi_schema.h"
#include "services/gateway/openapi_upload.h"

namespace kechuang::gateway {
namespace {

using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;
using Json = nlohmann::ordered_json;

constexpr char kAbout[] =
    R"(The register of a district's science-and-technology bureau: technology enterprises, loans behind
risk-compensation pools, technology contracts, and the year's work report made from them. The same calls are there over
gRPC; each operation names its method (x-grpc-method).

* **Key**: every call carries `Authorization: Bearer KEY`.
* **Money** is in fen (分, a hundredth of a yuan), 64-bit integers written as text.
* **Names** of fields are written as here; the proto's own names (`total_amount_fen`) are read as well.
* **Repeating** a change with the same `requestId` gives the first answer again and changes nothing.
* **Trying** a change with `validateOnly` gives the answer and writes nothing.
* **Errors** are google.rpc.Status with a stable reason and, for malformed requests, every field that is wrong.
* **Personal data** are the fields marked x-personal-data. They come masked, unless `Kc-Reveal-Reason` says why they are
  needed (percent-encoded UTF-8) and a role opens them; who saw what then stands on the access log.
* **Lists** filter and order by the fields marked x-indexed.
* **Headers**: `Accept-Language` (zh or en), `Request-Timeout: 2s`, `If-None-Match` on reads, `If-Match` on changes.
)";

Json Info() { return {{"title", "kechuang 科创"}, {"version", "v1"}, {"description", kAbout}}; }

Json Tags(const std::vector<const ServiceDescriptor*>& services) {
  Json tags = Json::array();
  for (const ServiceDescriptor* service : services) {
    tags.push_back({{"name", service->name()}, {"description", std::string(api::CommentOf(*service))}});
  }
  tags.push_back({{"name", "Files"}, {"description", "Spreadsheets, taken in as they are."}});
  return tags;
}

void AddRoutes(const MethodDescriptor& method, const std::set<std::string>& reasons, SchemaBook& book, Json& paths) {
  const auto routes = api::RoutesOf(method);
  if (!routes.ok()) return;
  for (size_t number = 0; number < routes->size(); ++number) {
    const api::HttpRoute& route = (*routes)[number];
    const OpenApiPath path = PathOf(route);
    paths[path.text][absl::AsciiStrToLower(route.verb)] = OperationOf(route, path, number, reasons, book);
  }
}

}  // namespace

std::string OpenApiJson(const std::vector<const ServiceDescriptor*>& services) {
  SchemaBook book(services);
  AddErrorSchemas(services, book);
  const std::set<std::string> reasons = ReasonsOf(services);
  Json paths = Json::object();
  for (const ServiceDescriptor* service : services) {
    for (int i = 0; i < service->method_count(); ++i) AddRoutes(*service->method(i), reasons, book, paths);
  }
  AddUpload(paths, book);
  const Json document = {{"openapi", "3.1.0"},
                         {"info", Info()},
                         {"servers", Json::array({{{"url", "/"}}})},
                         {"security", Json::array({{{"key", Json::array()}}})},
                         {"tags", Tags(services)},
                         {"paths", std::move(paths)},
                         {"components",
                          {{"securitySchemes", {{"key", {{"type", "http"}, {"scheme", "bearer"}}}}},
                           {"responses", ErrorResponses()},
                           {"schemas", book.Schemas()}}}};
  return document.dump();
}

}  // namespace kechuang::gateway
