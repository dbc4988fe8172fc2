#ifndef KECHUANG_SERVICES_IDENTITY_DESK_H_
#define KECHUANG_SERVICES_IDENTITY_DESK_H_

#include <memory>

#include "common/ledger/register.h"
#include "services/identity/accounts.h"

namespace kechuang::identity {

// What the handlers stand on.
struct IdentityDesk {
  ledger::Register& ledger;
  // Filled before the first call.
  const std::unique_ptr<Accounts>& accounts;
};

}  // namespace kechuang::identity

#endif  // KECHUANG_SERVICES_IDENTITY_DESK_H_
