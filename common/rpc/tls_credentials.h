#ifndef KECHUANG_COMMON_RPC_TLS_CREDENTIALS_H_
#define KECHUANG_COMMON_RPC_TLS_CREDENTIALS_H_

#include <memory>
#include <string>

#include "grpcpp/security/credentials.h"
#include "grpcpp/security/server_credentials.h"

#include "common/rpc/tls.h"

namespace kechuang::rpc {

// What a gRPC server listens with: TLS with the certificates of the moment for each new connection, or plain text if
// tls is null or has no certificate. Keep it as long as the server.
std::shared_ptr<grpc::ServerCredentials> ServerCredentialsOf(std::shared_ptr<const Tls> tls, TlsClients clients);

// What the channels of a process reach others with.
class ChannelSecurity {
 public:
  // Plain text if tls is null or knows no authority.
  explicit ChannelSecurity(const std::shared_ptr<const Tls>& tls);
  ~ChannelSecurity();

  // For a channel to "host:port", or to the IP addresses of several replicas by comma: TLS that verifies that the
  // server's certificate is the authority's and names the host (of replicas: one of them), and shows the process's own.
  std::shared_ptr<grpc::ChannelCredentials> CredentialsFor(const std::string& address) const;

 private:
  class Following;
  std::unique_ptr<const Following> following_;  // null for plain text
};

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_TLS_CREDENTIALS_H_
