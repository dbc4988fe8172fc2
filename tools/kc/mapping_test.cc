#include "tools/kc/mapping.h"

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "common/domain/name_text.h"
#include "kechuang/contract/v1/contract_service.pb.h"
#include "kechuang/enterprise/v1/enterprise_service.pb.h"
#include "kechuang/loan/v1/loan_service.pb.h"
#include "tools/kc/import_file.h"
#include "tools/sample/district.h"
#include "tools/sample/district_files.h"

namespace kechuang::kc {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr int64_t kWanYuan = 1000000;
constexpr ImportKind kEveryKind[] = {ImportKind::kEnterprises, ImportKind::kCertifications, ImportKind::kPools,
                                     ImportKind::kBanks,       ImportKind::kLoans,          ImportKind::kContracts};

// The sample district's files, written once.
const std::string& SampleFolder() {
  static const std::string folder = [] {
    const std::string path = absl::StrCat(testing::TempDir(), "/mapping_test_sample");
    std::filesystem::create_directories(path);
    EXPECT_TRUE(sample::WriteDistrict(sample::MakeDistrict(7), path).ok());
    return path;
  }();
  return folder;
}

struct ReadFile {
  std::vector<std::string> faults;  // "row key: sentence"
  std::vector<std::string> warnings;
  absl::StatusOr<std::vector<SheetFacts>> sheets;
};

template <class Row>
ReadFile Read(const std::string& path, ImportKind kind, std::vector<Row>& rows, const MappingOptions& options = {}) {
  ReadFile read;
  read.sheets = ReadImportFile(path, kind, options, [&](const FileRow& row) {
    for (const CellNote& note : row.reader.notes()) {
      (note.warning ? read.warnings : read.faults)
          .push_back(absl::StrCat(row.cells.number, " ", note.key, ": ", ChineseOf(note.status)));
    }
    if (!row.reader.has_faults()) rows.push_back(static_cast<Row&>(row.message));
    return absl::OkStatus();
  });
  return read;
}

std::string WriteCsv(const std::string& name, const std::string& text) {
  const std::string path = absl::StrCat(testing::TempDir(), "/mapping_test_", name, ".csv");
  std::ofstream(path, std::ios::trunc) << text;
  return path;
}

loan::v1::ImportLoan OneLoan(const std::string& text, std::vector<std::string>* faults = nullptr,
                             const MappingOptions& options = {}) {
  std::vector<loan::v1::ImportLoanRow> rows;
  const ReadFile read = Read(WriteCsv("loan", text), ImportKind::kLoans, rows, options);
  EXPECT_TRUE(read.sheets.ok()) << read.sheets.status();
  if (faults != nullptr) *faults = read.faults;
  return rows.empty() ? loan::v1::ImportLoan() : rows[0].loan();
}

TEST(Specs, NameEveryColumnOnce) {
  for (const ImportKind kind : kEveryKind) {
    const KindSpec& spec = SpecOf(kind);
    std::map<std::string, std::string> keys;
    std::set<std::string> seen;
    for (const Field& field : spec.fields) {
      EXPECT_TRUE(seen.insert(field.key).second) << spec.word << " " << field.key;
      for (const std::string& alias : field.aliases) {
        const auto [at, fresh] = keys.emplace(NormaliseName(alias), field.key);
        EXPECT_TRUE(fresh) << spec.word << ": " << alias << " means " << at->second << " and " << field.key;
      }
    }
    for (const std::string& key : spec.money) EXPECT_FALSE(spec.TitleOf(key).empty()) << key;
    for (const std::string& key : spec.identity) EXPECT_FALSE(spec.TitleOf(key).empty()) << key;
    for (const auto& [reason, key] : spec.reasons) EXPECT_FALSE(spec.TitleOf(key).empty()) << reason;
    EXPECT_EQ(ImportKindOf(spec.word), kind);
  }
  EXPECT_EQ(ImportKindOf("cats"), std::nullopt);
}

// The field at the end of a path of names from a message on; nullptr if a step is no field.
const google::protobuf::FieldDescriptor* FieldAt(const google::protobuf::Descriptor* message, const std::string& path) {
  const google::protobuf::FieldDescriptor* field = nullptr;
  size_t begin = 0;
  while (begin <= path.size() && message != nullptr) {
    const size_t end = std::min(path.find('.', begin), path.size());
    field = message->FindFieldByName(path.substr(begin, end - begin));
    if (field == nullptr) return nullptr;
    message = field->message_type();
    begin = end + 1;
  }
  return field;
}

TEST(Specs, PathsAreFieldsOfTheRows) {
  for (const ImportKind kind : kEveryKind) {
    const auto row = NewRow(kind);
    for (const Field& field : SpecOf(kind).fields) {
      if (field.path.empty()) continue;
      EXPECT_NE(FieldAt(row->GetDescriptor(), field.path), nullptr) << field.path;
    }
  }
}

TEST(Specs, FindTheColumnOfAFault) {
  const KindSpec& contracts = SpecOf(ImportKind::kContracts);
  EXPECT_EQ(contracts.KeyOfPath("contract.seller.credit_code"), "seller_code");
  EXPECT_EQ(contracts.KeyOfPath("contract.buyer.credit_code"), "buyer_code");
  EXPECT_EQ(contracts.KeyOfPath("technical_amount_fen"), "technical");
  EXPECT_EQ(contracts.KeyOfPath("contract.nothing"), "");
  EXPECT_EQ(SpecOf(ImportKind::kCertifications).KeyOfPath("certification.certificate_number"), "number");
}

TEST(Specs, SayInBothLanguagesWhatEveryKeyMeans) {
  for (const ImportKind kind : kEveryKind) {
    for (const KeyMeaning& key : KeysOf(kind)) {
      EXPECT_FALSE(key.english.empty()) << key.key;
      EXPECT_FALSE(key.chinese.empty()) << key.key;
    }
  }
  EXPECT_TRUE(CheckChoices(ImportKind::kLoans, {{"甲方", "name"}, {"乙", ""}}).ok());
  const absl::Status unknown = CheckChoices(ImportKind::kLoans, {{"甲方", "cat"}});
  EXPECT_THAT(ChineseOf(unknown), HasSubstr("可选：serial, name"));
}

TEST(Layouts, PutAChoiceBeforeEveryGuess) {
  const sheet::Layout layout = SpecOf(ImportKind::kLoans).Layout({{"甲 方", "name"}});
  EXPECT_EQ(layout.overrides.at("甲方"), "name");
  EXPECT_EQ(layout.columns.size(), SpecOf(ImportKind::kLoans).fields.size());
}

TEST(Sample, EnterprisesReadWhole) {
  std::vector<enterprise::v1::ImportEnterprisesRow> rows;
  const ReadFile read = Read(absl::StrCat(SampleFolder(), "/企业名单.xlsx"), ImportKind::kEnterprises, rows);
  ASSERT_TRUE(read.sheets.ok()) << read.sheets.status();
  EXPECT_THAT(read.faults, IsEmpty());
  EXPECT_THAT(read.warnings, IsEmpty());
  ASSERT_EQ(rows.size(), 239u);
  int located = 0;
  for (const auto& row : rows) located += row.enterprise().located_division_code() == "640105" ? 1 : 0;
  EXPECT_EQ(located, 236);
  EXPECT_EQ(rows[0].origin().row(), 4);
  EXPECT_TRUE(rows[0].enterprise().has_founded_date());
}

TEST(Sample, CertificationsReadWhole) {
  std::vector<enterprise::v1::ImportEnterprisesRow> rows;
  const ReadFile read = Read(absl::StrCat(SampleFolder(), "/企业资质.xlsx"), ImportKind::kCertifications, rows);
  ASSERT_TRUE(read.sheets.ok()) << read.sheets.status();
  EXPECT_THAT(read.faults, IsEmpty());
  EXPECT_EQ(rows.size(), sample::MakeDistrict(7).certificates.size());
  for (const auto& row : rows) {
    EXPECT_NE(row.certification().certification().certification_class(), 0);
    EXPECT_TRUE(row.certification().certification().has_issue_date());
  }
}

TEST(Sample, LoansReadWhole) {
  std::vector<loan::v1::ImportLoanRow> rows;
  const ReadFile read = Read(absl::StrCat(SampleFolder(), "/科技贷款.xlsx"), ImportKind::kLoans, rows);
  ASSERT_TRUE(read.sheets.ok()) << read.sheets.status();
  EXPECT_THAT(read.faults, IsEmpty());
  int64_t of_2022 = 0;
  int not_paid = 0;
  for (const auto& row : rows) {
    const loan::v1::ImportLoan& loan = row.loan();
    EXPECT_GT(loan.rate_ppm(), 30000);
    EXPECT_LT(loan.rate_ppm(), 60000);
    if (!loan.has_disburse_date()) ++not_paid;
    if (loan.disburse_date().year() == 2022 && !loan.has_reverse_date()) of_2022 += loan.amount_fen();
  }
  EXPECT_EQ(of_2022, 1190 * kWanYuan);
  EXPECT_EQ(not_paid, 3);
  EXPECT_EQ(rows.size(), 23u);
}

TEST(Sample, PoolsAndBanksReadWhole) {
  std::vector<loan::v1::ImportLoanRow> pools;
  const ReadFile read_pools = Read(absl::StrCat(SampleFolder(), "/风险补偿资金池.xlsx"), ImportKind::kPools, pools);
  ASSERT_TRUE(read_pools.sheets.ok()) << read_pools.sheets.status();
  ASSERT_EQ(pools.size(), 3u);
  EXPECT_EQ(pools[0].pool().amount_fen(), 300 * kWanYuan);
  EXPECT_EQ(pools[0].pool().pool_id(), "xixia-sample");
  std::vector<loan::v1::ImportLoanRow> banks;
  const ReadFile read_banks = Read(absl::StrCat(SampleFolder(), "/合作银行.xlsx"), ImportKind::kBanks, banks);
  ASSERT_TRUE(read_banks.sheets.ok()) << read_banks.sheets.status();
  ASSERT_EQ(banks.size(), 3u);
  EXPECT_THAT(banks[0].bank().short_names(), ElementsAre("汀雁银行"));
}

TEST(Sample, ContractsReadWhole) {
  std::vector<contract::v1::ImportContractRow> rows;
  const ReadFile read = Read(absl::StrCat(SampleFolder(), "/技术合同登记.xlsx"), ImportKind::kContracts, rows);
  ASSERT_TRUE(read.sheets.ok()) << read.sheets.status();
  EXPECT_THAT(read.faults, IsEmpty());
  int64_t sum = 0;
  int count = 0;
  for (const auto& row : rows) {
    const contract::v1::Contract& contract = row.contract();
    EXPECT_NE(contract.contract_class(), 0);
    EXPECT_NE(contract.technology_field(), 0);
    EXPECT_NE(contract.ip_type(), 0);
    if (contract.registration_date().year() != 2022 || contract.seller().division_code() != "640105") continue;
    ++count;
    sum += contract.total_amount_fen();
  }
  EXPECT_EQ(count, 769);
  EXPECT_EQ(sum, 50000 * kWanYuan);
}

TEST(Sample, WrongContractsNameTheirCells) {
  std::vector<contract::v1::ImportContractRow> rows;
  const ReadFile read = Read(absl::StrCat(SampleFolder(), "/技术合同登记(待补正).xlsx"), ImportKind::kContracts, rows);
  ASSERT_TRUE(read.sheets.ok()) << read.sheets.status();
  EXPECT_THAT(read.faults,
              ElementsAre(HasSubstr("5 number: "), HasSubstr("7 class: "), HasSubstr("8 seller_code: "),
                          HasSubstr("9 total: "), HasSubstr("11 registered: "), HasSubstr("12 registered: ")));
  // The malformed number, the technical amount above the total, the missing seller and total are for the register to
  // judge.
  EXPECT_EQ(rows.size(), 6u);
}

TEST(Enterprises, TakeTheDistrictFromTownshipOrOption) {
  std::vector<enterprise::v1::ImportEnterprisesRow> rows;
  MappingOptions options;
  options.division = "640106";
  const ReadFile read =
      Read(WriteCsv("district",
                    "企业名称,信用代码,所属街道（镇）,注册资本（万元）,企业类型（资质）,法宝\n"
                    "甲,11640103010094039Q,文昌路街道,500,高新技术企业,x\n乙,91350100M000100Y43,,,,\n"),
           ImportKind::kEnterprises, rows, options);
  ASSERT_TRUE(read.sheets.ok()) << read.sheets.status();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].enterprise().located_division_code(), "640105");
  EXPECT_EQ(rows[0].enterprise().registered_capital_fen(), 500 * kWanYuan);
  EXPECT_EQ(rows[1].enterprise().located_division_code(), "640106");
  EXPECT_EQ((*read.sheets)[0].header.columns[5].key, "");
}

