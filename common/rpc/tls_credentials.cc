#include "common/rpc/tls_credentials.h"

#include <arpa/inet.h>
#include <grpc/grpc.h>
#include <grpc/grpc_security.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "grpcpp/security/tls_certificate_provider.h"
#include "grpcpp/security/tls_certificate_verifier.h"
#include "grpcpp/security/tls_credentials_options.h"

namespace kechuang::rpc {
namespace {

// How often gRPC looks whether the files of a channel's certificates changed.
constexpr unsigned int kLookEverySeconds = 1;

grpc_ssl_client_certificate_request_type RequestOf(TlsClients clients) {
  switch (clients) {
    case TlsClients::kAny:
      return GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE;
    case TlsClients::kAsk:
      return GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_BUT_DONT_VERIFY;
    case TlsClients::kRequire:
      break;
  }
  return GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY;
}

// Server credentials that ask for the certificates of the moment at each handshake. gRPC's own that watch files take
// them as they are found, so a certificate that is written before its key would turn callers away.
class FollowingServerCredentials final : public grpc::ServerCredentials {
 public:
  FollowingServerCredentials(std::shared_ptr<const Tls> tls, TlsClients clients)
      : tls_(std::move(tls)),
        clients_(clients),
        credentials_(grpc_ssl_server_credentials_create_with_options(
            grpc_ssl_server_credentials_create_options_using_config_fetcher(RequestOf(clients), &Fetch, this))) {}
  ~FollowingServerCredentials() override { grpc_server_credentials_release(credentials_); }

  // The suite knows its callers by key, for each method.
  void SetAuthMetadataProcessor(const std::shared_ptr<grpc::AuthMetadataProcessor>&) override {}

 private:
  int AddPortToServer(const std::string& address, grpc_server* server) override {
    return grpc_server_add_http2_port(server, address.c_str(), credentials_);
  }

  // gRPC calls it under a lock of the listener.
  static grpc_ssl_certificate_config_reload_status Fetch(void* self, grpc_ssl_server_certificate_config** config) {
    auto& own = *static_cast<FollowingServerCredentials*>(self);
    const std::shared_ptr<const TlsGeneration> current = own.tls_->Current();
    if (current->number == own.number_) return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_UNCHANGED;
    const grpc_ssl_pem_key_cert_pair pair{current->material.key.c_str(), current->material.certificate.c_str()};
    // gRPC insists on roots, though it looks at none where it verifies no certificate of clients.
    const std::string& roots =
        own.clients_ == TlsClients::kRequire ? current->material.authority : current->material.certificate;
    *config = grpc_ssl_server_certificate_config_create(roots.c_str(), &pair, 1);
    own.number_ = current->number;
    return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_NEW;
  }

  const std::shared_ptr<const Tls> tls_;
  const TlsClients clients_;
  uint64_t number_ = 0;  // of the generation that gRPC has
  grpc_server_credentials* const credentials_;
};

// The address as it is always written, or nothing if it is none: "::1" has many spellings.
std::string Spelled(const std::string& ip) {
  for (const int family : {AF_INET, AF_INET6}) {
    in6_addr parsed{};
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (inet_pton(family, ip.c_str(), &parsed) != 1) continue;
    return inet_ntop(family, &parsed, text.data(), text.size()) == nullptr ? "" : text.data();
  }
  return "";
}

// The certificate of a replica must name one of them: gRPC's own check wants the whole list in one name.
class ReplicaVerifier final : public grpc::experimental::ExternalCertificateVerifier {
 public:
  explicit ReplicaVerifier(std::set<std::string> ips) : ips_(std::move(ips)) {}

  bool Verify(grpc::experimental::TlsCustomVerificationCheckRequest* request, std::function<void(grpc::Status)>,
              grpc::Status* status) override {
    const std::vector<grpc::string_ref> named = request->ip_names();
    const bool known = std::any_of(named.begin(), named.end(), [this](const grpc::string_ref& ip) {
      return ips_.contains(Spelled(std::string(ip.data(), ip.size())));
    });
    if (!known) *status = grpc::Status(grpc::StatusCode::UNAUTHENTICATED, "the certificate names none of the replicas");
    return true;
  }
  void Cancel(grpc::experimental::TlsCustomVerificationCheckRequest*) override {}

 private:
  const std::set<std::string> ips_;
};

std::set<std::string> IpsOf(const std::string& addresses) {
  std::set<std::string> ips;
  for (const absl::string_view replica : absl::StrSplit(addresses, ',')) {
    absl::string_view host = replica.substr(0, replica.rfind(':'));
    if (absl::StartsWith(host, "[") && absl::EndsWith(host, "]")) host = host.substr(1, host.size() - 2);
    ips.insert(Spelled(std::string(host)));
  }
  return ips;
}

}  // namespace

std::shared_ptr<grpc::ServerCredentials> ServerCredentialsOf(std::shared_ptr<const Tls> tls, TlsClients clients) {
  if (tls == nullptr || !tls->serves()) return grpc::InsecureServerCredentials();
  return std::make_shared<FollowingServerCredentials>(std::move(tls), clients);
}

// The files of a channel's certificates, which gRPC watches: a channel cannot be told of new ones in another way.
class ChannelSecurity::Following {
 public:
  explicit Following(const TlsFiles& files)
      : shows_own_(!files.certificate.empty()),
        provider_(std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(
            files.key, files.certificate, files.authority, kLookEverySeconds)) {}

  std::shared_ptr<grpc::ChannelCredentials> CredentialsFor(const std::string& address) const {
    grpc::experimental::TlsChannelCredentialsOptions options;
    options.set_certificate_provider(provider_);
    options.watch_root_certs();
    if (shows_own_) options.watch_identity_key_cert_pairs();
    if (absl::StrContains(address, ',')) {
      options.set_check_call_host(false);
#ifndef __clang_analyzer__  // which takes for a leak what gRPC keeps
      options.set_certificate_verifier(
          grpc::experimental::ExternalCertificateVerifier::Create<ReplicaVerifier>(IpsOf(address)));
#endif
    } else {
      options.set_certificate_verifier(std::make_shared<grpc::experimental::HostNameCertificateVerifier>());
    }
    return grpc::experimental::TlsCredentials(options);
  }

 private:
  const bool shows_own_;
  const std::shared_ptr<grpc::experimental::FileWatcherCertificateProvider> provider_;
};

ChannelSecurity::ChannelSecurity(const std::shared_ptr<const Tls>& tls)
    : following_(tls != nullptr && tls->verifies() ? std::make_unique<const Following>(tls->files()) : nullptr) {}
ChannelSecurity::~ChannelSecurity() = default;

std::shared_ptr<grpc::ChannelCredentials> ChannelSecurity::CredentialsFor(const std::string& address) const {
  return following_ == nullptr ? grpc::InsecureChannelCredentials() : following_->CredentialsFor(address);
}

}  // namespace kechuang::rpc
