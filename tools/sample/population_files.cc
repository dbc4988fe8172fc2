#include <algorithm>
#include <array>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include "common/base/status_macros.h"
#include "common/domain/fen.h"
#include "tools/book/atomic_file.h"
#include "tools/book/book_writer.h"
#include "tools/sample/district_files.h"
#include "tools/sample/population.h"

namespace kechuang::sample {
namespace {

using book::Number;
using book::Percent;
using book::Value;
using Row = std::vector<Value>;

constexpr int kContractsOfEach = 3;

// Rows into a workbook or a CSV file.
class Rows {
 public:
  virtual ~Rows() = default;
  virtual void Add(const Row& row) = 0;
  virtual absl::Status Close() = 0;
};

class XlsxRows final : public Rows {
 public:
  XlsxRows(const std::string& path, const std::string& sheet, const std::vector<std::string>& headers)
      : book_(path, true) {
    book_.AddSheet(sheet);
    book_.AddHeader(headers);
  }
  void Add(const Row& row) override { book_.AddRow(row); }
  absl::Status Close() override { return book_.Close(); }

 private:
  book::BookWriter book_;
};

class CsvRows final : public Rows {
 public:
  CsvRows(const std::string& path, const std::vector<std::string>& headers)
      : file_(path), out_(file_.temporary_path(), std::ios::binary | std::ios::trunc) {
    out_ << "\xEF\xBB\xBF";
    for (size_t i = 0; i < headers.size(); ++i) out_ << (i == 0 ? "" : ",") << headers[i];
    out_ << "\n";
  }
  // None of the texts holds a comma, a quotation mark or a line break.
  void Add(const Row& row) override {
    for (size_t i = 0; i < row.size(); ++i) {
      if (i > 0) out_ << ',';
      if (const auto* text = std::get_if<std::string>(&row[i])) out_ << *text;
      if (const auto* number = std::get_if<Number>(&row[i])) out_ << absl::StrCat(number->value);
      if (const auto* percent = std::get_if<Percent>(&row[i])) out_ << absl::StrCat(percent->value * 100, "%");
      if (const auto* day = std::get_if<Day>(&row[i])) out_ << day->ToString();
    }
    out_ << '\n';
  }
  absl::Status Close() override {
    out_.close();
    if (out_) return file_.Commit();
    return absl::UnavailableError(absl::StrCat("cannot write ", file_.path(), " (无法写入)"));
  }

