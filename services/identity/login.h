#ifndef KECHUANG_SERVICES_IDENTITY_LOGIN_H_
#define KECHUANG_SERVICES_IDENTITY_LOGIN_H_

#include "absl/status/statusor.h"

#include "common/rpc/call.h"
#include "kechuang/identity/v1/session.pb.h"
#include "services/identity/desk.h"

// The open methods: what a request holds says who calls. All of them block.
namespace kechuang::identity {

absl::StatusOr<v1::SessionTokens> Login(IdentityDesk& desk, const rpc::Call& call, const v1::LoginRequest& request);
absl::StatusOr<v1::SessionTokens> Refresh(IdentityDesk& desk, const rpc::Call& call, const v1::RefreshRequest& request);
absl::StatusOr<v1::LogoutResponse> Logout(IdentityDesk& desk, const rpc::Call& call, const v1::LogoutRequest& request);
absl::StatusOr<v1::ChangePasswordResponse> ChangePassword(IdentityDesk& desk, const rpc::Call& call,
                                                          const v1::ChangePasswordRequest& request);

}  // namespace kechuang::identity

#endif  // KECHUANG_SERVICES_IDENTITY_LOGIN_H_
