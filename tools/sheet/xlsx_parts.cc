#include "tools/sheet/xlsx_parts.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

#include "common/base/status_macros.h"
#include "tools/sheet/refusal.h"

namespace kechuang::sheet {
namespace {

absl::Status Nothing(absl::string_view) { return absl::OkStatus(); }

// The name of a relationship's target, seen from the folder of the part that has it.
std::string ResolveTarget(const std::string& part, absl::string_view target) {
  if (absl::StartsWith(target, "/")) return std::string(target.substr(1));
  const size_t slash = part.rfind('/');
  std::vector<std::string> steps;
  if (slash != std::string::npos) steps = absl::StrSplit(part.substr(0, slash), '/');
  for (const absl::string_view step : absl::StrSplit(target, '/')) {
    if (step == ".." && !steps.empty()) {
      steps.pop_back();
    } else if (step != "." && step != "..") {
      steps.emplace_back(step);
    }
  }
  std::string name;
  for (const std::string& step : steps) absl::StrAppend(&name, name.empty() ? "" : "/", step);
  return name;
}

absl::Status RefuseArchive(const Archive& archive) {
  if (archive.Has("word/document.xml")) return NotASheet("a Word document (.docx)", "Word 文档（.docx）");
  if (archive.Has("ppt/presentation.xml")) return NotASheet("a presentation (.pptx)", "演示文稿（.pptx）");
  if (archive.Has("content.xml")) return SaveAsXlsx("an OpenDocument file (.ods)", "OpenDocument 文件（.ods）");
  return NotASheet("a zip archive without a workbook in it", "压缩包，里面没有工作簿");
}

}  // namespace

absl::StatusOr<std::vector<Relation>> ReadRelations(const Archive& archive, const std::string& part) {
  const size_t slash = part.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : part.substr(0, slash + 1);
  const std::string name = slash == std::string::npos ? part : part.substr(slash + 1);
  const std::string relations_part = absl::StrCat(folder, "_rels/", name, ".rels");
  std::vector<Relation> relations;
  if (!archive.Has(relations_part)) return relations;
  const PartHandler handler{
      [&](absl::string_view element, const Attributes& attributes) {
        if (element != "Relationship" || attributes.Get("TargetMode") == "External") return absl::OkStatus();
        const absl::string_view type = attributes.Get("Type");
        relations.push_back({std::string(attributes.Get("Id")), std::string(type.substr(type.rfind('/') + 1)),
                             ResolveTarget(part, attributes.Get("Target"))});
        return absl::OkStatus();
      },
      Nothing, Nothing};
  RETURN_IF_ERROR(archive.Parse(relations_part, handler));
  return relations;
}

absl::StatusOr<WorkbookPart> ReadWorkbookPart(const Archive& archive, const Limits& limits) {
  std::string workbook_part;
  ASSIGN_OR_RETURN(const std::vector<Relation> roots, ReadRelations(archive, ""));
  for (const Relation& relation : roots) {
    if (relation.kind == "officeDocument") workbook_part = relation.target;
  }
  if (workbook_part.empty() || archive.Has("word/document.xml") || !archive.Has(workbook_part)) {
    return RefuseArchive(archive);
  }
  if (absl::EndsWith(workbook_part, ".bin")) {
    return SaveAsXlsx("a binary workbook (.xlsb)", "二进制工作簿（.xlsb）");
  }
  ASSIGN_OR_RETURN(const std::vector<Relation> relations, ReadRelations(archive, workbook_part));
  WorkbookPart workbook;
  std::map<std::string, std::string, std::less<>> worksheets;
  for (const Relation& relation : relations) {
    if (relation.kind == "worksheet") worksheets[relation.id] = relation.target;
    if (relation.kind == "styles") workbook.styles_part = relation.target;
    if (relation.kind == "sharedStrings") workbook.strings_part = relation.target;
    if (relation.kind == "vbaProject") {
      return SaveAsXlsx("a workbook with macros (.xlsm)", "带有宏的工作簿（.xlsm）");
    }
  }
  const PartHandler handler{
      [&](absl::string_view element, const Attributes& attributes) {
        if (element == "workbookPr") {
          const absl::string_view date1904 = attributes.Get("date1904");
          workbook.since_1904 = date1904 == "1" || date1904 == "true";
        }
        if (element != "sheet") return absl::OkStatus();
        const auto part = worksheets.find(attributes.GetPrefixed("id"));
        if (part == worksheets.end()) return absl::OkStatus();  // a chart or dialogue sheet
        const absl::string_view state = attributes.Get("state");
        workbook.sheets.push_back(
            {{std::string(attributes.Get("name")), !state.empty() && state != "visible"}, part->second});
        if (workbook.sheets.size() <= static_cast<size_t>(limits.sheets)) return absl::OkStatus();
        return TooLong(absl::StrCat("the workbook has more than ", limits.sheets, " sheets"),
                       absl::StrCat("工作表超过 ", limits.sheets, " 个"));
      },
      Nothing, Nothing};
  RETURN_IF_ERROR(archive.Parse(workbook_part, handler));
  if (workbook.sheets.empty()) return Malformed("the workbook has no worksheet", "工作簿里没有工作表");
  return workbook;
}

absl::Status SharedStrings::Read(const Archive& archive, const std::string& part, const Limits& limits) {
  bool in_text = false;
  bool in_phonetic = false;
  const auto on_start = [&](absl::string_view element, const Attributes&) {
    if (element == "rPh") in_phonetic = true;
    if (element == "t") in_text = !in_phonetic;
    return absl::OkStatus();
  };
  const auto on_end = [&](absl::string_view element) {
    if (element == "rPh") in_phonetic = false;
    if (element == "t") in_text = false;
    if (element == "si") ends_.push_back(static_cast<uint32_t>(block_.size()));
    return absl::OkStatus();
  };
  const auto on_text = [&](absl::string_view text) {
    if (!in_text) return absl::OkStatus();
    block_.append(text.data(), text.size());
    if (static_cast<int64_t>(block_.size() + ends_.size() * sizeof(uint32_t)) <= limits.string_bytes) {
      return absl::OkStatus();
    }
    return TooLong(absl::StrCat("the workbook's texts take more than ", limits.string_bytes, " bytes; split the file"),
                   absl::StrCat("工作簿的文字超过 ", limits.string_bytes, " 字节；请拆分文件"));
  };
  return archive.Parse(part, {on_start, on_end, on_text});
}

absl::string_view SharedStrings::at(int64_t index) const {
  const auto i = static_cast<size_t>(index);
  const size_t begin = i == 0 ? 0 : ends_[i - 1];
  return absl::string_view(block_).substr(begin, ends_[i] - begin);
}

absl::StatusOr<std::vector<NumberLook>> ReadStyles(const Archive& archive, const std::string& part) {
  std::map<int, NumberLook> custom;
  std::vector<NumberLook> looks;
  bool in_cell_formats = false;
  const PartHandler handler{[&](absl::string_view element, const Attributes& attributes) {
                              int id = 0;
                              if (!absl::SimpleAtoi(attributes.Get("numFmtId"), &id)) id = 0;
                              if (element == "numFmt") custom[id] = LookOfCode(attributes.Get("formatCode"));
                              if (element == "cellXfs") in_cell_formats = true;
                              if (element == "xf" && in_cell_formats && looks.size() < 65536) {
                                const auto own = custom.find(id);
                                looks.push_back(own == custom.end() ? LookOfBuiltIn(id) : own->second);
                              }
                              return absl::OkStatus();
                            },
                            [&](absl::string_view element) {
                              if (element == "cellXfs") in_cell_formats = false;
                              return absl::OkStatus();
                            },
                            Nothing};
  RETURN_IF_ERROR(archive.Parse(part, handler));
  return looks;
}

std::string DecodeEscapes(absl::string_view text) {
  if (!absl::StrContains(text, "_x") && !absl::StrContains(text, "\r")) return std::string(text);
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    uint32_t code = 0;
    if (text.substr(i, 2) == "_x" && text.size() >= i + 7 && text[i + 6] == '_' &&
        absl::SimpleHexAtoi(text.substr(i + 2, 4), &code) && code < 0x80) {
      i += 6;
      if (code != '\r') decoded.push_back(static_cast<char>(code));
    } else if (text[i] != '\r') {
      decoded.push_back(text[i]);
    }
  }
  return decoded;
}

}  // namespace kechuang::sheet
