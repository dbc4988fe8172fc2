#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/domain/credit_code.h"
#include "tools/sample/district.h"
#include "tools/sample/district_files.h"
#include "tools/sheet/table.h"
#include "tools/sheet/values.h"
#include "tools/sheet/workbook.h"

namespace kechuang::sample {
namespace {

constexpr int64_t kWanYuan = 1000000;

std::string Bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string Folder(const std::string& name) {
  const std::string folder = absl::StrCat(testing::TempDir(), "/", name);
  std::filesystem::create_directories(folder);
  return folder;
}

TEST(District, CountsItsTechnologyEnterprises) {
  const District district = MakeDistrict(7);
  const std::set<std::string> technology{"高新技术企业",           "国家高新技术企业", "科技型中小企业",
                                         "自治区科技型中小企业",   "自治区科技小巨人", "自治区瞪羚企业",
                                         "自治区农业高新技术企业", "自治区雏鹰企业"};
  const Day end = Day::EndOfYear(2022);
  std::set<std::string> valid;
  std::map<std::string, int> issued;
  for (const Certificate& certificate : district.certificates) {
    const Firm& firm = district.firms[certificate.firm];
    if (firm.district != "西夏区") continue;
    if (certificate.issued.Year() == 2022) ++issued[certificate.class_name];
    if (technology.count(certificate.class_name) == 0 || certificate.issued > end) continue;
    if (certificate.expires.has_value() && *certificate.expires < end) continue;
    valid.insert(firm.credit_code);
  }
  EXPECT_EQ(valid.size(), 227u);
  EXPECT_EQ(issued["高新技术企业"] + issued["国家高新技术企业"], 14);
  EXPECT_EQ(issued["自治区科技小巨人"] + issued["自治区农业高新技术企业"], 6);
  EXPECT_EQ(issued["自治区瞪羚企业"], 2);
}

TEST(District, NoFirmHoldsAClassTwiceAtATime) {
  const District district = MakeDistrict(7);
  std::map<std::pair<size_t, std::string>, std::optional<Day>> last;
  std::set<std::string> numbers;
  for (const Certificate& certificate : district.certificates) {
    EXPECT_TRUE(numbers.insert(certificate.number).second) << certificate.number;
    const auto key = std::make_pair(certificate.firm, certificate.class_name);
    EXPECT_TRUE(last.count(key) == 0 || certificate.class_name == "科技型中小企业") << certificate.number;
    last[key] = certificate.expires;
  }
}

TEST(District, HasValidCodesAndNamesOfItsOwn) {
  for (const uint64_t seed : {7, 8, 99}) {
    const District district = MakeDistrict(seed);
    std::set<std::string> codes;
    std::set<std::string> names;
    for (const Firm& firm : district.firms) {
      EXPECT_TRUE(CreditCode::Parse(firm.credit_code).ok()) << firm.credit_code;
      EXPECT_TRUE(codes.insert(firm.credit_code).second);
      EXPECT_TRUE(names.insert(firm.name).second);
    }
    for (const Bank& bank : district.banks) EXPECT_TRUE(CreditCode::Parse(bank.credit_code).ok());
  }
}

TEST(District, PaysOutWhatTheSeedSays) {
  const District district = MakeDistrict(7);
  int64_t of_2022 = 0;
  int64_t until_2022 = 0;
  int64_t later = 0;
  std::set<size_t> firms;
  for (const Loan& loan : district.loans) {
    if (!loan.paid.has_value() || loan.reversed.has_value()) continue;
    EXPECT_LE(loan.balance_fen, loan.amount_fen);
    if (loan.paid->Year() > 2022) {
      later += loan.amount_fen;
      continue;
    }
    until_2022 += loan.amount_fen;
    if (loan.paid->Year() != 2022) continue;
    of_2022 += loan.amount_fen;
    firms.insert(loan.firm);
  }
  EXPECT_EQ(of_2022, 1190 * kWanYuan);
  EXPECT_EQ(until_2022, 3710 * kWanYuan);
  EXPECT_EQ(firms.size(), 6u);
  EXPECT_GT(later, 0);
}

TEST(District, RegistersWhatTheSeedSays) {
  const District district = MakeDistrict(7);
  int count = 0;
  int others = 0;
  int64_t sum = 0;
  std::set<std::string> numbers;
  std::set<std::string> titles;
  for (const Contract& contract : district.contracts) {
    EXPECT_TRUE(numbers.insert(contract.number).second);
    EXPECT_LE(contract.technical_fen, contract.total_fen);
    EXPECT_GT(contract.technical_fen, 0);
    EXPECT_LE(contract.signed_day, contract.registered);
    if (contract.registered.Year() != 2022 || contract.seller_district != "西夏区") {
      ++others;
      continue;
    }
    ++count;
    sum += contract.total_fen;
  }
  EXPECT_EQ(count, 769);
  EXPECT_EQ(sum, 50000 * kWanYuan);
  EXPECT_EQ(others, 31 + 17 + 5);
}

TEST(Files, AreTheSameBytesEveryTime) {
  const District district = MakeDistrict(7);
  const std::string first = Folder("sample_first");
  const std::string second = Folder("sample_second");
  ASSERT_TRUE(WriteDistrict(district, first).ok());
  ASSERT_TRUE(WriteDistrict(MakeDistrict(7), second).ok());
  for (const auto& entry : std::filesystem::directory_iterator(first)) {
    const std::string name = entry.path().filename().string();
    EXPECT_EQ(Bytes(absl::StrCat(first, "/", name)), Bytes(absl::StrCat(second, "/", name))) << name;
  }
}

struct ContractsFile {
  int64_t sum_fen = 0;
  int rows = 0;
  std::set<std::string> numbers;
  sheet::TableSummary summary;
};

ContractsFile ReadContracts(const std::string& path) {
  const sheet::Layout layout{{{"number", {"合同登记编号"}},
                              {"total", {"合同成交总额"}},
                              {"seller", {"卖方名称"}},
                              {"registered", {"认定登记日期"}}},
                             {"number", "seller"}};
  ContractsFile read;
  auto workbook = sheet::OpenWorkbook(path);
  EXPECT_TRUE(workbook.ok()) << workbook.status();
  sheet::Units units;
  auto summary = sheet::ReadTable(
      **workbook, 0, layout,
      [&](const sheet::Header& header) {
        units = {header.Find("total")->unit, header.sheet_unit, sheet::Unit::kNone};
        return absl::OkStatus();
      },
      [&](const sheet::DataRow& row) {
        ++read.rows;
        const auto total = sheet::ParseMoney(row.Find("total"), units);
        const auto day = sheet::ParseDay(row.Find("registered"));
        const auto number = sheet::ParseCode(row.Find("number"));
        EXPECT_TRUE(total.ok() && total->has_value() && day.ok() && day->has_value() && number.ok()) << row.number;
        read.sum_fen += total.ok() ? total->value_or(0) : 0;
        if (number.ok()) read.numbers.insert(*number);
        return absl::OkStatus();
      });
  EXPECT_TRUE(summary.ok()) << summary.status();
  read.summary = *summary;
  return read;
}

TEST(Files, HoldEveryContractAndNothingElse) {
  const District district = MakeDistrict(7);
  const std::string folder = Folder("sample_contracts");
  ASSERT_TRUE(WriteDistrict(district, folder).ok());
  const ContractsFile read = ReadContracts(absl::StrCat(folder, "/技术合同登记.xlsx"));
  int64_t sum = 0;
  for (const Contract& contract : district.contracts) sum += contract.total_fen;
  EXPECT_EQ(read.rows, static_cast<int>(district.contracts.size()));
  EXPECT_EQ(read.sum_fen, sum);
  EXPECT_EQ(read.summary.note_rows, 1);
  EXPECT_EQ(read.summary.repeated_headers, 2);
  EXPECT_GT(read.summary.total_rows, 20);
}

TEST(Files, LoadContractsHaveNumbersOfTheirOwn) {
  const District district = MakeDistrict(7);
  for (const char* name : {"load.csv", "load.xlsx"}) {
    const std::string path = absl::StrCat(Folder("sample_load"), "/", name);
    ASSERT_TRUE(WriteLoadContracts(district, 500, path).ok());
    const ContractsFile read = ReadContracts(path);
    EXPECT_EQ(read.rows, 500) << name;
    EXPECT_EQ(read.numbers.size(), 500u) << name;
  }
}

}  // namespace
}  // namespace kechuang::sample
