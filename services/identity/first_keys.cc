#include "services/identity/first_keys.h"

#include <spdlog/spdlog.h>

#include <filesystem>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

#include "common/access/policy.h"
#include "common/base/error.h"
#include "common/base/sha256.h"
#include "common/base/status_macros.h"
#include "common/rpc/authenticator.h"
#include "kechuang/identity/v1/key.pb.h"
#include "services/identity/key_rules.h"

namespace kechuang::identity {
namespace {

constexpr absl::Duration kWait = absl::Seconds(30);

struct FirstKey {
  std::string id;
  std::string holder;
  std::vector<v1::Role> roles;
};

std::vector<FirstKey> FirstKeys() {
  std::vector<v1::Role> business;
  for (const v1::Role role : access::Policy::Get().roles()) {
    if (!access::Policy::Get().IsApart(role)) business.push_back(role);
  }
  return {{"system", "系统管理员", {v1::SYSTEM_ADMINISTRATOR}},
          {"security", "安全管理员", {v1::SECURITY_ADMINISTRATOR}},
          {"bureau", "本局业务", business}};
}

// The key as it enters the register.
absl::StatusOr<v1::Key> Made(const FirstKey& first, const std::string& secret, absl::Time now) {
  v1::Key key;
  key.set_holder(first.holder);
  ASSIGN_OR_RETURN(key, NewKey(std::move(key), first.id, Sha256Hex(secret), now));
  for (const v1::Role role : first.roles) key.add_roles(role);
  return key;
}

// All at once: a register that holds any key takes no first ones any more.
absl::Status Enter(ledger::Register& ledger, const std::vector<v1::Key>& keys) {
  ledger::Command command;
  command.author.actor = "services/identity";
  command.author.method = "first-keys";
  command.keys = AllAdministrationKeys();
  for (const v1::Key& key : keys) command.new_names.push_back(key.name());
  command.decide = [keys](ledger::Draft& draft) -> absl::StatusOr<std::string> {
    for (const v1::Key& key : keys) RETURN_IF_ERROR(draft.Create(key).status());
    return std::string();
  };
  const absl::Status entered = ledger.Run(std::move(command), absl::Now() + kWait).status();
  return absl::IsAlreadyExists(entered) ? absl::OkStatus() : entered;  // another replica was quicker
}

}  // namespace

absl::Status TakeFirstKeys(ledger::Register& ledger, const std::string& state) {
  ASSIGN_OR_RETURN(const ledger::Head head, ledger.ReadHead(absl::Now() + kWait));
  if (head.sequence > 0) return absl::OkStatus();
  std::vector<v1::Key> keys;
  for (const FirstKey& first : FirstKeys()) {
    const std::string path = absl::StrCat(state, "/", first.id, ".key");
    if (!std::filesystem::exists(path)) continue;
    ASSIGN_OR_RETURN(const std::string secret, rpc::ReadKeyFile(path));
    ASSIGN_OR_RETURN(v1::Key key, Made(first, secret, ledger.clock().Now()));
    keys.push_back(std::move(key));
  }
  if (keys.empty()) {
    spdlog::warn("the register holds no key, and {} none to begin with: nobody can make one", state);
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(Enter(ledger, keys));
  spdlog::info("took in the {} first keys", keys.size());
  return absl::OkStatus();
}

}  // namespace kechuang::identity
