#ifndef KECHUANG_SERVICES_GATEWAY_GATEWAY_H_
#define KECHUANG_SERVICES_GATEWAY_GATEWAY_H_

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/descriptor.h"
#include "grpcpp/channel.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server.h"

#include "common/rpc/admission.h"
#include "common/rpc/authenticator.h"
#include "common/rpc/channels.h"
#include "common/rpc/limits.h"
#include "common/rpc/message_budget.h"
#include "common/rpc/metrics.h"
#include "common/rpc/tls.h"
#include "services/gateway/forward.h"
#include "services/gateway/health_watch.h"

namespace kechuang::gateway {

// The proto services of an area that this program knows, from kechuang/<area>/v1/*_service.proto.
std::vector<const google::protobuf::ServiceDescriptor*> ServicesOf(absl::string_view area);

// The one door of the suite: a gRPC server that passes every call of every area on to the service behind it, and
// answers reflection and health for all of them.
class Gateway {
 public:
  // Listens on the address ("127.0.0.1:7100"; port 0 takes a free one) and passes on to these addresses by area.
  // kUnavailable if the port is taken. The authenticator and the metrics must outlive the gateway. With tls both
  // sides speak TLS as far as it has the files for it; clients says whether callers are asked for a certificate.
  // Without limits the defaults hold.
  static absl::StatusOr<std::unique_ptr<Gateway>> Start(const std::string& address,
                                                        const std::map<std::string, std::string>& upstreams,
                                                        const rpc::Authenticator& authenticator, rpc::Metrics& metrics,
                                                        std::shared_ptr<const rpc::Tls> tls = nullptr,
                                                        std::shared_ptr<const rpc::LiveLimits> limits = nullptr,
                                                        rpc::TlsClients clients = rpc::TlsClients::kAny);
  ~Gateway();
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  int port() const { return port_; }
  // Where the calls of each area go, and what is asked of a caller before: for the REST side of the same door.
  std::vector<Upstream*> upstreams() const;
  const Door& door() const { return door_; }
  // A channel to this gateway within the process: nothing of it goes over a wire.
  std::shared_ptr<grpc::Channel> OwnChannel() const;
  AreaHealth Health() const { return watch_->Last(); }
  // Says NOT_SERVING, takes no new calls, and ends those that run when the wait is over.
  void Stop(absl::Duration wait);

 private:
  Gateway(const std::map<std::string, std::string>& upstreams, const rpc::Authenticator& authenticator,
          rpc::Metrics& metrics, std::shared_ptr<const rpc::Tls> tls, std::shared_ptr<const rpc::LiveLimits> limits,
          rpc::TlsClients clients);

  void Report(const AreaHealth& health);

  const std::shared_ptr<const rpc::LiveLimits> limits_;
  rpc::MessageBudget budget_;
  rpc::Admission admission_;
  const Door door_;
  rpc::Channels channels_;
  std::vector<std::unique_ptr<Upstream>> upstreams_;
  std::vector<std::unique_ptr<ForwardedService>> services_;
  const std::shared_ptr<grpc::ServerCredentials> credentials_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
  AreaHealth reported_;  // what the log was told last; touched by one thread at a time
  std::unique_ptr<HealthWatch> watch_;
};

}  // namespace kechuang::gateway

#endif  // KECHUANG_SERVICES_GATEWAY_GATEWAY_H_
