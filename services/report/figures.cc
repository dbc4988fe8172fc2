#include "services/report/figures.h"

#include <initializer_list>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"

#include "common/domain/day.h"
#include "common/domain/fen.h"

namespace kechuang::report {
namespace {

using enterprise::v1::CertificationClass;
using Value = std::optional<std::string>;

constexpr absl::string_view kEnterpriseStatistics = "kechuang.enterprise.v1.EnterpriseService/GetEnterpriseStatistics";
constexpr absl::string_view kContractTotals = "kechuang.contract.v1.ContractService/GetContractTotals";
constexpr absl::string_view kLoanTotals = "kechuang.loan.v1.LoanService/GetLoanTotals";

Value ContractCount(const Statistics& statistics) {
  if (!statistics.contracts.has_value()) return std::nullopt;
  return absl::StrCat(statistics.contracts->sum().count());
}

Value ContractAmount(const Statistics& statistics) {
  if (!statistics.contracts.has_value()) return std::nullopt;
  return ToYiYuan(Fen(statistics.contracts->sum().total_amount_fen()));
}

// Recognitions of some classes in the year.
Value Recognised(const Statistics& statistics, std::initializer_list<CertificationClass> classes) {
  if (!statistics.enterprises.has_value()) return std::nullopt;
  int64_t count = 0;
  for (const enterprise::v1::ClassFigures& figures : statistics.enterprises->classes()) {
    for (const CertificationClass wanted : classes) {
      if (figures.certification_class() == wanted) count += figures.recognised_count();
    }
  }
  return absl::StrCat(count);
}

Value HighTechCount(const Statistics& statistics) {
  return Recognised(statistics, {enterprise::v1::CERTIFICATION_CLASS_HNTE});
}
Value LittleGiantCount(const Statistics& statistics) {
  return Recognised(statistics, {enterprise::v1::CERTIFICATION_CLASS_TECH_LITTLE_GIANT,
                                 enterprise::v1::CERTIFICATION_CLASS_AGRI_HIGH_TECH_ENTERPRISE});
}
Value GazelleCount(const Statistics& statistics) {
  return Recognised(statistics, {enterprise::v1::CERTIFICATION_CLASS_GAZELLE});
}

Value TechnologyCount(const Statistics& statistics) {
  if (!statistics.enterprises.has_value()) return std::nullopt;
  return absl::StrCat(statistics.enterprises->technology_enterprise_count());
}

Value BorrowerCount(const Statistics& statistics) {
  if (!statistics.loans.has_value()) return std::nullopt;
  return absl::StrCat(statistics.loans->issued().enterprise_count());
}
Value IssuedAmount(const Statistics& statistics) {
  if (!statistics.loans.has_value()) return std::nullopt;
  return ToWanYuan(Fen(statistics.loans->issued().amount_fen()));
}
Value CumulativeAmount(const Statistics& statistics) {
  if (!statistics.loans.has_value()) return std::nullopt;
  return ToWanYuan(Fen(statistics.loans->cumulative().amount_fen()));
}

std::string ReRecognitionNote(const Statistics& statistics, bool english) {
  if (!statistics.enterprises.has_value()) return "";
  if (statistics.enterprises->include_re_recognition()) return english ? "; re-recognitions included" : "；含重新认定";
  return english ? "; re-recognitions not included" : "；不含重新认定";
}

// Which classes make an enterprise count.
std::string ClassesNote(const Statistics& statistics, bool english) {
  if (!statistics.enterprises.has_value()) return "";
  std::vector<std::string> names;
  for (const int number : statistics.enterprises->technology_classes()) {
    const std::string& name = enterprise::v1::CertificationClass_Name(static_cast<CertificationClass>(number));
    names.emplace_back(absl::StripPrefix(name, "CERTIFICATION_CLASS_"));
  }
  return absl::StrCat(english ? "; classes: " : "；资质范围：", absl::StrJoin(names, ", "));
}

std::string PeriodText(v1::PeriodKind kind, int year) {
  switch (kind) {
    case v1::PERIOD_KIND_YEAR_END:
    case v1::PERIOD_KIND_CUMULATIVE:
      return Day::EndOfYear(year).ToString();
    case v1::PERIOD_KIND_YEAR_BEFORE:
      return absl::StrCat(year - 1);
    case v1::PERIOD_KIND_TWO_YEARS:
      return absl::StrCat(year - 1, "-", year);
    case v1::PERIOD_KIND_THREE_YEARS_BEFORE:
      return absl::StrCat(year - 3, "-", year - 1);
    default:
      return absl::StrCat(year);
  }
}

v1::Figure FigureOf(const FigureDefinition& definition, int year, bool english, const Statistics& statistics) {
  v1::Figure figure;
  figure.set_figure_id(std::string(definition.id));
  figure.set_label(std::string(definition.label));
  figure.set_label_en(std::string(definition.label_en));
  figure.set_unit(std::string(definition.unit));
  figure.set_period(PeriodText(definition.period, year));
  figure.set_period_kind(definition.period);
  const absl::string_view words = english ? definition.definition_en : definition.definition;
  const Value value = definition.render == nullptr ? std::nullopt : definition.render(statistics);
  if (!value.has_value()) {
    figure.set_definition(absl::StrCat(english ? "Not held yet: " : "尚未持有：", words));
    return figure;
  }
  figure.set_held(true);
  figure.set_value(*value);
  figure.set_source_method(std::string(definition.source_method));
  figure.set_definition(
      absl::StrCat(words, definition.note == nullptr ? std::string() : definition.note(statistics, english)));
  return figure;
}

}  // namespace

const std::vector<FigureDefinition>& FigureTable() {
  static const auto& table = *new std::vector<FigureDefinition>{
      {"S01", "全社会研究与实验发展(R&D)经费投入", "Expenditure on research and development", "亿元",
       v1::PERIOD_KIND_YEAR_BEFORE, "统计部门核定的全区域 R&D 经费，按登记的统计数录入，不由企业填报数相加",
       "R&D expenditure of the district as the statistics bureau has it; entered, not summed from enterprises' "
       "reports"},
      {"S02", "R&D投入强度", "R&D intensity", "%", v1::PERIOD_KIND_YEAR_BEFORE,
       "R&D 经费投入除以同年地区生产总值，保留两位小数",
       "R&D expenditure over the gross domestic product of the same year, two decimals"},
      {"S03", "完成技术合同", "Technology contracts completed", "份", v1::PERIOD_KIND_YEAR,
       "登记日期在本年、卖方所在地为本辖区的技术合同份数；已注销的仍计入登记当年，已撤销的不计",
       "Contracts registered in the year whose seller is located in the district; cancelled ones stay, revoked ones do "
       "not count",
       kContractTotals, &ContractCount},
      {"S04", "技术合同成交总额", "Total value of technology contracts", "亿元", v1::PERIOD_KIND_YEAR,
       "同一批技术合同的合同成交总额（不是技术交易额）之和，四舍五入到两位小数",
       "Sum of the total amounts (not the technical amounts) of the same contracts, rounded half up to two decimals",
       kContractTotals, &ContractAmount},
      {"S05", "登记科技成果", "Achievements registered", "个", v1::PERIOD_KIND_YEAR, "登记日期在本年的科技成果数",
       "Achievements whose registration falls in the year"},
      {"S06", "有效发明(专利)量", "Invention patents in force", "件", v1::PERIOD_KIND_YEAR_END,
       "年末有效的发明专利：已授权，未终止、无效或届满，现权利人在本辖区",
       "Invention patents granted and in force at the end of the year whose present owner is in the district"},
      {"S07", "万人口有效发明量", "Invention patents in force per 10,000 residents", "件/万人",
       v1::PERIOD_KIND_YEAR_END, "有效发明专利量除以常住人口（万人），保留两位小数",
       "Invention patents in force over residents in ten thousands, two decimals"},
      {"S08", "认定国家高新技术企业", "High-tech enterprises recognised", "家", v1::PERIOD_KIND_YEAR,
       "认定日期在本年、所在地为本辖区的国家高新技术企业认定数",
       "Recognitions as national high-tech enterprise issued in the year to enterprises in the district",
       kEnterpriseStatistics, &HighTechCount, &ReRecognitionNote},
      {"S09", "小巨人和农高企", "Technology little giants and agricultural high-tech enterprises recognised", "家",
       v1::PERIOD_KIND_YEAR, "认定日期在本年的自治区科技小巨人与农业高新技术企业认定数合计",
       "Recognitions in the year as technology little giant and as agricultural high-tech enterprise, together",
       kEnterpriseStatistics, &LittleGiantCount, &ReRecognitionNote},
      {"S10", "自治区瞪羚企业", "Gazelle enterprises recognised", "家", v1::PERIOD_KIND_YEAR,
       "认定日期在本年的自治区瞪羚企业认定数", "Recognitions in the year as gazelle enterprise", kEnterpriseStatistics,
       &GazelleCount, &ReRecognitionNote},
      {"S11", "各类科技型企业总数", "Technology enterprises of every class", "家", v1::PERIOD_KIND_YEAR_END,
       "年末持有至少一类有效资质、在业且所在地为本辖区的企业数，按统一社会信用代码去重",
       "Distinct enterprises in business in the district that hold at least one valid class at the end of the year",
       kEnterpriseStatistics, &TechnologyCount, &ClassesNote},
      {"S12", "企业联合高校申报市校企联合创新项目",
       "Enterprises applying with universities for joint innovation projects", "家", v1::PERIOD_KIND_YEAR,
       "本年与高校联合申报的企业数，去重", "Distinct enterprises with a joint application in the year"},
      {"S13", "引进科技成果、专利技术", "Achievements and patented technology introduced", "项", v1::PERIOD_KIND_YEAR,
       "本年引进的科技成果、专利技术记录数", "Records of technology introduced in the year"},
      {"S14", "申报自治区、市科技项目", "Applications for regional and city science projects", "个",
       v1::PERIOD_KIND_YEAR, "申报日期在本年的自治区、市科技项目数", "Project applications dated in the year"},
      {"S15", "立项", "Projects approved", "个", v1::PERIOD_KIND_YEAR, "立项日期在本年的科技项目数",
       "Project approvals dated in the year"},
      {"S16", "指导申报工程技术研究中心", "Engineering research centres guided to apply", "家", v1::PERIOD_KIND_YEAR,
       "本年申报工程技术研究中心的单位数", "Applications for an engineering research centre in the year"},
      {"S17", "申报自治区技术创新中心", "Applications for a regional technology innovation centre", "家",
       v1::PERIOD_KIND_YEAR, "本年申报（不是认定）自治区技术创新中心的单位数",
       "Applications, not recognitions, in the year"},
      {"S18", "各类创新研发平台(已备案)", "Innovation platforms on file", "家", v1::PERIOD_KIND_YEAR_END,
       "年末已备案且未撤销的创新平台数", "Platforms on file and not withdrawn at the end of the year"},
      {"S19", "东西部科技合作项目", "East-west cooperation projects", "项", v1::PERIOD_KIND_YEAR,
       "本年的东西部科技合作项目数", "East-west cooperation projects of the year"},
      {"S20", "科技成果线上推介活动", "Online promotions of achievements", "场", v1::PERIOD_KIND_YEAR,
       "本年类型为推介的活动场次", "Events of type promotion in the year"},
      {"S21", "校企联合创新", "Joint innovation of schools and enterprises", "家/项", v1::PERIOD_KIND_YEAR,
       "与 S12、S13 为同一批记录，不重复计数", "The same records as S12 and S13, not counted twice"},
      {"S22", "吸纳高层次人才", "High-level talents taken on", "名", v1::PERIOD_KIND_YEAR,
       "本年新选派的高层次人才类科技特派员人数", "New science commissioners of type high-level talent in the year"},
      {"S23", "其中博士", "Of them with a doctorate", "名", v1::PERIOD_KIND_YEAR, "S22 中学位为博士的人数",
       "Those of S22 whose degree is a doctorate"},
      {"S24", "其中硕士", "Of them with a master's degree", "名", v1::PERIOD_KIND_YEAR, "S22 中学位为硕士的人数",
       "Those of S22 whose degree is a master's"},
      {"S25", "科技特派员总数", "Science commissioners", "名(家)", v1::PERIOD_KIND_YEAR_END,
       "年末在任的自然人与法人科技特派员合计",
       "Persons and legal persons who are commissioners at the end of the year, together"},
      {"S26", "行政村覆盖", "Administrative villages covered", "个", v1::PERIOD_KIND_YEAR_END,
       "年末至少有一名在任科技特派员服务的行政村数",
       "Villages with at least one active commissioner at the end of the year"},
      {"S27", "辐射带动增产增收", "People whose yield and income rose", "人", v1::PERIOD_KIND_YEAR,
       "本年科技特派员服务带动人数合计，按约数规则表述",
       "Sum of the beneficiaries of commissioners' services in the year, worded as an approximation"},
      {"S28", "发放贷款企业", "Enterprises that were paid a loan", "家", v1::PERIOD_KIND_YEAR,
       "放款日期在本年的借款企业数，去重；冲正的放款不计",
       "Distinct enterprises with a disbursement dated in the year that was not reversed", kLoanTotals, &BorrowerCount},
      {"S29", "今年发放贷款", "Loans paid out in the year", "万元", v1::PERIOD_KIND_YEAR,
       "放款日期在本年的放款金额合计，还款不冲减，冲正在其发生的期间冲减",
       "Sum disbursed in the year; repayments do not lower it, a reversal does in its own period", kLoanTotals,
       &IssuedAmount},
      {"S30", "累计发放贷款", "Loans paid out so far", "万元", v1::PERIOD_KIND_CUMULATIVE,
       "自项目开始至年末的放款金额合计，口径同今年发放贷款",
       "Sum disbursed from the beginning of the programme to the end of the year, counted as in the year", kLoanTotals,
       &CumulativeAmount},
      {"S31", "政策宣讲活动", "Policy events", "期", v1::PERIOD_KIND_YEAR, "本年类型为宣讲的活动期数",
       "Events of type policy in the year"},
      {"S32", "R&D投入连续领先全区", "Years in a row that R&D leads the region", "年",
       v1::PERIOD_KIND_THREE_YEARS_BEFORE, "R&D 投入在全自治区排名第一的连续年数",
       "Years in a row in which R&D expenditure ranks first in the autonomous region"},
      {"S33", "科技创新激励以奖代补资金", "Incentive funds for innovation", "万元", v1::PERIOD_KIND_TWO_YEARS,
       "自治区财政厅、科技厅连续两年以奖代补资金到账合计",
       "Incentive funds received in two years in a row from the region's finance and science departments"},
      {"S34", "县域科技创新能力监测评价奖励", "Award for the district's innovation rating", "万元",
       v1::PERIOD_KIND_YEAR_BEFORE, "自治区科技厅按上年监测评价拨付的奖励资金",
       "Award of the region's science department for the rating of the year before"},
      {"S35", "荣誉:科学技术先进集体", "Honours: advanced collective in science and technology", "项",
       v1::PERIOD_KIND_YEAR, "本年获得的市级荣誉项数", "Honours of the city in the year"},
      {"S36", "离岸孵化器(北上广深)", "Off-site incubators", "个", v1::PERIOD_KIND_YEAR_END, "年末在册的离岸孵化器数",
       "Off-site incubators on the list at the end of the year"},
      {"S37", "乡村示范项目", "Demonstration projects in villages", "项", v1::PERIOD_KIND_YEAR,
       "本年列名的乡村科技示范项目数", "Named demonstration projects in villages in the year"},
      {"S38", "中关村双创园基地申报", "Base applications of the Zhongguancun park", "项", v1::PERIOD_KIND_YEAR,
       "中关村双创园本年申报的示范基地项数", "Demonstration base applications of the park in the year"},
      {"S39", "政策文件", "Policy documents", "份", v1::PERIOD_KIND_YEAR, "本年印发或起草中的政策文件数，状态分列",
       "Policy documents issued or being drafted in the year, by status"},
      {"S40", "产业座谈会、交流会", "Industry meetings", "场", v1::PERIOD_KIND_YEAR,
       "本年召开的产业科技座谈会、交流会场次", "Industry meetings in the year"},
  };
  return table;
}

v1::AnnualReport MakeReport(int year, absl::string_view division_code, bool english, const Statistics& statistics) {
  v1::AnnualReport report;
  report.set_year(year);
  report.set_division_code(std::string(division_code));
  *report.mutable_as_of_date() = Day::EndOfYear(year).ToProto();
  for (const FigureDefinition& definition : FigureTable()) {
    *report.add_figures() = FigureOf(definition, year, english, statistics);
  }
  return report;
}

}  // namespace kechuang::report
