#ifndef KECHUANG_SERVICES_IDENTITY_KEY_RULES_H_
#define KECHUANG_SERVICES_IDENTITY_KEY_RULES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/repeated_field.h"

#include "kechuang/identity/v1/key.pb.h"

// What may happen to keys. Pure functions: no clock, no store.
namespace kechuang::identity {

// A new key of this id: active, without roles. Known by the certificate that it names, or else by the secret of this
// digest. INVALID_FIELDS with FIELD_MALFORMED, EXPIRED_ALREADY or CERTIFICATE_ENDS_BEFORE.
absl::StatusOr<v1::Key> NewKey(v1::Key asked, absl::string_view id, absl::string_view secret_sha256, absl::Time now);
// A key as it was edited. KEY_REVOKED (kFailedPrecondition), or INVALID_FIELDS with EXPIRED_ALREADY or
// CERTIFICATE_ENDS_BEFORE if the edit sets a time that has passed, or that its certificate will not see.
absl::StatusOr<v1::Key> Edited(const v1::Key& held, v1::Key edited, absl::Time now);
// A key with these roles and no others, bound to the rows of scope. KEY_REVOKED or OWN_ROLES (kFailedPrecondition);
// INVALID_FIELDS with ROLES_NOT_TOGETHER, SCOPE_MISMATCH, FIELD_MALFORMED for a role that comes twice,
// FIELD_UNKNOWN_VALUE.
absl::StatusOr<v1::Key> WithRoles(const v1::Key& held, const google::protobuf::RepeatedField<int>& roles,
                                  const std::string& scope, absl::string_view actor);
// A key that opens nothing any more. KEY_REVOKED (kFailedPrecondition).
absl::StatusOr<v1::Key> Revoked(const v1::Key& held, absl::string_view reason);

// "administers:SECURITY_ADMINISTRATOR" for each role of a key without which nobody could administer: of an active key
// that does not expire.
std::vector<std::string> AdministrationKeys(const v1::Key& key);
// The same of every such role.
std::vector<std::string> AllAdministrationKeys();
// "certificate:SHA256" of an active key that names a certificate, so that no two do; of one that is not made yet, too.
std::vector<std::string> CertificateKeys(const v1::Key& key);
// All that a key is found by.
std::vector<std::string> LookUpKeys(const v1::Key& key);
// CERTIFICATE_TAKEN (kAlreadyExists), by the key of this name.
absl::Status CertificateTaken(absl::string_view holder);
// LAST_ADMINISTRATOR (kFailedPrecondition).
absl::Status LastAdministrator(absl::string_view name);

}  // namespace kechuang::identity

#endif  // KECHUANG_SERVICES_IDENTITY_KEY_RULES_H_
