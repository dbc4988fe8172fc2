#ifndef KECHUANG_SERVICES_IDENTITY_USER_HANDLERS_H_
#define KECHUANG_SERVICES_IDENTITY_USER_HANDLERS_H_

#include "common/register/register_service.h"
#include "services/identity/desk.h"

namespace kechuang::identity {

// Adds the methods of the kind User, and those by which a user sets up a second factor.
void AddUserMethods(RegisterService<IdentityDesk>& service, IdentityDesk& desk);

}  // namespace kechuang::identity

#endif  // KECHUANG_SERVICES_IDENTITY_USER_HANDLERS_H_