TEST(Enterprises, WarnOfARepeatThatSaysSomethingElse) {
  std::vector<enterprise::v1::ImportEnterprisesRow> rows;
  const ReadFile read = Read(WriteCsv("repeat",
                                      "企业名称,信用代码,联系人\n甲,11640103010094039Q,\n甲,11640103010094039Q,\n"
                                      "甲,11640103010094039Q,示例\n"),
                             ImportKind::kEnterprises, rows);
  EXPECT_EQ(rows.size(), 3u);
  EXPECT_THAT(read.warnings, ElementsAre(HasSubstr("4 code: 同一企业已在第 2 行出现")));
}

TEST(Loans, ReadStatesBalancesAndTerms) {
  const loan::v1::ImportLoan settled =
      OneLoan("企业名称,合作银行,贷款金额（万元）,放款日期,期限,状态\n甲,某银行,300,2021-03-05,1年,已结清\n");
  EXPECT_TRUE(settled.has_outstanding_fen());
  EXPECT_EQ(settled.outstanding_fen(), 0);
  EXPECT_EQ(settled.term_months(), 12);
  const loan::v1::ImportLoan rejected =
      OneLoan("企业名称,合作银行,贷款金额（万元）,放款日期,状态\n甲,某银行,300,—,未通过\n");
  EXPECT_EQ(rejected.state(), loan::v1::LOAN_STATE_REJECTED);
  EXPECT_FALSE(rejected.has_outstanding_fen());
}

