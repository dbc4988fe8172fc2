#include "services/loan/test_data.h"

#include <algorithm>

#include "services/loan/pool_rules.h"

namespace kechuang::loan::testing {

Day On(absl::string_view text) { return Day::Parse(text).value(); }

enterprise::v1::Enterprise Plain() {
  enterprise::v1::Enterprise enterprise;
  enterprise.set_name("enterprises/91640100MA75A1B2X3");
  enterprise.set_credit_code("91640100MA75A1B2X3");
  enterprise.set_enterprise_name("宁夏星河新材料有限公司");
  enterprise.set_located_division_code("640105");
  enterprise.set_status(enterprise::v1::ENTERPRISE_STATUS_ACTIVE);
  return enterprise;
}

enterprise::v1::Enterprise HighTech() {
  enterprise::v1::Enterprise enterprise = Plain();
  enterprise::v1::CertificationPeriod* period = enterprise.add_certification_periods();
  period->set_certification_class(enterprise::v1::CERTIFICATION_CLASS_HNTE);
  *period->mutable_valid_from() = On("2021-11-04").ToProto();
  *period->mutable_valid_to() = On("2024-11-03").ToProto();
  return enterprise;
}

v1::Bank SomeBank() {
  v1::Bank bank;
  bank.set_name("banks/nxbank");
  bank.set_bank_name("宁夏银行股份有限公司");
  bank.add_short_names("宁夏银行");
  return bank;
}

v1::Pool SomePool() {
  v1::Pool pool;
  pool.set_name("pools/ningke");
  pool.set_pool_name("宁科贷资金池");
  *pool.add_policies() = SomePolicy();
  return pool;
}

v1::PoolPolicy SomePolicy() { return DefaultPolicy(On("2020-01-01")); }

Room WideRoom() { return {0, 0, 1'000'000 * kWan, 0}; }

v1::Loan BureauFirst(int64_t amount_fen) {
  v1::Loan loan;
  loan.set_name("loans/a");
  loan.set_enterprise(Plain().name());
  loan.set_bank(SomeBank().name());
  loan.set_pool(SomePool().name());
  loan.set_route(v1::LOAN_ROUTE_BUREAU_FIRST);
  loan.set_applied_amount_fen(amount_fen);
  return Draft(loan, HighTech(), SomePolicy(), On("2022-03-01")).value();
}

v1::Loan BankFirst(int64_t amount_fen) {
  v1::Loan loan = BureauFirst(amount_fen);
  loan.set_route(v1::LOAN_ROUTE_BANK_FIRST);
  v1::BankOpinion& opinion = *loan.mutable_bank_opinion();
  opinion.set_positive(true);
  opinion.set_amount_fen(amount_fen);
  opinion.set_rate_ppm(36'500);
  opinion.set_term_months(12);
  return loan;
}

v1::ConsentLetter Letter(absl::string_view issued, absl::string_view expiry) {
  v1::ConsentLetter letter;
  letter.set_letter_number("宁科贷函〔2022〕7号");
  *letter.mutable_issue_date() = On(issued).ToProto();
  *letter.mutable_expiry_date() = On(expiry).ToProto();
  return letter;
}

v1::Loan Confirmed(int64_t amount_fen) {
  const Day today = On("2022-03-01");
  v1::Loan loan = BankFirst(amount_fen);
  loan = Submit(loan, HighTech(), SomePolicy(), WideRoom(), today).value();
  loan = Recommend(loan, HighTech(), SomePolicy(), WideRoom(), today).value();
  return Confirm(loan, Letter("2022-03-01", "2022-06-30"), SomeBank(), SomePool(), SomePolicy(), WideRoom(), today)
      .value();
}

void TotalsInMemory::Add(const std::vector<ledger::Contribution>& contributions, int sign) {
  for (const ledger::Contribution& added : contributions) {
    Held& held = cells_[added.cell];
    held.amounts.count += sign * added.count;
    held.amounts.amount_fen += sign * added.amount_fen;
    held.amounts.part_fen += sign * added.part_fen;
    if (added.distinct_key.empty()) continue;
    held.keys[added.distinct_key] += sign * added.count;
    held.amounts.distinct =
        std::count_if(held.keys.begin(), held.keys.end(), [](const auto& entry) { return entry.second > 0; });
  }
}

ledger::Amounts TotalsInMemory::At(const ledger::Cell& cell) const {
  const auto found = cells_.find(cell);
  return found == cells_.end() ? ledger::Amounts() : found->second.amounts;
}

ledger::Amounts TotalsInMemory::UpTo(absl::string_view measure, absl::string_view grouping, absl::string_view cell,
                                     absl::string_view last) const {
  ledger::Amounts sum;
  for (const auto& [at, held] : cells_) {
    if (at.measure != measure || at.grouping != grouping || at.cell != cell) continue;
    if (at.period.size() != last.size() || at.period > last) continue;
    sum.count += held.amounts.count;
    sum.amount_fen += held.amounts.amount_fen;
  }
  return sum;
}

}  // namespace kechuang::loan::testing
