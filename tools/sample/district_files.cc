#include "tools/sample/district_files.h"

#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"

#include "common/base/status_macros.h"
#include "common/domain/fen.h"
#include "tools/book/book_writer.h"
#include "tools/sample/cells.h"

namespace kechuang::sample {
namespace {

const std::vector<std::string>& ContractHeaders() {
  static const std::vector<std::string> headers{"序号",
                                                "合同登记编号",
                                                "合同名称",
                                                "合同类别",
                                                "卖方名称",
                                                "卖方统一社会信用代码",
                                                "卖方所在区",
                                                "买方名称",
                                                "买方统一社会信用代码",
                                                "合同成交总额\n（万元）",
                                                "技术交易额（万元）",
                                                "签订日期",
                                                "认定登记日期",
                                                "技术领域",
                                                "知识产权"};
  return headers;
}

std::vector<Value> ContractRow(const Contract& contract, size_t serial) {
  return {Number{static_cast<double>(serial)},
          CodeCell(contract.number, serial),
          contract.title,
          contract.class_name,
          contract.seller,
          CodeCell(contract.seller_code, serial + 5),
          contract.seller_district,
          contract.buyer,
          contract.buyer_code.empty() ? Value() : Value(contract.buyer_code),
          WanYuanCell(contract.total_fen, serial),
          WanYuanCell(contract.technical_fen, serial + 1),
          DayCell(contract.signed_day, serial),
          DayCell(contract.registered, serial + 2),
          contract.field,
          contract.ip_type};
}

absl::Status WriteFirms(const District& district, const std::string& path) {
  BookWriter book(path, false);
  book.AddSheet("企业名单");
  book.AddTitle("西夏区科技企业名单（示例数据，企业均为虚构）", 10);
  book.AddRow({std::string("填报单位：示例区科学技术局"), {}, {}, {}, {}, {}, {}, {}, std::string("2023年2月")});
  book.AddHeader({"序号", "单位名称", "统一社会信用代码（税号）", "所属区县", "所属街道（镇）", "注册地址", "所属行业",
                  "成立时间", "联系人", "联系电话"});
  for (size_t i = 0; i < district.firms.size(); ++i) {
    const Firm& firm = district.firms[i];
    const size_t serial = i + 1;
    if (i == 120) book.SkipRow();
    book.AddRow({Number{static_cast<double>(serial)}, i % 17 == 5 ? absl::StrCat(firm.name, " ") : firm.name,
                 CodeCell(firm.credit_code, i), firm.district, firm.township.empty() ? Value() : Value(firm.township),
                 firm.address, firm.industry, DayCell(firm.founded, i), absl::StrFormat("示例联系人%03d", serial),
                 absl::StrFormat("0951-0000%03d", serial)});
  }
  book.SkipRow();
  book.AddRow({std::string("填表人："), std::string("示例甲"), {}, std::string("审核人："), std::string("示例乙")});
  return book.Close();
}

absl::Status WriteCertificates(const District& district, const std::string& path) {
  BookWriter book(path, false);
  book.AddSheet("资质");
  book.AddTitle("西夏区科技企业资质台账（示例数据）", 7);
  book.AddHeader({"序号", "企业名称", "统一社会信用代码", "企业类型（资质）", "证书编号", "认定时间", "有效期至"});
  size_t serial = 0;
  std::string class_name;
  size_t of_class = 0;
  for (const Certificate& certificate : district.certificates) {
    if (!class_name.empty() && class_name != certificate.class_name && of_class > 40) {
      book.AddRow({std::string("小计"), absl::StrCat(of_class, "家")});
      of_class = 0;
    }
    class_name = certificate.class_name;
    ++of_class;
    ++serial;
    const Firm& firm = district.firms[certificate.firm];
    // One in seven is known by its name only.
    book.AddRow({Number{static_cast<double>(serial)}, firm.name,
                 serial % 7 == 2 ? Value() : CodeCell(firm.credit_code, serial), certificate.class_name,
                 certificate.number, DayCell(certificate.issued, serial), DayCell(certificate.expires, serial + 1)});
  }
  book.AddRow({std::string("合计"), absl::StrCat(serial, "项")});
  return book.Close();
}

absl::Status WritePool(const District& district, const std::string& path) {
  BookWriter book(path, false);
  book.AddSheet("资金池");
  book.AddTitle("风险补偿资金池出资情况（示例数据）", 7);
  book.AddRow({{}, {}, {}, {}, std::string("单位：元")});
  book.AddHeader({"序号", "资金池名称", "资金池编号", "出资单位", "出资金额", "出资日期", "备注"});
  size_t serial = 0;
  int64_t sum = 0;
  for (const Contribution& contribution : district.contributions) {
    ++serial;
    sum += contribution.amount_fen;
    book.AddRow({Number{static_cast<double>(serial)}, district.pool_name, district.pool_id, contribution.contributor,
                 Number{static_cast<double>(contribution.amount_fen) / 100}, DayCell(contribution.day, serial),
                 std::string("无")});
  }
  book.AddRow({std::string("合计"), {}, {}, {}, Number{static_cast<double>(sum) / 100}});
  return book.Close();
}

absl::Status WriteBanks(const District& district, const std::string& path) {
  BookWriter book(path, false);
  book.AddSheet("合作银行");
  book.AddTitle("科技贷款合作银行名单（示例数据，银行均为虚构）", 5);
  book.AddHeader({"序号", "银行名称", "简称", "统一社会信用代码", "备注"});
  size_t serial = 0;
  for (const Bank& bank : district.banks) {
    ++serial;
    book.AddRow({Number{static_cast<double>(serial)}, bank.name, bank.short_name,
                 CodeCell(bank.credit_code, serial + 1), std::string("/")});
  }
  return book.Close();
}

std::vector<Value> LoanRow(const District& district, const Loan& loan, size_t serial) {
  const Firm& firm = district.firms[loan.firm];
  return {
      Number{static_cast<double>(serial)},
      firm.name,
      CodeCell(firm.credit_code, serial),
      district.banks[loan.bank].short_name,
      district.pool_name,
      serial % 5 == 0 ? Value(absl::StrCat(ToWanYuan(Fen(loan.amount_fen)), "万"))
                      : WanYuanCell(loan.amount_fen, serial),
      DayCell(loan.applied, serial + 4),
      DayCell(loan.paid, serial),
      DayCell(loan.due, serial + 1),
      serial % 3 == 0 ? Value(Percent{loan.rate_ppm / 1e6}) : Value(Number{loan.rate_ppm / 1e4}),
      loan.guarantee,
      loan.paid.has_value() && !loan.reversed.has_value() ? WanYuanCell(loan.balance_fen, 0) : Value(std::string("—")),
      std::string(loan.overdue ? "是" : "否"),
      loan.batch,
      loan.state,
      DayCell(loan.reversed, serial)};
}

absl::Status WriteLoans(const District& district, const std::string& path) {
  BookWriter book(path, false);
  book.AddSheet("科技贷款");
  book.AddTitle("西夏区风险补偿贷款发放台账（示例数据）", 16);
  book.AddHeader({"序号", "企业名称", "信用代码", "合作银行", "资金池", "贷款金额（万元）", "申请日期", "放款日期",
                  "到期日", "利率(%)", "担保方式", "贷款余额（万元）", "是否逾期", "批次", "状态", "冲正日期"});
  size_t serial = 0;
  int64_t sum = 0;
  int year = 0;
  for (const Loan& loan : district.loans) {
    const int of_year = loan.applied->Year();
    if (year != 0 && of_year != year && loan.paid.has_value()) {
      book.AddRow({std::string(), absl::StrCat(year, "年小计"), {}, {}, {}, WanYuanCell(sum, 0)});
      sum = 0;
    }
    year = of_year;
    sum += loan.amount_fen;
    book.AddRow(LoanRow(district, loan, ++serial));
  }
  book.SkipRow();
  book.AddRow({std::string("注：1.本表金额单位为万元；2.已冲正的放款不计入发放额。")});
  return book.Close();
}

absl::Status WriteContracts(const District& district, const std::string& path) {
  BookWriter book(path, false);
  book.AddSheet("技术合同");
  book.AddTitle("西夏区技术合同认定登记台账（示例数据）", static_cast<int>(ContractHeaders().size()));
  book.AddRow(
      {std::string("填报单位：示例区科学技术局"), {}, {}, {}, {}, {}, {}, {}, {}, std::string("金额单位：万元")});
  book.AddHeader(ContractHeaders());
  int64_t sum = 0;
  size_t serial = 0;
  std::string month;
  for (const Contract& contract : district.contracts) {
    if (!month.empty() && month != contract.registered.MonthPeriod()) {
      book.AddRow({std::string("小计"), {}, {}, {}, {}, {}, {}, {}, {}, WanYuanCell(sum, 0)});
      sum = 0;
    }
    month = contract.registered.MonthPeriod();
    sum += contract.total_fen;
    book.AddRow(ContractRow(contract, ++serial));
    if (serial % 300 == 0) book.AddHeader(ContractHeaders());
  }
  book.AddRow({std::string("填表人："), std::string("示例甲"), {}, std::string("审核人："), std::string("示例乙")});
  return book.Close();
}

// One row for each mistake that officials make; the first two rows are right.
absl::Status WriteWrongContracts(const District& district, const std::string& path) {
  BookWriter book(path, false);
  book.AddSheet("待补正");
  book.AddTitle("技术合同登记待补正清单（示例数据）", static_cast<int>(ContractHeaders().size()));
  book.AddHeader(ContractHeaders());
  constexpr size_t kRows = 12;
  for (size_t i = 0; i < kRows; ++i) {
    Contract contract = district.contracts[i];
    contract.number = RegistrationNumber(2021, "640105", 900001 + static_cast<int>(i));
    contract.title = absl::StrCat("待补正", contract.title);
    std::vector<Value> row = ContractRow(contract, (i + 1) * 143);  // a serial whose habits are plain
    row[0] = Number{static_cast<double>(i + 1)};
    if (i == 2) row[1] = Number{2021640105900003.0};
    if (i == 3) row[1] = std::string("2021-6401-0590");
    if (i == 4) row[3] = std::string("设备采购");
    if (i == 5) row[5] = absl::StrCat(contract.seller_code.substr(0, 17), contract.seller_code[17] == '0' ? "1" : "0");
    if (i == 6) row[9] = std::string("约30");
    if (i == 7) row[10] = WanYuanCell(contract.total_fen * 2, 0);
    if (i == 8) row[12] = std::string("2021年6月");
    if (i == 9) row[12] = std::string("2021.2.30");
    if (i == 10) row[4] = Value();
    if (i == 11) row[9] = std::string("—");
    book.AddRow(row);
  }
  return book.Close();
}

std::string CsvLine(const Contract& contract, int64_t serial) {
  // None of these texts holds a comma, a quotation mark or a line break.
  return absl::StrCat(serial, ",", contract.number, ",", contract.title, ",", contract.class_name, ",", contract.seller,
                      ",", contract.seller_code, ",", contract.seller_district, ",", contract.buyer, ",",
                      contract.buyer_code, ",", ToWanYuan(Fen(contract.total_fen)), ",",
                      ToWanYuan(Fen(contract.technical_fen)), ",", contract.signed_day.ToString(), ",",
                      contract.registered.ToString(), ",", contract.field, ",", contract.ip_type, "\n");
}

absl::Status WriteLoadCsv(const District& district, int64_t count, const std::string& path) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << "\xEF\xBB\xBF序号,合同登记编号,合同名称,合同类别,卖方名称,卖方统一社会信用代码,卖方所在区,买方名称,"
          "买方统一社会信用代码,"
          "合同成交总额（万元）,技术交易额（万元）,签订日期,认定登记日期,技术领域,知识产权\n";
  for (int64_t i = 0; i < count && file; ++i) file << CsvLine(LoadContract(district, i), i + 1);
  file.close();
  if (file) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("cannot write ", path, " (无法写入)"));
}

}  // namespace

