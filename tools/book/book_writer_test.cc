#include "tools/book/book_writer.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

#include "tools/sheet/workbook.h"

namespace kechuang::book {
namespace {

using sheet::Cell;
using sheet::CellKind;

std::string PathOf(const std::string& name) { return absl::StrCat(testing::TempDir(), "/", name); }

std::vector<sheet::Row> RowsOf(const std::string& path, int sheet = 0) {
  std::vector<sheet::Row> rows;
  auto workbook = sheet::OpenWorkbook(path);
  EXPECT_TRUE(workbook.ok()) << workbook.status();
  if (!workbook.ok()) return rows;
  EXPECT_TRUE((*workbook)
                  ->ReadRows(sheet,
                             [&](const sheet::Row& row) {
                               rows.push_back(row);
                               return absl::OkStatus();
                             })
                  .ok());
  return rows;
}

TEST(BookWriter, WritesWhatTheReaderReads) {
  for (const bool constant_memory : {false, true}) {
    const std::string path = PathOf("values.xlsx");
    BookWriter writer(path, constant_memory);
    writer.AddSheet("表一");
    writer.AddRow({std::string("=1+1"),
                   Number{300.5},
                   Percent{0.0365},
                   Scaled{30},
                   Truth{true},
                   *Day::Parse("2022-03-05"),
                   {},
                   std::string("916401001234567890")});
    ASSERT_TRUE(writer.Close().ok());
    const std::vector<sheet::Row> rows = RowsOf(path);
    ASSERT_EQ(rows.size(), 1U);
    const std::vector<Cell>& cells = rows[0].cells;
    ASSERT_EQ(cells.size(), 7U);
    EXPECT_EQ(cells[0].kind, CellKind::kText);
    EXPECT_EQ(cells[0].text, "=1+1");
    EXPECT_EQ(cells[1].text, "300.5");
    EXPECT_TRUE(cells[2].percent);
    EXPECT_TRUE(cells[3].scaled_unit);
    EXPECT_EQ(cells[4].kind, CellKind::kBool);
    EXPECT_EQ(cells[5].kind, CellKind::kDate);
    EXPECT_EQ(cells[5].text, "2022-03-05");
    EXPECT_EQ(cells[6].column, 7);
    EXPECT_EQ(cells[6].text, "916401001234567890");
  }
}

TEST(BookWriter, OffersShortListsInTheRuleAndLongOnesFromASheet) {
  const std::string path = PathOf("lists.xlsx");
  BookWriter writer(path, false);
  writer.AddSheet("表");
  writer.AddHeader({"短", "长"});
  writer.OfferWords(0, 1, 100, {"", 0, {"是", "否"}, true});
  std::vector<std::string> words;
  for (int i = 0; i < 5000; ++i) words.push_back(absl::StrCat("银行", i));
  writer.OfferWords(1, 1, 100, {"选项", 27, words, false});
  writer.Comment(0, 0, "说明");
  writer.AddSheet("选项");
  for (const std::string& word : words) {
    writer.Put(27, word);
    writer.EndRow();
  }
  writer.HideSheet();
  ASSERT_TRUE(writer.Close().ok());
  EXPECT_EQ(RowsOf(path, 1).size(), 5000U);
  EXPECT_TRUE((*sheet::OpenWorkbook(path))->sheets()[1].hidden);
}

TEST(BookWriter, LeavesTheOldFileUntilTheNewOneIsWhole) {
  const std::string path = PathOf("old.xlsx");
  std::ofstream(path, std::ios::trunc) << "old";
  {
    BookWriter writer(path, true);
    writer.AddSheet("表");
    writer.AddRow({std::string("new")});
  }
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  EXPECT_EQ(text.str(), "old");
  size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(testing::TempDir())) {
    if (entry.path().filename().string().rfind(".old.xlsx", 0) == 0) ++files;
  }
  EXPECT_EQ(files, 0U);
}

TEST(BookWriter, SaysWhatTheFormatDoesNotTake) {
  BookWriter writer(PathOf("long.xlsx"), true);
  writer.AddSheet("表");
  writer.AddRow({std::string(40000, 'x')});
  EXPECT_FALSE(writer.Close().ok());
  EXPECT_FALSE(std::filesystem::exists(PathOf("long.xlsx")));
}

}  // namespace
}  // namespace kechuang::book
