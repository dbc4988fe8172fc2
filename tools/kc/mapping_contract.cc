#include <array>
#include <optional>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

#include "common/domain/name_text.h"
#include "tools/kc/mapping_specs.h"
#include "tools/sheet/refusal.h"

namespace kechuang::kc {
namespace {

namespace v1 = contract::v1;

constexpr std::array<WordValue, 10> kClasses{{{"技术开发", v1::CONTRACT_CLASS_DEVELOPMENT},
                                              {"技术转让", v1::CONTRACT_CLASS_TRANSFER},
                                              {"技术许可", v1::CONTRACT_CLASS_LICENSE},
                                              {"技术咨询", v1::CONTRACT_CLASS_CONSULTING},
                                              {"技术服务", v1::CONTRACT_CLASS_SERVICE},
                                              {"技术开发合同", v1::CONTRACT_CLASS_DEVELOPMENT},
                                              {"技术转让合同", v1::CONTRACT_CLASS_TRANSFER},
                                              {"技术许可合同", v1::CONTRACT_CLASS_LICENSE},
                                              {"技术咨询合同", v1::CONTRACT_CLASS_CONSULTING},
                                              {"技术服务合同", v1::CONTRACT_CLASS_SERVICE}}};

struct Subclass {
  absl::string_view word;
  v1::ContractSubclass subclass;
  v1::ContractClass contract_class;
};

constexpr std::array<Subclass, 16> kSubclasses{
    {{"委托开发", v1::CONTRACT_SUBCLASS_COMMISSIONED_DEVELOPMENT, v1::CONTRACT_CLASS_DEVELOPMENT},
     {"合作开发", v1::CONTRACT_SUBCLASS_COOPERATIVE_DEVELOPMENT, v1::CONTRACT_CLASS_DEVELOPMENT},
     {"专利权转让", v1::CONTRACT_SUBCLASS_PATENT_TRANSFER, v1::CONTRACT_CLASS_TRANSFER},
     {"专利申请权转让", v1::CONTRACT_SUBCLASS_PATENT_APPLICATION_TRANSFER, v1::CONTRACT_CLASS_TRANSFER},
     {"技术秘密转让", v1::CONTRACT_SUBCLASS_SECRET_TRANSFER, v1::CONTRACT_CLASS_TRANSFER},
     {"计算机软件著作权转让", v1::CONTRACT_SUBCLASS_SOFTWARE_TRANSFER, v1::CONTRACT_CLASS_TRANSFER},
     {"软件著作权转让", v1::CONTRACT_SUBCLASS_SOFTWARE_TRANSFER, v1::CONTRACT_CLASS_TRANSFER},
     {"集成电路布图设计专有权转让", v1::CONTRACT_SUBCLASS_LAYOUT_TRANSFER, v1::CONTRACT_CLASS_TRANSFER},
     {"植物新品种权转让", v1::CONTRACT_SUBCLASS_PLANT_VARIETY_TRANSFER, v1::CONTRACT_CLASS_TRANSFER},
     {"生物医药新品种权转让", v1::CONTRACT_SUBCLASS_BIOMEDICINE_TRANSFER, v1::CONTRACT_CLASS_TRANSFER},
     {"专利实施许可", v1::CONTRACT_SUBCLASS_PATENT_LICENSE, v1::CONTRACT_CLASS_LICENSE},
     {"技术秘密使用许可", v1::CONTRACT_SUBCLASS_SECRET_LICENSE, v1::CONTRACT_CLASS_LICENSE},
     {"其他许可", v1::CONTRACT_SUBCLASS_OTHER_LICENSE, v1::CONTRACT_CLASS_LICENSE},
     {"一般技术服务", v1::CONTRACT_SUBCLASS_GENERAL_SERVICE, v1::CONTRACT_CLASS_SERVICE},
     {"技术中介", v1::CONTRACT_SUBCLASS_INTERMEDIARY, v1::CONTRACT_CLASS_SERVICE},
     {"技术培训", v1::CONTRACT_SUBCLASS_TRAINING, v1::CONTRACT_CLASS_SERVICE}}};

constexpr std::array<WordValue, 20> kFields{{{"电子信息", v1::TECHNOLOGY_FIELD_ELECTRONICS},
                                             {"航空航天", v1::TECHNOLOGY_FIELD_AEROSPACE},
                                             {"先进制造", v1::TECHNOLOGY_FIELD_ADVANCED_MANUFACTURING},
                                             {"生物、医药和医疗器械", v1::TECHNOLOGY_FIELD_BIOMEDICINE},
                                             {"新材料及其应用", v1::TECHNOLOGY_FIELD_NEW_MATERIALS},
                                             {"新能源与高效节能", v1::TECHNOLOGY_FIELD_NEW_ENERGY},
                                             {"环境保护与资源综合利用", v1::TECHNOLOGY_FIELD_ENVIRONMENT},
                                             {"核应用", v1::TECHNOLOGY_FIELD_NUCLEAR},
                                             {"农业", v1::TECHNOLOGY_FIELD_AGRICULTURE},
                                             {"现代交通", v1::TECHNOLOGY_FIELD_TRANSPORT},
                                             {"城市建设与社会发展", v1::TECHNOLOGY_FIELD_URBAN_SOCIAL},
                                             {"电子信息技术", v1::TECHNOLOGY_FIELD_ELECTRONICS},
                                             {"航空航天技术", v1::TECHNOLOGY_FIELD_AEROSPACE},
                                             {"先进制造技术", v1::TECHNOLOGY_FIELD_ADVANCED_MANUFACTURING},
                                             {"生物医药", v1::TECHNOLOGY_FIELD_BIOMEDICINE},
                                             {"生物、医药和医疗器械技术", v1::TECHNOLOGY_FIELD_BIOMEDICINE},
                                             {"新材料", v1::TECHNOLOGY_FIELD_NEW_MATERIALS},
                                             {"核应用技术", v1::TECHNOLOGY_FIELD_NUCLEAR},
                                             {"农业技术", v1::TECHNOLOGY_FIELD_AGRICULTURE},
                                             {"环境保护与资源综合利用技术", v1::TECHNOLOGY_FIELD_ENVIRONMENT}}};

constexpr std::array<WordValue, 19> kIpTypes{{{"未涉及", v1::IP_TYPE_NONE},
                                              {"发明专利", v1::IP_TYPE_INVENTION_PATENT},
                                              {"实用新型", v1::IP_TYPE_UTILITY_MODEL},
                                              {"外观设计", v1::IP_TYPE_DESIGN_PATENT},
                                              {"技术秘密", v1::IP_TYPE_TECHNICAL_SECRET},
                                              {"计算机软件著作权", v1::IP_TYPE_SOFTWARE_COPYRIGHT},
                                              {"集成电路布图设计", v1::IP_TYPE_LAYOUT_DESIGN},
                                              {"植物新品种", v1::IP_TYPE_PLANT_VARIETY},
                                              {"动物新品种", v1::IP_TYPE_ANIMAL_VARIETY},
                                              {"生物医药新品种", v1::IP_TYPE_BIOMEDICINE_VARIETY},
                                              {"设计著作权", v1::IP_TYPE_DESIGN_COPYRIGHT},
                                              {"未涉及知识产权", v1::IP_TYPE_NONE},
                                              {"不涉及", v1::IP_TYPE_NONE},
                                              {"实用新型专利", v1::IP_TYPE_UTILITY_MODEL},
                                              {"外观设计专利", v1::IP_TYPE_DESIGN_PATENT},
                                              {"软件著作权", v1::IP_TYPE_SOFTWARE_COPYRIGHT},
                                              {"集成电路布图设计专有权", v1::IP_TYPE_LAYOUT_DESIGN},
                                              {"植物新品种权", v1::IP_TYPE_PLANT_VARIETY},
                                              {"生物、医药新品种权", v1::IP_TYPE_BIOMEDICINE_VARIETY}}};

constexpr std::array<WordValue, 14> kObjectives{
    {{"农林牧渔业发展", v1::SOCIOECONOMIC_OBJECTIVE_AGRICULTURE},
     {"工商业发展", v1::SOCIOECONOMIC_OBJECTIVE_INDUSTRY_COMMERCE},
     {"能源生产、分配与利用", v1::SOCIOECONOMIC_OBJECTIVE_ENERGY},
     {"能源的生产、分配与合理利用", v1::SOCIOECONOMIC_OBJECTIVE_ENERGY},
     {"基础设施以及城市和农村规划", v1::SOCIOECONOMIC_OBJECTIVE_INFRASTRUCTURE},
     {"环境保护及污染防治", v1::SOCIOECONOMIC_OBJECTIVE_ENVIRONMENT},
     {"卫生事业发展", v1::SOCIOECONOMIC_OBJECTIVE_HEALTH},
     {"教育事业发展", v1::SOCIOECONOMIC_OBJECTIVE_EDUCATION},
     {"社会发展和社会服务", v1::SOCIOECONOMIC_OBJECTIVE_SOCIAL_SERVICES},
     {"地球和大气层的探索与利用", v1::SOCIOECONOMIC_OBJECTIVE_EARTH},
     {"民用空间探测及开发", v1::SOCIOECONOMIC_OBJECTIVE_CIVIL_SPACE},
     {"国防", v1::SOCIOECONOMIC_OBJECTIVE_DEFENCE},
     {"非定向研究", v1::SOCIOECONOMIC_OBJECTIVE_NON_ORIENTED},
     {"其他民用目标", v1::SOCIOECONOMIC_OBJECTIVE_OTHER_CIVIL}}};

constexpr std::array<WordValue, 9> kPlans{{{"国家科技重大专项", v1::PLAN_CATEGORY_NATIONAL_MAJOR},
                                           {"国家重点研发计划", v1::PLAN_CATEGORY_NATIONAL_KEY_RESEARCH},
                                           {"国家自然科学基金", v1::PLAN_CATEGORY_NATIONAL_NATURAL_SCIENCE_FUND},
                                           {"其他国家计划", v1::PLAN_CATEGORY_NATIONAL_OTHER},
                                           {"部门计划", v1::PLAN_CATEGORY_MINISTERIAL},
                                           {"省、自治区计划", v1::PLAN_CATEGORY_PROVINCIAL},
                                           {"自治区计划", v1::PLAN_CATEGORY_PROVINCIAL},
                                           {"地市县计划", v1::PLAN_CATEGORY_MUNICIPAL},
                                           {"计划外", v1::PLAN_CATEGORY_NONE}}};

constexpr std::array<WordValue, 4> kRegistered{{{"已登记", 1}, {"登记", 1}, {"认定登记", 1}, {"已认定登记", 1}}};

// A class is often written by its subtype: 委托开发 is 技术开发.
void FillClass(RowReader& reader, v1::Contract& contract) {
  for (const absl::string_view key : {"class", "subclass"}) {
    const std::string text = NormaliseName(reader.Text(key));
    bool found = false;
    for (const Subclass& subclass : kSubclasses) {
      if (text != NormaliseName(subclass.word)) continue;
      contract.set_subclass(subclass.subclass);
      if (contract.contract_class() == v1::CONTRACT_CLASS_UNSPECIFIED)
        contract.set_contract_class(subclass.contract_class);
      found = true;
    }
    if (found || text.empty()) continue;
    if (key == "class") {
      contract.set_contract_class(static_cast<v1::ContractClass>(reader.Choice(key, kClasses)));
    } else {
      reader.Fault(key,
                   sheet::Malformed(
                       absl::StrCat("\"", text,
                                    "\" is no subtype; expected 委托开发, 合作开发, 专利权转让, 技术培训 or the like"),
                       absl::StrCat("“", text, "”不是合同子类；应为委托开发、合作开发、专利权转让、技术培训等")));
    }
  }
}

std::string PartyType(RowReader& reader, absl::string_view key) {
  const std::string code = reader.Code(key);
  bool digits = code.empty() || code.size() == 3 || code.size() == 4;
  for (const char c : code) digits = digits && absl::ascii_isdigit(static_cast<unsigned char>(c));
  if (digits) return code;
  reader.Fault(key, sheet::Malformed(
                        absl::StrCat("\"", code,
                                     "\" is no party type; expected the code of the form, 3 or 4 digits, such as 150"),
                        absl::StrCat("“", code, "”不是买卖方类型代码；应为登记表上的 3 至 4 位代码，如 150")));
  return "";
}

void FillParty(RowReader& reader, absl::string_view side, v1::Party& party) {
  party.set_party_name(reader.Text(side));
  party.set_credit_code(reader.CreditCode(absl::StrCat(side, "_code")));
  party.set_party_type(PartyType(reader, absl::StrCat(side, "_type")));
  party.set_division_code(reader.Division(absl::StrCat(side, "_division")));
  party.set_address(reader.Text(absl::StrCat(side, "_address")));
  party.set_contact_name(reader.Text(absl::StrCat(side, "_contact")));
  party.set_contact_phone(reader.Text(absl::StrCat(side, "_phone")));
}

// The columns of one side, whom people call by these words: 卖方, 受托方, 让与方.
void AddPartyFields(KindSpec& spec, const std::string& side, const std::vector<std::string>& words) {
  struct Part {
    const char* key;
    const char* path;
    std::vector<std::string> suffixes;
  };
  const std::vector<Part> parts{
      {"", "party_name", {"名称", "", "单位", "单位名称"}},
      {"_code", "credit_code", {"统一社会信用代码", "信用代码", "社会信用代码", "代码", "税号"}},
      {"_type", "party_type", {"类型", "性质", "类型代码"}},
      {"_division",
       "division_code",
       {"所在区", "所在区县", "所在地", "区划", "行政区划", "行政区划代码", "区划代码", "所属区县"}},
      {"_address", "address", {"地址", "通讯地址"}},
      {"_contact", "contact_name", {"联系人"}},
      {"_phone", "contact_phone", {"联系电话", "电话"}},
  };
  for (const Part& part : parts) {
    Field field{absl::StrCat(side, part.key), absl::StrCat("contract.", side, ".", part.path), {}};
    for (const std::string& suffix : part.suffixes) {
      for (const std::string& word : words) field.aliases.push_back(absl::StrCat(word, suffix));
    }
    spec.fields.push_back(std::move(field));
  }
}

}  // namespace

KindSpec ContractsSpec() {
  KindSpec spec;
  spec.word = "contracts";
  spec.fields = {
      {"serial", "", SerialAliases()},
      {"number",
       "contract.registration_number",
       {"合同登记编号", "登记编号", "登记号", "合同登记号", "认定登记编号", "认定登记号", "合同编号"}},
      {"title", "contract.contract_name", {"合同名称", "项目名称", "合同(项目)名称", "合同项目名称"}},
      {"class", "contract.contract_class", {"合同类别", "合同类型", "类别", "合同种类"}},
      {"subclass", "contract.subclass", {"合同子类", "合同小类", "子类"}},
      {"total",
       "contract.total_amount_fen",
       {"合同成交总额", "合同金额", "成交金额", "合同总金额", "成交额", "合同成交额", "合同总额", "成交总额",
        "合同成交金额"}},
      {"technical",
       "contract.technical_amount_fen",
       {"技术交易额", "技术交易金额", "其中技术交易额", "其中:技术交易额"}},
      {"signed", "contract.signing_date", {"签订日期", "签订时间", "合同签订日期", "签约日期", "合同签订时间"}},
      {"registered",
       "contract.registration_date",
       {"登记日期", "认定登记日期", "登记时间", "认定日期", "认定登记时间", "认定时间"}},
      {"valid_from", "contract.valid_from", {"合同开始日期", "合同生效日期", "有效期起", "生效日期"}},
      {"valid_to", "contract.valid_to", {"合同截止日期", "合同终止日期", "有效期止", "截止日期", "有效期至"}},
      {"field", "contract.technology_field", {"技术领域", "所属技术领域", "领域"}},
      {"ip", "contract.ip_type", {"知识产权", "知识产权类型", "涉及知识产权"}},
      {"objective", "contract.socioeconomic_objective", {"社会经济目标", "社会-经济目标"}},
      {"plan", "contract.plan_category", {"计划类别", "计划类型", "所属计划", "计划来源"}},
      {"related", "contract.related_parties", {"是否关联交易", "关联交易", "是否关联方"}},
      {"government", "contract.government_plan", {"是否政府计划", "政府计划"}},
      {"registry", "contract.registry_division_code", {"登记机构区划", "登记机构区划代码", "登记机构代码"}},
      {"state", "contract.state", {"状态", "登记状态", "认定结果", "登记结果"}},
      {"remark", "contract.remark", RemarkAliases()},
  };
  AddPartyFields(spec, "seller", {"卖方", "技术卖方", "受托方", "让与方", "出让方"});
  AddPartyFields(spec, "buyer", {"买方", "技术买方", "委托方", "受让方"});
  MarkInheriting(spec,
                 {"class",           "subclass",       "field",          "ip",           "objective",   "plan",
                  "registry",        "state",          "remark",         "seller",       "seller_code", "seller_type",
                  "seller_division", "seller_address", "seller_contact", "seller_phone", "buyer",       "buyer_code",
                  "buyer_type",      "buyer_division", "buyer_address"});
  spec.identity = {"number", "title", "seller"};
  spec.required = {{"number"}};
  spec.money = {"total", "technical"};
  spec.reasons = {
      {"TECHNICAL_ABOVE_TOTAL", "technical"},  {"ROW_NOT_REGISTERED", "registered"}, {"NUMBER_TAKEN", "number"},
      {"SUBCLASS_OF_OTHER_CLASS", "subclass"}, {"ROW_CONTRACT_CLOSED", "number"},    {"DATES_OUT_OF_ORDER", "signed"}};
  return spec;
}

void FillContract(MappingState& state, RowReader& reader, v1::Contract& contract) {
  contract.set_registration_number(reader.Code("number"));
  contract.set_contract_name(reader.Text("title"));
  FillClass(reader, contract);
  FillParty(reader, "seller", *contract.mutable_seller());
  FillParty(reader, "buyer", *contract.mutable_buyer());
  if (const auto fen = reader.Fen("total"); fen.has_value()) contract.set_total_amount_fen(*fen);
  if (const auto fen = reader.Fen("technical"); fen.has_value()) contract.set_technical_amount_fen(*fen);
  if (const auto day = reader.Date("signed"); day.has_value()) *contract.mutable_signing_date() = day->ToProto();
  if (const auto day = reader.Date("registered"); day.has_value())
    *contract.mutable_registration_date() = day->ToProto();
  if (const auto day = reader.Date("valid_from"); day.has_value()) *contract.mutable_valid_from() = day->ToProto();
  if (const auto day = reader.Date("valid_to"); day.has_value()) *contract.mutable_valid_to() = day->ToProto();
  contract.set_technology_field(static_cast<v1::TechnologyField>(reader.Choice("field", kFields)));
  contract.set_ip_type(static_cast<v1::IpType>(reader.Choice("ip", kIpTypes)));
  contract.set_socioeconomic_objective(
      static_cast<v1::SocioeconomicObjective>(reader.Choice("objective", kObjectives)));
  contract.set_plan_category(static_cast<v1::PlanCategory>(reader.Choice("plan", kPlans)));
  contract.set_related_parties(reader.YesNo("related").value_or(false));
  contract.set_government_plan(reader.YesNo("government").value_or(false));
  contract.set_registry_division_code(reader.Division("registry"));
  contract.set_remark(reader.Text("remark"));
  reader.Choice("state", kRegistered);
  if (contract.registration_number().empty()) return;
  const auto first = state.first_rows.Note(contract.registration_number(), reader.Place());
  if (!first.has_value()) return;
  reader.Fault("number", sheet::Malformed(absl::StrCat("the number stands in ", reader.PlaceInEnglish(first->place),
                                                       " already; one number is one contract"),
                                          absl::StrCat("登记编号与", reader.PlaceInChinese(first->place),
                                                       "重复；一个编号只能是一份合同")));
}

}  // namespace kechuang::kc
