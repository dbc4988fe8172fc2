#ifndef KECHUANG_SERVICES_GATEWAY_REST_H_
#define KECHUANG_SERVICES_GATEWAY_REST_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/rpc/http_server.h"
#include "services/gateway/door.h"
#include "services/gateway/forward.h"
#include "services/gateway/transcoder.h"
#include "services/gateway/upload.h"

namespace kechuang::gateway {

// The REST/JSON side of the door: finds the method of a request, lets the caller in or not, and calls the service
// behind. Threads may share one.
class Rest {
 public:
  // The upstreams and the door must outlive it, and it the HTTP server. Without uploads POST /v1/files:import is 404.
  Rest(const std::vector<Upstream*>& upstreams, const Door& door, Uploads* uploads);

  void Handle(const std::shared_ptr<rpc::HttpExchange>& exchange);

 private:
  void Call(const std::shared_ptr<rpc::HttpExchange>& exchange, RestMatch match);

  const Door& door_;
  std::map<std::string, Upstream*> upstreams_;  // by the full name of a proto service
  const Transcoder transcoder_;
  Uploads* const uploads_;
};

}  // namespace kechuang::gateway

#endif  // KECHUANG_SERVICES_GATEWAY_REST_H_
