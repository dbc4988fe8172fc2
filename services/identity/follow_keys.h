#ifndef KECHUANG_SERVICES_IDENTITY_FOLLOW_KEYS_H_
#define KECHUANG_SERVICES_IDENTITY_FOLLOW_KEYS_H_

#include "absl/status/status.h"

#include "common/rpc/call.h"
#include "common/rpc/service.h"
#include "kechuang/identity/v1/key_directory_service.pb.h"
#include "services/identity/desk.h"

namespace kechuang::identity {

// Sends the active keys and users, the keys that sign tokens and the sessions that ended, and sends them all again
// after every change of the register and of these, for a minute.
absl::Status FollowKeys(IdentityDesk& desk, const rpc::Call& call,
                        rpc::Stream<v1::FollowKeysRequest, v1::FollowKeysResponse>& stream);

}  // namespace kechuang::identity

#endif  // KECHUANG_SERVICES_IDENTITY_FOLLOW_KEYS_H_
