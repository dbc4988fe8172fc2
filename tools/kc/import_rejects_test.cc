#include "tools/kc/import_rejects.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "kechuang/contract/v1/contract_service.pb.h"
#include "tools/kc/import_listing.h"
#include "tools/kc/import_maps.h"
#include "tools/kc/import_outliers.h"
#include "tools/sheet/workbook.h"

namespace kechuang::kc {
namespace {

using ledger::v1::RowOutcome;
using testing::ElementsAre;
using testing::HasSubstr;

// The texts of all rows of a workbook's first sheet, cells without text as "".
std::vector<std::vector<std::string>> TextsOf(const std::string& path) {
  std::vector<std::vector<std::string>> rows;
  auto workbook = sheet::OpenWorkbook(path);
  EXPECT_TRUE(workbook.ok()) << workbook.status();
  if (!workbook.ok()) return rows;
  EXPECT_TRUE((*workbook)
                  ->ReadRows(0,
                             [&](const sheet::Row& row) {
                               std::vector<std::string>& texts = rows.emplace_back();
                               for (const sheet::Cell& cell : row.cells) {
                                 texts.resize(static_cast<size_t>(cell.column) + 1);
                                 texts.back() = cell.text;
                               }
                               return absl::OkStatus();
                             })
                  .ok());
  return rows;
}

class RejectsTest : public testing::Test {
 protected:
  // Writes what is wrong with a file of contracts, without a register, into rejects_.
  void Reject(const std::string& file) {
    RejectsBook book(rejects_, Language::kChinese);
    OutcomeSpool none;
    ASSERT_TRUE(
        WalkFile(
            file, ImportKind::kContracts, {}, none,
            [&](const SheetFacts& facts, const std::vector<sheet::Row>& head) { return book.TakeTable(facts, head); },
            [&](const RowStory& story) { return book.TakeRow(story); })
            .ok());
    rows_ = book.rows();
    ASSERT_TRUE(book.Close().ok());
  }
  std::string Write(const std::string& text) {
    const std::string path = absl::StrCat(testing::TempDir(), "/rejects_source.csv");
    std::ofstream(path, std::ios::trunc) << text;
    return path;
  }

  void SetUp() override { std::filesystem::remove(rejects_); }

