#include "tools/sample/population.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

#include "common/domain/credit_code.h"
#include "common/domain/day.h"

namespace kechuang::sample {
namespace {

constexpr std::array<absl::string_view, 16> kFirst{"驼", "砾", "砚", "穹", "澜", "榆", "岫", "杞",
                                                   "沙", "雁", "垣", "朔", "霁", "湖", "葡", "麓"};
constexpr std::array<absl::string_view, 16> kMiddle{"岚", "澄", "曜", "禾", "汀", "映", "沐", "陌",
                                                    "煦", "笺", "渡", "簌", "阡", "昀", "琅", "蓦"};
constexpr std::array<absl::string_view, 12> kLast{"格", "笛", "梧", "炬", "舟", "棠",
                                                  "翎", "粟", "珂", "钰", "铎", "屿"};
constexpr std::array<absl::string_view, 12> kTrades{"新材料",   "智能装备", "软件",     "生物科技",
                                                    "农业科技", "数控机床", "环保科技", "仪表",
                                                    "新能源",   "检测技术", "物联网",   "食品科技"};
constexpr std::array<absl::string_view, 12> kIndustries{"C3091", "C3569", "I6513", "M7340", "A0519", "C3421",
                                                        "N7722", "C4012", "D4416", "M7452", "I6531", "C1499"};
constexpr std::array<absl::string_view, 9> kTownships{"西花园路街道", "北京西路街道", "文昌路街道",
                                                      "朔方路街道",   "宁华路街道",   "贺兰山西路街道",
                                                      "怀远路街道",   "兴泾镇",       "镇北堡镇"};
constexpr std::array<absl::string_view, 5> kClasses{"技术开发", "技术服务", "技术咨询", "技术转让", "技术许可"};
constexpr std::array<absl::string_view, 6> kFields{
    "电子信息", "先进制造", "新材料及其应用", "新能源与高效节能", "环境保护与资源综合利用", "农业"};
constexpr std::array<absl::string_view, 5> kIpTypes{"未涉及", "技术秘密", "发明专利", "实用新型", "计算机软件著作权"};
constexpr std::array<absl::string_view, 8> kDeeds{"系统开发", "装置研制", "技术服务", "方案咨询",
                                                  "检测评价", "工艺优化", "平台升级", "成果应用"};
constexpr std::array<absl::string_view, 4> kGuarantees{"信用", "保证", "知识产权质押", "抵押"};

constexpr int64_t kWanYuan = 1'000'000;  // in fen
constexpr int64_t kHundredYuan = 10'000;
constexpr int64_t kSerials = 999'999;  // of one year and division
constexpr int kLastYear = 2024;

enum : uint64_t { kFirmSource = 1, kCertificateSource, kLoanSource, kContractSource };

Day On(int year, int month, int day) { return *Day::Of(year, month, day); }

// So many digits of a number in a base of at most 36.
std::string Digits(int64_t number, int base, int count) {
  std::string digits(static_cast<size_t>(count), '0');
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, number /= base) {
    *digit = "0123456789ABCDEFGHJKLMNPQRTUWXY"[number % base];
  }
  return digits;
}

// The index written in syllables: a name of its own for every index, and no two alike in a row.
std::string Syllables(int64_t index, uint64_t seed) {
  constexpr int64_t kBlock = static_cast<int64_t>(kFirst.size() * kMiddle.size() * kLast.size() * kTrades.size());
  constexpr int64_t kStep = 5041;  // shares no factor with kBlock, so that no name of a block is left out
  int64_t within = (index % kBlock * kStep + static_cast<int64_t>(seed % kBlock)) % kBlock;
  const auto take = [&within](const auto& list) {
    const auto size = static_cast<int64_t>(list.size());
    const absl::string_view word = list[static_cast<size_t>(within % size)];
    within /= size;
    return std::string(word);
  };
  std::string name = take(kFirst) + take(kMiddle);
  for (int64_t block = index / kBlock; block > 0; block /= 16)
    name += std::string(kMiddle[static_cast<size_t>(block % 16)]);
  name += take(kLast);
  return name + take(kTrades);
}

size_t TradeOf(const std::string& name) {
  for (size_t i = 0; i < kTrades.size(); ++i) {
    if (name.size() >= kTrades[i].size() &&
        name.compare(name.size() - kTrades[i].size(), std::string::npos, kTrades[i].data(), kTrades[i].size()) == 0) {
      return i;
    }
  }
  return 0;
}

}  // namespace

Random Population::SourceOf(uint64_t kind, int64_t index) const {
  // Steps of splitmix64, so that neighbours have nothing in common.
  uint64_t mixed = seed_ * 0x9E3779B97F4A7C15U + static_cast<uint64_t>(index) * 4 + kind;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9U;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBU;
  return Random(mixed ^ (mixed >> 31));
}