TEST(Loans, RefuseStatesThatTheRowDoesNotBearOut) {
  std::vector<std::string> faults;
  OneLoan("企业名称,合作银行,贷款金额（万元）,放款日期,状态,期限\n甲,某银行,300,,已放款,12\n", &faults);
  EXPECT_THAT(faults, ElementsAre(HasSubstr("2 term"), HasSubstr("2 disbursed")));
  OneLoan("企业名称,合作银行,贷款金额（万元）,放款日期,状态\n甲,某银行,300,2022-01-05,审批中\n", &faults);
  EXPECT_THAT(faults, ElementsAre(HasSubstr("2 state")));
}

TEST(Loans, TellEqualRowsApart) {
  std::vector<loan::v1::ImportLoanRow> rows;
  Read(WriteCsv("equal",
                "企业名称,合作银行,贷款金额（万元）,放款日期\n甲,某银行,300,2022-01-05\n甲,某银行,200,2022.1.5\n"
                "乙,某银行,200,2022.1.5\n"),
       ImportKind::kLoans, rows);
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].loan().ordinal(), 0);
  EXPECT_EQ(rows[1].loan().ordinal(), 1);
  EXPECT_EQ(rows[2].loan().ordinal(), 0);
}

TEST(Loans, SayWhatAWrongCellLikelyMeant) {
  std::vector<loan::v1::ImportLoanRow> rows;
  std::vector<std::string> suggestions;
  const auto read = ReadImportFile(WriteCsv("suggest",
                                            "企业名称,信用代码,合作银行,贷款金额,放款日期,利率\n甲,,某银行,200万元,,\n"
                                            "乙,,某银行,400万元,,\n丙,1164O103010094039Q,某银行,300,2022.3.5前,3.65\n"),
                                   ImportKind::kLoans, {}, [&](const FileRow& row) {
                                     for (const CellNote& note : row.reader.notes()) {
                                       suggestions.push_back(absl::StrCat(note.key, " ", note.suggestion));
                                     }
                                     return absl::OkStatus();
                                   });
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_THAT(suggestions,
              ElementsAre("code 11640103010094039Q", "amount 300万元", "disbursed 2022-03-05", "rate 3.65%"));
}

