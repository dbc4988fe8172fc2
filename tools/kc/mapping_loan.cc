#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

#include "tools/kc/mapping_specs.h"
#include "tools/sheet/refusal.h"

namespace kechuang::kc {
namespace {

namespace v1 = loan::v1;

// What the words of the column 状态 mean; kPaid says only that money went out, which the dates and the balance say
// better.
enum LoanWord { kNothing, kPaid, kSettled, kReversed, kOverdue, kRejected, kWithdrawn, kCancelled };

constexpr std::array<WordValue, 28> kStates{{
    {"已放款", kPaid},      {"放款", kPaid},       {"已发放", kPaid},     {"正常", kPaid},
    {"在贷", kPaid},        {"展期", kPaid},       {"已结清", kSettled},  {"结清", kSettled},
    {"已还清", kSettled},   {"已冲正", kReversed}, {"冲正", kReversed},   {"逾期", kOverdue},
    {"已逾期", kOverdue},   {"未通过", kRejected}, {"不通过", kRejected}, {"不予通过", kRejected},
    {"已拒绝", kRejected},  {"拒绝", kRejected},   {"驳回", kRejected},   {"已驳回", kRejected},
    {"已撤回", kWithdrawn}, {"撤回", kWithdrawn},  {"放弃", kWithdrawn},  {"已放弃", kWithdrawn},
    {"已取消", kCancelled}, {"取消", kCancelled},  {"作废", kCancelled},  {"已作废", kCancelled},
}};

absl::Status NeedsDate(absl::string_view state, absl::string_view column) {
  return sheet::Malformed(absl::StrCat("the state ", state, " needs a day in column ", column),
                          absl::StrCat("状态为“", state, "”，必须填写“", column, "”"));
}

void FillState(RowReader& reader, v1::ImportLoan& loan) {
  const int word = reader.Choice("state", kStates);
  const std::string text = reader.Text("state");
  const bool paid_word = word == kPaid || word == kSettled || word == kOverdue || word == kReversed;
  if (paid_word && !reader.Has("disbursed")) reader.Fault("disbursed", NeedsDate(text, "放款日期"));
  switch (word) {
    case kSettled:
      if (!loan.has_outstanding_fen()) loan.set_outstanding_fen(0);
      break;
    case kReversed:
      if (!reader.Has("reversed")) reader.Fault("reversed", NeedsDate(text, "冲正日期"));
      break;
    case kOverdue:
      loan.set_overdue(true);
      break;
    case kRejected:
      loan.set_state(v1::LOAN_STATE_REJECTED);
      break;
    case kWithdrawn:
      loan.set_state(v1::LOAN_STATE_WITHDRAWN);
      break;
    case kCancelled:
      loan.set_state(v1::LOAN_STATE_CANCELLED);
      break;
    default:
      break;
  }
}

int32_t Narrow(std::optional<int64_t> value) {
  return static_cast<int32_t>(std::clamp<int64_t>(value.value_or(0), -1, INT32_MAX));
}

// Two equal loans on one day are possible, and a row that was copied twice is likelier.
void WarnOfSameLoan(MappingState& state, RowReader& reader, v1::ImportLoan loan) {
  loan.clear_ordinal();
  const auto first = state.first_rows.Note(loan.SerializeAsString(), reader.Place());
  if (!first.has_value()) return;
  reader.Warn("", sheet::Malformed(absl::StrCat("the row says the same as ", reader.PlaceInEnglish(first->place),
                                                " and is taken for another loan; check whether it stands here twice"),
                                   absl::StrCat("与", reader.PlaceInChinese(first->place),
                                                "完全相同，按另一笔贷款处理，请核对是否重复")));
}

}  // namespace

KindSpec PoolsSpec() {
  KindSpec spec;
  spec.word = "pools";
  spec.fields = {
      {"serial", "", SerialAliases()},
      {"pool", "pool.pool_name", {"资金池名称", "资金池", "名称"}},
      {"id", "pool.pool_id", {"资金池编号", "资金池代码", "编号"}},
      {"contributor", "pool.contributor", {"出资单位", "出资方", "缴款单位", "缴存单位", "出资人"}},
      {"amount", "pool.amount_fen", {"出资金额", "金额", "到账金额", "缴存金额", "出资额"}},
      {"day", "pool.contribution_date", {"出资日期", "出资时间", "到账日期", "到账时间", "缴存日期"}},
      {"remark", "pool.remark", RemarkAliases()},
  };
  MarkInheriting(spec, {"pool", "id", "contributor", "remark"});
  spec.identity = {"pool"};
  spec.required = {{"pool"}};
  spec.money = {"amount"};
  return spec;
}

KindSpec BanksSpec() {
  KindSpec spec;
  spec.word = "banks";
  spec.fields = {
      {"serial", "", SerialAliases()},
      {"bank", "bank.bank_name", {"银行名称", "合作银行", "银行全称", "银行", "名称"}},
      {"id", "bank.bank_id", {"银行编号", "编号"}},
      {"short", "bank.short_names", {"简称", "银行简称", "别名"}},
      {"code", "bank.credit_code", CreditCodeAliases()},
      {"remark", "bank.remark", RemarkAliases()},
  };
  spec.identity = {"bank"};
  spec.required = {{"bank"}};
  spec.reasons = {{"NAME_TAKEN", "bank"}};
  return spec;
}

KindSpec LoansSpec() {
  KindSpec spec;
  spec.word = "loans";
  spec.fields = {
      {"serial", "", SerialAliases()},
      {"name", "loan.enterprise_name", EnterpriseNameAliases()},
      {"code", "loan.credit_code", CreditCodeAliases()},
      {"bank",
       "loan.bank_name",
       {"合作银行", "放款银行", "贷款银行", "承贷银行", "银行名称", "银行", "经办银行", "放款机构", "金融机构",
        "贷款机构"}},
      {"pool", "loan.pool", {"资金池", "资金池名称", "所属资金池"}},
      {"amount",
       "loan.amount_fen",
       {"贷款金额", "放款金额", "发放金额", "贷款额", "贷款情况金额", "金额", "贷款本金", "放贷金额", "实际放款金额",
        "借款金额"}},
      {"applied", "loan.application_date", {"申请日期", "申请时间", "受理日期"}},
      {"disbursed",
       "loan.disburse_date",
       {"放款日期", "放款时间", "发放日期", "发放时间", "贷款发放日期", "起始日", "贷款起始日", "贷款日期",
        "借款日期"}},
      {"due", "loan.due_date", {"到期日", "到期日期", "到期时间", "贷款到期日", "贷款到期日期", "终止日", "还款日期"}},
      {"rate", "loan.rate_ppm", {"利率", "年利率", "贷款利率"}},
      {"term", "loan.term_months", {"期限", "贷款期限", "贷款情况期限"}},
      {"guarantee", "loan.guarantee_type", {"担保方式", "担保类型", "增信方式"}},
      {"balance", "loan.outstanding_fen", {"贷款余额", "余额", "未还本金"}},
      {"overdue", "loan.overdue", {"是否逾期", "逾期"}},
      {"reversed", "loan.reverse_date", {"冲正日期", "冲正时间"}},
      {"state", "loan.state", {"状态", "贷款状态", "办理状态", "审批状态", "审核结果"}},
      {"batch", "loan.batch", {"批次", "批次号", "推荐批次"}},
      {"remark", "loan.remark", RemarkAliases()},
  };
  MarkInheriting(spec, {"name", "code", "bank", "pool", "guarantee", "batch", "remark"});
  spec.identity = {"name", "code"};
  spec.required = {{"name", "code"}, {"bank"}, {"amount"}};
  spec.money = {"amount", "balance"};
  spec.reasons = {{"ENTERPRISE_UNKNOWN", "code"},
                  {"ENTERPRISE_AMBIGUOUS", "name"},
                  {"BANK_UNKNOWN", "bank"},
                  {"POOL_UNKNOWN", "pool"},
                  {"IMPORT_MONEY_CHANGED", "amount"}};
  return spec;
}

void FillPool(MappingState& state, RowReader& reader, v1::ImportPool& pool) {
  pool.set_pool_name(reader.Text("pool"));
  pool.set_pool_id(reader.Text("id"));
  pool.set_contributor(reader.Text("contributor"));
  if (const auto fen = reader.Fen("amount"); fen.has_value()) pool.set_amount_fen(*fen);
  if (const auto day = reader.Date("day"); day.has_value()) *pool.mutable_contribution_date() = day->ToProto();
  pool.set_remark(reader.Text("remark"));
  const std::string key = absl::StrCat(pool.pool_name(), "\n", pool.contributor(), "\n",
                                       pool.contribution_date().ShortDebugString(), "\n", pool.amount_fen());
  pool.set_ordinal(state.Ordinal(key));
}

void FillBank(RowReader& reader, v1::ImportBank& bank) {
  bank.set_bank_name(reader.Text("bank"));
  bank.set_bank_id(reader.Text("id"));
  bank.set_credit_code(reader.CreditCode("code"));
  bank.set_remark(reader.Text("remark"));
  std::string names = reader.Text("short");
  for (const absl::string_view part : absl::StrSplit(names, absl::ByAnyChar(",;/"), absl::SkipEmpty())) {
    for (const absl::string_view name : absl::StrSplit(part, "、", absl::SkipEmpty())) {
      bank.add_short_names(std::string(name));
    }
  }
}

void FillLoan(const MappingOptions& options, MappingState& state, RowReader& reader, v1::ImportLoan& loan) {
  loan.set_credit_code(reader.CreditCode("code"));
  loan.set_enterprise_name(reader.Text("name"));
  loan.set_bank_name(reader.Text("bank"));
  loan.set_pool(reader.Has("pool") ? reader.Text("pool") : options.pool);
  loan.set_create_missing(options.create_missing);
  if (const auto fen = reader.Fen("amount"); fen.has_value()) loan.set_amount_fen(*fen);
  if (const auto day = reader.Date("applied"); day.has_value()) *loan.mutable_application_date() = day->ToProto();
  if (const auto day = reader.Date("disbursed"); day.has_value()) *loan.mutable_disburse_date() = day->ToProto();
  if (const auto day = reader.Date("due"); day.has_value()) *loan.mutable_due_date() = day->ToProto();
  if (const auto day = reader.Date("reversed"); day.has_value()) *loan.mutable_reverse_date() = day->ToProto();
  loan.set_rate_ppm(Narrow(reader.RatePpm("rate")));
  loan.set_term_months(Narrow(reader.Months("term")));
  loan.set_guarantee_type(reader.Text("guarantee"));
  if (const auto fen = reader.Fen("balance"); fen.has_value()) loan.set_outstanding_fen(*fen);
  loan.set_overdue(reader.YesNo("overdue").value_or(false));
  loan.set_batch(reader.Text("batch"));
  loan.set_remark(reader.Text("remark"));
  FillState(reader, loan);
  const std::string borrower = loan.credit_code().empty() ? loan.enterprise_name() : loan.credit_code();
  const std::string key =
      absl::StrCat(borrower, "\n", loan.bank_name(), "\n", loan.disburse_date().ShortDebugString(), "\n", loan.batch());
  loan.set_ordinal(state.Ordinal(key));
  WarnOfNearName(state, reader, "name", loan.enterprise_name(), loan.credit_code());
  WarnOfSameLoan(state, reader, loan);
}

}  // namespace kechuang::kc
