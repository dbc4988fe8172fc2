#include "services/identity/user_rules.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/domain/resource_name.h"
#include "kechuang/api/v1/reasons.pb.h"
#include "kechuang/identity/v1/reasons.pb.h"
#include "services/identity/key_rules.h"

namespace kechuang::identity {
namespace {

using google::protobuf::Timestamp;
using google::protobuf::util::TimeUtil;

Timestamp StampOf(absl::Time time) { return TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(time)); }
absl::Time TimeOf(const Timestamp& stamp) { return absl::FromUnixMicros(TimeUtil::TimestampToMicroseconds(stamp)); }

absl::Status CheckNotDisabled(const v1::User& held) {
  if (held.state() != v1::USER_STATE_DISABLED) return absl::OkStatus();
  return Refuse(absl::StatusCode::kFailedPrecondition, v1::USER_DISABLED)
      .About(held.name())
      .Says(absl::StrCat(held.name(), " is disabled; enable it first"), absl::StrCat(held.name(), " 已停用，请先启用"));
}

// What roles may be held and given, and which of them administer, is the same for users as for keys: the rules of keys
// are asked about a key of that name.
v1::Key AsKey(const v1::User& user) {
  v1::Key key;
  key.set_name(user.name());
  *key.mutable_roles() = user.roles();
  key.set_state(user.state() == v1::USER_STATE_DISABLED ? v1::KEY_STATE_REVOKED : v1::KEY_STATE_ACTIVE);
  return key;
}

}  // namespace

bool IsUserName(absl::string_view name) { return FitsPattern("users/{user}", name); }

absl::StatusOr<v1::User> NewUser(v1::User asked, absl::string_view id, absl::string_view credential, absl::Time now) {
  RETURN_IF_ERROR(CheckId("user_id", id));
  asked.set_name(absl::StrCat("users/", id));
  asked.set_state(v1::USER_STATE_ACTIVE);
  return WithFirstPassword(asked, credential, now, /*drop_second_factor=*/false);
}

absl::StatusOr<v1::User> WithRoles(const v1::User& held, const google::protobuf::RepeatedField<int>& roles,
                                   const std::string& scope, absl::string_view actor) {
  RETURN_IF_ERROR(CheckNotDisabled(held));
  ASSIGN_OR_RETURN(const v1::Key judged, WithRoles(AsKey(held), roles, scope, actor));
  v1::User next = held;
  *next.mutable_roles() = judged.roles();
  next.set_scope(judged.scope());
  return next;
}

absl::StatusOr<v1::User> Disabled(const v1::User& held, absl::string_view reason) {
  RETURN_IF_ERROR(CheckNotDisabled(held));
  v1::User next = held;
  next.set_state(v1::USER_STATE_DISABLED);
  next.set_disable_reason(std::string(reason));
  next.clear_unlock_time();
  return next;
}

v1::User Enabled(const v1::User& held) {
  v1::User next = held;
  next.set_state(v1::USER_STATE_ACTIVE);
  next.clear_disable_reason();
  next.clear_unlock_time();
  return next;
}

v1::User Locked(const v1::User& held, absl::Time until) {
  v1::User next = held;
  if (held.state() == v1::USER_STATE_DISABLED) return next;
  next.set_state(v1::USER_STATE_LOCKED);
  *next.mutable_unlock_time() = StampOf(until);
  return next;
}

v1::User WithPassword(const v1::User& held, absl::string_view credential, absl::Time now) {
  v1::User next = held;
  next.set_password_credential(std::string(credential));
  *next.mutable_password_set_time() = StampOf(now);
  next.set_password_initial(false);
  return next;
}

absl::StatusOr<v1::User> WithFirstPassword(const v1::User& held, absl::string_view credential, absl::Time now,
                                           bool drop_second_factor) {
  RETURN_IF_ERROR(CheckNotDisabled(held));
  v1::User next = WithPassword(Enabled(held), credential, now);
  next.set_password_initial(true);
  if (drop_second_factor) {
    next.set_second_factor(false);
    next.clear_second_factor_credential();
  }
  return next;
}

v1::User WithSecondFactor(const v1::User& held, absl::string_view credential) {
  v1::User next = held;
  next.set_second_factor(true);
  next.set_second_factor_credential(std::string(credential));
  return next;
}

bool MayTry(const v1::User& user, absl::Time now) {
  if (user.state() == v1::USER_STATE_LOCKED) return TimeOf(user.unlock_time()) <= now;
  return user.state() == v1::USER_STATE_ACTIVE;
}

bool MustChangePassword(const v1::User& user, const PeoplePolicy& policy, absl::Time now) {
  return user.password_initial() || TimeOf(user.password_set_time()) + policy.password_time <= now;
}

std::vector<std::string> AdministrationKeys(const v1::User& user) { return AdministrationKeys(AsKey(user)); }

}  // namespace kechuang::identity
