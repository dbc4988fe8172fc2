#include "services/gateway/http.h"

#include "absl/strings/str_cat.h"

#include "nlohmann/json.hpp"

namespace kechuang::gateway {
namespace {

const char* Word(bool serving) { return serving ? "SERVING" : "NOT_SERVING"; }

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

}  // namespace kechuang::gateway
