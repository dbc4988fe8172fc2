#ifndef KECHUANG_SERVICES_ENTERPRISE_RULES_H_
#define KECHUANG_SERVICES_ENTERPRISE_RULES_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "common/domain/day.h"
#include "kechuang/enterprise/v1/annual_statement.pb.h"
#include "kechuang/enterprise/v1/enterprise.pb.h"

namespace kechuang::enterprise {

// What may happen to an enterprise and to its annual statements. Every function is pure: it takes records as they are
// and gives them as they should be, or the refusal.

// "enterprises/11640103010094039Q".
std::string EnterpriseNameOf(absl::string_view credit_code);

// RECORD_DELETED if the enterprise is deleted.
absl::Status CheckNotDeleted(const v1::Enterprise& enterprise);
// ENTERPRISE_NOT_ACTIVE if it was struck off, lost its licence or moved out.
absl::Status CheckActive(const v1::Enterprise& enterprise);
// DATE_IN_FUTURE, under the name of the field, if the day lies after today.
absl::Status CheckNotInFuture(absl::string_view field, Day day, Day today);

// A new enterprise under its code, ACTIVE, with code, name and industry in their plain forms. enterprise_id is what the
// caller wants as its id, or empty. ENTERPRISE_ID_DIFFERS, DATE_IN_FUTURE, or what is wrong with the code.
absl::StatusOr<v1::Enterprise> Register(v1::Enterprise enterprise, absl::string_view enterprise_id, Day today);

// The enterprise as held, with the caller's changes: a new name moves the old one to former_names, given up on
// name_change_date. A name that differs in width, case or spaces only is the same name, spelt anew. DATE_IN_FUTURE.
absl::StatusOr<v1::Enterprise> Revise(const v1::Enterprise& held, v1::Enterprise changed, Day name_change_date,
                                      Day today);

// The enterprise as held, with what a row of a file says on top of cleared, which is held without the fields that the
// row clears: empty fields change nothing; a name that it bore before is not taken back, since an old list may come
// late. RECORD_DELETED, DATE_IN_FUTURE.
absl::StatusOr<v1::Enterprise> MergeRow(const v1::Enterprise& held, const v1::Enterprise& cleared,
                                        const v1::Enterprise& row, Day today);

// RECORD_DELETED.
absl::StatusOr<v1::Enterprise> Delete(v1::Enterprise enterprise, absl::Time now);
// ENTERPRISE_NOT_DELETED.
absl::StatusOr<v1::Enterprise> Undelete(v1::Enterprise enterprise);

// ENTERPRISE_NOT_ACTIVE, DATE_IN_FUTURE, DATE_ORDER, RECORD_DELETED.
absl::StatusOr<v1::Enterprise> MoveOut(v1::Enterprise enterprise, Day day, absl::string_view note, Day today);
// status is DEREGISTERED, LICENCE_REVOKED or unspecified, which means DEREGISTERED. STATUS_NOT_ALLOWED,
// ENTERPRISE_DEREGISTERED, ENTERPRISE_NOT_ACTIVE, DATE_IN_FUTURE, DATE_ORDER, RECORD_DELETED.
absl::StatusOr<v1::Enterprise> Deregister(v1::Enterprise enterprise, v1::EnterpriseStatus status, Day day,
                                          absl::string_view note, Day today);
// ENTERPRISE_ACTIVE, RECORD_DELETED.
absl::StatusOr<v1::Enterprise> Reinstate(v1::Enterprise enterprise);

// The statement with the year of its name, ready to take the place of the one held. STATEMENT_YEAR, STATEMENT_STAFF,
// RECORD_DELETED.
absl::StatusOr<v1::AnnualStatement> PutStatement(const v1::Enterprise& enterprise, v1::AnnualStatement statement,
                                                 Day today);

}  // namespace kechuang::enterprise

#endif  // KECHUANG_SERVICES_ENTERPRISE_RULES_H_
