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

absl::Status Enter(ledger::Register& ledger, const v1::Key& key) {
  ledger::Command command;
  command.author.actor = "services/identity";
  command.author.method = "first-keys";
  command.new_names = {key.name()};
  command.keys = AllAdministrationKeys();
  command.decide = [key](ledger::Draft& draft) -> absl::StatusOr<std::string> {
    RETURN_IF_ERROR(draft.Create(key).status());
    return std::string();
  };
  const absl::Status entered = ledger.Run(std::move(command), absl::Now() + kWait).status();
  return absl::IsAlreadyExists(entered) ? absl::OkStatus() : entered;  // another replica was quicker
}

}  // namespace

absl::Status TakeFirstKeys(ledger::Register& ledger, const std::string& state) {
  ASSIGN_OR_RETURN(const ledger::Head head, ledger.ReadHead(absl::Now() + kWait));
  if (head.sequence > 0) return absl::OkStatus();
  for (const FirstKey& first : FirstKeys()) {
    const std::string path = absl::StrCat(state, "/", first.id, ".key");
    if (!std::filesystem::exists(path)) continue;
    ASSIGN_OR_RETURN(const std::string secret, rpc::ReadKeyFile(path));
    ASSIGN_OR_RETURN(const v1::Key key, Made(first, secret, ledger.clock().Now()));
    RETURN_IF_ERROR(Enter(ledger, key));
    spdlog::info("took in the first key {}", key.name());
  }
  return absl::OkStatus();
}

}  // namespace kechuang::identity