TEST(Loans, TellOfNamesThatDifferByTheirLegalFormOnly) {
  std::vector<loan::v1::ImportLoanRow> rows;
  const ReadFile read = Read(WriteCsv("forms",
                                      "企业名称,合作银行,贷款金额（万元）\n甲有限公司,某银行,300\n"
                                      "甲有限责任公司,某银行,200\n甲有限公司,某银行,100\n"),
                             ImportKind::kLoans, rows);
  EXPECT_EQ(rows.size(), 3u);
  EXPECT_THAT(read.warnings, ElementsAre(HasSubstr("3 name: 甲有限责任公司 与第 2 行的 甲有限公司")));
}

TEST(Loans, TakePoolAndCreateMissingFromTheOptions) {
  MappingOptions options;
  options.pool = "pools/p1";
  options.create_missing = true;
  const loan::v1::ImportLoan loan = OneLoan("企业名称,合作银行,贷款金额（万元）\n甲,某银行,300\n", nullptr, options);
  EXPECT_EQ(loan.pool(), "pools/p1");
  EXPECT_TRUE(loan.create_missing());
}

TEST(Contracts, RefuseANumberThatComesTwice) {
  std::vector<contract::v1::ImportContractRow> rows;
  const ReadFile read = Read(WriteCsv("twice", "登记号,合同名称\n2022640105000001,甲\n2022640105000001,乙\n"),
                             ImportKind::kContracts, rows);
  EXPECT_THAT(read.faults, ElementsAre(HasSubstr("登记编号与第 2 行重复")));
}

