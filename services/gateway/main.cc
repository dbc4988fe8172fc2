#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <thread>

#include "absl/strings/str_cat.h"

#include "common/rpc/authenticator.h"
#include "common/rpc/channels.h"
#include "common/rpc/http_server.h"
#include "common/rpc/key_follower.h"
#include "common/rpc/limits_follower.h"
#include "common/rpc/metrics.h"
#include "common/rpc/process.h"
#include "services/gateway/gateway.h"
#include "services/gateway/http.h"
#include "services/gateway/rest.h"
#include "services/gateway/upload.h"

namespace kechuang::gateway {
namespace {

// Calls under way get this long to end after SIGTERM.
constexpr absl::Duration kDrainWait = absl::Seconds(10);
constexpr int kHttpThreads = 2;
constexpr int kHttpConnectionsMax = 4096;

// Each connection is a file, and shells give a process a thousand at first.
void AllowManyFiles() {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &files) != 0) spdlog::warn("the limit of open files stays as it is");
}

int Run(const rpc::ProcessFlags& flags) {
  AllowManyFiles();
  const absl::StatusOr<std::string> suite_key = rpc::ReadSuiteKey(flags);
  if (!suite_key.ok()) return rpc::FailStart(suite_key.status());
  rpc::Authenticator authenticator(*suite_key);
  rpc::Metrics metrics;
  const int port = flags.port_base + rpc::PortOffset("gateway");
  const rpc::Listening& listening = flags.listening;
  const rpc::LimitsFollower limits(flags.limits);
  const auto gateway = Gateway::Start(listening.AddressOf(port), flags.addresses, authenticator, metrics, listening.tls,
                                      limits.limits(), listening.gateway_clients());
  if (!gateway.ok()) return rpc::FailStart(gateway.status());
  rpc::Channels identity({{"identity", flags.addresses.at("identity")}}, listening.tls);
  const rpc::KeyFollower follower(authenticator, identity.To("identity"), *suite_key);
  const auto uploads =
      Uploads::Make(absl::StrCat(flags.state, "/uploads/", port), (*gateway)->OwnChannel(), (*gateway)->door());
  if (!uploads.ok()) return rpc::FailStart(uploads.status());
  Rest rest((*gateway)->upstreams(), (*gateway)->door(), uploads->get());
  rpc::HttpServer http(HttpRoutes(**gateway, metrics), HttpHandler(**gateway, rest),
                       {.threads = kHttpThreads,
                        .connections_max = kHttpConnectionsMax,
                        .ip = listening.ip,
                        .tls = listening.tls,
                        .tls_clients = listening.gateway_clients(),
                        .limits = limits.limits()});
  if (const absl::Status started = http.Start(port + rpc::kHttpPortOffset); !started.ok()) {
    return rpc::FailStart(started);
  }
  spdlog::info("gateway listens on {}, HTTP on {}", listening.AddressOf(port), http.port());
  rpc::WaitForStop();
  std::thread http_stop([&http] { http.Stop(kDrainWait); });
  (*gateway)->Stop(kDrainWait);
  http_stop.join();
  return 0;
}

}  // namespace
}  // namespace kechuang::gateway

int main(int argc, char** argv) {
  kechuang::rpc::PrepareProcess();
  return kechuang::gateway::Run(kechuang::rpc::ParseProcessFlags(argc, argv));
}
