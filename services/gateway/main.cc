#include <spdlog/spdlog.h>

#include "absl/strings/str_cat.h"

#include "common/rpc/authenticator.h"
#include "common/rpc/http_server.h"
#include "common/rpc/metrics.h"
#include "common/rpc/process.h"
#include "services/gateway/gateway.h"
#include "services/gateway/http.h"

namespace kechuang::gateway {
namespace {

// Calls under way get this long to end after SIGTERM.
constexpr absl::Duration kDrainWait = absl::Seconds(10);

int Run(const rpc::ProcessFlags& flags) {
  const auto authenticator = rpc::Authenticator::FromFile(flags.state + "/admin.key");
  if (!authenticator.ok()) return rpc::FailStart(authenticator.status());
  rpc::Metrics metrics;
  const int port = flags.port_base + rpc::PortOffset("gateway");
  const auto gateway = Gateway::Start(absl::StrCat("127.0.0.1:", port), flags.addresses, *authenticator, metrics);
  if (!gateway.ok()) return rpc::FailStart(gateway.status());
  rpc::HttpServer http(HttpRoutes(**gateway, metrics));
  if (const absl::Status started = http.Start(port + rpc::kHttpPortOffset); !started.ok()) {
    return rpc::FailStart(started);
  }
  spdlog::info("gateway listens on 127.0.0.1:{}, HTTP on {}", port, http.port());
  rpc::WaitForStop();
  (*gateway)->Stop(kDrainWait);
  return 0;
}

}  // namespace
}  // namespace kechuang::gateway

int main(int argc, char** argv) {
  kechuang::rpc::BlockStopSignals();
  return kechuang::gateway::Run(kechuang::rpc::ParseProcessFlags(argc, argv));
}