TEST(Contracts, TakeTheClassFromASubtype) {
  std::vector<contract::v1::ImportContractRow> rows;
  Read(WriteCsv("subtype", "登记号,合同类别,登记状态\n2022640105000001,委托开发,已登记\n"), ImportKind::kContracts,
       rows);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].contract().contract_class(), contract::v1::CONTRACT_CLASS_DEVELOPMENT);
  EXPECT_EQ(rows[0].contract().subclass(), contract::v1::CONTRACT_SUBCLASS_COMMISSIONED_DEVELOPMENT);
}

TEST(Files, WithoutTheRightHeaderAreRefused) {
  std::vector<contract::v1::ImportContractRow> rows;
  const auto refused = [&](const std::string& text) {
    return ChineseOf(Read(WriteCsv("header", text), ImportKind::kContracts, rows).sheets.status());
  };
  EXPECT_THAT(refused("甲,乙\n1,2\n"), HasSubstr("没有找到表头"));
  EXPECT_THAT(refused("合同名称,合同类别\n1,2\n"), HasSubstr("缺少列：合同登记编号"));
  EXPECT_THAT(refused("登记号,合同名称,登记编号\n1,2,3\n"), HasSubstr("A 列和 C 列"));
}

TEST(IdentifyFile, DependsOnBytesKindAndOptions) {
  const std::string path = WriteCsv("identity", "a,b\n");
  const auto first = IdentifyFile(path, ImportKind::kLoans, {});
  MappingOptions options;
  options.pool = "pools/p1";
  const auto other = IdentifyFile(path, ImportKind::kLoans, options);
  ASSERT_TRUE(first.ok() && other.ok());
  EXPECT_EQ(first->file_hash.size(), 64u);
  EXPECT_EQ(first->import_id.size(), 32u);
  EXPECT_EQ(first->file_hash, other->file_hash);
  EXPECT_NE(first->import_id, other->import_id);
  EXPECT_NE(first->import_id, IdentifyFile(path, ImportKind::kBanks, {})->import_id);
  EXPECT_EQ(IdentifyFile("/nonexistent", ImportKind::kLoans, {}).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace kechuang::kc
