#include "common/domain/division.h"

#include "absl/container/flat_hash_map.h"

namespace kechuang {
namespace {

constexpr DivisionLevel kProvince = DivisionLevel::kProvince;
constexpr DivisionLevel kCity = DivisionLevel::kCity;
constexpr DivisionLevel kCounty = DivisionLevel::kCounty;
constexpr DivisionLevel kTownship = DivisionLevel::kTownship;

// Ningxia as of 2023-06-30 (National Bureau of Statistics), with the districts of Yinchuan that were abolished in 2002.
std::vector<Division> AllDivisions() {
  return {
      {"640000", "宁夏回族自治区", kProvince, ""},
      {"640100", "银川市", kCity, "640000"},
      {"640102", "城区", kCounty, "640100", 1983, 2002, {"640104"}},
      {"640103", "新城区", kCounty, "640100", 1983, 2002, {"640105", "640106"}},
      {"640104", "兴庆区", kCounty, "640100", 2002},
      {"640105", "西夏区", kCounty, "640100", 2002},
      {"640106", "金凤区", kCounty, "640100", 2002},
      {"640111", "郊区", kCounty, "640100", 1983, 2002, {"640104", "640105", "640106"}},
      {"640121", "永宁县", kCounty, "640100"},
      {"640122", "贺兰县", kCounty, "640100"},
      {"640181", "灵武市", kCounty, "640100"},
      {"640200", "石嘴山市", kCity, "640000"},
      {"640202", "大武口区", kCounty, "640200"},
      {"640205", "惠农区", kCounty, "640200"},
      {"640221", "平罗县", kCounty, "640200"},
      {"640300", "吴忠市", kCity, "640000"},
      {"640302", "利通区", kCounty, "640300"},
      {"640303", "红寺堡区", kCounty, "640300"},
      {"640323", "盐池县", kCounty, "640300"},
      {"640324", "同心县", kCounty, "640300"},
      {"640381", "青铜峡市", kCounty, "640300"},
      {"640400", "固原市", kCity, "640000"},
      {"640402", "原州区", kCounty, "640400"},
      {"640422", "西吉县", kCounty, "640400"},
      {"640423", "隆德县", kCounty, "640400"},
      {"640424", "泾源县", kCounty, "640400"},
      {"640425", "彭阳县", kCounty, "640400"},
      {"640500", "中卫市", kCity, "640000"},
      {"640502", "沙坡头区", kCounty, "640500"},
      {"640521", "中宁县", kCounty, "640500"},
      {"640522", "海原县", kCounty, "640500"},
      {"640105001", "西花园路街道", kTownship, "640105"},
      {"640105002", "北京西路街道", kTownship, "640105"},
      {"640105003", "文昌路街道", kTownship, "640105"},
      {"640105004", "朔方路街道", kTownship, "640105"},
      {"640105005", "宁华路街道", kTownship, "640105"},
      {"640105006", "贺兰山西路街道", kTownship, "640105"},
      {"640105007", "怀远路街道", kTownship, "640105"},
      {"640105100", "兴泾镇", kTownship, "640105"},
      {"640105101", "镇北堡镇", kTownship, "640105"},
  };
}

absl::flat_hash_map<absl::string_view, Division> DivisionsByCode() {
  absl::flat_hash_map<absl::string_view, Division> divisions;
  for (const Division& division : AllDivisions()) divisions.emplace(division.code, division);
  return divisions;
}

// The beginning that all codes within a division share: "64" of 640000, "6401" of 640100, "640105001" of itself.
absl::string_view SharedPrefix(absl::string_view code) {
  if (code.size() != 6) return code;
  if (code.substr(2) == "0000") return code.substr(0, 2);
  if (code.substr(4) == "00") return code.substr(0, 4);
  return code;
}

bool IsDigits(absl::string_view text) { return text.find_first_not_of("0123456789") == absl::string_view::npos; }

bool IsCode(absl::string_view text) {
  return (text.size() == 6 || text.size() == 9 || text.size() == 12) && IsDigits(text);
}

}  // namespace

const Division* FindDivision(absl::string_view code) {
  static const absl::flat_hash_map<absl::string_view, Division> divisions = DivisionsByCode();
  const auto found = divisions.find(code);
  return found == divisions.end() ? nullptr : &found->second;
}

bool IsWithin(absl::string_view code, absl::string_view ancestor) {
  if (!IsCode(code) || !IsCode(ancestor)) return false;
  const absl::string_view shared = SharedPrefix(ancestor);
  return code.substr(0, shared.size()) == shared;
}

bool IsDivisionCode(absl::string_view text) { return text.size() == 6 && IsDigits(text); }

}  // namespace kechuang
