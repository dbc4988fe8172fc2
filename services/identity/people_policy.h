#ifndef KECHUANG_SERVICES_IDENTITY_PEOPLE_POLICY_H_
#define KECHUANG_SERVICES_IDENTITY_PEOPLE_POLICY_H_

#include "absl/time/time.h"

namespace kechuang::identity {

// What is asked of passwords and sessions. Each has a flag of its name.
struct PeoplePolicy {
  int password_length_least = 10;  // characters
  int password_kinds_least = 3;    // of small letters, capitals, digits, others
  int password_history = 5;        // the last ones, which may not come again
  absl::Duration password_time = absl::Hours(90 * 24);
  int login_failures_most = 5;  // in a row, until the user is locked
  absl::Duration lock_time = absl::Minutes(15);
  absl::Duration token_time = absl::Minutes(10);  // how long an access token opens
  absl::Duration session_time = absl::Hours(12);
};

}  // namespace kechuang::identity

#endif  // KECHUANG_SERVICES_IDENTITY_PEOPLE_POLICY_H_
