#include <memory>
#include <optional>
#include <string>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/time/clock.h"

#include "common/register/run.h"
#include "services/identity/accounts.h"
#include "services/identity/service.h"
#include "services/identity/token_keyring.h"

ABSL_FLAG(bool, rotate_signing_key, false,
          "add the next key that signs access tokens to the state folder, and end; the running service takes it up by "
          "itself, and knows the one before until its tokens have expired");

namespace kechuang::identity {
namespace {

std::optional<absl::Status> RotateSigningKey(const std::string& state) {
  if (!absl::GetFlag(FLAGS_rotate_signing_key)) return std::nullopt;
  return AddTokenKey(TokenKeyFolder(state), absl::Now());
}

}  // namespace
}  // namespace kechuang::identity

int main(int argc, char** argv) {
  std::unique_ptr<kechuang::identity::Accounts> accounts;
  std::unique_ptr<kechuang::identity::IdentityService> service;
  kechuang::RegisterProgram program = kechuang::identity::IdentityProgram(service, accounts);
  program.in_place_of_service = &kechuang::identity::RotateSigningKey;
  return kechuang::RunRegister(argc, argv, program);
}
