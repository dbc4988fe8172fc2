#include "tools/sheet/test_files.h"

#include <zip.h>

#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

#include "common/base/status_macros.h"

namespace kechuang::sheet {

std::string WriteFile(const std::string& name, absl::string_view bytes) {
  const std::string path = absl::StrCat(testing::TempDir(), "/sheet_test_", name);
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return path;
}

std::string WriteZip(const std::string& name, const std::map<std::string, std::string>& parts) {
  const std::string path = absl::StrCat(testing::TempDir(), "/sheet_test_", name);
  int error = 0;
  zip_t* archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &error);
  for (const auto& [part, bytes] : parts) {
    zip_file_add(archive, part.c_str(), zip_source_buffer(archive, bytes.data(), bytes.size(), 0), ZIP_FL_OVERWRITE);
  }
  EXPECT_EQ(zip_close(archive), 0);
  return path;
}

std::string WriteBook(const std::string& name, const BookParts& parts) {
  const std::string type = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/";
  std::map<std::string, std::string> files;
  files["_rels/.rels"] = absl::StrCat("<Relationships><Relationship Id=\"rId1\" Type=\"", type,
                                      "officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>");
  files["xl/workbook.xml"] =
      absl::StrCat("<workbook>", parts.workbook_properties,
                   "<sheets><sheet name=\"一\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>");
  files["xl/_rels/workbook.xml.rels"] =
      absl::StrCat("<Relationships><Relationship Id=\"rId1\" Type=\"", type,
                   "worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"rId2\" Type=\"", type,
                   "sharedStrings\" Target=\"sharedStrings.xml\"/><Relationship Id=\"rId3\" Type=\"", type,
                   "styles\" Target=\"/xl/styles.xml\"/></Relationships>");
  files["xl/worksheets/sheet1.xml"] =
      absl::StrCat("<?xml version=\"1.0\" encoding=\"UTF-8\"?>", parts.doctype, "<worksheet><sheetData>",
                   parts.sheet_data, "</sheetData></worksheet>");
  if (!parts.shared_strings.empty()) {
    files["xl/sharedStrings.xml"] = absl::StrCat("<sst>", parts.shared_strings, "</sst>");
  }
  if (!parts.styles.empty()) files["xl/styles.xml"] = absl::StrCat("<styleSheet>", parts.styles, "</styleSheet>");
  return WriteZip(name, files);
}

absl::StatusOr<std::vector<Row>> ReadAll(const std::string& path, const Limits& limits) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Workbook> workbook, OpenWorkbook(path, limits));
  std::vector<Row> rows;
  RETURN_IF_ERROR(workbook->ReadRows(0, [&](const Row& row) {
    rows.push_back(row);
    return absl::OkStatus();
  }));
  return rows;
}

}  // namespace kechuang::sheet
