#include <array>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"

#include "common/domain/credit_code.h"
#include "common/domain/day.h"
#include "tools/sample/district.h"

namespace kechuang::sample {
namespace {

constexpr int64_t kWanYuan = 1000000;  // in fen
constexpr std::array<absl::string_view, 4> kGuarantees{"信用", "保证", "知识产权质押", "抵押"};

Day On(int year, int month, int day) { return *Day::Of(year, month, day); }

Loan PaidOut(Random& random, size_t firm, int64_t wan_yuan, Day paid) {
  Loan loan;
  loan.firm = firm;
  loan.bank = static_cast<size_t>(random.Below(3));
  loan.amount_fen = wan_yuan * kWanYuan;
  loan.batch = absl::StrCat(paid.Year(), "年第", paid.Month() <= 6 ? "一" : "二", "批");
  loan.applied = paid.AddDays(-20 - random.Below(30));
  loan.paid = paid;
  loan.due = paid.AddMonths(12);
  loan.rate_ppm = 36500 + 500 * random.Below(20);
  loan.guarantee = std::string(random.Of(kGuarantees));
  loan.state = "已放款";
  return loan;
}

Loan NeverPaidOut(Random& random, size_t firm, int64_t wan_yuan, Day applied, const std::string& state) {
  Loan loan = PaidOut(random, firm, wan_yuan, applied.AddDays(30));
  loan.applied = applied;
  loan.paid = std::nullopt;
  loan.due = std::nullopt;
  loan.state = state;
  return loan;
}

void AddEarlierLoans(Random& random, District& district) {
  constexpr std::array<int, 12> kWanYuanBefore{300, 300, 280, 260, 240, 220, 200, 200, 180, 140, 100, 100};
  for (size_t i = 0; i < kWanYuanBefore.size(); ++i) {
    const int year = 2019 + static_cast<int>(i) / 4;
    Loan loan = PaidOut(random, 20 + i * 7, kWanYuanBefore[i], random.Between(On(year, 2, 20), On(year, 11, 30)));
    loan.state = "已结清";
    district.loans.push_back(loan);
  }
  Loan& late = district.loans.back();
  late.state = "已放款";
  late.overdue = true;
  late.balance_fen = 60 * kWanYuan;
}

}  // namespace

void AddLoans(Random& random, District& district) {
  district.pool_name = "西夏区科技贷款风险补偿资金池（示例）";
  district.pool_id = "xixia-sample";
  district.contributions = {{"西夏区财政（示例）", 300 * kWanYuan, On(2019, 1, 15)},
                            {"自治区科技主管部门（示例）", 300 * kWanYuan, On(2019, 3, 20)},
                            {"西夏区财政（示例）", 100 * kWanYuan, On(2022, 1, 18)}};
  district.banks = {{"塞上汀雁银行股份有限公司", "汀雁银行", MakeCreditCode("91640100", "YY900101")},
                    {"贺兰映砾银行股份有限公司西夏支行", "映砾银行", MakeCreditCode("91640105", "YY900102")},
                    {"沙湖澄舟农村商业银行股份有限公司", "澄舟农商行", MakeCreditCode("91640100", "YY900103")}};
  AddEarlierLoans(random, district);
  constexpr std::array<int, 6> kWanYuan2022{300, 300, 200, 200, 100, 90};
  for (size_t i = 0; i < kWanYuan2022.size(); ++i) {
    const int month = 2 + static_cast<int>(i) * 2 - (i > 3 ? 1 : 0);
    Loan loan = PaidOut(random, 3 + i * 11, kWanYuan2022[i], On(2022, month, 3 + random.Below(24)));
    loan.balance_fen = i == 0 ? 200 * kWanYuan : i == 5 ? 0 : loan.amount_fen;
    if (i == 5) loan.state = "已结清";
    district.loans.push_back(loan);
  }
  district.loans.push_back(NeverPaidOut(random, 90, 200, On(2022, 4, 11), "未通过"));
  district.loans.push_back(NeverPaidOut(random, 95, 150, On(2022, 5, 16), "已撤回"));
  district.loans.push_back(NeverPaidOut(random, 101, 120, On(2022, 8, 2), "已取消"));
  Loan reversed = PaidOut(random, 110, 80, On(2022, 9, 8));
  reversed.reversed = On(2022, 9, 15);
  reversed.state = "已冲正";
  district.loans.push_back(reversed);
  Loan later = PaidOut(random, 47, 260, On(2023, 2, 21));
  later.balance_fen = later.amount_fen;
  district.loans.push_back(later);
}

}  // namespace kechuang::sample
