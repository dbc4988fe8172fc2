#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/domain/resource_name.h"
#include "common/register/clear_mask.h"
#include "common/rpc/validate.h"
#include "kechuang/api/v1/reasons.pb.h"
#include "services/loan/handlers.h"
#include "services/loan/import_rules.h"
#include "services/loan/pool_rules.h"
#include "services/loan/totals.h"

namespace kechuang::loan {
namespace {

using google::protobuf::FieldMask;
using ledger::v1::ImportSource;
using ledger::v1::RowOutcome;
using RowChange = Change<RowOutcome>;

// What a row may clear: words, rate and term. The rest is what a loan is known by, or money.
constexpr absl::string_view kClearableOfLoan[] = {"application_date", "rate_ppm", "term_months", "guarantee_type",
                                                  "remark"};
constexpr absl::string_view kClearableOfBank[] = {"short_names", "credit_code", "remark"};
// A contribution is a posting, which never changes.
constexpr absl::string_view kNothing[] = {""};

constexpr absl::string_view kPools = "pools/";
constexpr absl::string_view kBanks = "banks/";

RowOutcome Outcome(RowOutcome::Kind kind, absl::string_view name) {
  RowOutcome outcome;
  outcome.set_kind(kind);
  outcome.set_name(std::string(name));
  return outcome;
}

// The name of the one record under a key; empty if there is none.
absl::StatusOr<std::string> NameByKey(ledger::Draft& draft, const std::string& key) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, draft.FindByKey(key));
  return names.empty() ? std::string() : names[0];
}

absl::StatusOr<v1::Pool> MakePool(ledger::Draft& draft, absl::string_view name, absl::string_view pool_name, Day from) {
  v1::Pool pool;
  pool.set_name(std::string(name));
  pool.set_pool_name(std::string(pool_name));
  *pool.add_policies() = DefaultPolicy(from);
  RETURN_IF_ERROR(CheckNameFree(draft, PoolNameKey(pool_name), pool_name, name));
  return draft.Create(pool);
}

absl::StatusOr<RowOutcome> DecidePool(ledger::Draft& draft, const v1::ImportPool& row) {
  const Day today = Today(draft);
  ASSIGN_OR_RETURN(std::string name, NameByKey(draft, PoolNameKey(row.pool_name())));
  const bool is_new = name.empty();
  if (is_new) {
    name = row.pool_id().empty() ? ImportedPoolName(row.pool_name()) : absl::StrCat(kPools, row.pool_id());
  }
  ASSIGN_OR_RETURN(const std::optional<Movement> movement, ReadPoolRow(row, name));
  if (is_new) {
    RETURN_IF_ERROR(MakePool(draft, name, row.pool_name(), movement.has_value() ? movement->day : today).status());
  }
  if (!movement.has_value()) return Outcome(is_new ? RowOutcome::KIND_INSERTED : RowOutcome::KIND_UNCHANGED, name);
  ASSIGN_OR_RETURN(const std::optional<v1::Posting> held, draft.Find<v1::Posting>(movement->name));
  if (held.has_value()) return Outcome(RowOutcome::KIND_UNCHANGED, movement->name);
  ASSIGN_OR_RETURN(const v1::Posting posting, Contribute(*movement, today));
  RETURN_IF_ERROR(draft.Create(posting).status());
  return Outcome(RowOutcome::KIND_INSERTED, posting.name());
}

absl::StatusOr<RowOutcome> DecideBank(ledger::Draft& draft, const v1::ImportBank& row, const FieldMask& clear_mask) {
  ASSIGN_OR_RETURN(const std::string name, NameByKey(draft, BankNameKey(row.bank_name())));
  v1::Bank bank = ReadBankRow(row);
  std::optional<v1::Bank> held;
  if (!name.empty()) {
    ASSIGN_OR_RETURN(held, draft.Find<v1::Bank>(name));
    v1::Bank cleared = *held;
    ClearFields(clear_mask, cleared);
    bank = MergeBank(std::move(cleared), row);
  }
  ASSIGN_OR_RETURN(bank, CheckBank(std::move(bank)));
  for (const std::string& text : bank.short_names()) {
    RETURN_IF_ERROR(CheckNameFree(draft, BankNameKey(text), text, bank.name()));
  }
  if (!held.has_value()) {
    RETURN_IF_ERROR(draft.Create(bank).status());
    return Outcome(RowOutcome::KIND_INSERTED, bank.name());
  }
  ASSIGN_OR_RETURN(const v1::Bank stored, draft.Put(bank));
  return Outcome(stored.revision() == held->revision() ? RowOutcome::KIND_UNCHANGED : RowOutcome::KIND_CHANGED,
                 bank.name());
}

