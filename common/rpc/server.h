#ifndef KECHUANG_COMMON_RPC_SERVER_H_
#define KECHUANG_COMMON_RPC_SERVER_H_

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

#include "common/rpc/authenticator.h"
#include "common/rpc/limits.h"
#include "common/rpc/look_log.h"
#include "common/rpc/message_budget.h"
#include "common/rpc/metrics.h"
#include "common/rpc/service.h"
#include "common/rpc/tls.h"

namespace kechuang::rpc {

struct ServerOptions {
  std::string address = "127.0.0.1:0";                 // port 0 takes a free one
  int worker_threads = 16;                             // for handlers that block
  std::shared_ptr<const LiveLimits> limits = nullptr;  // null for the defaults
  LookLog* look_log = nullptr;               // where looks at personal data are noted; null: everybody sees them masked
  std::shared_ptr<const Tls> tls = nullptr;  // null, or without a certificate: plain text
  TlsClients tls_clients = TlsClients::kAny;
};

// A gRPC server on the callback API with health, reflection and channelz. Every call is authenticated, its request
// checked against its descriptor, counted, and its errors sent with all details. Set up by one thread, then serves
// many.
class Server {
 public:
  Server(ServerOptions options, const Authenticator& authenticator, Metrics& metrics);
  ~Server();  // drains for 1 s if still running
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Adds a service; table outlives the server.
  void Add(const MethodTable& table);
  // Starts to listen. Fails by naming every method without a handler, every mismatch, or the busy address.
  absl::Status Start();
  // What the health service says of every service from now on. May be called until the server is destroyed.
  void SetServing(bool serving);
  // Takes no new calls, lets the ones under way end, cuts them off after wait.
  void Drain(absl::Duration wait);
  // The port that it listens on, after Start.
  int port() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_SERVER_H_
