#include "common/rpc/credential.h"

#include <optional>

#include "grpcpp/security/auth_context.h"

#include "common/base/certificate.h"
#include "grpc/grpc_security_constants.h"

namespace kechuang::rpc {
namespace {

constexpr char kAuthorization[] = "authorization";

std::string FingerprintShown(const grpc::CallbackServerContext& call) {
  const auto connection = call.auth_context();
  if (connection == nullptr) return "";
  const auto shown = connection->FindPropertyValues(GRPC_X509_PEM_CERT_PROPERTY_NAME);
  if (shown.empty()) return "";
  const std::optional<Certificate> certificate = ReadCertificate({shown.front().data(), shown.front().size()});
  return certificate.has_value() ? certificate->fingerprint : "";
}

absl::string_view Vouched(const std::string& fingerprint, const Authenticator& authenticator, std::string& made) {
  if (!fingerprint.empty()) made = authenticator.Vouch(fingerprint);
  return made;
}

}  // namespace

absl::string_view CredentialOf(const grpc::CallbackServerContext& call, const Authenticator& authenticator,
                               std::string& made) {
  const auto& metadata = call.client_metadata();
  const auto sent = metadata.find(kAuthorization);
  if (sent != metadata.end()) return {sent->second.data(), sent->second.size()};
  return Vouched(FingerprintShown(call), authenticator, made);
}

absl::string_view CredentialOf(const HttpRequest& request, const Authenticator& authenticator, std::string& made) {
  const absl::string_view sent = request.Header(kAuthorization);
  return sent.empty() ? Vouched(request.client_certificate, authenticator, made) : sent;
}

}  // namespace kechuang::rpc
