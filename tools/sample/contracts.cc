#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

#include "common/domain/credit_code.h"
#include "common/domain/day.h"
#include "tools/sample/district.h"

namespace kechuang::sample {
namespace {

constexpr size_t kSellers = 227;
constexpr int kContracts2022 = 769;
constexpr int64_t kUnitFen = 10000;        // amounts are whole hundreds of yuan
constexpr int64_t kUnits2022 = 5'000'000;  // 50,000 万元
constexpr int64_t kUnitsLeast = 200;       // 2 万元

constexpr std::array<absl::string_view, 6> kClasses{"技术开发", "技术服务", "技术服务",
                                                    "技术咨询", "技术转让", "技术许可"};
constexpr std::array<absl::string_view, 11> kFields{"电子信息",
                                                    "航空航天",
                                                    "先进制造",
                                                    "生物、医药和医疗器械",
                                                    "新材料及其应用",
                                                    "新能源与高效节能",
                                                    "环境保护与资源综合利用",
                                                    "农业",
                                                    "现代交通",
                                                    "城市建设与社会发展",
                                                    "核应用"};
constexpr std::array<absl::string_view, 6> kIpTypes{"未涉及",   "技术秘密",         "发明专利",
                                                    "实用新型", "计算机软件著作权", "植物新品种"};
constexpr std::array<absl::string_view, 10> kThings{
    "酿酒葡萄水肥一体化", "枸杞烘干能耗",   "数控机床主轴温控", "铸造砂再生",     "光伏支架抗风",
    "奶牛发情监测",       "煤化工废水回用", "仪表阀门在线诊断", "冷链温湿度追溯", "无人机植保航线"};
constexpr std::array<absl::string_view, 8> kDeeds{"系统开发", "装置研制", "技术服务", "方案咨询",
                                                  "检测评价", "工艺优化", "平台升级", "成果应用"};
constexpr std::array<absl::string_view, 8> kBuyerWords{"汀砚渡", "朔穹翎", "垣沐舟", "湖曜粟",
                                                       "岫笺铎", "麓禾梧", "雁昀珂", "澜陌炬"};
constexpr std::array<absl::string_view, 5> kBuyerPlaces{"宁夏", "银川", "石嘴山", "吴忠", "兰州"};
constexpr std::array<absl::string_view, 5> kBuyerTrades{"能源有限公司", "农牧有限公司", "制造有限公司", "工程有限公司",
                                                        "研究院"};

Day On(int year, int month, int day) { return *Day::Of(year, month, day); }

// Amounts that sum to the whole exactly: drawn, then the difference spread over them.
std::vector<int64_t> Amounts(Random& random) {
  std::vector<int64_t> units;
  int64_t sum = 0;
  for (int i = 0; i < kContracts2022; ++i) {
    units.push_back(300 + random.Below(6000) + (i % 9 == 0 ? random.Below(30000) : 0));
    sum += units.back();
  }
  for (size_t i = 0; sum != kUnits2022; i = (i + 1) % units.size()) {
    const int64_t step = std::clamp<int64_t>(kUnits2022 - sum, -500, 500);
    const int64_t next = std::max(units[i] + step, kUnitsLeast);
    sum += next - units[i];
    units[i] = next;
  }
  return units;
}

Contract Draw(Random& random, const District& district, int index) {
  Contract contract;
  contract.class_name = std::string(random.Of(kClasses));
  contract.title = absl::StrFormat("%s%s（第%d项）", random.Of(kThings), random.Of(kDeeds), index);
  // The university, the last firm, sells one contract in nine.
  const size_t seller = index % 9 == 4 ? district.firms.size() - 1 : static_cast<size_t>(random.Below(kSellers));
  contract.seller = district.firms[seller].name;
  contract.seller_code = district.firms[seller].credit_code;
  contract.seller_district = district.firms[seller].district;
  contract.buyer = absl::StrCat(random.Of(kBuyerPlaces), random.Of(kBuyerWords), random.Of(kBuyerTrades));
  contract.field = std::string(random.Of(kFields));
  contract.ip_type = std::string(random.Of(kIpTypes));
  return contract;
}

void SetAmounts(Random& random, Contract& contract, int64_t units) {
  contract.total_fen = units * kUnitFen;
  contract.technical_fen = random.Below(10) < 7 ? contract.total_fen : units * (60 + random.Below(36)) / 100 * kUnitFen;
}

// A year's contracts of one registry, numbered in the order of their days.
void AddYear(Random& random, District& district, int year, absl::string_view division,
             const std::vector<int64_t>& units) {
  std::vector<Day> days;
  for (size_t i = 0; i < units.size(); ++i) days.push_back(random.Between(On(year, 1, 4), On(year, 12, 30)));
  std::sort(days.begin(), days.end());
  for (size_t i = 0; i < units.size(); ++i) {
    const int index = static_cast<int>(i) + 1;
    Contract contract = Draw(random, district, index);
    SetAmounts(random, contract, units[i]);
    contract.number = RegistrationNumber(year, division, index);
    contract.registered = days[i];
    // The first ones of a year were signed in the year before: they count where they were registered.
    contract.signed_day = days[i].AddDays(-5 - random.Below(40));
    district.contracts.push_back(std::move(contract));
  }
}

}  // namespace

std::string RegistrationNumber(int year, absl::string_view division, int serial) {
  return absl::StrFormat("%04d%s%06d", year, division, serial);
}

void AddContracts(Random& random, District& district) {
  std::vector<int64_t> few(31, 1200);
  AddYear(random, district, 2021, "640105", few);
  AddYear(random, district, 2022, "640105", Amounts(random));
  few.resize(17);
  AddYear(random, district, 2023, "640105", few);
  // What the district bought from its neighbours is on the list too, and is no sale of the district.
  const size_t first_bought = district.contracts.size();
  few.assign(5, 8800);
  AddYear(random, district, 2022, "640106", few);
  for (size_t i = first_bought; i < district.contracts.size(); ++i) {
    Contract& contract = district.contracts[i];
    const Firm& neighbour = district.firms[235 + i % 3];
    const Firm& buyer = district.firms[i % kSellers];
    contract.seller = neighbour.name;
    contract.seller_code = neighbour.credit_code;
    contract.seller_district = neighbour.district;
    contract.buyer = buyer.name;
    contract.buyer_code = buyer.credit_code;
  }
}

Contract LoadContract(const District& district, int64_t index) {
  constexpr int64_t kSerials = 999999;
  Random random(static_cast<uint64_t>(index) * 2654435761U + 97);
  const int year = 2024 - static_cast<int>(index / kSerials);
  Contract contract = Draw(random, district, static_cast<int>(index % kSerials) + 1);
  SetAmounts(random, contract, 300 + random.Below(9000));
  contract.number = RegistrationNumber(year, "640105", static_cast<int>(index % kSerials) + 1);
  contract.registered = random.Between(On(year, 1, 20), On(year, 12, 28));
  contract.signed_day = contract.registered.AddDays(-5 - random.Below(10));
  return contract;
}

District MakeDistrict(uint64_t seed) {
  Random random(seed);
  District district;
  AddFirms(random, district);
  AddCertificates(random, district);
  AddLoans(random, district);
  AddContracts(random, district);
  return district;
}

}  // namespace kechuang::sample
