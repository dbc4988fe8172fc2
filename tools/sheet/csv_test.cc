#include "tools/sheet/csv.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "tools/sheet/test_files.h"

namespace kechuang::sheet {
namespace {

using testing::HasSubstr;

TEST(Csv, ReadsQuotesLineBreaksAndBom) {
  const auto rows =
      ReadAll(WriteFile("a.csv", "\xEF\xBB\xBF名称,\"a,b\",\"say \"\"hi\"\"\"\r\n\"two\nlines\",,x\r\n\r\n末,\n"));
  ASSERT_TRUE(rows.ok()) << rows.status();
  ASSERT_EQ(rows->size(), 3u);
  EXPECT_EQ((*rows)[0].cells[0].text, "名称");
  EXPECT_EQ((*rows)[0].cells[1].text, "a,b");
  EXPECT_EQ((*rows)[0].cells[2].text, "say \"hi\"");
  EXPECT_EQ((*rows)[1].cells[0].text, "two\nlines");
  EXPECT_EQ((*rows)[1].cells[1].column, 2);
  EXPECT_EQ((*rows)[2].number, 4);
}

TEST(Csv, ReadsGb18030) {
  const auto rows = ReadAll(WriteFile("gb.csv", "\xC3\xFB\xB3\xC6,\xCE\xF7\xCF\xC4\xC7\xF8\n"));  // 名称,西夏区
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_EQ((*rows)[0].cells[1].text, "西夏区");
}

TEST(Csv, RefusesACharacterCutInTwoAtTheEnd) {
  const auto rows = ReadAll(WriteFile("cut.csv", "\xC3\xFB\xB3\xC6,\xCE\xF7\xCF"));
  EXPECT_EQ(rows.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(ChineseOf(rows.status()), HasSubstr("GB18030"));
}

TEST(Csv, PartsCellsByWhatMostLinesHave) {
  EXPECT_EQ(SeparatorOf("台账\n甲,乙\n1,2\n"), ',');
  EXPECT_EQ(SeparatorOf("甲;乙;丙\n1,190;2;3\n1,190;2;3\n"), ';');
  EXPECT_EQ(SeparatorOf("甲\t乙\n\"a,b,c,d\"\t2\n"), '\t');
  EXPECT_EQ(SeparatorOf("sep=;\n甲,乙\n"), ';');
  EXPECT_EQ(SeparatorOf(""), ',');
  const auto rows = ReadAll(WriteFile("sep.csv", "sep=;\n甲;\"乙;丙\"\n"));
  ASSERT_TRUE(rows.ok()) << rows.status();
  ASSERT_EQ(rows->size(), 1u);
  EXPECT_EQ((*rows)[0].number, 2);
  EXPECT_EQ((*rows)[0].cells[1].text, "乙;丙");
}

TEST(Csv, RefusesAQuoteThatNeverCloses) {
  const auto rows = ReadAll(WriteFile("quote.csv", "a,b\n\"c,d\n"));
  EXPECT_EQ(rows.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(rows.status().message()), HasSubstr("row 2"));
}

TEST(Csv, RefusesAHugeCell) {
  const auto rows = ReadAll(WriteFile("huge.csv", absl::StrCat("a,b\nc,", std::string(5 << 20, 'x'), "\n")));
  EXPECT_EQ(rows.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(rows.status().message()), HasSubstr("B2"));
}

struct Wrong {
  const char* name;
  std::string bytes;
  const char* chinese;
};

TEST(OpenWorkbook, NamesWhatIsNoSheet) {
  using namespace std::string_literals;
  const std::string utf16_encrypted = "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0"s;
  const std::string ole = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"s + std::string(600, '\0');
  const std::vector<Wrong> wrongs{{"empty.xlsx", "", "空"},
                                  {"old.xls", ole, ".xls"},
                                  {"locked.xlsx", ole + utf16_encrypted, "密码"},
                                  {"scan.xlsx", "\x89PNG\r\n\x1A\n\0\0"s, "PNG"},
                                  {"photo.csv", "\xFF\xD8\xFF\xE0\0\0"s, "JPEG"},
                                  {"paper.xlsx", "%PDF-1.7\n", "PDF"},
                                  {"page.xls", "<HTML><table>", "网页"},
                                  {"bytes.csv", "a,b\0c"s, "二进制"},
                                  {"cut.xlsx", "PK\x03\x04\x14\0\0\0"s, "不完整"}};
  for (const Wrong& wrong : wrongs) {
    const auto opened = OpenWorkbook(WriteFile(wrong.name, wrong.bytes));
    EXPECT_EQ(opened.status().code(), absl::StatusCode::kInvalidArgument) << wrong.name;
    EXPECT_THAT(ChineseOf(opened.status()), HasSubstr(wrong.chinese)) << wrong.name;
  }
  EXPECT_EQ(OpenWorkbook("/nonexistent/x.xlsx").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(OpenWorkbook(testing::TempDir()).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace kechuang::sheet
