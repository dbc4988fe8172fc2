#include "tests/fuzz/layout.h"

#include <cstdlib>
#include <string>

#include "common/domain/credit_code.h"
#include "common/domain/credit_code_suggestions.h"
#include "tools/sheet/chinese_number.h"
#include "tools/sheet/suggest.h"
#include "tools/sheet/table.h"
#include "tools/sheet/values.h"

namespace kechuang::fuzz {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

const sheet::Layout& LoanLayout() {
  static const sheet::Layout kLayout{{{"name", {"企业名称", "名称"}, true},
                                      {"code", {"信用代码", "统一社会信用代码"}},
                                      {"bank", {"合作银行"}, true},
                                      {"amount", {"贷款金额", "贷款情况金额", "金额"}},
                                      {"day", {"放款日期"}},
                                      {"rate", {"利率"}},
                                      {"remark", {"备注"}}},
                                     {"name", "code"},
                                     {{"甲", "bank"}, {"乙", ""}}};
  return kLayout;
}

sheet::Cell TextCell(const std::string& text) { return {0, sheet::CellKind::kText, text}; }

}  // namespace

void ReadLoanTable(sheet::Workbook& workbook, int sheet) {
  sheet::Header seen;
  int rows = 0;
  const auto summary = sheet::ReadTable(
      workbook, sheet, LoanLayout(),
      [&](const sheet::Header& header) {
        seen = header;
        Require(!sheet::ShapeOf(header).empty());
        return absl::OkStatus();
      },
      [&](const sheet::DataRow& row) {
        ++rows;
        Require(row.number > seen.row);
        for (const auto& [key, cell] : row.cells) ReadEveryWay(cell);
        return absl::OkStatus();
      });
  if (summary.ok()) Require(summary->rows == rows && summary->has_header == (seen.row > 0));
}

void ReadEveryWay(const sheet::Cell& cell) {
  const sheet::Units wan{sheet::Unit::kWanYuan, sheet::Unit::kNone, sheet::Unit::kNone};
  sheet::UnitOf(cell.text);
  sheet::UnitWordOf(cell);
  sheet::ParseText(&cell).IgnoreError();
  sheet::ParseInteger(&cell).IgnoreError();
  sheet::ParseYesNo(&cell).IgnoreError();
  sheet::ParseRatePpm(&cell, sheet::Unit::kNone).IgnoreError();
  sheet::ParseMoney(&cell, {}).IgnoreError();
  sheet::FenOfChinese(cell.text);
  const auto code = sheet::ParseCode(&cell);
  if (code.ok() && !CreditCode::Parse(*code).ok()) {
    for (const std::string& each : SuggestCreditCodes(*code)) Require(CreditCode::Parse(each).ok());
  }
  if (!sheet::ParseDay(&cell).ok()) {
    const std::string day = sheet::SuggestDay(cell);
    const sheet::Cell mended = TextCell(day);
    if (!day.empty()) Require(sheet::ParseDay(&mended).ok());
  }
  if (!sheet::ParseMoney(&cell, wan).ok()) {
    const std::string money = sheet::SuggestMoney(cell, wan);
    const sheet::Cell mended = TextCell(money);
    if (!money.empty()) Require(sheet::ParseMoney(&mended, wan).ok());
  }
  const std::string number = sheet::SuggestNumber(cell);
  Require(number.empty() || number.find_first_not_of("0123456789") == std::string::npos);
  const std::string rate = sheet::SuggestRate(cell);
  const sheet::Cell mended = TextCell(rate);
  if (!rate.empty()) Require(sheet::ParseRatePpm(&mended, sheet::Unit::kNone).ok());
}

}  // namespace kechuang::fuzz