 private:
  book::AtomicFile file_;
  std::ofstream out_;
};

// What a file of a kind looks like.
struct Sheet {
  const char* name;
  std::vector<std::string> headers;
};

Sheet SheetOf(PopulationKind kind) {
  switch (kind) {
    case PopulationKind::kEnterprises:
      return {"企业名单",
              {"单位名称", "统一社会信用代码", "所属区县", "所属街道（镇）", "注册地址", "所属行业", "成立时间"}};
    case PopulationKind::kCertifications:
      return {"资质", {"企业名称", "统一社会信用代码", "企业类型（资质）", "证书编号", "认定时间", "有效期至"}};
    case PopulationKind::kLoans:
      return {"科技贷款",
              {"企业名称", "信用代码", "合作银行", "资金池", "贷款金额（万元）", "申请日期", "放款日期", "到期日",
               "利率(%)", "担保方式", "贷款余额（万元）", "是否逾期", "批次", "状态"}};
    case PopulationKind::kContracts:
      return {"技术合同",
              {"合同登记编号", "合同名称", "合同类别", "卖方名称", "卖方统一社会信用代码", "卖方所在区", "买方名称",
               "合同成交总额（万元）", "技术交易额（万元）", "签订日期", "认定登记日期", "技术领域", "知识产权"}};
  }
  return {};
}

Value WanYuan(int64_t fen) { return Number{static_cast<double>(fen) / 1e6}; }
Value DayOrNothing(const std::optional<Day>& day) { return day.has_value() ? Value(*day) : Value(); }

Row EnterpriseRow(const Firm& firm) {
  return {firm.name, firm.credit_code, firm.district, firm.township, firm.address, firm.industry, firm.founded};
}

Row LoanRow(const Loan& loan, const Firm& firm, const District& district) {
  return {firm.name,
          firm.credit_code,
          district.banks[loan.bank].name,
          district.pool_name,
          WanYuan(loan.amount_fen),
          DayOrNothing(loan.applied),
          DayOrNothing(loan.paid),
          DayOrNothing(loan.due),
          Number{loan.rate_ppm / 1e4},
          loan.guarantee,
          WanYuan(loan.balance_fen),
          std::string(loan.overdue ? "是" : "否"),
          loan.batch,
          loan.state};
}

Row ContractRow(const Contract& contract) {
  return {contract.number,
          contract.title,
          contract.class_name,
          contract.seller,
          contract.seller_code,
          contract.seller_district,
          contract.buyer,
          WanYuan(contract.total_fen),
          WanYuan(contract.technical_fen),
          contract.signed_day,
          contract.registered,
          contract.field,
          contract.ip_type};
}

void AddRows(const Population& population, PopulationKind kind, int64_t rows, Rows& out) {
  // The pool and the banks that loans name are those of the district of one seed.
  const District district = kind == PopulationKind::kLoans ? MakeDistrict(7) : District();
  for (int64_t i = 0; i < rows; ++i) {
    switch (kind) {
      case PopulationKind::kEnterprises:
        out.Add(EnterpriseRow(population.FirmAt(i)));
        break;
      case PopulationKind::kCertifications:
        for (const Certificate& held : population.CertificatesAt(i)) {
          const Firm firm = population.FirmAt(i);
          out.Add({firm.name, firm.credit_code, held.class_name, held.number, held.issued, DayOrNothing(held.expires)});
        }
        break;
      case PopulationKind::kLoans:
        out.Add(LoanRow(population.LoanAt(i), population.FirmAt(population.FirmOfLoan(i)), district));
        break;
      case PopulationKind::kContracts:
        out.Add(ContractRow(population.ContractAt(i)));
        break;
    }
  }
}

}  // namespace

absl::Status ParseKind(absl::string_view text, PopulationKind& kind) {
  constexpr std::array<std::pair<absl::string_view, PopulationKind>, 4> kKinds{
      {{"enterprises", PopulationKind::kEnterprises},
       {"certifications", PopulationKind::kCertifications},
       {"loans", PopulationKind::kLoans},
       {"contracts", PopulationKind::kContracts}}};
  for (const auto& [name, value] : kKinds) {
    if (name != text) continue;
    kind = value;
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError("enterprises, certifications, loans, contracts");
}

absl::Status WritePopulation(const Population& population, PopulationKind kind, int64_t rows, const std::string& path) {
  const bool xlsx = absl::EndsWith(path, ".xlsx");
  const Sheet sheet = SheetOf(kind);
  // An enterprise has five certificates at most, about one and a quarter on average.
  const int64_t rows_most = kind == PopulationKind::kCertifications ? kXlsxRowsMost / 5 : kXlsxRowsMost;
  if (xlsx && rows > rows_most) {
    return absl::InvalidArgumentError(absl::StrCat("a .xlsx file holds ", rows_most,
                                                   " of these at most; name a .csv file (", ".xlsx 文件最多容纳 ",
                                                   rows_most, " 条，请改用 .csv)"));
  }
  std::unique_ptr<Rows> out;
  if (xlsx) {
    out = std::make_unique<XlsxRows>(path, sheet.name, sheet.headers);
  } else {
    out = std::make_unique<CsvRows>(path, sheet.headers);
  }
  AddRows(population, kind, rows, *out);
  return out->Close();
}

absl::Status WritePopulationDistrict(const Population& population, const std::string& folder, bool csv) {
  const auto path = [&](const char* name) { return absl::StrCat(folder, "/", name, csv ? ".csv" : ".xlsx"); };
  const int64_t count = population.enterprises();
  RETURN_IF_ERROR(WritePoolAndBanks(MakeDistrict(7), folder));
  RETURN_IF_ERROR(WritePopulation(population, PopulationKind::kEnterprises, count, path("企业名单")));
  RETURN_IF_ERROR(WritePopulation(population, PopulationKind::kCertifications, count, path("企业资质")));
  RETURN_IF_ERROR(WritePopulation(population, PopulationKind::kLoans, count / 10, path("科技贷款")));
  return WritePopulation(population, PopulationKind::kContracts, count * kContractsOfEach, path("技术合同登记"));
}

}  // namespace kechuang::sample
