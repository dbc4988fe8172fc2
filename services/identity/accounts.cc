#include "services/identity/accounts.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "common/base/status_macros.h"

namespace kechuang::identity {
namespace {

// Handlers that hash or log in are few at once, and each uses one connection at a time.
constexpr int kConnectionsMost = 4;

}  // namespace

absl::StatusOr<std::unique_ptr<Accounts>> Accounts::Open(mysql::DatabaseConfig config, const std::string& folder,
                                                         PeoplePolicy asked, const Clock& clock) {
  config.pool_size = kConnectionsMost;
  auto accounts = std::make_unique<Accounts>(std::move(config));
  accounts->policy = asked;
  ASSIGN_OR_RETURN(accounts->keyring, TokenKeyring::Open(folder, asked.token_time, clock));
  return accounts;
}

std::string TokenKeyFolder(const std::string& state) { return absl::StrCat(state, "/secrets"); }

}  // namespace kechuang::identity
