#ifndef KECHUANG_SERVICES_LOAN_TEST_DATA_H_
#define KECHUANG_SERVICES_LOAN_TEST_DATA_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

#include "common/domain/day.h"
#include "common/ledger/total.h"
#include "kechuang/enterprise/v1/enterprise.pb.h"
#include "kechuang/loan/v1/bank.pb.h"
#include "kechuang/loan/v1/loan.pb.h"
#include "kechuang/loan/v1/pool.pb.h"
#include "services/loan/loan_rules.h"

// Records for the tests of this folder.
namespace kechuang::loan::testing {

inline constexpr int64_t kWan = 1'000'000;  // 万元 in fen

// "2022-03-05", which must be a day.
Day On(absl::string_view text);

// An enterprise in business in division 640105 that holds HNTE from 2021-11-04 to 2024-11-03.
enterprise::v1::Enterprise HighTech();
// The same without any class.
enterprise::v1::Enterprise Plain();
v1::Bank SomeBank();
// A pool with the default policy from 2020-01-01.
v1::Pool SomePool();
v1::PoolPolicy SomePolicy();
// Room without any limit that matters.
Room WideRoom();

// A draft by route BUREAU_FIRST, or by BANK_FIRST with a complete opinion, for so much.
v1::Loan BureauFirst(int64_t amount_fen);
v1::Loan BankFirst(int64_t amount_fen);
// A loan in state CONFIRMED, by a letter of 2022-03-01 that expires on 2022-06-30, for 12 months.
v1::Loan Confirmed(int64_t amount_fen);
v1::ConsentLetter Letter(absl::string_view issued, absl::string_view expiry);

// Totals kept the way the register keeps them, in memory.
class TotalsInMemory {
 public:
  void Add(const std::vector<ledger::Contribution>& contributions, int sign);
  // Takes off what a record added and adds what it adds now.
  template <class M>
  void Replace(const M* before, const M& after, std::vector<ledger::Contribution> (*contribution)(const M&)) {
    if (before != nullptr) Add(contribution(*before), -1);
    Add(contribution(after), 1);
  }
  ledger::Amounts At(const ledger::Cell& cell) const;
  // Sum of count and amount_fen over the periods "0000" to last of one cell.
  ledger::Amounts UpTo(absl::string_view measure, absl::string_view grouping, absl::string_view cell,
                       absl::string_view last) const;

 private:
  struct Held {
    ledger::Amounts amounts;
    std::map<std::string, int64_t> keys;
  };
  std::map<ledger::Cell, Held> cells_;
};

}  // namespace kechuang::loan::testing

#endif  // KECHUANG_SERVICES_LOAN_TEST_DATA_H_
