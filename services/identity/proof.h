#ifndef KECHUANG_SERVICES_IDENTITY_PROOF_H_
#define KECHUANG_SERVICES_IDENTITY_PROOF_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "common/rpc/call.h"
#include "kechuang/identity/v1/user.pb.h"
#include "services/identity/desk.h"

namespace kechuang::identity {

// What somebody shows to be a user.
struct Proof {
  std::string user;  // as it was typed
  std::string password;
  std::string totp_code;  // empty if none was given
};

// The user whom the proof is of. LOGIN_REFUSED (kUnauthenticated) whatever is wrong, after the same time for a name
// that nobody has; SECOND_FACTOR_NEEDED (kFailedPrecondition) if the password is right and the code alone is missing.
// Counts what is wrong, locks the user after too much of it, and forgets it when all is right. Says nothing of a
// password that must be changed.
absl::StatusOr<v1::User> Prove(IdentityDesk& desk, const rpc::Call& call, const Proof& proof);

// A user of this name; nobody's record, without a name, if there is none.
absl::StatusOr<v1::User> UserOrNobody(IdentityDesk& desk, const rpc::Call& call, const std::string& name);

// Changes a user in the course of an open call, on behalf of an actor: of the user itself, once it has proved who it
// is.
absl::Status ChangeUser(IdentityDesk& desk, const rpc::Call& call, const std::string& actor, const std::string& name,
                        std::function<v1::User(const v1::User& held, absl::Time now)> step);

}  // namespace kechuang::identity

#endif  // KECHUANG_SERVICES_IDENTITY_PROOF_H_
