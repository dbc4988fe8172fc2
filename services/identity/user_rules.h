#ifndef KECHUANG_SERVICES_IDENTITY_USER_RULES_H_
#define KECHUANG_SERVICES_IDENTITY_USER_RULES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/repeated_field.h"

#include "kechuang/identity/v1/user.pb.h"
#include "services/identity/people_policy.h"

// What may happen to users. Pure functions: no clock, no store.
namespace kechuang::identity {

// True for a name such as "users/zhang-wei".
bool IsUserName(absl::string_view name);

// A new user of this id with this credential for its first password: active, without roles. INVALID_FIELDS with
// FIELD_MALFORMED for the id.
absl::StatusOr<v1::User> NewUser(v1::User asked, absl::string_view id, absl::string_view credential, absl::Time now);
// A user with these roles and no others, bound to the rows of scope. USER_DISABLED or OWN_ROLES (kFailedPrecondition);
// INVALID_FIELDS as for keys.
absl::StatusOr<v1::User> WithRoles(const v1::User& held, const google::protobuf::RepeatedField<int>& roles,
                                   const std::string& scope, absl::string_view actor);
// A user who may not come in. USER_DISABLED (kFailedPrecondition) if it is so already.
absl::StatusOr<v1::User> Disabled(const v1::User& held, absl::string_view reason);
// A user who may come in: neither disabled nor locked.
v1::User Enabled(const v1::User& held);
// A user who may not log in before a time; a disabled one as it is.
v1::User Locked(const v1::User& held, absl::Time until);
// A user with this credential for a password that it chose.
v1::User WithPassword(const v1::User& held, absl::string_view credential, absl::Time now);
// A user with this credential for a first password, unlocked; without its second factor if that is dropped.
// USER_DISABLED (kFailedPrecondition).
absl::StatusOr<v1::User> WithFirstPassword(const v1::User& held, absl::string_view credential, absl::Time now,
                                           bool drop_second_factor);
// A user with this credential for a second factor.
v1::User WithSecondFactor(const v1::User& held, absl::string_view credential);

// Whether the user may try to log in now.
bool MayTry(const v1::User& user, absl::Time now);
// Whether a right password is good for nothing but to be changed.
bool MustChangePassword(const v1::User& user, const PeoplePolicy& policy, absl::Time now);

// The same keys of the ledger that keys of the same roles have, so that keys and users count together.
std::vector<std::string> AdministrationKeys(const v1::User& user);

}  // namespace kechuang::identity

#endif  // KECHUANG_SERVICES_IDENTITY_USER_RULES_H_