absl::Status WritePoolAndBanks(const District& district, const std::string& folder) {
  RETURN_IF_ERROR(WritePool(district, absl::StrCat(folder, "/风险补偿资金池.xlsx")));
  return WriteBanks(district, absl::StrCat(folder, "/合作银行.xlsx"));
}

absl::Status WriteDistrict(const District& district, const std::string& folder) {
  RETURN_IF_ERROR(WriteFirms(district, absl::StrCat(folder, "/企业名单.xlsx")));
  RETURN_IF_ERROR(WriteCertificates(district, absl::StrCat(folder, "/企业资质.xlsx")));
  RETURN_IF_ERROR(WritePoolAndBanks(district, folder));
  RETURN_IF_ERROR(WriteLoans(district, absl::StrCat(folder, "/科技贷款.xlsx")));
  RETURN_IF_ERROR(WriteContracts(district, absl::StrCat(folder, "/技术合同登记.xlsx")));
  return WriteWrongContracts(district, absl::StrCat(folder, "/技术合同登记(待补正).xlsx"));
}

absl::Status WriteLoadContracts(const District& district, int64_t count, const std::string& path) {
  if (!absl::EndsWith(path, ".xlsx")) return WriteLoadCsv(district, count, path);
  BookWriter book(path, true);
  book.AddSheet("技术合同");
  book.AddHeader(ContractHeaders());
  for (int64_t i = 0; i < count; ++i) {
    book.AddRow(ContractRow(LoadContract(district, i), static_cast<size_t>(i) + 1));
  }
  return book.Close();
}

}  // namespace kechuang::sample
