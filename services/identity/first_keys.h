#ifndef KECHUANG_SERVICES_IDENTITY_FIRST_KEYS_H_
#define KECHUANG_SERVICES_IDENTITY_FIRST_KEYS_H_

#include <string>

#include "absl/status/status.h"

#include "common/ledger/register.h"

namespace kechuang::identity {

// Takes the first keys into a register that holds none, so that somebody can make the others: for each of system.key,
// security.key and bureau.key that the state folder has, a key of that name. The first has the role of the system
// administrator, the second that of the security administrator, the third every role of the business. Does nothing once
// the register holds a key. Fails if a file may be read by others.
absl::Status TakeFirstKeys(ledger::Register& ledger, const std::string& state);

}  // namespace kechuang::identity

#endif  // KECHUANG_SERVICES_IDENTITY_FIRST_KEYS_H_
