#ifndef KECHUANG_COMMON_RPC_LISTENING_H_
#define KECHUANG_COMMON_RPC_LISTENING_H_

#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "common/rpc/tls.h"

namespace kechuang::rpc {

// Where and how a process listens, and how it speaks to the others.
struct Listening {
  std::string ip = "127.0.0.1";
  std::shared_ptr<const Tls> tls = nullptr;  // null: plain text, on loopback only
  TlsClients clients = TlsClients::kAny;     // whom services take

  // Whom the gateway takes: everyone, who may be asked for a certificate.
  TlsClients gateway_clients() const { return clients == TlsClients::kAny ? TlsClients::kAny : TlsClients::kAsk; }
  // "127.0.0.1:7103", "[::1]:7103".
  std::string AddressOf(int port) const;
};

// What a command line says of it.
struct ListenFlags {
  std::string listen;
  TlsFiles files;
  std::string clients;                           // "none", "ask" or "require"
  std::map<std::string, std::string> addresses;  // area -> where its service is
};

// Reads --listen, --tls_certificate, --tls_key, --tls_authority and --tls_clients.
ListenFlags ReadListenFlags(std::map<std::string, std::string> addresses);

// INVALID_FIELDS with every fault: what is no IP address, plain text beyond loopback in either direction, a demand for
// clients' certificates without the files that it needs, and what is wrong with the files.
absl::StatusOr<Listening> CheckListening(const ListenFlags& flags);

// True if the host of "host:port", or every host of several by comma, is this machine.
bool IsLoopbackAddress(absl::string_view address);

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_LISTENING_H_
