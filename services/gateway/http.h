#ifndef KECHUANG_SERVICES_GATEWAY_HTTP_H_
#define KECHUANG_SERVICES_GATEWAY_HTTP_H_

#include "common/rpc/http_server.h"
#include "common/rpc/metrics.h"
#include "services/gateway/gateway.h"
#include "services/gateway/health_watch.h"
#include "services/gateway/rest.h"

namespace kechuang::gateway {

// The health of the whole as JSON: {"status":"SERVING","services":{"loan":"SERVING"}}; 503 unless all serve.
rpc::HttpAnswer HealthAnswer(const AreaHealth& health);

// /healthz and /metrics of a gateway; it and the metrics must outlive the HTTP server.
rpc::HttpServer::Routes HttpRoutes(const Gateway& gateway, const rpc::Metrics& metrics);

// All other paths: /openapi.json and the page at /docs, else REST, which must outlive the HTTP server.
rpc::HttpServer::Handler HttpHandler(const Gateway& gateway, Rest& rest);

}  // namespace kechuang::gateway

#endif  // KECHUANG_SERVICES_GATEWAY_HTTP_H_