  const std::string rejects_ = absl::StrCat(testing::TempDir(), "/rejects.xlsx");
  int64_t rows_ = 0;
};

TEST_F(RejectsTest, KeepsTitlesHeadersOrderAndTextOfTheBadRows) {
  Reject(
      Write("2022年技术合同,,,\n登记号,合同金额（万元）,自填列,登记日期\n2022640105000001,30,甲,2022-03-01\n"
            "2022640105000002,约30,乙,2022-03-01\n2022640105000003,'300,丙,2022年3月\n"));
  EXPECT_EQ(rows_, 2);
  const auto rows = TextsOf(rejects_);
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_THAT(rows[0], ElementsAre("2022年技术合同"));
  EXPECT_THAT(rows[1],
              ElementsAre("登记号", "合同金额（万元）", "自填列", "登记日期", "原因", "建议", "原因代码", "原行号"));
  ASSERT_EQ(rows[2].size(), 8U);
  EXPECT_EQ(rows[2][0], "2022640105000002");
  EXPECT_EQ(rows[2][1], "约30");
  EXPECT_EQ(rows[2][2], "乙");
  EXPECT_THAT(rows[2][4], HasSubstr("合同金额（万元）：“约30”不是金额"));
  EXPECT_EQ(rows[2][6], "FIELD_MALFORMED");
  EXPECT_EQ(rows[2][7], "4");
  EXPECT_EQ(rows[3][1], "'300");
  EXPECT_EQ(rows[3][3], "2022年3月");
}

TEST_F(RejectsTest, ComesBackAsItIsAndCanBeRejectedAgain) {
  Reject(Write("登记号,合同金额（万元）,登记日期\n2022640105000002,约30,2022-03-01\n"));
  const std::string again = absl::StrCat(testing::TempDir(), "/rejects_again.xlsx");
  std::filesystem::copy_file(rejects_, again, std::filesystem::copy_options::overwrite_existing);
  Reject(again);
  const auto rows = TextsOf(rejects_);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_THAT(rows[0], ElementsAre("登记号", "合同金额（万元）", "登记日期", "原因", "建议", "原因代码", "原行号"));
  EXPECT_EQ(rows[1][1], "约30");
}

TEST_F(RejectsTest, MakesNoFileWithoutBadRows) {
  Reject(Write("登记号,合同金额（万元）\n2022640105000002,30\n"));
  EXPECT_EQ(rows_, 0);
  EXPECT_FALSE(std::filesystem::exists(rejects_));
}

TEST_F(RejectsTest, LeavesOutWhatTheMarkOfClearingSays) {
  std::vector<std::string> masks;
  const std::string file = Write("登记号,备注,卖方信用代码,买方\n2022640105000002,清空,<CLEAR>,\n");
  ASSERT_TRUE(ReadImportFile(file, ImportKind::kContracts, {}, [&](const FileRow& row) {
                masks.push_back(
                    static_cast<contract::v1::ImportContractRow&>(row.message).clear_mask().ShortDebugString());
                EXPECT_FALSE(row.reader.has_faults());
                return absl::OkStatus();
              }).ok());
  EXPECT_THAT(masks, ElementsAre("paths: \"remark\" paths: \"seller.credit_code\""));
}

TEST_F(RejectsTest, ReportsRowsAsJsonAndCsvThatNobodyTakesForFormulas) {
  const std::string file = Write("登记号,合同金额（万元）\n2022640105000002,=cmd\n");
  for (const char* form : {"json", "csv"}) {
    const std::string path = absl::StrCat(testing::TempDir(), "/rows.", form);
    RowReport report(path, ImportKind::kContracts, "合同.csv", Language::kChinese);
    OutcomeSpool none;
    ASSERT_TRUE(WalkFile(file, ImportKind::kContracts, {}, none, nullptr, [&](const RowStory& story) {
                  report.Take(story);
                  return absl::OkStatus();
                }).ok());
    ASSERT_TRUE(report.Close().ok());
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    EXPECT_THAT(text.str(), HasSubstr("rejected"));
    EXPECT_THAT(text.str(), HasSubstr(std::string(form) == "json" ? "\"value\":\"=cmd\"" : ",'=cmd,"));
  }
}

TEST(Spool, GivesBackEveryOutcomeInOrder) {
  OutcomeSpool spool;
  spool.Rewind();
  EXPECT_EQ(spool.Current(), nullptr);
  RowOutcome outcome;
  for (int row = 1; row <= 1000; ++row) {
    outcome.mutable_origin()->set_row(row);
    outcome.set_name(std::string(static_cast<size_t>(row % 7), 'x'));
    spool.Add(outcome);
  }
  for (int pass = 0; pass < 2; ++pass) {
    spool.Rewind();
    for (int row = 1; row <= 1000; ++row, spool.Next()) {
      ASSERT_NE(spool.Current(), nullptr);
      EXPECT_EQ(spool.Current()->origin().row(), row);
    }
    EXPECT_EQ(spool.Current(), nullptr);
  }
  spool.Clear();
  spool.Rewind();
  EXPECT_EQ(spool.Current(), nullptr);
  EXPECT_TRUE(spool.status().ok());
}

TEST(Outliers, FindsThoseFarFromTheMiddleOfAMillion) {
  OutlierSearch search;
  for (int i = 0; i < 1'000'000; ++i) search.Take("表", i + 2, 1'000'000 + i);
  search.Take("表", 1'000'002, 1);
  search.Take("表", 1'000'003, int64_t{20'000'000'000});
  EXPECT_NEAR(static_cast<double>(search.Middle()), 1.5e6, 2e4);
  const auto far = search.Far();
  ASSERT_EQ(far.size(), 2U);
  EXPECT_EQ(far[0].row, 1'000'002);
  EXPECT_EQ(far[1].row, 1'000'003);
}

TEST(Maps, RemembersByKindAndShapeForItsOwnerOnly) {
  const std::string path = absl::StrCat(testing::TempDir(), "/config/maps.json");
  std::filesystem::remove(path);
  const RememberedMaps maps(path);
  EXPECT_TRUE(maps.Find(ImportKind::kLoans, "甲|乙").empty());
  ASSERT_TRUE(maps.Keep(ImportKind::kLoans, "甲|乙", {{"甲", "amount"}}).ok());
  ASSERT_TRUE(maps.Keep(ImportKind::kContracts, "甲|乙", {{"甲", "total"}}).ok());
  EXPECT_EQ(maps.Find(ImportKind::kLoans, "甲|乙").at("甲"), "amount");
  EXPECT_TRUE(maps.Find(ImportKind::kLoans, "甲|丙").empty());
  EXPECT_EQ(std::filesystem::status(path).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  ASSERT_TRUE(maps.Keep(ImportKind::kLoans, "甲|乙", {}).ok());
  EXPECT_TRUE(maps.Find(ImportKind::kLoans, "甲|乙").empty());
  EXPECT_EQ(maps.Find(ImportKind::kContracts, "甲|乙").size(), 1U);
  std::ofstream(path, std::ios::trunc) << "no json";
  EXPECT_TRUE(maps.Find(ImportKind::kContracts, "甲|乙").empty());
}

TEST(Maps, RefusesKeysThatTheKindDoesNotHave) {
  EXPECT_TRUE(ParseChoices(ImportKind::kLoans, {"放款=数额=amount"}).ok());
  EXPECT_FALSE(ParseChoices(ImportKind::kLoans, {"放款数额=total"}).ok());
  EXPECT_FALSE(ParseChoices(ImportKind::kLoans, {"amount"}).ok());
}

}  // namespace
}  // namespace kechuang::kc
