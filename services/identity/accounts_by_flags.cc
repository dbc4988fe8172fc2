#include "services/identity/accounts_by_flags.h"

#include <utility>

#include "absl/flags/declare.h"
#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/mysql/endpoints.h"
#include "common/rpc/authenticator.h"
#include "kechuang/api/v1/reasons.pb.h"

// The program's own, which its start has judged already.
ABSL_DECLARE_FLAG(std::string, database);
ABSL_DECLARE_FLAG(std::string, database_ca);

ABSL_FLAG(int, password_length_least, kechuang::identity::PeoplePolicy().password_length_least,
          "least characters of a password");
ABSL_FLAG(int, password_kinds_least, kechuang::identity::PeoplePolicy().password_kinds_least,
          "least kinds of characters in a password, 1 to 4: small letters, capitals, digits, others");
ABSL_FLAG(int, password_history, kechuang::identity::PeoplePolicy().password_history,
          "how many of a user's last passwords may not come again, 0 to 24");
ABSL_FLAG(absl::Duration, password_time, kechuang::identity::PeoplePolicy().password_time,
          "after what time a password must be changed, such as 2160h");
ABSL_FLAG(int, login_failures_most, kechuang::identity::PeoplePolicy().login_failures_most,
          "wrong passwords in a row until a user is locked");
ABSL_FLAG(absl::Duration, lock_time, kechuang::identity::PeoplePolicy().lock_time, "how long a user is locked");
ABSL_FLAG(absl::Duration, token_time, kechuang::identity::PeoplePolicy().token_time,
          "how long an access token opens, 1s to 1h");
ABSL_FLAG(absl::Duration, session_time, kechuang::identity::PeoplePolicy().session_time,
          "how long a session lasts, however often it is refreshed");

namespace kechuang::identity {
namespace {

absl::Status BadFlag(absl::string_view flag, absl::string_view english, absl::string_view chinese) {
  return Refuse(absl::StatusCode::kInvalidArgument, api::v1::FIELD_MALFORMED)
      .Says(absl::StrCat("--", flag, " takes ", english), absl::StrCat("--", flag, " 须为 ", chinese));
}

absl::StatusOr<PeoplePolicy> PolicyOfFlags() {
  PeoplePolicy policy;
  policy.password_length_least = absl::GetFlag(FLAGS_password_length_least);
  policy.password_kinds_least = absl::GetFlag(FLAGS_password_kinds_least);
  policy.password_history = absl::GetFlag(FLAGS_password_history);
  policy.password_time = absl::GetFlag(FLAGS_password_time);
  policy.login_failures_most = absl::GetFlag(FLAGS_login_failures_most);
  policy.lock_time = absl::GetFlag(FLAGS_lock_time);
  policy.token_time = absl::GetFlag(FLAGS_token_time);
  policy.session_time = absl::GetFlag(FLAGS_session_time);
  if (policy.password_length_least < 1) return BadFlag("password_length_least", "1 or more", "不小于 1 的整数");
  if (policy.password_kinds_least < 1 || policy.password_kinds_least > 4) {
    return BadFlag("password_kinds_least", "1 to 4", "1 到 4");
  }
  if (policy.password_history < 0 || policy.password_history > 24) {
    return BadFlag("password_history", "0 to 24", "0 到 24");
  }
  if (policy.login_failures_most < 1) return BadFlag("login_failures_most", "1 or more", "不小于 1 的整数");
  if (policy.token_time < absl::Seconds(1) || policy.token_time > absl::Hours(1)) {
    return BadFlag("token_time", "1s to 1h", "1s 到 1h");
  }
  for (const auto& [flag, time] :
       {std::pair("password_time", policy.password_time), std::pair("lock_time", policy.lock_time),
        std::pair("session_time", policy.session_time)}) {
    if (time <= absl::ZeroDuration()) return BadFlag(flag, "a time above 0", "大于 0 的时长");
  }
  return policy;
}

absl::StatusOr<mysql::DatabaseConfig> ConfigOfFlags(const std::string& state) {
  mysql::DatabaseConfig config;
  const std::string endpoints = absl::GetFlag(FLAGS_database);
  ASSIGN_OR_RETURN(
      config.endpoints,
      mysql::ParseEndpoints(endpoints.empty() ? absl::StrCat("unix://", state, "/mariadb.sock") : endpoints));
  config.user = config.schema = "kechuang_identity";
  ASSIGN_OR_RETURN(config.password, rpc::ReadKeyFile(absl::StrCat(state, "/secrets/identity.password")));
  config.ca_file = absl::GetFlag(FLAGS_database_ca);
  return config;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Accounts>> OpenAccountsByFlags(const std::string& state, const Clock& clock) {
  ASSIGN_OR_RETURN(const PeoplePolicy policy, PolicyOfFlags());
  ASSIGN_OR_RETURN(mysql::DatabaseConfig config, ConfigOfFlags(state));
  return Accounts::Open(std::move(config), TokenKeyFolder(state), policy, clock);
}

}  // namespace kechuang::identity
