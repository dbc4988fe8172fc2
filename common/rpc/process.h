#ifndef KECHUANG_COMMON_RPC_PROCESS_H_
#define KECHUANG_COMMON_RPC_PROCESS_H_

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "common/rpc/channels.h"
#include "common/rpc/limits.h"
#include "common/rpc/listening.h"
#include "common/rpc/look_log.h"
#include "common/rpc/service.h"

namespace kechuang::rpc {

// What every process of the suite is told on its command line.
struct ProcessFlags {
  std::string state;                             // folder with secrets/, as a whole path
  int port_base = 7100;                          // the gateway's port; services follow it
  std::map<std::string, std::string> addresses;  // area -> host:port of the other services
  Listening listening;
  LimitsSource limits;
};

// Ports above the base, by area.
int PortOffset(const std::string& area);
// HTTP (health and metrics) of the same process.
inline constexpr int kHttpPortOffset = 80;

// First statement of main, before any library starts a thread: keeps SIGTERM and SIGINT for WaitForStop, sends the log
// to standard error, and keeps OpenSSL up.
void PrepareProcess();
// Reads --state, --port_base, --<area>_address, the limits of callers and what stands in ListenFlags; ends the process
// with a sentence if they are wrong, or if a flag is unknown. With --print-config it prints every flag with its value,
// wrong ones too, and ends the process with 0.
ProcessFlags ParseProcessFlags(int argc, char** argv);
// Blocks until SIGTERM or SIGINT.
void WaitForStop();
// Tells the log why the process cannot go on. The exit code for main: 1.
int FailStart(const absl::Status& status);

// The secret by which the services of the suite know each other, from secrets/suite.key of the state folder.
absl::StatusOr<std::string> ReadSuiteKey(const ProcessFlags& flags);

// Runs a service process: server, health, metrics, who may call, graceful drain on SIGTERM. probe says every half
// second whether what the service needs is there; the health service follows it, and says that the service does not
// serve as long as it does not know who may call. look_log, if given, outlives the call. The exit code for main.
int RunService(const ProcessFlags& flags, const std::string& area, const std::vector<const MethodTable*>& tables,
               const std::function<absl::Status()>& probe, LookLog* look_log = nullptr);

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_PROCESS_H_