absl::StatusOr<v1::Bank> BankOfRow(ledger::Draft& draft, const v1::ImportLoan& row) {
  if (absl::StartsWith(row.bank_name(), kBanks)) {
    ASSIGN_OR_RETURN(const std::optional<v1::Bank> held, draft.Find<v1::Bank>(row.bank_name()));
    if (!held.has_value()) return BankUnknown(row.bank_name());
    return *held;
  }
  ASSIGN_OR_RETURN(const std::string name, NameByKey(draft, BankNameKey(row.bank_name())));
  if (!name.empty()) return draft.Get<v1::Bank>(name);
  if (!row.create_missing()) return BankUnknown(row.bank_name());
  v1::Bank bank;
  bank.set_name(ImportedBankName(row.bank_name()));
  bank.set_bank_name(row.bank_name());
  return draft.Create(bank);
}

absl::StatusOr<v1::Pool> PoolOfRow(ledger::Draft& draft, const v1::ImportLoan& row) {
  if (row.pool().empty()) return PoolMissing();
  if (!absl::StartsWith(row.pool(), kPools)) {
    ASSIGN_OR_RETURN(const std::string name, NameByKey(draft, PoolNameKey(row.pool())));
    if (name.empty()) return PoolUnknown(row.pool());
    return draft.Get<v1::Pool>(name);
  }
  ASSIGN_OR_RETURN(const std::optional<v1::Pool> held, draft.Find<v1::Pool>(row.pool()));
  if (held.has_value()) return *held;
  if (!row.create_missing()) return PoolUnknown(row.pool());
  const std::string id = std::string(absl::StripPrefix(row.pool(), kPools));
  RETURN_IF_ERROR(CheckId("loan.pool", id));
  return MakePool(draft, row.pool(), id, Day::FromProto(row.disburse_date()).value_or(Today(draft)));
}

absl::StatusOr<RowOutcome> DecideLoan(ledger::Draft& draft, const v1::ImportLoan& row,
                                      const enterprise::v1::Enterprise& borrower, const FieldMask& clear_mask) {
  ASSIGN_OR_RETURN(const v1::Bank bank, BankOfRow(draft, row));
  ASSIGN_OR_RETURN(const v1::Pool pool, PoolOfRow(draft, row));
  ASSIGN_OR_RETURN(const ImportedLoan read, ReadLoanRow(row, borrower, bank, pool, Today(draft)));
  const std::string& name = read.loan.name();
  ASSIGN_OR_RETURN(const std::optional<v1::Loan> held, draft.Find<v1::Loan>(name));
  if (held.has_value()) {
    v1::Loan cleared = *held;
    ClearFields(clear_mask, cleared);
    ASSIGN_OR_RETURN(const v1::Loan after, MeetAgain(*held, cleared, row, read.loan));
    ASSIGN_OR_RETURN(const v1::Loan stored, draft.Put(after));
    return Outcome(stored.revision() == held->revision() ? RowOutcome::KIND_UNCHANGED : RowOutcome::KIND_CHANGED, name);
  }
  if (read.repayment.has_value()) RETURN_IF_ERROR(draft.Create(*read.repayment).status());
  if (read.disbursement.has_value()) {
    RETURN_IF_ERROR(StorePayOut(draft, read.loan, nullptr, *read.disbursement).status());
  } else {
    RETURN_IF_ERROR(draft.Create(read.loan).status());
  }
  return Outcome(RowOutcome::KIND_INSERTED, name);
}

