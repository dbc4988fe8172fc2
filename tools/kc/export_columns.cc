#include "tools/kc/export_columns.h"

#include <string>
#include <vector>

#include "tools/kc/mapping_specs.h"

namespace kechuang::kc {
namespace {

namespace ent = enterprise::v1;
namespace con = contract::v1;
namespace lon = loan::v1;

using Columns = std::vector<TableColumnSpec>;

const std::vector<ChoiceWord>& ClassWords() {
  static const std::vector<ChoiceWord> words{
      {"高新技术企业", ent::CERTIFICATION_CLASS_HNTE},
      {"科技型中小企业", ent::CERTIFICATION_CLASS_TECH_SME},
      {"自治区科技型中小企业", ent::CERTIFICATION_CLASS_REGIONAL_TECH_SME},
      {"科技小巨人", ent::CERTIFICATION_CLASS_TECH_LITTLE_GIANT},
      {"农业高新技术企业", ent::CERTIFICATION_CLASS_AGRI_HIGH_TECH_ENTERPRISE},
      {"雏鹰企业", ent::CERTIFICATION_CLASS_FLEDGLING},
      {"瞪羚企业", ent::CERTIFICATION_CLASS_GAZELLE},
      {"独角兽企业", ent::CERTIFICATION_CLASS_UNICORN},
      {"创新型中小企业", ent::CERTIFICATION_CLASS_INNOVATIVE_SME},
      {"专精特新中小企业", ent::CERTIFICATION_CLASS_SPECIALIZED_SOPHISTICATED_NEW},
      {"专精特新小巨人", ent::CERTIFICATION_CLASS_SPECIALIZED_LITTLE_GIANT},
      {"规上企业", ent::CERTIFICATION_CLASS_ABOVE_SCALE},
  };
  return words;
}

Columns EnterpriseColumns() {
  return {
      {"name", "企业名称", CellForm::kText, true, "营业执照上的全称。改名后按信用代码更新，旧名自动记入曾用名。"},
      {"code", "统一社会信用代码", CellForm::kCode, true, "18 位，末位为校验位。记录以此为准：代码相同即为同一企业。"},
      {"organisation",
       "单位性质",
       CellForm::kChoice,
       false,
       "单位的性质。",
       {{"企业", ent::ORGANISATION_KIND_ENTERPRISE},
        {"高等院校", ent::ORGANISATION_KIND_UNIVERSITY},
        {"科研机构", ent::ORGANISATION_KIND_INSTITUTE},
        {"合作社", ent::ORGANISATION_KIND_COOPERATIVE},
        {"事业单位", ent::ORGANISATION_KIND_PUBLIC_INSTITUTION},
        {"机关", ent::ORGANISATION_KIND_GOVERNMENT},
        {"社会组织", ent::ORGANISATION_KIND_SOCIAL_ORGANISATION},
        {"个体工商户", ent::ORGANISATION_KIND_SELF_EMPLOYED},
        {"其他", ent::ORGANISATION_KIND_OTHER}}},
      {"legal", "法定代表人", CellForm::kText, false, "法定代表人姓名。"},
      {"address", "注册地址", CellForm::kText, false, "营业执照上的住所。"},
      {"district", "所属区县", CellForm::kCode, false, "实际所在区县：6 位区划代码，如 640105，或“西夏区”等名称。"},
      {"registered_district", "注册地区划", CellForm::kCode, false, "注册地所在区县的 6 位区划代码。"},
      {"township", "所属街道(镇)", CellForm::kText, false, "所在街道、镇或园区。"},
      {"industry", "所属行业", CellForm::kCode, false, "国民经济行业代码（GB/T 4754-2017），如 C3825；或行业名称。"},
      {"founded", "成立日期", CellForm::kDay, false, "成立日期，写到日，如 2015-06-01。"},
      {"capital", "注册资本(万元)", CellForm::kMoney, false, "注册资本，单位万元。"},
      {"staff", "职工人数", CellForm::kWhole, false, "职工总数，整数。"},
      {"size",
       "企业规模",
       CellForm::kChoice,
       false,
       "企业规模。",
       {{"大型", ent::ENTERPRISE_SIZE_LARGE},
        {"中型", ent::ENTERPRISE_SIZE_MEDIUM},
        {"小型", ent::ENTERPRISE_SIZE_SMALL},
        {"微型", ent::ENTERPRISE_SIZE_MICRO}}},
      {"contact", "联系人", CellForm::kText, false, "联系人姓名。"},
      {"phone", "联系电话", CellForm::kCode, false, "手机或固定电话。"},
      {"tags", "标签", CellForm::kText, false, "产业标签，多个用英文逗号分开。"},
      {"remark", "备注", CellForm::kText, false, "其他需要说明的内容。"},
  };
}

Columns CertificationColumns() {
  return {
      {"name", "企业名称", CellForm::kText, false, "已登记企业的全称或曾用名；有信用代码时以代码为准。"},
      {"code", "统一社会信用代码", CellForm::kCode, true, "已登记企业的 18 位代码。企业不存在时不会自动建立。"},
      {"class", "资质类型", CellForm::kChoice, true, "认定、备案或入库的类别。", ClassWords()},
      {"number", "证书编号", CellForm::kCode, false, "证书编号或入库登记编号。"},
      {"issued", "认定日期", CellForm::kDay, true, "发证、备案或入库日期，写到日。"},
      {"expires", "有效期至", CellForm::kDay, false, "最后一个有效日；不填则按类别的有效期推算。"},
      {"again", "是否重新认定", CellForm::kYesNo, false, "期满后重新认定的填“是”。"},
  };
}

Columns PoolColumns() {
  return {
      {"pool", "资金池名称", CellForm::kPool, true, "资金池全称；没有该池时按缺省政策新建。"},
      {"id", "资金池编号", CellForm::kCode, false, "新建资金池时的编号，小写字母、数字和连字符，如 ningke-2022。"},
      {"contributor", "出资单位", CellForm::kText, false, "出资单位；有金额时必填。"},
      {"amount", "出资金额(万元)", CellForm::kMoney, false, "到账金额，单位万元；只建池则不填。"},
      {"day", "出资日期", CellForm::kDay, false, "到账日期；有金额时必填。"},
      {"remark", "备注", CellForm::kText, false, "出资依据等，如文号。"},
  };
}

Columns BankColumns() {
  return {
      {"bank", "银行名称", CellForm::kText, true, "合作银行全称。"},
      {"id", "银行编号", CellForm::kCode, false, "新建银行时的编号，小写字母、数字和连字符。"},
      {"short", "简称", CellForm::kText, false, "表格中常用的其他叫法，多个用顿号或英文逗号分开。"},
      {"code", "统一社会信用代码", CellForm::kCode, false, "银行的 18 位代码。"},
      {"remark", "备注", CellForm::kText, false, "其他需要说明的内容。"},
  };
}

Columns LoanColumns() {
  return {
      {"name", "企业名称", CellForm::kText, false, "已登记企业的全称；有信用代码时以代码为准。"},
      {"code", "统一社会信用代码", CellForm::kCode, true, "借款企业的 18 位代码。"},
      {"bank", "合作银行", CellForm::kBank, true, "放款银行的全称或简称。"},
      {"pool", "资金池", CellForm::kPool, true, "所属资金池的名称；可用 --pool 为整份表指定。"},
      {"amount", "贷款金额(万元)", CellForm::kMoney, true, "放款金额；未放款的为申请金额。单位万元。"},
      {"applied", "申请日期", CellForm::kDay, false, "申请日期，写到日。"},
      {"disbursed", "放款日期", CellForm::kDay, false, "放款日期；未通过、已撤回或已取消的不填。"},
      {"due", "到期日", CellForm::kDay, false, "本金全部到期之日。"},
      {"rate", "年利率(%)", CellForm::kRate, false, "年利率，单位 %，如 3.65。"},
      {"term", "期限(月)", CellForm::kWhole, false, "期限，单位月。"},
      {"guarantee", "担保方式", CellForm::kText, false, "如 信用、保证、抵押、质押。"},
      {"balance", "贷款余额(万元)", CellForm::kMoney, false, "未还本金，单位万元；不填视为全部未还。"},
      {"overdue", "是否逾期", CellForm::kYesNo, false, "本金到期未还的填“是”。"},
      {"reversed", "冲正日期", CellForm::kDay, false, "放款被冲正的日期。"},
      {"state",
       "状态",
       CellForm::kChoice,
       false,
       "已放款的可不填；未放款的必填。",
       {{"未通过", lon::LOAN_STATE_REJECTED},
        {"已撤回", lon::LOAN_STATE_WITHDRAWN},
        {"已取消", lon::LOAN_STATE_CANCELLED}}},
      {"batch", "批次", CellForm::kText, false, "推荐批次，如 2022年第一批。"},
      {"remark", "备注", CellForm::kText, false, "其他需要说明的内容。"},
  };
}

void AddParty(Columns& columns, const std::string& key, const std::string& word) {
  columns.push_back({key, word + "名称", CellForm::kText, true, word + "全称。"});
  columns.push_back(
      {key + "_code", word + "统一社会信用代码", CellForm::kCode, false, word + "的 18 位代码；境外的不填。"});
  columns.push_back({key + "_type", word + "类型", CellForm::kCode, false, "登记表上的类型代码，3 至 4 位，如 150。"});
  columns.push_back({key + "_division", word + "所在区", CellForm::kCode, false, "6 位区划代码，或“西夏区”等名称。"});
  columns.push_back({key + "_address", word + "地址", CellForm::kText, false, word + "通讯地址。"});
  columns.push_back({key + "_contact", word + "联系人", CellForm::kText, false, word + "联系人姓名。"});
  columns.push_back({key + "_phone", word + "联系电话", CellForm::kCode, false, word + "联系电话。"});
}

std::vector<ChoiceWord> SubclassWords() {
  return {{"委托开发", con::CONTRACT_SUBCLASS_COMMISSIONED_DEVELOPMENT},
          {"合作开发", con::CONTRACT_SUBCLASS_COOPERATIVE_DEVELOPMENT},
          {"专利权转让", con::CONTRACT_SUBCLASS_PATENT_TRANSFER},
          {"专利申请权转让", con::CONTRACT_SUBCLASS_PATENT_APPLICATION_TRANSFER},
          {"技术秘密转让", con::CONTRACT_SUBCLASS_SECRET_TRANSFER},
          {"计算机软件著作权转让", con::CONTRACT_SUBCLASS_SOFTWARE_TRANSFER},
          {"集成电路布图设计专有权转让", con::CONTRACT_SUBCLASS_LAYOUT_TRANSFER},
          {"植物新品种权转让", con::CONTRACT_SUBCLASS_PLANT_VARIETY_TRANSFER},
          {"生物医药新品种权转让", con::CONTRACT_SUBCLASS_BIOMEDICINE_TRANSFER},
          {"专利实施许可", con::CONTRACT_SUBCLASS_PATENT_LICENSE},
          {"技术秘密使用许可", con::CONTRACT_SUBCLASS_SECRET_LICENSE},
          {"其他许可", con::CONTRACT_SUBCLASS_OTHER_LICENSE},
          {"一般技术服务", con::CONTRACT_SUBCLASS_GENERAL_SERVICE},
          {"技术中介", con::CONTRACT_SUBCLASS_INTERMEDIARY},
          {"技术培训", con::CONTRACT_SUBCLASS_TRAINING}};
}

std::vector<ChoiceWord> FieldWords() {
  return {{"电子信息", con::TECHNOLOGY_FIELD_ELECTRONICS},
          {"航空航天", con::TECHNOLOGY_FIELD_AEROSPACE},
          {"先进制造", con::TECHNOLOGY_FIELD_ADVANCED_MANUFACTURING},
          {"生物、医药和医疗器械", con::TECHNOLOGY_FIELD_BIOMEDICINE},
          {"新材料及其应用", con::TECHNOLOGY_FIELD_NEW_MATERIALS},
          {"新能源与高效节能", con::TECHNOLOGY_FIELD_NEW_ENERGY},
          {"环境保护与资源综合利用", con::TECHNOLOGY_FIELD_ENVIRONMENT},
          {"核应用", con::TECHNOLOGY_FIELD_NUCLEAR},
          {"农业", con::TECHNOLOGY_FIELD_AGRICULTURE},
          {"现代交通", con::TECHNOLOGY_FIELD_TRANSPORT},
          {"城市建设与社会发展", con::TECHNOLOGY_FIELD_URBAN_SOCIAL}};
}

std::vector<ChoiceWord> IpWords() {
  return {{"未涉及", con::IP_TYPE_NONE},
          {"发明专利", con::IP_TYPE_INVENTION_PATENT},
          {"实用新型", con::IP_TYPE_UTILITY_MODEL},
          {"外观设计", con::IP_TYPE_DESIGN_PATENT},
          {"技术秘密", con::IP_TYPE_TECHNICAL_SECRET},
          {"计算机软件著作权", con::IP_TYPE_SOFTWARE_COPYRIGHT},
          {"集成电路布图设计", con::IP_TYPE_LAYOUT_DESIGN},
          {"植物新品种", con::IP_TYPE_PLANT_VARIETY},
          {"动物新品种", con::IP_TYPE_ANIMAL_VARIETY},
          {"生物医药新品种", con::IP_TYPE_BIOMEDICINE_VARIETY},
          {"设计著作权", con::IP_TYPE_DESIGN_COPYRIGHT}};
}

std::vector<ChoiceWord> ObjectiveWords() {
  return {{"农林牧渔业发展", con::SOCIOECONOMIC_OBJECTIVE_AGRICULTURE},
          {"工商业发展", con::SOCIOECONOMIC_OBJECTIVE_INDUSTRY_COMMERCE},
          {"能源生产、分配与利用", con::SOCIOECONOMIC_OBJECTIVE_ENERGY},
          {"基础设施以及城市和农村规划", con::SOCIOECONOMIC_OBJECTIVE_INFRASTRUCTURE},
          {"环境保护及污染防治", con::SOCIOECONOMIC_OBJECTIVE_ENVIRONMENT},
          {"卫生事业发展", con::SOCIOECONOMIC_OBJECTIVE_HEALTH},
          {"教育事业发展", con::SOCIOECONOMIC_OBJECTIVE_EDUCATION},
          {"社会发展和社会服务", con::SOCIOECONOMIC_OBJECTIVE_SOCIAL_SERVICES},
          {"地球和大气层的探索与利用", con::SOCIOECONOMIC_OBJECTIVE_EARTH},
          {"民用空间探测及开发", con::SOCIOECONOMIC_OBJECTIVE_CIVIL_SPACE},
          {"国防", con::SOCIOECONOMIC_OBJECTIVE_DEFENCE},
          {"非定向研究", con::SOCIOECONOMIC_OBJECTIVE_NON_ORIENTED},
          {"其他民用目标", con::SOCIOECONOMIC_OBJECTIVE_OTHER_CIVIL}};
}

std::vector<ChoiceWord> PlanWords() {
  return {{"国家科技重大专项", con::PLAN_CATEGORY_NATIONAL_MAJOR},
          {"国家重点研发计划", con::PLAN_CATEGORY_NATIONAL_KEY_RESEARCH},
          {"国家自然科学基金", con::PLAN_CATEGORY_NATIONAL_NATURAL_SCIENCE_FUND},
          {"其他国家计划", con::PLAN_CATEGORY_NATIONAL_OTHER},
          {"部门计划", con::PLAN_CATEGORY_MINISTERIAL},
          {"自治区计划", con::PLAN_CATEGORY_PROVINCIAL},
          {"地市县计划", con::PLAN_CATEGORY_MUNICIPAL},
          {"计划外", con::PLAN_CATEGORY_NONE}};
}

Columns ContractColumns() {
  Columns columns{
      {"number", "合同登记编号", CellForm::kCode, true, "认定登记编号，16 位（旧编号 14 位）。编号相同即为同一合同。"},
      {"title", "合同名称", CellForm::kText, true, "合同或项目名称。"},
      {"class",
       "合同类别",
       CellForm::kChoice,
       true,
       "五类之一。",
       {{"技术开发", con::CONTRACT_CLASS_DEVELOPMENT},
        {"技术转让", con::CONTRACT_CLASS_TRANSFER},
        {"技术许可", con::CONTRACT_CLASS_LICENSE},
        {"技术咨询", con::CONTRACT_CLASS_CONSULTING},
        {"技术服务", con::CONTRACT_CLASS_SERVICE}}},
      {"subclass", "合同子类", CellForm::kChoice, false, "类别之下的细类。", SubclassWords()},
  };
  AddParty(columns, "seller", "卖方");
  AddParty(columns, "buyer", "买方");
  const Columns rest{
      {"total", "合同成交总额(万元)", CellForm::kMoney, true, "合同总金额，单位万元。"},
      {"technical", "技术交易额(万元)", CellForm::kMoney, false, "其中的技术交易额，单位万元；不超过成交总额。"},
      {"signed", "签订日期", CellForm::kDay, false, "合同签订日期，写到日。"},
      {"registered", "登记日期", CellForm::kDay, true, "认定登记日期，写到日。"},
      {"valid_from", "合同开始日期", CellForm::kDay, false, "合同有效期的第一日。"},
      {"valid_to", "合同截止日期", CellForm::kDay, false, "合同有效期的最后一日。"},
      {"field", "技术领域", CellForm::kChoice, false, "所属技术领域。", FieldWords()},
      {"ip", "知识产权", CellForm::kChoice, false, "涉及的知识产权。", IpWords()},
      {"objective", "社会经济目标", CellForm::kChoice, false, "服务的社会-经济目标。", ObjectiveWords()},
      {"plan", "计划类别", CellForm::kChoice, false, "所属科技计划。", PlanWords()},
      {"related", "是否关联交易", CellForm::kYesNo, false, "买卖双方有关联关系的填“是”。"},
      {"government", "是否政府计划", CellForm::kYesNo, false, "列入政府科技计划的填“是”。"},
      {"registry", "登记机构区划", CellForm::kCode, false, "登记机构所在区县的 6 位区划代码。"},
      {"remark", "备注", CellForm::kText, false, "其他需要说明的内容。"},
  };
  columns.insert(columns.end(), rest.begin(), rest.end());
  return columns;
}

}  // namespace

const std::vector<TableColumnSpec>& TableColumnsOf(ImportKind kind) {
  static const std::vector<Columns> all{EnterpriseColumns(), CertificationColumns(), PoolColumns(),
                                        BankColumns(),       LoanColumns(),          ContractColumns()};
  return all[static_cast<size_t>(kind)];
}

}  // namespace kechuang::kc
