#ifndef KECHUANG_SERVICES_LOAN_TOTALS_H_
#define KECHUANG_SERVICES_LOAN_TOTALS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

#include "common/ledger/kind.h"
#include "common/ledger/total.h"
#include "kechuang/loan/v1/bank.pb.h"
#include "kechuang/loan/v1/borrower.pb.h"
#include "kechuang/loan/v1/disbursement.pb.h"
#include "kechuang/loan/v1/loan.pb.h"
#include "kechuang/loan/v1/pool.pb.h"
#include "kechuang/loan/v1/posting.pb.h"

// What each record adds to the totals, and the keys by which it is found. Pure functions.
//
// measure             of            grouping                     period        what stands there
// issued              disbursement  "", bank, pool, class        year; "" also month
//                                   count: disbursements less reversals; amount_fen: paid out less reversed; distinct:
//                                   enterprises with a disbursement of the period that was not reversed within it
// issued_loan         loan          "", bank, pool, class        year          count: loans with such a disbursement
// standing_loan       loan          "", bank, pool, class        year          count: change of the number of loans
// with
//                                   anything standing; summed up to a year, that number at its end
// standing_borrower   borrower      "", bank, pool, class        year          the same for enterprises
// exposure            loan          enterprise, pool             ""            count: loans; amount_fen: undrawn and
//                                   outstanding; part_fen: outstanding
// outstanding         loan          "", bank, pool, class        ""            count: loans with principal owed;
//                                   amount_fen: that principal; part_fen: of overdue loans
// overdue             loan          "", enterprise               ""            count: overdue loans
// loan                loan          state                        ""            count: loans
// account             posting       account                      ""            amount_fen: credits less debits; count:
// postings pool_money          posting       pool,role                    ""            the same, by FUND, CONTRIBUTOR
// and INTEREST
//
// Distinct enterprises from the beginning to a year cannot be had from per-year cells: one enterprise may stand in
// several. The borrower record makes them a sum of one small number a year, at the cost of one more record written per
// pay-out.
namespace kechuang::loan {

inline constexpr absl::string_view kIssued = "issued";
inline constexpr absl::string_view kIssuedLoan = "issued_loan";
inline constexpr absl::string_view kStandingLoan = "standing_loan";
inline constexpr absl::string_view kStandingBorrower = "standing_borrower";
inline constexpr absl::string_view kExposure = "exposure";
inline constexpr absl::string_view kOutstanding = "outstanding";
inline constexpr absl::string_view kOverdue = "overdue";
inline constexpr absl::string_view kLoanCount = "loan";
inline constexpr absl::string_view kAccount = "account";
inline constexpr absl::string_view kPoolMoney = "pool_money";

inline constexpr absl::string_view kByAll = "";
inline constexpr absl::string_view kByBank = "bank";
inline constexpr absl::string_view kByPool = "pool";
inline constexpr absl::string_view kByClass = "class";
inline constexpr absl::string_view kByEnterprise = "enterprise";
inline constexpr absl::string_view kByState = "state";
inline constexpr absl::string_view kByAccount = "account";
inline constexpr absl::string_view kByPoolRole = "pool,role";

std::vector<ledger::Contribution> ContributionOf(const v1::Disbursement& disbursement);
std::vector<ledger::Contribution> ContributionOf(const v1::Loan& loan);
std::vector<ledger::Contribution> ContributionOf(const v1::Borrower& borrower);
std::vector<ledger::Contribution> ContributionOf(const v1::Posting& posting);

// A cell over all time.
ledger::Cell CellOf(absl::string_view measure, absl::string_view grouping, absl::string_view cell);
// The cells that rules ask for.
ledger::Cell EnterpriseExposureCell(absl::string_view enterprise);
ledger::Cell PoolExposureCell(absl::string_view pool);
ledger::Cell PoolBalanceCell(absl::string_view pool);
ledger::Cell OverdueCell(absl::string_view enterprise);

// Keys by which a pool or a bank is found by a name: the text is compared as NormaliseName leaves it.
std::string PoolNameKey(absl::string_view pool_name);
std::string BankNameKey(absl::string_view bank_name);
std::vector<std::string> KeysOf(const v1::Pool& pool);
std::vector<std::string> KeysOf(const v1::Bank& bank);

// Every kind of record of this register.
std::vector<ledger::Kind> LoanKinds();

}  // namespace kechuang::loan

#endif  // KECHUANG_SERVICES_LOAN_TOTALS_H_