absl::Status BorrowerMissing() {
  Faults faults;
  faults.Add("loan.credit_code", api::v1::FIELD_REQUIRED, "is required unless enterprise_name is given",
             "统一社会信用代码和企业名称至少填一项");
  return faults.status();
}

absl::StatusOr<RowChange> LoanRow(LoanDesk& desk, const rpc::Call& call, const ImportSource& source,
                                  const v1::ImportLoan& row, const FieldMask& clear_mask) {
  if (row.credit_code().empty() && row.enterprise_name().empty()) return BorrowerMissing();
  ASSIGN_OR_RETURN(const enterprise::v1::Enterprise borrower,
                   desk.enterprises.Resolve(call, source.import_id(), row.credit_code(), row.enterprise_name()));
  RowChange change;
  change.keys = {BankNameKey(row.bank_name()), PoolNameKey(row.pool())};
  change.decide = [row, borrower, clear_mask](ledger::Draft& draft) {
    return DecideLoan(draft, row, borrower, clear_mask);
  };
  return change;
}

// What a row must state. The check of all messages leaves that open below a mask.
absl::Status CheckRequired(const v1::ImportLoanRow& row) {
  Faults faults;
  if (row.has_pool()) rpc::CheckMessage(row.pool(), "pool", faults);
  if (row.has_bank()) rpc::CheckMessage(row.bank(), "bank", faults);
  if (row.has_loan()) rpc::CheckMessage(row.loan(), "loan", faults);
  return faults.status();
}

absl::StatusOr<RowChange> OnRow(LoanDesk& desk, const rpc::Call& call, const ImportSource& source,
                                const v1::ImportLoanRow& row) {
  RowChange change;
  RETURN_IF_ERROR(CheckRequired(row));
  const FieldMask& clear_mask = row.clear_mask();
  switch (row.record_case()) {
    case v1::ImportLoanRow::kPool:
      RETURN_IF_ERROR(CheckClearMask(row.pool(), clear_mask, "pool", kNothing));
      if (!row.pool().pool_id().empty()) RETURN_IF_ERROR(CheckId("pool.pool_id", row.pool().pool_id()));
      change.keys = {PoolNameKey(row.pool().pool_name())};
      change.decide = [pool = row.pool()](ledger::Draft& draft) { return DecidePool(draft, pool); };
      return change;
    case v1::ImportLoanRow::kBank:
      RETURN_IF_ERROR(CheckClearMask(row.bank(), clear_mask, "bank", kClearableOfBank));
      if (!row.bank().bank_id().empty()) RETURN_IF_ERROR(CheckId("bank.bank_id", row.bank().bank_id()));
      change.keys = {BankNameKey(row.bank().bank_name())};
      change.decide = [bank = row.bank(), clear_mask](ledger::Draft& draft) {
        return DecideBank(draft, bank, clear_mask);
      };
      return change;
    case v1::ImportLoanRow::kLoan:
      RETURN_IF_ERROR(CheckClearMask(row.loan(), clear_mask, "loan", kClearableOfLoan));
      return LoanRow(desk, call, source, row.loan(), clear_mask);
    case v1::ImportLoanRow::RECORD_NOT_SET:
      break;
  }
  Faults faults;
  faults.Add("record", api::v1::FIELD_REQUIRED, "a row says pool, bank or loan", "每行须为资金池、银行或贷款之一");
  return faults.status();
}

}  // namespace

void AddImportHandlers(RegisterService<LoanDesk>& service) {
  service.OnImport<v1::ImportLoansRequest, v1::ImportLoansResponse, v1::ImportLoanRow>(&OnRow)
      .OnExport<v1::ExportPoolsRequest, v1::ExportPoolsResponse>()
      .OnExport<v1::ExportPostingsRequest, v1::ExportPostingsResponse>()
      .OnExport<v1::ExportBanksRequest, v1::ExportBanksResponse>()
      .OnExport<v1::ExportLoansRequest, v1::ExportLoansResponse>()
      .OnExport<v1::ExportDisbursementsRequest, v1::ExportDisbursementsResponse>()
      .OnExport<v1::ExportRepaymentsRequest, v1::ExportRepaymentsResponse>();
}

}  // namespace kechuang::loan
