#include "common/rpc/process.h"

#include <pthread.h>
#include <signal.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <iostream>
#include <mutex>
#include <system_error>
#include <thread>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"

#include "common/base/error.h"
#include "common/base/fatal.h"
#include "common/base/openssl_lifetime.h"
#include "common/rpc/authenticator.h"
#include "common/rpc/channels.h"
#include "common/rpc/http_server.h"
#include "common/rpc/key_follower.h"
#include "common/rpc/limits_follower.h"
#include "common/rpc/metrics.h"
#include "common/rpc/program_flags.h"
#include "common/rpc/server.h"

ABSL_FLAG(std::string, state, "var", "folder of this suite: keys, secrets, the database's socket");
ABSL_FLAG(int, port_base, 7100, "the gateway's gRPC port; the services take the next ones, HTTP is 80 above");
ABSL_FLAG(std::string, enterprise_address, "",
          "where the enterprise service is, see README.md; empty: 127.0.0.1, by port_base");
ABSL_FLAG(std::string, loan_address, "", "where the loan service is, see README.md; empty: 127.0.0.1, by port_base");
ABSL_FLAG(std::string, contract_address, "",
          "where the contract service is, see README.md; empty: 127.0.0.1, by port_base");
ABSL_FLAG(std::string, report_address, "",
          "where the report service is, see README.md; empty: 127.0.0.1, by port_base");
ABSL_FLAG(std::string, identity_address, "",
          "where the identity service is, see README.md; empty: 127.0.0.1, by port_base");

namespace kechuang::rpc {
namespace {

constexpr auto kProbeEvery = std::chrono::milliseconds(500);
constexpr auto kProbeSoon = std::chrono::milliseconds(20);  // until the service serves for the first time
constexpr absl::Duration kDrainWait = absl::Seconds(10);
// From saying that this replica serves no more to taking no more calls: time for callers to hear it and go to others.
constexpr timespec kLameDuck = {.tv_sec = 0, .tv_nsec = 250'000'000};

sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

// Asks the probe again and again and tells the server what it said.
class HealthWatch {
 public:
  HealthWatch(Server& server, std::function<absl::Status()> probe)
      : server_(server), probe_(std::move(probe)), thread_([this] { Watch(); }) {}
  ~HealthWatch() { Stop(); }
  HealthWatch(const HealthWatch&) = delete;
  HealthWatch& operator=(const HealthWatch&) = delete;

  bool serving() const { return serving_; }

  // Says that nothing is served, for good.
  void Retire() {
    Stop();
    server_.SetServing(false);
    serving_ = false;
  }

 private:
  void Stop() {
    if (!thread_.joinable()) return;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
  }

  void Watch() {
    std::unique_lock<std::mutex> lock(mutex_);
    bool first = true;
    auto pause = kProbeSoon;
    while (!stopping_) {
      lock.unlock();
      const absl::Status status = probe_();
      if (first || serving_ != status.ok()) {
        server_.SetServing(status.ok());
        serving_ = status.ok();
        if (status.ok()) {
          pause = kProbeEvery;
          spdlog::info("serving");
        } else {
          spdlog::warn("not serving: {}", std::string(status.message()));
        }
        first = false;
      }
      lock.lock();
      wake_.wait_for(lock, pause, [this] { return stopping_; });
    }
  }

