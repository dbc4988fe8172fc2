// One part of a workbook, which the first byte chooses; the others are sound. So changes reach the readers of XML.

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

#include "tests/fuzz/file_input.h"

namespace {

const std::vector<std::pair<std::string, std::string>>& SoundParts() {
  static const std::vector<std::pair<std::string, std::string>> kParts{
      {"xl/worksheets/sheet1.xml",
       "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c></row><row "
       "r=\"2\"><c r=\"A2\" s=\"1\"><v>44625</v></c></row></sheetData><mergeCells><mergeCell "
       "ref=\"A2:A3\"/></mergeCells></worksheet>"},
      {"xl/sharedStrings.xml", "<sst><si><t>企业名称</t></si><si><t>贷款金额(万元)</t></si></sst>"},
      {"xl/styles.xml",
       "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"yyyy&quot;年&quot;m\"/></numFmts><cellXfs><xf "
       "numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"164\"/></cellXfs></styleSheet>"},
      {"xl/workbook.xml",
       "<workbook><workbookPr/><sheets><sheet name=\"一\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"},
      {"xl/_rels/workbook.xml.rels",
       "<Relationships><Relationship Id=\"rId1\" Type=\"x/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship "
       "Id=\"rId2\" Type=\"x/sharedStrings\" Target=\"sharedStrings.xml\"/><Relationship Id=\"rId3\" Type=\"x/styles\" "
       "Target=\"styles.xml\"/></Relationships>"},
      {"_rels/.rels",
       "<Relationships><Relationship Id=\"rId1\" Type=\"x/officeDocument\" "
       "Target=\"xl/workbook.xml\"/></Relationships>"}};
  return kParts;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  if (input.empty()) return 0;
  std::vector<std::pair<std::string, std::string>> parts = SoundParts();
  parts[data[0] % parts.size()].second = std::string(input.substr(1));
  kechuang::fuzz::ReadWhole(kechuang::fuzz::FileOf(kechuang::fuzz::StoredZip(parts)));
  return 0;
}
