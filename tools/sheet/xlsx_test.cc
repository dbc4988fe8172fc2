#include <xlsxwriter.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "common/base/error.h"
#include "tools/sheet/test_files.h"

namespace kechuang::sheet {
namespace {

using testing::HasSubstr;

constexpr char kStyles[] =
    "<numFmts><numFmt numFmtId=\"176\" formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;\"/></numFmts>"
    "<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs>"
    "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"176\"/><xf numFmtId=\"10\"/><xf "
    "numFmtId=\"57\"/></cellXfs>";

TEST(Xlsx, ReadsEveryKindOfCell) {
  BookParts parts;
  parts.shared_strings =
      "<si><t>一</t></si><si><r><t>富</t></r><r><rPr/><t xml:space=\"preserve\">文 本</t></r><rPh><t>fu</t></rPh></si>";
  parts.styles = kStyles;
  parts.sheet_data =
      "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>0</v></c><c r=\"C2\" t=\"s\"><v>1</v></c>"
      "<c r=\"D2\" t=\"inlineStr\"><is><r><t>内</t></r><r><t>联_x000D_\n</t></r></is></c>"
      "<c r=\"E2\" t=\"str\"><f>A1</f><v>式</v></c><c r=\"F2\" t=\"b\"><v>1</v></c><c r=\"G2\" t=\"e\"><v>#REF!</v></c>"
      "<c r=\"H2\" s=\"1\"><v>44625</v></c><c r=\"I2\" s=\"2\"><v>44625.5</v></c><c r=\"J2\" "
      "s=\"3\"><v>3.6499999999999998E-2</v></c>"
      "<c r=\"K2\" s=\"4\"><v>44621</v></c><c r=\"L2\"><f>SUM(A1)</f><v></v></c><c r=\"M2\"><f>1+1</f><v>2</v></c>"
      "<c r=\"N2\" s=\"3\"/></row><row r=\"9\" hidden=\"1\"><c r=\"AA9\"><v>1</v></c><c><v>2</v></c></row>";
  const auto rows = ReadAll(WriteBook("kinds.xlsx", parts));
  ASSERT_TRUE(rows.ok()) << rows.status();
  ASSERT_EQ(rows->size(), 2u);
  const std::vector<Cell>& cells = (*rows)[0].cells;
  ASSERT_EQ(cells.size(), 12u);
  EXPECT_EQ(cells[0].text, "一");
  EXPECT_EQ(cells[1].column, 2);
  EXPECT_EQ(cells[1].text, "富文 本");
  EXPECT_EQ(cells[2].text, "内联\n");
  EXPECT_EQ(cells[3].text, "式");
  EXPECT_EQ(cells[4].kind, CellKind::kBool);
  EXPECT_EQ(cells[5].kind, CellKind::kError);
  EXPECT_EQ(cells[6].text, "2022-03-05");
  EXPECT_EQ(cells[7].text, "2022-03-05");
  EXPECT_EQ(cells[8].text, "0.0365");
  EXPECT_TRUE(cells[8].percent);
  EXPECT_EQ(cells[9].text, "2022-03");
  EXPECT_EQ(cells[10].kind, CellKind::kFormulaWithoutValue);
  EXPECT_EQ(cells[11].text, "2");
  EXPECT_EQ((*rows)[1].number, 9);
  EXPECT_TRUE((*rows)[1].hidden);
  EXPECT_EQ((*rows)[1].cells[0].column, 26);
  EXPECT_EQ((*rows)[1].cells[1].column, 27);
}

TEST(Xlsx, CountsFrom1904WhereTheWorkbookSaysSo) {
  BookParts parts;
  parts.workbook_properties = "<workbookPr date1904=\"1\"/>";
  parts.styles = kStyles;
  parts.sheet_data = "<row r=\"1\"><c r=\"A1\" s=\"1\"><v>43163</v></c><c r=\"B1\"><v>43163</v></c></row>";
  const auto rows = ReadAll(WriteBook("1904.xlsx", parts));
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_EQ((*rows)[0].cells[0].text, "2022-03-05");
  EXPECT_TRUE((*rows)[0].cells[1].since_1904);
}

TEST(Xlsx, ReadsWhatLibxlsxwriterWrites) {
  const std::string path = WriteFile("writer.xlsx", "");
  lxw_workbook* book = workbook_new(path.c_str());
  lxw_worksheet* first = workbook_add_worksheet(book, "企业");
  lxw_worksheet* second = workbook_add_worksheet(book, "隐藏");
  lxw_format* date = workbook_add_format(book);
  format_set_num_format(date, "yyyy-mm-dd");
  lxw_datetime day{2022, 3, 5, 0, 0, 0};
  worksheet_write_string(first, 0, 0, "西夏区", nullptr);
  worksheet_write_datetime(first, 0, 1, &day, date);
  worksheet_write_number(first, 1, 1, 0.1 + 0.2, nullptr);
  worksheet_hide(second);
  ASSERT_EQ(workbook_close(book), LXW_NO_ERROR);
  const auto rows = ReadAll(path);
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_EQ((*rows)[0].cells[0].text, "西夏区");
  EXPECT_EQ((*rows)[0].cells[1].text, "2022-03-05");
  EXPECT_EQ((*rows)[1].cells[0].text, "0.3");
  const auto opened = OpenWorkbook(path);
  ASSERT_TRUE(opened.ok());
  ASSERT_EQ((*opened)->sheets().size(), 2u);
  EXPECT_TRUE((*opened)->sheets()[1].hidden);

  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  for (const size_t size : {bytes.size() / 4, bytes.size() / 2, bytes.size() - 10}) {
    EXPECT_EQ(ReadAll(WriteFile("short.xlsx", bytes.substr(0, size))).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
}

TEST(Xlsx, RefusesADocumentType) {
  BookParts parts;
  parts.doctype = "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b SYSTEM \"file:///etc/passwd\">]>";
  parts.sheet_data = "<row r=\"1\"><c t=\"str\"><v>&a;&b;</v></c></row>";
  const auto rows = ReadAll(WriteBook("dtd.xlsx", parts));
  EXPECT_EQ(rows.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(rows.status().message()), HasSubstr("DTD"));
}

TEST(Xlsx, RefusesAZipBomb) {
  BookParts parts;
  parts.sheet_data = std::string(64 << 20, ' ');
  const auto rows = ReadAll(WriteBook("bomb.xlsx", parts));
  EXPECT_EQ(rows.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(rows.status()), "FIELD_TOO_LONG");
}

TEST(Xlsx, RefusesWhatPassesALimit) {
  Limits limits;
  limits.rows = 5;
  limits.columns = 3;
  limits.cell_bytes = 10;
  limits.string_bytes = 100;
  for (const char* sheet_data : {"<row r=\"6\"><c><v>1</v></c></row>", "<row r=\"1\"><c r=\"D1\"><v>1</v></c></row>",
                                 "<row r=\"1\"><c t=\"str\"><v>12345678901</v></c></row>"}) {
    BookParts parts;
    parts.sheet_data = sheet_data;
    EXPECT_EQ(ReasonOf(ReadAll(WriteBook("limit.xlsx", parts), limits).status()), "FIELD_TOO_LONG") << sheet_data;
  }
  BookParts parts;
  parts.shared_strings = absl::StrCat("<si><t>", std::string(200, 'x'), "</t></si>");
  EXPECT_EQ(ReasonOf(ReadAll(WriteBook("strings.xlsx", parts), limits).status()), "FIELD_TOO_LONG");
}

TEST(Xlsx, RefusesDamageWithoutCrashing) {
  for (const char* sheet_data :
       {"<row r=\"1\"><c t=\"s\"><v>7</v></c></row>", "<row r=\"1\"><c t=\"s\"><v>-1</v></c></row>",
        "<row r=\"2\"><c><v>1</v></c></row><row r=\"1\"/>",
        "<row r=\"1\"><c r=\"B1\"><v>1</v></c><c r=\"A1\"><v>1</v></c></row>", "<row r=\"x\"/>",
        "<row r=\"1\"><c><v>abc</v></c></row>", "<row r=\"1\"><c>"}) {
    BookParts parts;
    parts.sheet_data = sheet_data;
    EXPECT_EQ(ReasonOf(ReadAll(WriteBook("damage.xlsx", parts)).status()), "FIELD_MALFORMED") << sheet_data;
  }
}

TEST(Xlsx, NamesOtherArchives) {
  EXPECT_THAT(ChineseOf(ReadAll(WriteZip("w.xlsx", {{"word/document.xml", "<w/>"}})).status()), HasSubstr("Word"));
  EXPECT_THAT(ChineseOf(ReadAll(WriteZip("o.xlsx", {{"content.xml", "<o/>"}})).status()), HasSubstr(".ods"));
  EXPECT_THAT(ChineseOf(ReadAll(WriteZip("z.xlsx", {{"a.txt", "a"}})).status()), HasSubstr("压缩包"));
}

}  // namespace
}  // namespace kechuang::sheet
