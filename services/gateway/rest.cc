#include "services/gateway/rest.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

#include "kechuang/api/v1/options.pb.h"
#include "services/gateway/gateway.h"
#include "services/gateway/rest_call.h"
#include "services/gateway/rest_headers.h"

namespace kechuang::gateway {
namespace {

std::vector<const google::protobuf::ServiceDescriptor*> ServicesBehind(const std::vector<Upstream*>& upstreams) {
  std::vector<const google::protobuf::ServiceDescriptor*> all;
  for (const Upstream* upstream : upstreams) {
    const auto services = ServicesOf(upstream->area);
    all.insert(all.end(), services.begin(), services.end());
  }
  return all;
}

bool IsUpload(const rpc::HttpRequest& request) { return request.Path() == kUploadPath; }

}  // namespace

Rest::Rest(const std::vector<Upstream*>& upstreams, const Door& door, Uploads* uploads)
    : door_(door), transcoder_(ServicesBehind(upstreams)), uploads_(uploads) {
  for (Upstream* upstream : upstreams) {
    for (const auto* service : ServicesOf(upstream->area)) upstreams_[service->full_name()] = upstream;
  }
}

void Rest::Handle(const std::shared_ptr<rpc::HttpExchange>& exchange) {
  const rpc::HttpRequest& request = exchange->request();
  if (uploads_ != nullptr && IsUpload(request)) return uploads_->Handle(exchange);
  if (request.verb == "OPTIONS") {
    const std::string verbs = transcoder_.AllowedVerbs(request.target);
    if (!verbs.empty()) return exchange->Answer({.status = 204, .headers = {{"Allow", verbs}}});
  }
  auto match = transcoder_.Find(request.verb, request.target);
  if (!match.ok()) return exchange->Answer(RefusalAnswer(match.status()));
  Call(exchange, *std::move(match));
}

void Rest::Call(const std::shared_ptr<rpc::HttpExchange>& exchange, RestMatch match) {
  const rpc::HttpRequest& request = exchange->request();
  const google::protobuf::MethodDescriptor& method = *match.method();
  const std::string path = absl::StrCat("/", method.service()->full_name(), "/", method.name());
  const auto refuse = [&](const absl::Status& status) {
    door_.metrics.Began(path);
    door_.metrics.Ended(path, status.code(), absl::ZeroDuration());
    exchange->Answer(RefusalAnswer(status));
  };
  const absl::Status admitted = Admit(door_, request, method.options().GetExtension(api::v1::open));
  if (!admitted.ok()) return refuse(admitted);
  const auto timeout = TimeoutOf(request);
  if (!timeout.ok()) return refuse(timeout.status());
  const bool streams = method.client_streaming() || method.server_streaming();
  const absl::Duration wait = streams ? *timeout : std::min(*timeout, kRestTimeMax);
  Upstream& upstream = *upstreams_.at(method.service()->full_name());
  RestArrival arrival{exchange, std::move(match), transcoder_, upstream, door_, path, absl::Now() + wait};
  streams ? StartRestStream(std::move(arrival)) : StartRestUnary(std::move(arrival));
}

}  // namespace kechuang::gateway
