#include <iostream>
#include <memory>
#include <string>

#include "absl/flags/declare.h"
#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/time/clock.h"

#include "common/base/error.h"
#include "common/register/run.h"
#include "services/identity/accounts.h"
#include "services/identity/service.h"
#include "services/identity/token_keyring.h"

ABSL_DECLARE_FLAG(std::string, state);
ABSL_FLAG(bool, rotate_signing_key, false,
          "add the next key that signs access tokens to the state folder, and end; the running service takes it up by "
          "itself, and knows the one before until its tokens have expired");

namespace kechuang::identity {
namespace {

int RotateSigningKey() {
  const absl::Status added = AddTokenKey(TokenKeyFolder(absl::GetFlag(FLAGS_state)), absl::Now());
  if (added.ok()) return 0;
  std::cerr << added.message() << " / " << ChineseOf(added) << "\n";
  return 1;
}

}  // namespace
}  // namespace kechuang::identity

int main(int argc, char** argv) {
  // Looked at before the service's own start, which reads all flags again and says what is wrong with them.
  absl::ParseCommandLine(argc, argv);
  if (absl::GetFlag(FLAGS_rotate_signing_key)) return kechuang::identity::RotateSigningKey();
  std::unique_ptr<kechuang::identity::Accounts> accounts;
  std::unique_ptr<kechuang::identity::IdentityService> service;
  return kechuang::RunRegister(argc, argv, kechuang::identity::IdentityProgram(service, accounts));
}
