#ifndef KECHUANG_SERVICES_IDENTITY_ACCOUNTS_BY_FLAGS_H_
#define KECHUANG_SERVICES_IDENTITY_ACCOUNTS_BY_FLAGS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"

#include "common/base/clock.h"
#include "services/identity/accounts.h"

namespace kechuang::identity {

// The accounts with the policy of the program's flags and the database of the program, state being its folder. Fails by
// naming a flag that is out of its range, and as Accounts::Open does.
absl::StatusOr<std::unique_ptr<Accounts>> OpenAccountsByFlags(const std::string& state, const Clock& clock);

}  // namespace kechuang::identity

#endif  // KECHUANG_SERVICES_IDENTITY_ACCOUNTS_BY_FLAGS_H_
