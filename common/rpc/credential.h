#ifndef KECHUANG_COMMON_RPC_CREDENTIAL_H_
#define KECHUANG_COMMON_RPC_CREDENTIAL_H_

#include <string>

#include "absl/strings/string_view.h"
#include "grpcpp/server_context.h"

#include "common/rpc/authenticator.h"
#include "common/rpc/http_message.h"

// What a call brings to be known by, in the form of an authorization header: the one that it has, else, if its
// connection showed a certificate, what Authenticator::Vouch makes of that one; empty if it has neither. The text that
// comes back may stand in made, which must live as long.
namespace kechuang::rpc {

absl::string_view CredentialOf(const grpc::CallbackServerContext& call, const Authenticator& authenticator,
                               std::string& made);
absl::string_view CredentialOf(const HttpRequest& request, const Authenticator& authenticator, std::string& made);

}  // namespace kechuang::rpc

#endif  // KECHUANG_COMMON_RPC_CREDENTIAL_H_
