#include "tools/kc/export_rows.h"

#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

#include "common/domain/day.h"
#include "tools/kc/export_file.h"
#include "tools/kc/import_file.h"
#include "tools/kc/template.h"

namespace kechuang::kc {
namespace {

using google::protobuf::Message;

constexpr ImportKind kAllKinds[] = {ImportKind::kEnterprises, ImportKind::kCertifications, ImportKind::kPools,
                                    ImportKind::kBanks,       ImportKind::kLoans,          ImportKind::kContracts};

// The header of a table's file, and its rows as the importer reads them; fails if one has a fault.
std::vector<std::string> ReadBack(const std::string& path, ImportKind kind, sheet::Header& header) {
  std::vector<std::string> rows;
  const auto sheets = ReadImportFile(path, kind, {}, [&](const FileRow& row) {
    for (const CellNote& note : row.reader.notes()) {
      if (!note.warning) ADD_FAILURE() << note.key << ": " << note.status;
    }
    row.message.GetReflection()->ClearField(&row.message, row.message.GetDescriptor()->FindFieldByName("origin"));
    rows.push_back(row.message.DebugString());
    return absl::OkStatus();
  });
  EXPECT_TRUE(sheets.ok()) << sheets.status();
  if (sheets.ok()) header = sheets->front().header;
  return rows;
}

std::string ExportOne(ExportFormat format, ImportKind kind, const Message& row) {
  const std::string path = absl::StrCat(testing::TempDir(), "/export.", format == ExportFormat::kCsv ? "csv" : "xlsx");
  const RowCells cells(kind);
  std::ostringstream unused;
  const auto file = OpenExport(format, path, unused, "表", cells.columns());
  file->AddRow(cells.ValuesOf(row));
  EXPECT_TRUE(file->Close().ok());
  return path;
}

void ExpectSame(ImportKind kind, const Message& row) {
  for (const ExportFormat format : {ExportFormat::kCsv, ExportFormat::kXlsx}) {
    sheet::Header header;
    const auto rows = ReadBack(ExportOne(format, kind, row), kind, header);
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0], row.DebugString());
  }
}

TEST(ExportRows, EveryColumnIsReadAsItsKeyAndEveryWordAsItsValue) {
  for (const ImportKind kind : kAllKinds) {
    const std::string path = absl::StrCat(testing::TempDir(), "/template.xlsx");
    ASSERT_TRUE(WriteTemplate(path, kind, {{"甲银行"}, {"甲池"}}).ok());
    sheet::Header header;
    EXPECT_TRUE(ReadBack(path, kind, header).empty());
    const auto& columns = TableColumnsOf(kind);
    ASSERT_EQ(header.columns.size(), columns.size()) << SpecOf(kind).word;
    for (size_t i = 0; i < columns.size(); ++i) EXPECT_EQ(header.columns[i].key, columns[i].key) << columns[i].title;
  }
}

TEST(ExportRows, WordsOfListsAreThoseOfTheImporter) {
  for (const ImportKind kind : kAllKinds) {
    for (const TableColumnSpec& column : TableColumnsOf(kind)) {
      for (const ChoiceWord& choice : column.choices) {
        sheet::Header header;
        header.columns = {{0, column.title, column.key, sheet::Unit::kNone}};
        sheet::DataRow cells;
        sheet::Cell cell;
        cell.kind = sheet::CellKind::kText;
        cell.text = choice.word;
        cells.cells.emplace(column.key, cell);
        const std::string sheet;
        RowReader reader(sheet, header, cells);
        MappingState state;
        const auto row = NewRow(kind);
        FillRow(kind, {}, state, reader, *row);
        EXPECT_FALSE(reader.has_faults()) << column.title << " " << choice.word;
        const std::string text = row->DebugString();
        EXPECT_NE(text, "") << column.title << " " << choice.word;
      }
    }
  }
}

TEST(ExportRows, AnEnterpriseComesBackAsItWas) {
  enterprise::v1::ImportEnterprisesRow row;
  enterprise::v1::Enterprise& enterprise = *row.mutable_enterprise();
  enterprise.set_credit_code("91640105MA76P00T9G");
  enterprise.set_enterprise_name("宁夏甲科技有限公司");
  enterprise.set_organisation_kind(enterprise::v1::ORGANISATION_KIND_ENTERPRISE);
  enterprise.set_legal_representative("'张三");
  enterprise.set_address("+号路 1 号,\"东\"");
  enterprise.set_located_division_code("640105");
  *enterprise.mutable_founded_date() = Day::Parse("2015-06-01")->ToProto();
  enterprise.set_industry_code("C3825");
  enterprise.set_registered_capital_fen(123'456'789);
  enterprise.set_staff_count(0);
  enterprise.set_enterprise_size(enterprise::v1::ENTERPRISE_SIZE_SMALL);
  enterprise.set_contact_phone("13800000000");
  enterprise.set_remark("=1+1");
  enterprise.add_tags("新材料");
  enterprise.add_tags("装备");
  ExpectSame(ImportKind::kEnterprises, row);
}

