#ifndef KECHUANG_SERVICES_LOAN_POOL_RULES_H_
#define KECHUANG_SERVICES_LOAN_POOL_RULES_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "common/domain/day.h"
#include "kechuang/loan/v1/bank.pb.h"
#include "kechuang/loan/v1/loan_service.pb.h"
#include "kechuang/loan/v1/pool.pb.h"
#include "kechuang/loan/v1/posting.pb.h"

// What may happen to pools, their money, and banks. Pure functions: no clock, no store.
namespace kechuang::loan {

// The policy that a pool is given when it brings none: figures of common practice, marked as not verified, to be
// replaced by those of the bureau's own document.
v1::PoolPolicy DefaultPolicy(Day valid_from);

// The pool's policy in force on a day; POOL_WITHOUT_POLICY (kFailedPrecondition) if none is.
absl::StatusOr<v1::PoolPolicy> PolicyOn(const v1::Pool& pool, Day day);

// A pool as it is stored: the default policy from today if it has none. INVALID_FIELDS with POLICY_ORDER,
// CLASS_UNKNOWN or FIELD_REQUIRED for what the fields' own rules cannot say.
absl::StatusOr<v1::Pool> CheckPool(v1::Pool pool, Day today);
// A bank as it is stored. INVALID_FIELDS with FIELD_REQUIRED for an empty name.
absl::StatusOr<v1::Bank> CheckBank(v1::Bank bank);

// "HNTE" of CERTIFICATION_CLASS_HNTE; the value, by its number.
std::string ClassText(int certification_class);
// The class under which the higher cap holds.
inline constexpr absl::string_view kHighTechClass = "HNTE";
// Stands for "no class" in totals.
inline constexpr absl::string_view kNoClass = "NONE";

// Accounts of a pool's money. Every posting moves an amount from one to another, so all accounts together come to zero;
// credits count up, debits down: the fund account's total is the pool's balance.
std::string FundAccount(absl::string_view pool);
std::string InterestAccount(absl::string_view pool);
std::string ContributorAccount(absl::string_view pool, absl::string_view contributor);

// A movement of a pool's money, as a caller gives it.
struct Movement {
  std::string name;  // of the posting
  std::string pool;
  int64_t amount_fen = 0;
  Day day;
  std::string contributor;
  std::string cause;
};

// DATE_IN_FUTURE if the day lies after today.
absl::StatusOr<v1::Posting> Contribute(const Movement& movement, Day today);
absl::StatusOr<v1::Posting> RecordInterest(const Movement& movement, Day today);
// Also POOL_BALANCE_TOO_LOW if the balance is below the amount.
absl::StatusOr<v1::Posting> Refund(const Movement& movement, int64_t balance_fen, Day today);
// The mirror image of a posting. POSTING_NOT_REVERSIBLE for a reversal, DATE_TOO_EARLY, DATE_IN_FUTURE, or
// POOL_BALANCE_TOO_LOW if the balance would become negative.
absl::StatusOr<v1::Posting> Reverse(const v1::Posting& posting, absl::string_view cause, int64_t balance_fen, Day day,
                                    Day today);
// The name of a posting's reversal; there can be only one.
std::string ReversalName(const v1::Posting& posting);
// POSTING_REVERSED, about a posting that has its reversal already.
absl::Status PostingReversed(const v1::Posting& posting);

// What the accounts of a pool and its loans come to.
struct PoolMoney {
  int64_t balance_fen = 0;
  int64_t contributed_fen = 0;
  int64_t interest_fen = 0;
  int64_t committed_fen = 0;
  int64_t outstanding_fen = 0;
  int64_t overdue_fen = 0;
};

// Most that the pool may stand behind under this policy, in fen; the greatest 64-bit number if that does not hold it.
int64_t CapacityFen(const v1::PoolPolicy& policy, int64_t balance_fen);

// The pool's statement under the policy in force today.
v1::PoolStatement Statement(const v1::Pool& pool, const PoolMoney& money, Day today);

// DATE_IN_FUTURE (kInvalidArgument) if the day lies after today; field names the request's field.
absl::Status NotInFuture(absl::string_view field, Day day, Day today);

// NAME_TAKEN (kAlreadyExists): another record, holder, carries this name.
absl::Status NameTaken(absl::string_view name, absl::string_view holder);

}  // namespace kechuang::loan

#endif  // KECHUANG_SERVICES_LOAN_POOL_RULES_H_
