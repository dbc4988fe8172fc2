#include "services/loan/pool_rules.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/numeric/int128.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/domain/fen.h"
#include "common/domain/resource_name.h"
#include "kechuang/api/v1/reasons.pb.h"
#include "kechuang/enterprise/v1/certification.pb.h"
#include "kechuang/loan/v1/reasons.pb.h"

namespace kechuang::loan {
namespace {

constexpr absl::string_view kClassPrefix = "CERTIFICATION_CLASS_";

absl::Status PoolWithoutPolicy(const v1::Pool& pool, Day day) {
  return Refuse(absl::StatusCode::kFailedPrecondition, v1::POOL_WITHOUT_POLICY)
      .About(pool.name())
      .With("day", day.ToString())
      .Says(absl::StrCat(pool.name(), " has no policy in force on ", day.ToString()),
            absl::StrCat(pool.name(), " 在 ", day.ToString(), " 没有生效的政策参数"));
}

absl::Status BalanceTooLow(absl::string_view pool, int64_t amount, int64_t balance) {
  return Refuse(absl::StatusCode::kFailedPrecondition, v1::POOL_BALANCE_TOO_LOW)
      .About(pool)
      .With("balance_fen", balance)
      .Says(absl::StrCat("taking ", ToYuan(Fen(amount)), " yuan would pass the balance of ", ToYuan(Fen(balance)),
                         " yuan of ", pool),
            absl::StrCat("支出 ", ToYuan(Fen(amount)), " 元超过 ", pool, " 的余额 ", ToYuan(Fen(balance)), " 元"));
}

absl::Status NotReversible(const v1::Posting& posting) {
  return Refuse(absl::StatusCode::kFailedPrecondition, v1::POSTING_NOT_REVERSIBLE)
      .About(posting.name())
      .Says(absl::StrCat(posting.name(), " is a reversal; record the movement anew instead of reversing it"),
            absl::StrCat(posting.name(), " 本身是冲正分录，请重新登记该笔资金"));
}

absl::Status BeforePosting(const v1::Posting& posting, Day posted, Day day) {
  return Refuse(absl::StatusCode::kFailedPrecondition, v1::DATE_TOO_EARLY)
      .About(posting.name())
      .Says(absl::StrCat("a reversal on ", day.ToString(), " lies before the posting's day ", posted.ToString()),
            absl::StrCat("冲正日期 ", day.ToString(), " 早于原分录日期 ", posted.ToString()));
}

v1::Posting MakePosting(v1::PostingKind kind, const Movement& movement) {
  v1::Posting posting;
  posting.set_name(movement.name);
  posting.set_kind(kind);
  posting.set_amount_fen(movement.amount_fen);
  *posting.mutable_posting_date() = movement.day.ToProto();
  posting.set_contributor(movement.contributor);
  posting.set_cause(movement.cause);
  return posting;
}

// POLICY_ORDER and CLASS_UNKNOWN faults of one policy; previous is the valid_from of the policy before it.
void CheckPolicy(const v1::PoolPolicy& policy, int index, const Day* previous, Faults& faults) {
  const std::string path = absl::StrCat("pool.policies[", index, "].");
  const Day from = faults.Take(absl::StrCat(path, "valid_from"), Day::FromProto(policy.valid_from()));
  if (previous != nullptr && from <= *previous) {
    faults.Add(absl::StrCat(path, "valid_from"), v1::POLICY_ORDER, "must lie after the valid_from of the policy before",
               "生效日期须晚于前一条政策");
  }
  if (policy.warn_ratio_ppm() > policy.suspend_ratio_ppm()) {
    faults.Add(absl::StrCat(path, "warn_ratio_ppm"), v1::POLICY_ORDER, "must be at most suspend_ratio_ppm",
               "预警线不得高于熔断线");
  }
  for (const std::string& text : policy.eligible_classes()) {
    enterprise::v1::CertificationClass parsed;
    if (!enterprise::v1::CertificationClass_Parse(absl::StrCat(kClassPrefix, text), &parsed) || parsed == 0) {
      faults.Add(absl::StrCat(path, "eligible_classes"), v1::CLASS_UNKNOWN,
                 absl::StrCat("'", text, "' is no class of enterprises; an example of one is HNTE"),
                 absl::StrCat("“", text, "”不是企业资质类别，例如 HNTE"));
    }
  }
}

}  // namespace

v1::PoolPolicy DefaultPolicy(Day valid_from) {
  v1::PoolPolicy policy;
  *policy.mutable_valid_from() = valid_from.ToProto();
  policy.set_source_document("default policy, not verified");
  policy.set_route(v1::LOAN_ROUTE_BANK_FIRST);
  for (const auto eligible :
       {enterprise::v1::CERTIFICATION_CLASS_HNTE, enterprise::v1::CERTIFICATION_CLASS_TECH_LITTLE_GIANT,
        enterprise::v1::CERTIFICATION_CLASS_AGRI_HIGH_TECH_ENTERPRISE, enterprise::v1::CERTIFICATION_CLASS_GAZELLE,
        enterprise::v1::CERTIFICATION_CLASS_FLEDGLING, enterprise::v1::CERTIFICATION_CLASS_TECH_SME,
        enterprise::v1::CERTIFICATION_CLASS_REGIONAL_TECH_SME}) {
    policy.add_eligible_classes(ClassText(eligible));
  }
  policy.set_per_enterprise_cap_fen(500'000'000);
  policy.set_hnte_cap_fen(1'000'000'000);
  policy.set_term_max_months(12);
  policy.set_rate_ceiling_ppm(65'000);
  policy.set_compensation_ratio_ppm(500'000);
  policy.set_leverage_multiple(10);
  policy.set_overdue_days_before_claim(90);
  policy.set_suspend_ratio_ppm(50'000);
  policy.set_warn_ratio_ppm(30'000);
  return policy;
}

absl::StatusOr<v1::PoolPolicy> PolicyOn(const v1::Pool& pool, Day day) {
  const v1::PoolPolicy* in_force = nullptr;
  for (const v1::PoolPolicy& policy : pool.policies()) {
    ASSIGN_OR_RETURN(const Day from, Day::FromProto(policy.valid_from()));
    if (from <= day) in_force = &policy;
  }
  if (in_force == nullptr) return PoolWithoutPolicy(pool, day);
  return *in_force;
}

absl::StatusOr<v1::Pool> CheckPool(v1::Pool pool, Day today) {
  if (pool.policies().empty()) *pool.add_policies() = DefaultPolicy(today);
  Faults faults;
  if (pool.pool_name().empty()) {
    faults.Add("pool.pool_name", api::v1::FIELD_REQUIRED, "is required", "必填");
  }
  for (int i = 0; i < pool.policies_size(); ++i) {
    Day previous;
    if (i > 0) previous = Day::FromProto(pool.policies(i - 1).valid_from()).value_or(Day());
    CheckPolicy(pool.policies(i), i, i > 0 ? &previous : nullptr, faults);
  }
  if (faults.any()) return faults.status();
  return pool;
}

absl::StatusOr<v1::Bank> CheckBank(v1::Bank bank) {
  Faults faults;
  if (bank.bank_name().empty()) faults.Add("bank.bank_name", api::v1::FIELD_REQUIRED, "is required", "必填");
  for (int i = 0; i < bank.short_names_size(); ++i) {
    if (!bank.short_names(i).empty()) continue;
    faults.Add(absl::StrCat("bank.short_names[", i, "]"), api::v1::FIELD_REQUIRED, "must not be empty", "不能为空");
  }
  if (faults.any()) return faults.status();
  return bank;
}

std::string ClassText(int certification_class) {
  return std::string(absl::StripPrefix(
      enterprise::v1::CertificationClass_Name(static_cast<enterprise::v1::CertificationClass>(certification_class)),
      kClassPrefix));
}

std::string FundAccount(absl::string_view pool) { return absl::StrCat(pool, "/fund"); }
std::string InterestAccount(absl::string_view pool) { return absl::StrCat(pool, "/interest"); }
std::string ContributorAccount(absl::string_view pool, absl::string_view contributor) {
  return absl::StrCat(pool, "/contributors/", contributor);
}

absl::StatusOr<v1::Posting> Contribute(const Movement& movement, Day today) {
  RETURN_IF_ERROR(NotInFuture("posting_date", movement.day, today));
  v1::Posting posting = MakePosting(v1::POSTING_KIND_CONTRIBUTION, movement);
  posting.set_debit_account(ContributorAccount(movement.pool, movement.contributor));
  posting.set_credit_account(FundAccount(movement.pool));
  return posting;
}

absl::StatusOr<v1::Posting> RecordInterest(const Movement& movement, Day today) {
  RETURN_IF_ERROR(NotInFuture("posting_date", movement.day, today));
  v1::Posting posting = MakePosting(v1::POSTING_KIND_INTEREST, movement);
  posting.set_debit_account(InterestAccount(movement.pool));
  posting.set_credit_account(FundAccount(movement.pool));
  return posting;
}

absl::StatusOr<v1::Posting> Refund(const Movement& movement, int64_t balance_fen, Day today) {
  RETURN_IF_ERROR(NotInFuture("posting_date", movement.day, today));
  if (movement.amount_fen > balance_fen) return BalanceTooLow(movement.pool, movement.amount_fen, balance_fen);
  v1::Posting posting = MakePosting(v1::POSTING_KIND_REFUND, movement);
  posting.set_debit_account(FundAccount(movement.pool));
  posting.set_credit_account(ContributorAccount(movement.pool, movement.contributor));
  return posting;
}

absl::StatusOr<v1::Posting> Reverse(const v1::Posting& posting, absl::string_view cause, int64_t balance_fen, Day day,
                                    Day today) {
  if (posting.kind() == v1::POSTING_KIND_REVERSAL) return NotReversible(posting);
  RETURN_IF_ERROR(NotInFuture("posting_date", day, today));
  ASSIGN_OR_RETURN(const Day posted, Day::FromProto(posting.posting_date()));
  if (day < posted) return BeforePosting(posting, posted, day);
  const std::string pool = RootOf(posting.name());
  const bool takes_from_fund = posting.credit_account() == FundAccount(pool);
  if (takes_from_fund && posting.amount_fen() > balance_fen) {
    return BalanceTooLow(pool, posting.amount_fen(), balance_fen);
  }
  v1::Posting reversal = MakePosting(v1::POSTING_KIND_REVERSAL, {ReversalName(posting), pool, posting.amount_fen(), day,
                                                                 posting.contributor(), std::string(cause)});
  reversal.set_debit_account(posting.credit_account());
  reversal.set_credit_account(posting.debit_account());
  reversal.set_reverses(posting.name());
  return reversal;
}

std::string ReversalName(const v1::Posting& posting) { return absl::StrCat(posting.name(), "-reversal"); }

absl::Status PostingReversed(const v1::Posting& posting) {
  return Refuse(absl::StatusCode::kFailedPrecondition, v1::POSTING_REVERSED)
      .About(posting.name())
      .With("reversal", ReversalName(posting))
      .Says(absl::StrCat(posting.name(), " was reversed before, by ", ReversalName(posting)),
            absl::StrCat(posting.name(), " 已由 ", ReversalName(posting), " 冲正"));
}

int64_t CapacityFen(const v1::PoolPolicy& policy, int64_t balance_fen) {
  const absl::int128 capacity = absl::int128(policy.leverage_multiple()) * balance_fen;
  return static_cast<int64_t>(std::min(capacity, absl::int128(std::numeric_limits<int64_t>::max())));
}

v1::PoolStatement Statement(const v1::Pool& pool, const PoolMoney& money, Day today) {
  const auto ratio_ppm = [](int64_t part, int64_t whole) {
    return whole <= 0 ? 0 : static_cast<int64_t>(absl::int128(part) * 1'000'000 / whole);
  };
  v1::PoolStatement statement;
  statement.set_name(pool.name());
  statement.set_pool_name(pool.pool_name());
  statement.set_balance_fen(money.balance_fen);
  statement.set_contributed_fen(money.contributed_fen);
  statement.set_interest_fen(money.interest_fen);
  // Claims come later; until then nothing of the balance is promised to anyone.
  statement.set_available_fen(money.balance_fen);
  statement.set_committed_fen(money.committed_fen);
  statement.set_outstanding_fen(money.outstanding_fen);
  statement.set_overdue_fen(money.overdue_fen);
  const absl::StatusOr<v1::PoolPolicy> policy = PolicyOn(pool, today);
  if (policy.ok()) statement.set_capacity_fen(CapacityFen(*policy, money.balance_fen));
  statement.set_headroom_fen(statement.capacity_fen() - money.committed_fen);
  statement.set_leverage_used_ppm(ratio_ppm(money.committed_fen, statement.capacity_fen()));
  statement.set_overdue_ratio_ppm(ratio_ppm(money.overdue_fen, money.outstanding_fen));
  return statement;
}

absl::Status NotInFuture(absl::string_view field, Day day, Day today) {
  if (day <= today) return absl::OkStatus();
  Faults faults;
  faults.Add(field, v1::DATE_IN_FUTURE, absl::StrCat(day.ToString(), " lies after today, ", today.ToString()),
             absl::StrCat(day.ToString(), " 晚于今天 ", today.ToString()));
  return faults.status();
}

absl::Status NameTaken(absl::string_view name, absl::string_view holder) {
  return Refuse(absl::StatusCode::kAlreadyExists, v1::NAME_TAKEN)
      .About(holder)
      .Says(absl::StrCat("'", name, "' is the name of ", holder, " already"),
            absl::StrCat("名称“", name, "”已属于 ", holder));
}

}  // namespace kechuang::loan
