#include <array>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

#include "common/domain/credit_code.h"
#include "common/domain/day.h"
#include "tools/sample/district.h"

namespace kechuang::sample {
namespace {

// Syllables that no company strings together: the names are invented.
constexpr std::array<absl::string_view, 16> kFirst{"驼", "砾", "砚", "穹", "澜", "榆", "岫", "杞",
                                                   "沙", "雁", "垣", "朔", "霁", "湖", "葡", "麓"};
constexpr std::array<absl::string_view, 16> kMiddle{"岚", "澄", "曜", "禾", "汀", "映", "沐", "陌",
                                                    "煦", "笺", "渡", "簌", "阡", "昀", "琅", "蓦"};
constexpr std::array<absl::string_view, 12> kLast{"格", "笛", "梧", "炬", "舟", "棠",
                                                  "翎", "粟", "珂", "钰", "铎", "屿"};

struct Trade {
  absl::string_view word;
  absl::string_view industry;  // in words, or a code of GB/T 4754-2017
};

constexpr std::array<Trade, 12> kTrades{{{"新材料", "C3091"},
                                         {"智能装备", "C3569"},
                                         {"软件", "软件和信息技术服务业"},
                                         {"生物科技", "M7340"},
                                         {"农业科技", "A0519"},
                                         {"数控机床", "3421"},
                                         {"环保科技", "N7722"},
                                         {"仪表", "C4012"},
                                         {"新能源", "D4416"},
                                         {"检测技术", "质检技术服务"},
                                         {"物联网", "I6531"},
                                         {"食品科技", "食品制造业"}}};

constexpr std::array<absl::string_view, 9> kTownships{"西花园路街道", "北京西路街道", "文昌路街道",
                                                      "朔方路街道",   "宁华路街道",   "贺兰山西路街道",
                                                      "怀远路街道",   "兴泾镇",       "镇北堡镇"};

constexpr int kInDistrict = 235;
constexpr int kNeighbours = 3;

// A subject code that begins with YY is not given out: the code is valid and nobody's.
std::string InventedCode(absl::string_view first8, int serial) {
  return MakeCreditCode(first8, absl::StrFormat("YY%06d", serial));
}

Firm MakeFirm(Random& random, std::set<std::string>& taken, int serial) {
  Firm firm;
  const Trade& trade = random.Of(kTrades);
  do {
    firm.name = absl::StrCat(random.Below(3) == 0 ? "银川" : "宁夏", random.Of(kFirst), random.Of(kMiddle),
                             random.Of(kLast), trade.word, random.Below(8) == 0 ? "股份有限公司" : "有限公司");
  } while (!taken.insert(firm.name).second);
  firm.credit_code = InventedCode(random.Below(5) == 0 ? "91640100" : "91640105", serial);
  firm.district = "西夏区";
  firm.township = std::string(random.Of(kTownships));
  firm.address = absl::StrCat("银川市西夏区示例路", 1 + random.Below(400), "号");
  firm.industry = std::string(trade.industry);
  firm.founded = random.Between(*Day::Of(2004, 1, 1), *Day::Of(2019, 12, 31));
  return firm;
}

}  // namespace

void AddFirms(Random& random, District& district) {
  std::set<std::string> taken;
  int serial = 1000;
  for (int i = 0; i < kInDistrict + kNeighbours; ++i) {
    serial += 1 + random.Below(40);
    Firm firm = MakeFirm(random, taken, serial);
    if (i >= kInDistrict) {
      firm.district = "金凤区";
      firm.township.clear();
      firm.address = absl::StrCat("银川市金凤区示例街", 1 + random.Below(200), "号");
    }
    district.firms.push_back(std::move(firm));
  }
  district.firms.push_back({InventedCode("12640000", 900), "塞上霁岚理工大学", "西夏区", "文昌路街道",
                            "银川市西夏区示例学府路1号", "P8341", *Day::Of(1958, 9, 1)});
}

}  // namespace kechuang::sample