Firm Population::FirmAt(int64_t index) const {
  Random random = SourceOf(kFirmSource, index);
  Firm firm;
  const std::string words = Syllables(index, seed_);
  firm.name =
      absl::StrCat(random.Below(3) == 0 ? "银川" : "宁夏", words, random.Below(8) == 0 ? "股份有限公司" : "有限公司");
  // A subject code that begins with YY is not given out: the code is valid and nobody's.
  firm.credit_code =
      MakeCreditCode(random.Below(5) == 0 ? "91640100" : "91640105", absl::StrCat("YY", Digits(index, 31, 6)));
  const bool here = random.Below(20) != 0;
  firm.district = here ? "西夏区" : "金凤区";
  if (here) firm.township = std::string(random.Of(kTownships));
  firm.address = absl::StrCat("银川市", firm.district, "示例路", 1 + random.Below(900), "号");
  firm.industry = std::string(kIndustries[TradeOf(words)]);
  firm.founded = random.Between(On(2004, 1, 1), On(2019, 12, 31));
  return firm;
}

std::vector<Certificate> Population::CertificatesAt(int64_t index) const {
  Random random = SourceOf(kCertificateSource, index);
  std::vector<Certificate> certificates;
  const auto add = [&](const char* class_name, std::string number, Day issued, std::optional<Day> expires) {
    certificates.push_back({0, class_name, std::move(number), issued, expires});
  };
  if (random.Below(1000) < 300) {
    const int year = 2020 + random.Below(3);
    const Day issued = On(year, random.Below(2) == 0 ? 10 : 11, 25);
    add("高新技术企业", absl::StrFormat("GR%d64%06d", year, index % 1'000'000), issued,
        issued.AddMonths(36).AddDays(-1));
  }
  if (random.Below(1000) < 560) {
    add("科技型中小企业", absl::StrFormat("2022640105%08d", index), random.Between(On(2022, 4, 20), On(2022, 9, 30)),
        On(2023, 3, 31));
  }
  if (random.Below(1000) < 280) {
    add("自治区科技型中小企业", "示例科发〔2021〕101号", On(2021, 9, 15), On(2024, 9, 14));
  }
  if (random.Below(1000) < 40) add("自治区科技小巨人", "示例科发〔2022〕55号", On(2022, 7, 20), std::nullopt);
  if (random.Below(1000) < 20) add("自治区瞪羚企业", "示例科发〔2022〕60号", On(2022, 9, 5), On(2025, 9, 4));
  return certificates;
}

Loan Population::LoanAt(int64_t index) const {
  Random random = SourceOf(kLoanSource, index);
  Loan loan;
  loan.bank = static_cast<size_t>(random.Below(3));
  loan.amount_fen = int64_t{5 + random.Below(26)} * 10 * kWanYuan;
  loan.paid = random.Between(On(2020, 1, 2), On(2022, 12, 30));
  loan.batch = absl::StrCat(loan.paid->Year(), "年第", loan.paid->Month() <= 6 ? "一" : "二", "批");
  loan.applied = loan.paid->AddDays(-20 - random.Below(30));
  loan.due = loan.paid->AddMonths(12);
  loan.rate_ppm = 36500 + 500 * random.Below(20);
  loan.guarantee = std::string(random.Of(kGuarantees));
  const bool settled = random.Below(2) == 0;
  loan.state = settled ? "已结清" : "已放款";
  loan.balance_fen = settled ? 0 : loan.amount_fen;
  loan.overdue = !settled && random.Below(25) == 0;
  return loan;
}

Contract Population::ContractAt(int64_t index) const {
  Random random = SourceOf(kContractSource, index);
  Contract contract;
  int64_t least = 200;  // 2 万元, in hundreds of yuan
  for (int step = 1; step < 9 && random.Below(2) == 1; ++step) least *= 2;
  const int64_t units = least + random.Below(static_cast<int>(least));
  contract.total_fen = units * kHundredYuan;
  contract.technical_fen =
      random.Below(10) < 7 ? contract.total_fen : units * (60 + random.Below(36)) / 100 * kHundredYuan;
  const int year = kLastYear - static_cast<int>(index / kSerials) % 5;
  // After five years the numbers go on under another registry of the city.
  const int registry = 640105 + static_cast<int>(index / kSerials / 5);
  const int serial = static_cast<int>(index % kSerials) + 1;
  contract.number = RegistrationNumber(year, absl::StrCat(registry), serial);
  contract.registered = random.Between(On(year, 1, 4), On(year, 12, 30));
  contract.signed_day = contract.registered.AddDays(-5 - random.Below(40));
  contract.class_name = std::string(random.Of(kClasses));
  contract.field = std::string(random.Of(kFields));
  contract.ip_type = std::string(random.Of(kIpTypes));
  contract.title = absl::StrCat(random.Of(kTrades), random.Of(kDeeds), "（第", serial, "项）");
  const Firm seller = FirmAt(random.Below(static_cast<int>(std::min<int64_t>(enterprises_, 1'000'000'000))));
  contract.seller = seller.name;
  contract.seller_code = seller.credit_code;
  contract.seller_district = seller.district;
  contract.buyer = absl::StrCat("宁夏", random.Of(kFirst), random.Of(kMiddle), random.Of(kLast), "工程有限公司");
  return contract;
}

}  // namespace kechuang::sample
