#include "services/loan/totals.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"

#include "common/domain/day.h"
#include "common/domain/name_text.h"
#include "common/domain/resource_name.h"
#include "kechuang/loan/v1/repayment.pb.h"
#include "services/loan/digest.h"
#include "services/loan/loan_states.h"
#include "services/loan/money_rules.h"
#include "services/loan/pool_rules.h"

namespace kechuang::loan {
namespace {

using ledger::Cell;
using ledger::Contribution;

constexpr size_t kKeyTextMax = 150;

struct Cut {
  absl::string_view grouping;
  std::string cell;
};

std::vector<Cut> CutsOf(absl::string_view bank, absl::string_view pool, absl::string_view enterprise_class) {
  return {{kByAll, ""},
          {kByBank, std::string(bank)},
          {kByPool, std::string(pool)},
          {kByClass, std::string(enterprise_class.empty() ? kNoClass : enterprise_class)}};
}

std::string YearPeriod(int year) { return absl::StrCat(absl::Dec(year, absl::kZeroPad4)); }

// One disbursement in one period of its own; or, with sign -1, its reversal in a period that it does not belong to:
// that takes money off, but must not hide another disbursement to the same enterprise, so it carries no distinct key.
Contribution Issue(const Cut& cut, std::string period, const v1::Disbursement& disbursement, int sign) {
  Contribution issue;
  issue.cell = {std::string(kIssued), std::string(cut.grouping), std::move(period), cut.cell};
  issue.count = sign;
  issue.amount_fen = sign * disbursement.amount_fen();
  if (sign > 0) issue.distinct_key = disbursement.enterprise();
  return issue;
}

// What the disbursement adds to one cut, given the text of the period of its day and, if reversed, of that of its
// reversal.
void AddIssue(const Cut& cut, const std::string& posted, const std::string& reversed,
              const v1::Disbursement& disbursement, std::vector<Contribution>& out) {
  if (posted == reversed) return;
  out.push_back(Issue(cut, posted, disbursement, 1));
  if (!reversed.empty()) out.push_back(Issue(cut, reversed, disbursement, -1));
}

void AddStanding(absl::string_view measure, const Cut& cut, const NetByYear& net, std::vector<Contribution>& out) {
  for (const auto& [year, change] : StandingChanges(net)) {
    out.push_back({{std::string(measure), std::string(cut.grouping), YearPeriod(year), cut.cell}, change, 0, 0, ""});
  }
}

absl::string_view RoleOf(absl::string_view pool, absl::string_view account) {
  if (account == FundAccount(pool)) return "FUND";
  if (account == InterestAccount(pool)) return "INTEREST";
  return "CONTRIBUTOR";
}

void AddAccount(const v1::Posting& posting, absl::string_view account, int sign, std::vector<Contribution>& out) {
  const std::string pool = RootOf(posting.name());
  const int64_t amount = sign * posting.amount_fen();
  out.push_back({CellOf(kAccount, kByAccount, account), 1, amount, 0, ""});
  out.push_back({CellOf(kPoolMoney, kByPoolRole, absl::StrCat(pool, "|", RoleOf(pool, account))), 1, amount, 0, ""});
}

std::string NameKey(absl::string_view prefix, absl::string_view name) {
  const std::string text = NormaliseName(name);
  return absl::StrCat(prefix, text.size() <= kKeyTextMax ? text : absl::StrCat("#", Digest({text})));
}

}  // namespace

std::vector<Contribution> ContributionOf(const v1::Disbursement& disbursement) {
  std::vector<Contribution> out;
  const absl::StatusOr<Day> posted = Day::FromProto(disbursement.disburse_date());
  if (!posted.ok()) return out;
  const bool is_reversed = disbursement.state() == v1::DISBURSEMENT_STATE_REVERSED;
  const Day reversed = is_reversed ? Day::FromProto(disbursement.reverse_date()).value_or(*posted) : *posted;
  for (const Cut& cut : CutsOf(disbursement.bank(), disbursement.pool(), disbursement.enterprise_class())) {
    AddIssue(cut, posted->YearPeriod(), is_reversed ? reversed.YearPeriod() : "", disbursement, out);
    if (cut.grouping != kByAll) continue;
    AddIssue(cut, posted->MonthPeriod(), is_reversed ? reversed.MonthPeriod() : "", disbursement, out);
  }
  return out;
}

std::vector<Contribution> ContributionOf(const v1::Loan& loan) {
  std::vector<Contribution> out;
  out.push_back({CellOf(kLoanCount, kByState, StateText(loan.state())), 1, 0, 0, ""});
  const bool overdue = loan.state() == v1::LOAN_STATE_OVERDUE;
  if (TakesRoom(loan.state())) {
    const int64_t exposure = ExposureFen(loan);
    out.push_back({EnterpriseExposureCell(loan.enterprise()), 1, exposure, loan.outstanding_fen(), ""});
    out.push_back({PoolExposureCell(loan.pool()), 1, exposure, loan.outstanding_fen(), ""});
  }
  if (overdue) {
    out.push_back({CellOf(kOverdue, kByAll, ""), 1, 0, 0, ""});
    out.push_back({OverdueCell(loan.enterprise()), 1, 0, 0, ""});
  }
  NetByYear net;
  AddNet(loan.issued_years(), net);
  for (const Cut& cut : CutsOf(loan.bank(), loan.pool(), loan.enterprise_class())) {
    if (loan.outstanding_fen() > 0) {
      const int64_t overdue_fen = overdue ? loan.outstanding_fen() : 0;
      out.push_back({CellOf(kOutstanding, cut.grouping, cut.cell), 1, loan.outstanding_fen(), overdue_fen, ""});
    }
    for (const v1::IssuedYear& year : loan.issued_years()) {
      if (year.posted_count() <= 0) continue;
      const Cell cell = {std::string(kIssuedLoan), std::string(cut.grouping), YearPeriod(year.year()), cut.cell};
      out.push_back({cell, 1, 0, 0, ""});
    }
    AddStanding(kStandingLoan, cut, net, out);
  }
  return out;
}

std::vector<Contribution> ContributionOf(const v1::Borrower& borrower) {
  std::map<std::pair<absl::string_view, std::string>, NetByYear> net;
  for (const v1::BorrowerIssue& issue : borrower.issues()) {
    for (const Cut& cut : CutsOf(issue.bank(), issue.pool(), issue.enterprise_class())) {
      AddNet(issue.years(), net[{cut.grouping, cut.cell}]);
    }
  }
  std::vector<Contribution> out;
  for (const auto& [cut, years] : net) AddStanding(kStandingBorrower, {cut.first, cut.second}, years, out);
  return out;
}

std::vector<Contribution> ContributionOf(const v1::Posting& posting) {
  std::vector<Contribution> out;
  AddAccount(posting, posting.debit_account(), -1, out);
  AddAccount(posting, posting.credit_account(), 1, out);
  return out;
}

Cell CellOf(absl::string_view measure, absl::string_view grouping, absl::string_view cell) {
  return {std::string(measure), std::string(grouping), "", std::string(cell)};
}

Cell EnterpriseExposureCell(absl::string_view enterprise) { return CellOf(kExposure, kByEnterprise, enterprise); }
Cell PoolExposureCell(absl::string_view pool) { return CellOf(kExposure, kByPool, pool); }
Cell PoolBalanceCell(absl::string_view pool) { return CellOf(kAccount, kByAccount, FundAccount(pool)); }
Cell OverdueCell(absl::string_view enterprise) { return CellOf(kOverdue, kByEnterprise, enterprise); }

std::string PoolNameKey(absl::string_view pool_name) { return NameKey("pool|", pool_name); }
std::string BankNameKey(absl::string_view bank_name) { return NameKey("bank|", bank_name); }

std::vector<std::string> KeysOf(const v1::Pool& pool) { return {PoolNameKey(pool.pool_name())}; }

std::vector<std::string> KeysOf(const v1::Bank& bank) {
  std::vector<std::string> keys = {BankNameKey(bank.bank_name())};
  for (const std::string& name : bank.short_names()) keys.push_back(BankNameKey(name));
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

std::vector<ledger::Kind> LoanKinds() {
  std::vector<ledger::Kind> kinds;
  kinds.push_back(ledger::MakeKind<v1::Pool>(nullptr, &KeysOf));
  kinds.push_back(ledger::MakeKind<v1::Posting>(&ContributionOf));
  kinds.push_back(ledger::MakeKind<v1::Bank>(nullptr, &KeysOf));
  kinds.push_back(ledger::MakeKind<v1::Loan>(&ContributionOf));
  kinds.push_back(ledger::MakeKind<v1::Disbursement>(&ContributionOf));
  kinds.push_back(ledger::MakeKind<v1::Repayment>());
  kinds.push_back(ledger::WithUndo<v1::Borrower>(ledger::MakeKind<v1::Borrower>(&ContributionOf), &UndoIssue));
  return kinds;
}

}  // namespace kechuang::loan