  Server& server_;
  const std::function<absl::Status()> probe_;
  std::atomic<bool> serving_ = false;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

absl::Status NotKnowing() { return absl::UnavailableError("the identity service has not told yet who may call"); }

HttpAnswer HealthAnswer(bool serving) {
  return {serving ? 200 : 503, "application/json",
          serving ? "{\"status\":\"SERVING\"}\n" : "{\"status\":\"NOT_SERVING\"}\n"};
}

// --state as a whole path, since the address of a socket in it is one; ends the process if it names no folder.
std::string WholeStatePath() {
  const std::string given = absl::GetFlag(FLAGS_state);
  std::error_code error;
  const std::string whole = std::filesystem::absolute(given, error).string();
  if (given.empty() || error) {
    std::cerr << "--state names no folder: \"" << given << "\" / --state 没有指明文件夹：“" << given << "”\n";
    exit(2);
  }
  return whole;
}

// Ends the process for what is wrong with its command line.
[[noreturn]] void EndWith(const absl::Status& fault) {
  std::cerr << fault.message() << " / " << ChineseOf(fault) << "\n";
  exit(2);
}

}  // namespace

int PortOffset(const std::string& area) {
  static const std::map<std::string, int> kOffsets = {{"gateway", 0},  {"enterprise", 1}, {"loan", 2},
                                                      {"contract", 3}, {"report", 4},     {"identity", 5}};
  const auto found = kOffsets.find(area);
  if (found == kOffsets.end()) Fatal(absl::StrCat("no port for ", area));
  return found->second;
}

void PrepareProcess() {
  const sigset_t signals = StopSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  KeepOpensslUp();
#ifdef NDEBUG
  // Debian's Abseil looks for deadlocks at every lock, which costs up to a tenth of the throughput.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
#endif
  spdlog::set_default_logger(spdlog::stderr_logger_mt("kechuang"));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%f%z %l %v");
}

ProcessFlags ParseProcessFlags(int argc, char** argv) {
  ParseProgramFlags(argc, argv);
  ProcessFlags flags{WholeStatePath(), absl::GetFlag(FLAGS_port_base), {}, {}, {}};
  flags.limits = ReadLimitFlags(flags.state);
  if (const absl::Status sound = ReadLimits(flags.limits).status(); !sound.ok()) EndWith(sound);
  const std::map<std::string, std::string> given = {{"enterprise", absl::GetFlag(FLAGS_enterprise_address)},
                                                    {"loan", absl::GetFlag(FLAGS_loan_address)},
                                                    {"contract", absl::GetFlag(FLAGS_contract_address)},
                                                    {"report", absl::GetFlag(FLAGS_report_address)},
                                                    {"identity", absl::GetFlag(FLAGS_identity_address)}};
  for (const auto& [area, address] : given) {
    if (const absl::Status sound = address.empty() ? absl::OkStatus() : CheckAddress(address); !sound.ok()) {
      std::cerr << "--" << area << "_address: " << sound.message() << " / " << ChineseOf(sound) << "\n";
      exit(2);
    }
    flags.addresses[area] = address.empty() ? absl::StrCat("127.0.0.1:", flags.port_base + PortOffset(area)) : address;
  }
  absl::StatusOr<Listening> listening = CheckListening(ReadListenFlags(flags.addresses));
  if (!listening.ok()) EndWith(listening.status());
  flags.listening = *std::move(listening);
  return flags;
}

void WaitForStop() {
  const sigset_t signals = StopSignals();
  int signal = 0;
  sigwait(&signals, &signal);
  spdlog::info("stopping on signal {}", signal);
}

int FailStart(const absl::Status& status) {
  spdlog::critical("cannot start: {} / {}", std::string(status.message()), ChineseOf(status));
  return 1;
}

absl::StatusOr<std::string> ReadSuiteKey(const ProcessFlags& flags) {
  return ReadKeyFile(flags.state + "/secrets/suite.key");
}

int RunService(const ProcessFlags& flags, const std::string& area, const std::vector<const MethodTable*>& tables,
               const std::function<absl::Status()>& probe, LookLog* look_log) {
  const absl::StatusOr<std::string> suite_key = ReadSuiteKey(flags);
  if (!suite_key.ok()) return FailStart(suite_key.status());
  Authenticator authenticator(*suite_key);
  Metrics metrics;
  ServerOptions options;
  const Listening& listening = flags.listening;
  const int port = flags.port_base + PortOffset(area);
  options.address = listening.AddressOf(port);
  options.look_log = look_log;
  const LimitsFollower limits(flags.limits);
  options.limits = limits.limits();
  options.tls = listening.tls;
  options.tls_clients = listening.clients;
  Server server(options, authenticator, metrics);
  for (const MethodTable* table : tables) server.Add(*table);
  if (const absl::Status started = server.Start(); !started.ok()) return FailStart(started);

  Channels identity({{"identity", flags.addresses.at("identity")}}, listening.tls);
  KeyFollower follower(authenticator, identity.To("identity"), *suite_key);
  HealthWatch watch(server, [&] { return authenticator.knows_callers() ? probe() : NotKnowing(); });
  HttpServer http(
      {{"/healthz", [&] { return HealthAnswer(watch.serving()); }},
       {"/metrics",
        [&] {
          return HttpAnswer{200, "text/plain; version=0.0.4; charset=utf-8", metrics.Text()};
        }}},
      nullptr, {.ip = listening.ip, .tls = listening.tls, .tls_clients = listening.clients, .limits = limits.limits()});
  if (const absl::Status started = http.Start(port + kHttpPortOffset); !started.ok()) return FailStart(started);
  spdlog::info("{} listens on {}, HTTP on {}", area, listening.AddressOf(port), http.port());
  WaitForStop();
  watch.Retire();
  const sigset_t signals = StopSignals();
  sigtimedwait(&signals, nullptr, &kLameDuck);  // a second signal cuts it short
  server.Drain(kDrainWait);
  return 0;
}

}  // namespace kechuang::rpc