TEST(ExportRows, AContractComesBackAsItWas) {
  contract::v1::ImportContractRow row;
  contract::v1::Contract& contract = *row.mutable_contract();
  contract.set_registration_number("2022640105000001");
  contract.set_contract_name("-减 项目");
  contract.set_contract_class(contract::v1::CONTRACT_CLASS_SERVICE);
  contract.set_subclass(contract::v1::CONTRACT_SUBCLASS_TRAINING);
  contract.mutable_seller()->set_party_name("@甲");
  contract.mutable_seller()->set_party_type("150");
  contract.mutable_buyer()->set_party_name("乙");
  contract.set_total_amount_fen(8'999'999'999'999'999);
  contract.set_technical_amount_fen(1);
  *contract.mutable_registration_date() = Day::Parse("2022-03-05")->ToProto();
  contract.set_technology_field(contract::v1::TECHNOLOGY_FIELD_BIOMEDICINE);
  contract.set_related_parties(true);
  ExpectSame(ImportKind::kContracts, row);
}

TEST(ExportRows, ALoanComesBackAsItWas) {
  loan::v1::Loan loan;
  loan.set_credit_code("91640105MA76P00T9G");
  loan.set_enterprise_name("宁夏甲科技有限公司");
  loan.set_bank("banks/a");
  loan.set_pool("pools/p");
  loan.set_disbursed_fen(300'000'001);
  loan.set_outstanding_fen(0);
  *loan.mutable_first_disburse_date() = Day::Parse("2022-03-05")->ToProto();
  loan.set_rate_ppm(36'501);
  loan.set_term_months(12);
  loan.set_state(loan::v1::LOAN_STATE_SETTLED);
  loan::v1::ImportLoanRow row;
  *row.mutable_loan() = LoanRowOf(loan, {{"banks/a", "甲银行"}}, nullptr);
  EXPECT_EQ(row.loan().bank_name(), "甲银行");
  EXPECT_EQ(row.loan().pool(), "pools/p");
  EXPECT_TRUE(Travels(loan));
  ExpectSame(ImportKind::kLoans, row);

  loan::v1::Disbursement reversed;
  reversed.set_amount_fen(5);
  *reversed.mutable_disburse_date() = Day::Parse("2022-03-05")->ToProto();
  *reversed.mutable_reverse_date() = Day::Parse("2022-03-06")->ToProto();
  loan.clear_disbursed_fen();
  loan.clear_first_disburse_date();
  loan.set_state(loan::v1::LOAN_STATE_CANCELLED);
  *row.mutable_loan() = LoanRowOf(loan, {}, &reversed);
  ExpectSame(ImportKind::kLoans, row);

  loan.set_applied_amount_fen(7);
  loan.set_state(loan::v1::LOAN_STATE_REJECTED);
  *row.mutable_loan() = LoanRowOf(loan, {}, nullptr);
  ExpectSame(ImportKind::kLoans, row);
  loan.set_state(loan::v1::LOAN_STATE_DRAFT);
  EXPECT_FALSE(Travels(loan));
}

TEST(ExportRows, APoolAndABankComeBackAsTheyWere) {
  loan::v1::Pool pool;
  pool.set_name("pools/ningke-2022");
  pool.set_pool_name("宁科贷资金池");
  loan::v1::Posting posting;
  posting.set_contributor("西夏区财政局");
  posting.set_amount_fen(100'000'000);
  *posting.mutable_posting_date() = Day::Parse("2022-03-05")->ToProto();
  posting.set_cause("银财发〔2022〕31号");
  loan::v1::ImportLoanRow row;
  *row.mutable_pool() = PoolRowOf(pool, posting);
  ExpectSame(ImportKind::kPools, row);
  *row.mutable_pool() = PoolRowOf(pool);
  ExpectSame(ImportKind::kPools, row);

  loan::v1::Bank bank;
  bank.set_name("banks/nxbank");
  bank.set_bank_name("宁夏银行股份有限公司");
  bank.add_short_names("宁夏银行");
  bank.add_short_names("宁行");
  *row.mutable_bank() = BankRowOf(bank);
  ExpectSame(ImportKind::kBanks, row);
}

}  // namespace
}  // namespace kechuang::kc
