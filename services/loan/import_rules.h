#ifndef KECHUANG_SERVICES_LOAN_IMPORT_RULES_H_
#define KECHUANG_SERVICES_LOAN_IMPORT_RULES_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "common/domain/day.h"
#include "kechuang/enterprise/v1/enterprise.pb.h"
#include "kechuang/loan/v1/bank.pb.h"
#include "kechuang/loan/v1/disbursement.pb.h"
#include "kechuang/loan/v1/loan.pb.h"
#include "kechuang/loan/v1/loan_service.pb.h"
#include "kechuang/loan/v1/pool.pb.h"
#include "kechuang/loan/v1/repayment.pb.h"
#include "services/loan/pool_rules.h"

// What rows of a bureau's files mean. They are facts of the past: route, caps and leverage are not applied, the
// invariants of money are. Names of what a row makes come from the row's own key, so that the same row always means the
// same record. Pure functions.
namespace kechuang::loan {

// A loan row taken as fact.
struct ImportedLoan {
  v1::Loan loan;
  std::optional<v1::Disbursement> disbursement;  // none if nothing was paid out
  std::optional<v1::Repayment> repayment;        // none if nothing was repaid
};

// Reads a loan row. INVALID_FIELDS with IMPORT_ROW_CONTRADICTION or DATE_IN_FUTURE for every fault in it.
absl::StatusOr<ImportedLoan> ReadLoanRow(const v1::ImportLoan& row, const enterprise::v1::Enterprise& borrower,
                                         const v1::Bank& bank, const v1::Pool& pool, Day today);

// The loan held after its row came again, on top of cleared, which is held without the fields that the row clears: with
// the words, rate and term that the row states, as it is if that is nothing new; IMPORT_MONEY_CHANGED if money or days
// differ. A due date or balance that the row leaves out is no difference. read is what the row gives as a new loan.
absl::StatusOr<v1::Loan> MeetAgain(const v1::Loan& held, const v1::Loan& cleared, const v1::ImportLoan& row,
                                   const v1::Loan& read);

// The contribution that a pool row gives; nothing if it has no amount. INVALID_FIELDS with FIELD_REQUIRED for an amount
// without contributor or day.
absl::StatusOr<std::optional<Movement>> ReadPoolRow(const v1::ImportPool& row, absl::string_view pool);

// The bank that a row of banks makes, or that it leaves of one held already: names are added, none is taken away.
v1::Bank ReadBankRow(const v1::ImportBank& row);
v1::Bank MergeBank(v1::Bank held, const v1::ImportBank& row);

// Names of records that rows make where the row gives no id.
std::string ImportedPoolName(absl::string_view pool_name);
std::string ImportedBankName(absl::string_view bank_name);

// BANK_UNKNOWN and POOL_UNKNOWN (kNotFound).
absl::Status BankUnknown(absl::string_view bank_name);
absl::Status PoolUnknown(absl::string_view pool);
// A loan row without a pool.
absl::Status PoolMissing();

}  // namespace kechuang::loan

#endif  // KECHUANG_SERVICES_LOAN_IMPORT_RULES_H_
