#include "tools/sample/population.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/domain/credit_code.h"

namespace kechuang::sample {
namespace {

using testing::StartsWith;

std::string Bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Population, NoTwoEnterprisesShareANameOrACode) {
  const Population population(7, 60000);
  std::set<std::string> names;
  std::set<std::string> codes;
  for (int64_t i = 0; i < 60000; ++i) {
    const Firm firm = population.FirmAt(i);
    EXPECT_TRUE(names.insert(firm.name).second) << firm.name;
    EXPECT_TRUE(codes.insert(firm.credit_code).second) << firm.credit_code;
    if (i % 1000 != 0) continue;
    EXPECT_TRUE(CreditCode::Parse(firm.credit_code).ok()) << firm.credit_code;
  }
}

TEST(Population, FollowsItsDistributions) {
  const Population population(7, 20000);
  std::map<std::string, int> held;
  int here = 0;
  int without = 0;
  for (int64_t i = 0; i < 20000; ++i) {
    here += population.FirmAt(i).district == "西夏区" ? 1 : 0;
    const auto certificates = population.CertificatesAt(i);
    without += certificates.empty() ? 1 : 0;
    for (const Certificate& certificate : certificates) ++held[certificate.class_name];
  }
  EXPECT_NEAR(here, 19000, 150);
  EXPECT_NEAR(held["高新技术企业"], 6000, 300);
  EXPECT_NEAR(held["科技型中小企业"], 11200, 300);
  EXPECT_NEAR(held["自治区瞪羚企业"], 400, 80);
  EXPECT_NEAR(without, 20000 * 0.7 * 0.44 * 0.72 * 0.96 * 0.98, 250);
}

TEST(Population, ContractsHaveALongTail) {
  const Population population(7, 1000);
  constexpr int kRows = 20000;
  constexpr int64_t kWanYuan = 1000000;
  int small = 0;
  int large = 0;
  std::set<std::string> numbers;
  for (int64_t i = 0; i < kRows; ++i) {
    const Contract contract = population.ContractAt(i);
    small += contract.total_fen < 4 * kWanYuan ? 1 : 0;
    large += contract.total_fen >= 128 * kWanYuan ? 1 : 0;
    EXPECT_GE(contract.total_fen, 2 * kWanYuan);
    EXPECT_LT(contract.total_fen, 1024 * kWanYuan);
    EXPECT_LE(contract.technical_fen, contract.total_fen);
    EXPECT_LT(contract.signed_day, contract.registered);
    EXPECT_TRUE(numbers.insert(contract.number).second);
  }
  EXPECT_NEAR(small, kRows / 2, 400);
  EXPECT_NEAR(large, kRows / 64, 80);
}

TEST(Population, AnEnterpriseHasOneLoanAtMost) {
  const Population population(3, 1000);
  std::set<int64_t> firms;
  for (int64_t i = 0; i < 100; ++i) {
    EXPECT_TRUE(firms.insert(population.FirmOfLoan(i)).second);
    EXPECT_LE(population.LoanAt(i).balance_fen, population.LoanAt(i).amount_fen);
  }
}

TEST(PopulationFiles, ASeedGivesTheSameBytesAndAShorterFileIsTheBeginningOfALonger) {
  const std::string folder = absl::StrCat(testing::TempDir(), "/population");
  std::filesystem::create_directories(folder);
  for (const PopulationKind kind : {PopulationKind::kEnterprises, PopulationKind::kCertifications,
                                    PopulationKind::kLoans, PopulationKind::kContracts}) {
    ASSERT_TRUE(WritePopulation(Population(7, 500), kind, 300, folder + "/a.csv").ok());
    ASSERT_TRUE(WritePopulation(Population(7, 500), kind, 300, folder + "/b.csv").ok());
    ASSERT_TRUE(WritePopulation(Population(7, 500), kind, 400, folder + "/c.csv").ok());
    ASSERT_TRUE(WritePopulation(Population(8, 500), kind, 300, folder + "/d.csv").ok());
    EXPECT_EQ(Bytes(folder + "/a.csv"), Bytes(folder + "/b.csv"));
    EXPECT_THAT(Bytes(folder + "/c.csv"), StartsWith(Bytes(folder + "/a.csv")));
    EXPECT_NE(Bytes(folder + "/a.csv"), Bytes(folder + "/d.csv"));
  }
}

TEST(PopulationFiles, AWorkbookThatIsTooLongIsRefusedBeforeItIsBegun) {
  const std::string path = absl::StrCat(testing::TempDir(), "/too-long.xlsx");
  EXPECT_EQ(WritePopulation(Population(7, 10), PopulationKind::kContracts, kXlsxRowsMost + 1, path).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace kechuang::sample
