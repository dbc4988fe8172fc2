#include "services/gateway/http.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/call_once.h"
#include "absl/strings/str_cat.h"

#include "nlohmann/json.hpp"
#include "services/gateway/docs/static_files.h"
#include "services/gateway/openapi.h"
#include "services/gateway/rest_headers.h"

namespace kechuang::gateway {
namespace {

const char* Word(bool serving) { return serving ? "SERVING" : "NOT_SERVING"; }

// The description of the API, made when it is first asked for.
class ApiDocument {
 public:
  explicit ApiDocument(std::vector<const google::protobuf::ServiceDescriptor*> services)
      : services_(std::move(services)) {}

  StaticFile File() {
    absl::call_once(once_, [this] { json_ = OpenApiJson(services_); });
    return {.content_type = "application/json", .bytes = json_};
  }

 private:
  const std::vector<const google::protobuf::ServiceDescriptor*> services_;
  absl::once_flag once_;
  std::string json_;
};

// A file of the program; whoever has it already is told that it still holds.
rpc::HttpAnswer FileAnswer(const StaticFile& file, const rpc::HttpRequest& request) {
  if (request.verb != "GET" && request.verb != "HEAD") {
    return {.status = 405, .body = "only GET and HEAD\n", .headers = {{"Allow", "GET, HEAD"}}};
  }
  const std::string tag = EtagOf(file.bytes);
  const bool has_it = NamesTag(request.Header("if-none-match"), tag);
  return {.status = has_it ? 304 : 200,
          .content_type = std::string(file.content_type),
          .body = std::string(has_it ? absl::string_view() : file.bytes),
          .headers = {{"ETag", tag},
                      {"Cache-Control", "no-cache"},
                      {"Content-Security-Policy", kContentSecurityPolicy},
                      {"X-Content-Type-Options", "nosniff"}}};
}

}  // namespace

rpc::HttpAnswer HealthAnswer(const AreaHealth& health) {
  const bool serving = AllServe(health);
  nlohmann::json services = nlohmann::json::object();
  for (const auto& [area, serves] : health) services[area] = Word(serves);
  const nlohmann::json body = {{"status", Word(serving)}, {"services", services}};
  return {.status = serving ? 200 : 503, .content_type = "application/json", .body = absl::StrCat(body.dump(), "\n")};
}

rpc::HttpServer::Routes HttpRoutes(const Gateway& gateway, const rpc::Metrics& metrics) {
  return {{"/healthz", [&gateway] { return HealthAnswer(gateway.Health()); }},
          {"/metrics", [&metrics] {
             return rpc::HttpAnswer{.content_type = "text/plain; version=0.0.4; charset=utf-8", .body = metrics.Text()};
           }}};
}

rpc::HttpServer::Handler HttpHandler(const Gateway& gateway, Rest& rest) {
  std::vector<const google::protobuf::ServiceDescriptor*> services;
  for (const Upstream* upstream : gateway.upstreams()) {
    const auto more = ServicesOf(upstream->area);
    services.insert(services.end(), more.begin(), more.end());
  }
  return [&rest, document = std::make_shared<ApiDocument>(std::move(services))](
             const std::shared_ptr<rpc::HttpExchange>& exchange) {
    const rpc::HttpRequest& request = exchange->request();
    std::optional<StaticFile> file = FindStaticFile(request.Path());
    if (request.Path() == "/openapi.json") file = document->File();
    if (file.has_value()) return exchange->Answer(FileAnswer(*file, request));
    rest.Handle(exchange);
  };
}

}  // namespace kechuang::gateway
