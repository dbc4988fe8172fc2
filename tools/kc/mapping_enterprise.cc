#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

#include "common/domain/credit_code.h"
#include "common/domain/division.h"
#include "common/domain/name_text.h"
#include "tools/kc/mapping_specs.h"
#include "tools/sheet/refusal.h"

namespace kechuang::kc {
namespace {

namespace v1 = enterprise::v1;

constexpr std::array<WordValue, 35> kClasses{{
    {"高新技术企业", v1::CERTIFICATION_CLASS_HNTE},
    {"国家高新技术企业", v1::CERTIFICATION_CLASS_HNTE},
    {"国家级高新技术企业", v1::CERTIFICATION_CLASS_HNTE},
    {"国家高企", v1::CERTIFICATION_CLASS_HNTE},
    {"高企", v1::CERTIFICATION_CLASS_HNTE},
    {"科技型中小企业", v1::CERTIFICATION_CLASS_TECH_SME},
    {"国家科技型中小企业", v1::CERTIFICATION_CLASS_TECH_SME},
    {"自治区科技型中小企业", v1::CERTIFICATION_CLASS_REGIONAL_TECH_SME},
    {"区级科技型中小企业", v1::CERTIFICATION_CLASS_REGIONAL_TECH_SME},
    {"科技小巨人", v1::CERTIFICATION_CLASS_TECH_LITTLE_GIANT},
    {"科技小巨人企业", v1::CERTIFICATION_CLASS_TECH_LITTLE_GIANT},
    {"自治区科技小巨人", v1::CERTIFICATION_CLASS_TECH_LITTLE_GIANT},
    {"自治区科技小巨人企业", v1::CERTIFICATION_CLASS_TECH_LITTLE_GIANT},
    {"农高企", v1::CERTIFICATION_CLASS_AGRI_HIGH_TECH_ENTERPRISE},
    {"农业高新技术企业", v1::CERTIFICATION_CLASS_AGRI_HIGH_TECH_ENTERPRISE},
    {"自治区农业高新技术企业", v1::CERTIFICATION_CLASS_AGRI_HIGH_TECH_ENTERPRISE},
    {"自治区农高企", v1::CERTIFICATION_CLASS_AGRI_HIGH_TECH_ENTERPRISE},
    {"雏鹰", v1::CERTIFICATION_CLASS_FLEDGLING},
    {"雏鹰企业", v1::CERTIFICATION_CLASS_FLEDGLING},
    {"自治区雏鹰企业", v1::CERTIFICATION_CLASS_FLEDGLING},
    {"瞪羚", v1::CERTIFICATION_CLASS_GAZELLE},
    {"瞪羚企业", v1::CERTIFICATION_CLASS_GAZELLE},
    {"自治区瞪羚企业", v1::CERTIFICATION_CLASS_GAZELLE},
    {"独角兽", v1::CERTIFICATION_CLASS_UNICORN},
    {"独角兽企业", v1::CERTIFICATION_CLASS_UNICORN},
    {"自治区独角兽企业", v1::CERTIFICATION_CLASS_UNICORN},
    {"创新型中小企业", v1::CERTIFICATION_CLASS_INNOVATIVE_SME},
    {"专精特新", v1::CERTIFICATION_CLASS_SPECIALIZED_SOPHISTICATED_NEW},
    {"专精特新中小企业", v1::CERTIFICATION_CLASS_SPECIALIZED_SOPHISTICATED_NEW},
    {"自治区专精特新中小企业", v1::CERTIFICATION_CLASS_SPECIALIZED_SOPHISTICATED_NEW},
    {"专精特新小巨人", v1::CERTIFICATION_CLASS_SPECIALIZED_LITTLE_GIANT},
    {"专精特新“小巨人”企业", v1::CERTIFICATION_CLASS_SPECIALIZED_LITTLE_GIANT},
    {"国家专精特新小巨人企业", v1::CERTIFICATION_CLASS_SPECIALIZED_LITTLE_GIANT},
    {"规上企业", v1::CERTIFICATION_CLASS_ABOVE_SCALE},
    {"规模以上企业", v1::CERTIFICATION_CLASS_ABOVE_SCALE},
}};

constexpr std::array<WordValue, 8> kSizes{{{"大型", v1::ENTERPRISE_SIZE_LARGE},
                                           {"中型", v1::ENTERPRISE_SIZE_MEDIUM},
                                           {"小型", v1::ENTERPRISE_SIZE_SMALL},
                                           {"微型", v1::ENTERPRISE_SIZE_MICRO},
                                           {"大型企业", v1::ENTERPRISE_SIZE_LARGE},
                                           {"中型企业", v1::ENTERPRISE_SIZE_MEDIUM},
                                           {"小型企业", v1::ENTERPRISE_SIZE_SMALL},
                                           {"微型企业", v1::ENTERPRISE_SIZE_MICRO}}};

constexpr std::array<WordValue, 14> kOrganisations{{{"企业", v1::ORGANISATION_KIND_ENTERPRISE},
                                                    {"高等院校", v1::ORGANISATION_KIND_UNIVERSITY},
                                                    {"高校", v1::ORGANISATION_KIND_UNIVERSITY},
                                                    {"科研机构", v1::ORGANISATION_KIND_INSTITUTE},
                                                    {"科研院所", v1::ORGANISATION_KIND_INSTITUTE},
                                                    {"农民专业合作社", v1::ORGANISATION_KIND_COOPERATIVE},
                                                    {"合作社", v1::ORGANISATION_KIND_COOPERATIVE},
                                                    {"事业单位", v1::ORGANISATION_KIND_PUBLIC_INSTITUTION},
                                                    {"机关法人", v1::ORGANISATION_KIND_GOVERNMENT},
                                                    {"机关", v1::ORGANISATION_KIND_GOVERNMENT},
                                                    {"社会组织", v1::ORGANISATION_KIND_SOCIAL_ORGANISATION},
                                                    {"个体工商户", v1::ORGANISATION_KIND_SELF_EMPLOYED},
                                                    {"个体", v1::ORGANISATION_KIND_SELF_EMPLOYED},
                                                    {"其他", v1::ORGANISATION_KIND_OTHER}}};

std::vector<std::string> ClassAliases() {
  return {"企业类型", "资质", "资质类型", "资质名称", "认定类型", "认定类别", "企业类型(资质)", "企业资质"};
}
std::vector<std::string> NumberAliases() {
  return {"证书编号", "证书号", "入库登记编号", "高企证书编号", "资质编号", "文号"};
}
std::vector<std::string> IssueAliases() {
  return {"认定时间", "认定日期", "发证日期", "发证时间", "入库时间", "入库日期", "获批时间"};
}
std::vector<std::string> ExpireAliases() {
  return {"有效期至", "有效期", "有效期截止", "证书有效期", "有效期限", "到期日期", "到期时间"};
}

// The district that a township of the reference data lies in.
std::string DistrictOfTownship(absl::string_view township) {
  constexpr std::array<absl::string_view, 9> kTownships{"640105001", "640105002", "640105003", "640105004", "640105005",
                                                        "640105006", "640105007", "640105100", "640105101"};
  for (const absl::string_view code : kTownships) {
    const kechuang::Division* division = FindDivision(code);
    if (division != nullptr && division->name == township) return std::string(division->parent);
  }
  return "";
}

void FillIndustry(RowReader& reader, v1::Enterprise& enterprise) {
  const std::string text = reader.Text("industry");
  const std::string code = NormaliseCode(text);
  bool is_code = !code.empty() && code.size() <= 5;
  for (const char c : code) is_code = is_code && absl::ascii_isalnum(static_cast<unsigned char>(c));
  if (is_code) {
    enterprise.set_industry_code(code);
  } else {
    enterprise.set_industry_name(text);
  }
}

// A list by certificates names an enterprise once for each: only a row that says something else deserves a word.
void WarnOfRepeat(MappingState& state, RowReader& reader, const v1::Enterprise& enterprise) {
  if (enterprise.credit_code().empty()) return;
  const auto first = state.first_rows.Note(enterprise.credit_code(), reader.Place(), enterprise.SerializeAsString());
  if (!first.has_value() || first->same_content) return;
  reader.Warn("code",
              sheet::Malformed(
                  absl::StrCat("the same enterprise stands in ", reader.PlaceInEnglish(first->place),
                               " already and says something else; the later row goes last"),
                  absl::StrCat("同一企业已在", reader.PlaceInChinese(first->place), "出现且内容不同，以后一行为准")));
}

}  // namespace

KindSpec EnterprisesSpec() {
  KindSpec spec;
  spec.word = "enterprises";
  spec.fields = {
      {"serial", "", SerialAliases()},
      {"name", "enterprise.enterprise_name", EnterpriseNameAliases()},
      {"code", "enterprise.credit_code", CreditCodeAliases()},
      {"organisation", "enterprise.organisation_kind", {"单位性质", "机构类型", "单位类型", "组织类型"}},
      {"legal",
       "enterprise.legal_representative",
       {"法定代表人", "法人代表", "法人", "法定代表人姓名", "法人姓名", "负责人", "企业负责人", "企业法人"}},
      {"address",
       "enterprise.address",
       {"注册地址", "地址", "企业地址", "单位地址", "住所", "详细地址", "企业注册地址", "注册地", "通讯地址",
        "经营地址"}},
      {"district",
       "enterprise.located_division_code",
       {"所属区县", "所在区县", "所在区", "所属区", "所属县区", "所在县区", "县区", "区县", "所属区划", "行政区划",
        "行政区划代码", "所在行政区划", "所在地"}},
      {"registered_district",
       "enterprise.registered_division_code",
       {"注册地区划", "注册地行政区划", "注册地所在区", "注册区县"}},
      {"township",
       "enterprise.township",
       {"所属街道", "所属街道(镇)", "所属镇街", "所属乡镇", "街道", "乡镇", "镇街", "街道(镇)", "街镇"}},
      {"industry",
       "enterprise.industry_code",
       {"所属行业", "行业", "行业代码", "国民经济行业", "行业类别", "国民经济行业代码"}},
      {"founded",
       "enterprise.founded_date",
       {"成立时间", "成立日期", "注册时间", "注册日期", "企业成立时间", "注册登记时间"}},
      {"capital", "enterprise.registered_capital_fen", {"注册资本", "注册资金"}},
      {"staff", "enterprise.staff_count", {"职工人数", "从业人数", "员工人数", "职工总数", "从业人员", "人数"}},
      {"size", "enterprise.enterprise_size", {"企业规模", "规模", "规模类型"}},
      {"contact", "enterprise.contact_name", {"联系人", "企业联系人", "联系人姓名"}},
      {"phone",
       "enterprise.contact_phone",
       {"联系电话", "电话", "联系方式", "手机", "手机号", "联系人电话", "手机号码", "电话号码", "联系人手机"}},
      {"remark", "enterprise.remark", RemarkAliases()},
      {"tags", "enterprise.tags", {"标签", "产业标签"}},
      {"class", "", ClassAliases()},
      {"number", "", NumberAliases()},
      {"issued", "", IssueAliases()},
      {"expires", "", ExpireAliases()},
  };
  MarkInheriting(spec, {"organisation", "district", "registered_district", "township", "industry", "size", "tags",
                        "remark", "class", "issued", "expires"});
  spec.identity = {"name", "code"};
  spec.required = {{"name"}, {"code"}};
  spec.money = {"capital"};
  for (const char* key : {"class", "number", "issued", "expires"}) spec.elsewhere[key] = "kc import certifications";
  return spec;
}

KindSpec CertificationsSpec() {
  KindSpec spec;
  spec.word = "certifications";
  spec.fields = {
      {"serial", "", SerialAliases()},
      {"name", "certification.enterprise_name", EnterpriseNameAliases()},
      {"code", "certification.credit_code", CreditCodeAliases()},
      {"class", "certification.certification.certification_class", ClassAliases()},
      {"number", "certification.certification.certificate_number", NumberAliases()},
      {"issued", "certification.certification.issue_date", IssueAliases()},
      {"expires", "certification.certification.expire_date", ExpireAliases()},
      {"again", "certification.certification.re_recognition", {"是否重新认定", "重新认定", "是否复审"}},
  };
  // An enterprise with several certificates is named once, in a merged block.
  MarkInheriting(spec, {"name", "code", "class", "issued", "expires"});
  spec.identity = {"name", "code"};
  spec.required = {{"name", "code"}, {"class"}, {"issued"}};
  spec.reasons = {{"ENTERPRISE_UNKNOWN", "code"},         {"ENTERPRISE_AMBIGUOUS", "name"},
                  {"ENTERPRISE_NOT_ACTIVE", "code"},      {"CERTIFICATE_NUMBER_MALFORMED", "number"},
                  {"CERTIFICATE_NUMBER_TAKEN", "number"}, {"CERTIFICATION_OVERLAPS", "issued"}};
  return spec;
}

void FillEnterprise(const MappingOptions& options, MappingState& state, RowReader& reader, v1::Enterprise& enterprise) {
  enterprise.set_credit_code(reader.CreditCode("code"));
  enterprise.set_enterprise_name(reader.Text("name"));
  enterprise.set_organisation_kind(static_cast<v1::OrganisationKind>(reader.Choice("organisation", kOrganisations)));
  enterprise.set_legal_representative(reader.Text("legal"));
  enterprise.set_address(reader.Text("address"));
  enterprise.set_registered_division_code(reader.Division("registered_district"));
  enterprise.set_township(reader.Text("township"));
  std::string district = reader.Division("district");
  if (district.empty() && !reader.Has("district")) district = DistrictOfTownship(enterprise.township());
  enterprise.set_located_division_code(district.empty() ? options.division : district);
  FillIndustry(reader, enterprise);
  if (const auto day = reader.Date("founded"); day.has_value()) *enterprise.mutable_founded_date() = day->ToProto();
  if (const auto fen = reader.Fen("capital"); fen.has_value()) enterprise.set_registered_capital_fen(*fen);
  if (const auto staff = reader.Integer("staff"); staff.has_value()) {
    enterprise.set_staff_count(static_cast<int32_t>(std::clamp<int64_t>(*staff, -1, INT32_MAX)));
  }
  enterprise.set_enterprise_size(static_cast<v1::EnterpriseSize>(reader.Choice("size", kSizes)));
  enterprise.set_contact_name(reader.Text("contact"));
  enterprise.set_contact_phone(reader.Text("phone"));
  enterprise.set_remark(reader.Text("remark"));
  for (const absl::string_view tag : absl::StrSplit(reader.Text("tags"), absl::ByAnyChar(",;/ "), absl::SkipEmpty())) {
    enterprise.add_tags(std::string(tag));
  }
  WarnOfRepeat(state, reader, enterprise);
  WarnOfNearName(state, reader, "name", enterprise.enterprise_name(), enterprise.credit_code());
}

void FillCertification(MappingState& state, RowReader& reader, v1::ImportCertificationRow& row) {
  row.set_credit_code(reader.CreditCode("code"));
  row.set_enterprise_name(reader.Text("name"));
  WarnOfNearName(state, reader, "name", row.enterprise_name(), row.credit_code());
  v1::Certification& certification = *row.mutable_certification();
  certification.set_certification_class(static_cast<v1::CertificationClass>(reader.Choice("class", kClasses)));
  certification.set_certificate_number(reader.Code("number"));
  if (const auto day = reader.Date("issued"); day.has_value()) *certification.mutable_issue_date() = day->ToProto();
  if (const auto day = reader.Date("expires"); day.has_value()) *certification.mutable_expire_date() = day->ToProto();
  certification.set_re_recognition(reader.YesNo("again").value_or(false));
}

}  // namespace kechuang::kc
