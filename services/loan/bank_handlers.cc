#include <utility>

#include "absl/strings/str_cat.h"

#include "common/base/status_macros.h"
#include "common/domain/resource_name.h"
#include "common/register/update_mask.h"
#include "services/loan/handlers.h"
#include "services/loan/pool_rules.h"
#include "services/loan/totals.h"

namespace kechuang::loan {
namespace {

absl::Status CheckBankNames(ledger::Draft& draft, const v1::Bank& bank) {
  RETURN_IF_ERROR(CheckNameFree(draft, BankNameKey(bank.bank_name()), bank.bank_name(), bank.name()));
  for (const std::string& text : bank.short_names()) {
    RETURN_IF_ERROR(CheckNameFree(draft, BankNameKey(text), text, bank.name()));
  }
  return absl::OkStatus();
}

absl::StatusOr<Change<v1::Bank>> CreateBank(LoanDesk&, const rpc::Call&, const v1::CreateBankRequest& request) {
  RETURN_IF_ERROR(CheckId("bank_id", request.bank_id()));
  v1::Bank bank = request.bank();
  ClearOutputOnly(bank);
  bank.set_name(absl::StrCat("banks/", request.bank_id()));
  ASSIGN_OR_RETURN(bank, CheckBank(std::move(bank)));
  Change<v1::Bank> change;
  change.new_names = {bank.name()};
  change.keys = KeysOf(bank);
  change.decide = [bank](ledger::Draft& draft) -> absl::StatusOr<v1::Bank> {
    RETURN_IF_ERROR(CheckBankNames(draft, bank));
    return draft.Create(bank);
  };
  return change;
}

absl::StatusOr<Change<v1::Bank>> UpdateBank(LoanDesk&, const rpc::Call&, const v1::UpdateBankRequest& request) {
  Change<v1::Bank> change;
  change.names = {request.bank().name()};
  change.keys = KeysOf(request.bank());
  change.decide = [request](ledger::Draft& draft) -> absl::StatusOr<v1::Bank> {
    ASSIGN_OR_RETURN(v1::Bank bank, draft.Get<v1::Bank>(request.bank().name(), request.etag()));
    RETURN_IF_ERROR(ApplyMask(bank, request.bank(), request.update_mask(), "bank"));
    ASSIGN_OR_RETURN(bank, CheckBank(std::move(bank)));
    RETURN_IF_ERROR(CheckBankNames(draft, bank));
    return draft.Put(bank);
  };
  return change;
}

}  // namespace

void AddBankHandlers(RegisterService<LoanDesk>& service) {
  service.OnGet<v1::GetBankRequest, v1::Bank>()
      .OnList<v1::ListBanksRequest, v1::ListBanksResponse>()
      .OnChange(&CreateBank)
      .OnChange(&UpdateBank);
}

}  // namespace kechuang::loan
