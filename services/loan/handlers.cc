#include "services/loan/handlers.h"

#include <vector>

#include "absl/strings/match.h"

#include "common/base/status_macros.h"
#include "services/loan/money_rules.h"
#include "services/loan/pool_rules.h"
#include "services/loan/totals.h"

namespace kechuang::loan {

absl::StatusOr<std::optional<Day>> OptionalDay(const google::type::Date& date) {
  if (!Day::IsSet(date)) return std::optional<Day>();
  ASSIGN_OR_RETURN(const Day day, Day::FromProto(date));
  return std::optional<Day>(day);
}

absl::StatusOr<Room> RoomFor(ledger::Draft& draft, const v1::Loan& loan) {
  ASSIGN_OR_RETURN(const ledger::Amounts enterprise, draft.Total(EnterpriseExposureCell(loan.enterprise())));
  ASSIGN_OR_RETURN(const ledger::Amounts pool, draft.Total(PoolExposureCell(loan.pool())));
  ASSIGN_OR_RETURN(const ledger::Amounts balance, draft.Total(PoolBalanceCell(loan.pool())));
  ASSIGN_OR_RETURN(const ledger::Amounts overdue, draft.Total(OverdueCell(loan.enterprise())));
  // What the enterprise owes elsewhere is its own business, and no bank's.
  const bool tell_exposure = !absl::StartsWith(draft.scope(), "banks/");
  return Room{enterprise.amount_fen, pool.amount_fen, balance.amount_fen, overdue.count, tell_exposure};
}

absl::Status CheckNameFree(ledger::Draft& draft, absl::string_view key, absl::string_view text,
                           absl::string_view name) {
  ASSIGN_OR_RETURN(const std::vector<std::string> holders, draft.FindByKey(key));
  for (const std::string& holder : holders) {
    if (holder != name) return NameTaken(text, holder);
  }
  return absl::OkStatus();
}

absl::StatusOr<StoredPayOut> StorePayOut(ledger::Draft& draft, const v1::Loan& loan, const v1::Disbursement* before,
                                         const v1::Disbursement& after) {
  RETURN_IF_ERROR(CheckMoney(loan));
  ASSIGN_OR_RETURN(const std::optional<v1::Borrower> found, draft.Find<v1::Borrower>(BorrowerName(loan.enterprise())));
  RETURN_IF_ERROR(draft.Put(NoteIssue(found.value_or(v1::Borrower()), loan, before, after)).status());
  StoredPayOut stored;
  ASSIGN_OR_RETURN(stored.disbursement, draft.Put(after));
  ASSIGN_OR_RETURN(stored.loan, draft.Put(loan));
  return stored;
}

}  // namespace kechuang::loan
