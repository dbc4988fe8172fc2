#include "tools/sheet/table.h"

#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"

#include "tools/sheet/test_files.h"

namespace kechuang::sheet {
namespace {

const Layout& Loans() {
  static const Layout layout{{{"serial", {"序号"}},
                              {"name", {"企业名称", "单位名称"}, true},
                              {"code", {"统一社会信用代码", "信用代码"}},
                              {"amount", {"贷款金额", "放款金额", "金额"}},
                              {"day", {"放款日期"}}},
                             {"name", "code"}};
  return layout;
}

struct Read {
  Header header;
  std::vector<DataRow> rows;
  TableSummary summary;
};

Read ReadCsv(const std::string& text) {
  Read read;
  auto workbook = OpenWorkbook(WriteFile("table.csv", text));
  EXPECT_TRUE(workbook.ok()) << workbook.status();
  auto summary = ReadTable(
      **workbook, 0, Loans(),
      [&](const Header& header) {
        read.header = header;
        return absl::OkStatus();
      },
      [&](const DataRow& row) {
        read.rows.push_back(row);
        return absl::OkStatus();
      });
  EXPECT_TRUE(summary.ok()) << summary.status();
  read.summary = *summary;
  return read;
}

TEST(Table, FindsTheHeaderBelowTitlesAndSkipsWhatIsNoData) {
  const Read read = ReadCsv(
      "西夏区科技贷款台账,,,,\n填报单位：科技局,,,单位：万元,\n序 号,单位名称（全称）*,信用代码,放款金额,放款日期\n"
      "1,甲公司,A,300,2022.3.5\n,,,,\n小 计,,,300,\n序 "
      "号,单位名称（全称）*,信用代码,放款金额,放款日期\n2,乙公司,B,100,2022.3.6\n"
      "合计,2家,,400,\n填表人：,某,,,\n");
  EXPECT_EQ(read.header.row, 3);
  EXPECT_EQ(read.header.sheet_unit, Unit::kWanYuan);
  ASSERT_EQ(read.rows.size(), 2u);
  EXPECT_EQ(read.rows[0].number, 4);
  EXPECT_EQ(read.rows[1].Find("name")->text, "乙公司");
  EXPECT_EQ(read.rows[1].Find("serial")->text, "2");
  EXPECT_EQ(read.summary.total_rows, 2);
  EXPECT_EQ(read.summary.note_rows, 1);
  EXPECT_EQ(read.summary.repeated_headers, 1);
  EXPECT_EQ(read.summary.blank_rows, 1);
}

TEST(Table, ReadsUnitsOfHeadersAndNamesUnknownColumns) {
  const Read read = ReadCsv("企业名称,贷款金额（万元）,放款日期,备考\n甲,1,2022-01-01,x\n");
  ASSERT_EQ(read.header.columns.size(), 4u);
  EXPECT_EQ(read.header.columns[1].key, "amount");
  EXPECT_EQ(read.header.columns[1].unit, Unit::kWanYuan);
  EXPECT_EQ(read.header.columns[3].key, "");
  EXPECT_EQ(read.header.columns[3].text, "备考");
  EXPECT_EQ(ReadCsv("企业名称,贷款金额万元,放款日期\n甲,1,2022-01-01\n").header.columns[1].unit, Unit::kWanYuan);
}

TEST(Table, FlattensAHeaderOfTwoRows) {
  const Read read = ReadCsv("企业名称,信用代码,贷款情况（万元）,\n,,金额,放款日期\n甲,A,300,2022-01-01\n");
  EXPECT_EQ(read.header.row, 2);
  ASSERT_NE(read.header.Find("amount"), nullptr);
  EXPECT_EQ(read.header.Find("amount")->column, 2);
  EXPECT_EQ(read.header.Find("amount")->unit, Unit::kWanYuan);
  EXPECT_EQ(read.header.Find("name")->column, 0);
  ASSERT_EQ(read.rows.size(), 1u);
  EXPECT_EQ(read.rows[0].Find("day")->text, "2022-01-01");
}

TEST(Table, KeepsARowWhoseNameOnlyLooksLikeATotal) {
  const Read read = ReadCsv("企业名称,信用代码,放款金额\n总计算力科技公司,A,3\n2022年小计,,3\n");
  ASSERT_EQ(read.rows.size(), 1u);
  EXPECT_EQ(read.summary.total_rows, 1);
}

TEST(Table, TakesOverWhatStandsAboveWhereTheLayoutLetsIt) {
  const Read read = ReadCsv("企业名称,信用代码,放款金额\n甲,A,3\n同上,同上,〃\n,B,4\n同上,C,5\n");
  ASSERT_EQ(read.rows.size(), 4u);
  EXPECT_EQ(read.rows[1].Find("name")->text, "甲");
  EXPECT_EQ(read.rows[1].Find("code")->kind, CellKind::kAsAbove);
  EXPECT_EQ(read.rows[1].Find("amount")->kind, CellKind::kAsAbove);
  EXPECT_EQ(read.rows[3].Find("name")->kind, CellKind::kAsAbove);  // nothing stands above
  EXPECT_EQ(read.summary.inherited_cells, 1);
}

TEST(Table, SkipsTitlesThatComeAgainWithTheHeader) {
  const Read read = ReadCsv(
      "台账\n单位：万元\n企业名称,信用代码,放款金额\n甲,A,3\n台账\n单位：万元\n企业名称,信用代码,放款金额\n乙,B,4\n");
  EXPECT_EQ(read.rows.size(), 2u);
  EXPECT_EQ(read.summary.repeated_headers, 3);
}

TEST(ShapeOf, DoesNotChangeWithWidthAndSpaces) {
  EXPECT_EQ(ShapeOf(ReadCsv("企业名称,放款金额（万元）\n").header), "企业名称|放款金额(万元)");
  EXPECT_EQ(ShapeOf(ReadCsv("企 业名称,放款金额(万元)\n").header), "企业名称|放款金额(万元)");
}

TEST(Table, SaysWhenThereIsNoHeader) {
  const Read read = ReadCsv("说明,请按要求填写\n一,二\n");
  EXPECT_FALSE(read.summary.has_header);
  EXPECT_TRUE(read.summary.has_cells);
}

}  // namespace
}  // namespace kechuang::sheet
