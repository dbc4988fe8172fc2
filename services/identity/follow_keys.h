#ifndef KECHUANG_SERVICES_IDENTITY_FOLLOW_KEYS_H_
#define KECHUANG_SERVICES_IDENTITY_FOLLOW_KEYS_H_

#include "absl/status/status.h"

#include "common/ledger/register.h"
#include "common/rpc/call.h"
#include "common/rpc/service.h"
#include "kechuang/identity/v1/key_directory_service.pb.h"

namespace kechuang::identity {

// Sends the active keys, and sends them again after every change of the register, for a minute.
absl::Status FollowKeys(ledger::Register& ledger, const rpc::Call& call,
                        rpc::Stream<v1::FollowKeysRequest, v1::FollowKeysResponse>& stream);

}  // namespace kechuang::identity

#endif  // KECHUANG_SERVICES_IDENTITY_FOLLOW_KEYS_H_
