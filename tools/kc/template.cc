#include "tools/kc/template.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

#include "tools/book/book_writer.h"
#include "tools/kc/export_columns.h"

namespace kechuang::kc {
namespace {

constexpr char kInstructions[] = "填表说明";
constexpr char kChoices[] = "选项";
// Of all words of a list that is part of a rule, commas included: the format allows 255 characters, and libxlsxwriter
// has room for as many bytes.
constexpr size_t kInlineBytes = 250;
constexpr int kLastRow = book::BookWriter::kRowsMax - 1;

// The words that a column offers; none for free text.
std::vector<std::string> WordsOf(const TableColumnSpec& column, const TemplateLists& lists) {
  if (column.form == CellForm::kYesNo) return {"是", "否"};
  if (column.form == CellForm::kBank) return lists.banks;
  if (column.form == CellForm::kPool) return lists.pools;
  std::vector<std::string> words;
  for (const ChoiceWord& choice : column.choices) words.push_back(choice.word);
  return words;
}

bool FitsInRule(const std::vector<std::string>& words) {
  size_t bytes = 0;
  for (const std::string& word : words) {
    if (word.find(',') != std::string::npos) return false;
    bytes += word.size() + 1;
  }
  return bytes <= kInlineBytes;
}

std::string FormOf(const TableColumnSpec& column) {
  switch (column.form) {
    case CellForm::kCode:
      return "文本；代码、编号请勿设为数值，以免丢失末位数字";
    case CellForm::kMoney:
      return "数字，单位万元；也可在单元格内写明单位，如 300万元";
    case CellForm::kDay:
      return "日期，如 2022-03-05";
    case CellForm::kRate:
      return "数字，单位 %";
    case CellForm::kWhole:
      return "整数";
    case CellForm::kYesNo:
      return "是 或 否";
    case CellForm::kChoice:
    case CellForm::kBank:
    case CellForm::kPool:
      return "从下拉列表选择";
    default:
      return "文字";
  }
}

class TemplateBook {
 public:
  TemplateBook(const std::string& path, ImportKind kind, const TemplateLists& lists)
      : book_(path, /*constant_memory=*/false, book::DayForm::kIso), columns_(TableColumnsOf(kind)), lists_(lists) {}

  absl::Status Write(const std::string& sheet) {
    book_.AddSheet(sheet);
    std::vector<std::vector<std::string>> long_lists;
    for (size_t i = 0; i < columns_.size(); ++i) PutColumn(static_cast<int>(i), long_lists);
    book_.FreezeAbove(1);
    WriteInstructions();
    if (!long_lists.empty()) WriteChoices(long_lists);
    return book_.Close();
  }

 private:
  void PutColumn(int column, std::vector<std::vector<std::string>>& long_lists) {
    const TableColumnSpec& spec = columns_[static_cast<size_t>(column)];
    if (spec.form == CellForm::kCode) book_.MakeTextColumn(column, 24);
    book_.Put(column, spec.title, spec.required ? book::Look::kRequired : book::Look::kHead);
    book_.Comment(0, column,
                  absl::StrCat(spec.required ? "必填。" : "选填。", spec.meaning, "\n填法：", FormOf(spec), "。"));
    const std::vector<std::string> words = WordsOf(spec, lists_);
    const bool strict = spec.form == CellForm::kChoice || spec.form == CellForm::kYesNo;
    if (words.empty() || FitsInRule(words)) return book_.OfferWords(column, 1, kLastRow, {"", 0, words, strict});
    book_.OfferWords(column, 1, kLastRow, {kChoices, static_cast<int>(long_lists.size()), words, strict});
    long_lists.push_back(words);
  }

  void WriteInstructions() {
    book_.AddSheet(kInstructions);
    book_.SetWidth(0, 0, 24);
    book_.SetWidth(1, 1, 90);
    for (const char* line :
         {"在第一张工作表中逐行填写，一行一条记录；红字列名为必填。可增删、调换列，列名保持不变即可识别。",
          "只填要更改的列：没有的列、空的单元格保持原值不变；要清空某个值，在单元格中写“清空”。",
          "金额单位写在列名中，也可写在单元格中；没有单位的金额不会被接受。",
          "日期写到日。合计、小计、填表人等行会被跳过。",
          "先试运行核对：kc import 种类 文件 --dry-run；有问题的行可用 --rejects 文件.xlsx 取回改正。"}) {
      book_.Put(0, std::string(line));
      book_.EndRow();
    }
    book_.SkipRow();
    for (const TableColumnSpec& column : columns_) {
      book_.Put(0, absl::StrCat(column.title, column.required ? "（必填）" : ""), book::Look::kHead);
      book_.Put(1, absl::StrCat(column.meaning, FormOf(column), "。"));
      book_.EndRow();
    }
  }

  void WriteChoices(const std::vector<std::vector<std::string>>& long_lists) {
    book_.AddSheet(kChoices);
    for (size_t column = 0; column < long_lists.size(); ++column) {
      book_.GoToRow(0);
      for (const std::string& word : long_lists[column]) {
        book_.Put(static_cast<int>(column), word);
        book_.EndRow();
      }
    }
    book_.HideSheet();
  }

  book::BookWriter book_;
  const std::vector<TableColumnSpec>& columns_;
  const TemplateLists& lists_;
};

std::string SheetOf(ImportKind kind) {
  switch (kind) {
    case ImportKind::kEnterprises:
      return "企业";
    case ImportKind::kCertifications:
      return "资质";
    case ImportKind::kPools:
      return "资金池";
    case ImportKind::kBanks:
      return "合作银行";
    case ImportKind::kLoans:
      return "贷款";
    case ImportKind::kContracts:
      break;
  }
  return "技术合同";
}

}  // namespace

absl::Status WriteTemplate(const std::string& path, ImportKind kind, const TemplateLists& lists) {
  return TemplateBook(path, kind, lists).Write(SheetOf(kind));
}

bool IsTemplateHelp(absl::string_view sheet) { return sheet == kInstructions || sheet == kChoices; }

}  // namespace kechuang::kc
