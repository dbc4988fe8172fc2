#include "tools/book/book_writer.h"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace kechuang::book {
namespace {

constexpr double kWidth = 18;
constexpr lxw_color_t kRed = 0xFFC7CE;
constexpr lxw_color_t kDarkRed = 0xC00000;
constexpr lxw_color_t kYellow = 0xFFF2CC;

std::string ColumnLetters(int column) {
  std::string letters;
  for (int rest = column; rest >= 0; rest = rest / 26 - 1) {
    letters.insert(letters.begin(), static_cast<char>('A' + rest % 26));
  }
  return letters;
}

}  // namespace

BookWriter::BookWriter(const std::string& path, bool constant_memory, DayForm day_form)
    : file_(path), day_form_(day_form) {
  lxw_workbook_options options{};
  options.constant_memory = constant_memory ? LXW_TRUE : LXW_FALSE;
  book_ = workbook_new_opt(file_.temporary_path().c_str(), &options);
  lxw_doc_properties properties{};
  properties.created = 1676851200;  // 2023-02-20, so that the bytes do not depend on the day
  workbook_set_properties(book_, &properties);
}

BookWriter::~BookWriter() {
  if (book_ != nullptr) workbook_close(book_);
}

void BookWriter::Note(lxw_error error) {
  if (first_error_ == LXW_NO_ERROR) first_error_ = error;
}

lxw_format* BookWriter::FormatOf(Look look, Form form) {
  if (look == Look::kPlain && form == Form::kGeneral) return nullptr;
  const auto [found, fresh] = formats_.try_emplace({look, form}, nullptr);
  if (!fresh) return found->second;
  lxw_format* format = found->second = workbook_add_format(book_);
  if (look == Look::kHead || look == Look::kRequired) format_set_bold(format);
  if (look == Look::kRequired) format_set_font_color(format, kDarkRed);
  if (look == Look::kBad || look == Look::kAdded) {
    format_set_pattern(format, LXW_PATTERN_SOLID);
    format_set_bg_color(format, look == Look::kBad ? kRed : kYellow);
  }
  if (form == Form::kDay)
    format_set_num_format(format, day_form_ == DayForm::kChinese ? "yyyy\"年\"m\"月\"d\"日\"" : "yyyy-mm-dd");
  if (form == Form::kPercent) format_set_num_format(format, "0.00%");
  if (form == Form::kScaled) format_set_num_format(format, "0\"万\"");
  if (form == Form::kText) format_set_num_format(format, "@");
  return format;
}

void BookWriter::AddSheet(const std::string& name) {
  const std::string fit = absl::StrReplaceAll(
      name, {{"[", " "}, {"]", " "}, {":", " "}, {"*", " "}, {"?", " "}, {"/", " "}, {"\\", " "}, {"'", " "}});
  sheet_ = workbook_add_worksheet(book_, fit.empty() ? nullptr : fit.c_str());
  if (sheet_ == nullptr) {
    Note(LXW_ERROR_SHEETNAME_ALREADY_USED);
    sheet_ = workbook_add_worksheet(book_, nullptr);
  }
  row_ = 0;
  worksheet_set_column(sheet_, 1, 12, kWidth, nullptr);
}

void BookWriter::AddTitle(const std::string& text, int columns) {
  worksheet_merge_range(sheet_, row_, 0, row_, static_cast<lxw_col_t>(columns - 1), text.c_str(),
                        FormatOf(Look::kHead, Form::kGeneral));
  ++row_;
}

void BookWriter::Put(int column, const Value& value, Look look) {
  const auto at = static_cast<lxw_col_t>(column);
  lxw_format* const plain = FormatOf(look, Form::kGeneral);
  if (const auto* text = std::get_if<std::string>(&value)) {
    Note(worksheet_write_string(sheet_, row_, at, text->c_str(), plain));
  } else if (const auto* number = std::get_if<Number>(&value)) {
    Note(worksheet_write_number(sheet_, row_, at, number->value, plain));
  } else if (const auto* percent = std::get_if<Percent>(&value)) {
    Note(worksheet_write_number(sheet_, row_, at, percent->value, FormatOf(look, Form::kPercent)));
  } else if (const auto* scaled = std::get_if<Scaled>(&value)) {
    Note(worksheet_write_number(sheet_, row_, at, scaled->value, FormatOf(look, Form::kScaled)));
  } else if (const auto* truth = std::get_if<Truth>(&value)) {
    Note(worksheet_write_boolean(sheet_, row_, at, truth->value ? 1 : 0, plain));
  } else if (const auto* day = std::get_if<Day>(&value)) {
    lxw_datetime datetime{day->Year(), day->Month(), day->DayOfMonth(), 0, 0, 0};
    Note(worksheet_write_datetime(sheet_, row_, at, &datetime, FormatOf(look, Form::kDay)));
  } else if (plain != nullptr) {
    Note(worksheet_write_blank(sheet_, row_, at, plain));
  }
}

void BookWriter::AddRow(const std::vector<Value>& values) {
  int column = 0;
  for (const Value& value : values) Put(column++, value);
  EndRow();
}

void BookWriter::AddHeader(const std::vector<std::string>& headers) {
  int column = 0;
  for (const std::string& header : headers) Put(column++, header, Look::kHead);
  EndRow();
}

void BookWriter::SetWidth(int first_column, int last_column, double width) {
  worksheet_set_column(sheet_, static_cast<lxw_col_t>(first_column), static_cast<lxw_col_t>(last_column), width,
                       nullptr);
}

void BookWriter::MakeTextColumn(int column, double width) {
  const auto at = static_cast<lxw_col_t>(column);
  worksheet_set_column(sheet_, at, at, width, FormatOf(Look::kPlain, Form::kText));
}

void BookWriter::Comment(int row, int column, const std::string& text) {
  lxw_comment_options options{};
  options.x_scale = 2.2;
  options.y_scale = 1.4;
  Note(worksheet_write_comment_opt(sheet_, static_cast<lxw_row_t>(row), static_cast<lxw_col_t>(column), text.c_str(),
                                   &options));
}

void BookWriter::OfferWords(int column, int first_row, int last_row, const WordList& list) {
  if (list.words.empty()) return;
  lxw_data_validation rule{};
  std::vector<std::string> texts = list.words;
  std::vector<char*> words;
  std::string range;
  if (list.sheet.empty()) {
    for (std::string& text : texts) words.push_back(text.data());
    words.push_back(nullptr);
    rule.validate = LXW_VALIDATION_TYPE_LIST;
    rule.value_list = words.data();
  } else {
    const std::string letters = ColumnLetters(list.column);
    range = absl::StrCat("='", list.sheet, "'!$", letters, "$1:$", letters, "$", list.words.size());
    rule.validate = LXW_VALIDATION_TYPE_LIST_FORMULA;
    rule.value_formula = range.data();
  }
  rule.error_type = list.strict ? LXW_VALIDATION_ERROR_TYPE_STOP : LXW_VALIDATION_ERROR_TYPE_WARNING;
  const auto at = static_cast<lxw_col_t>(column);
  Note(worksheet_data_validation_range(sheet_, static_cast<lxw_row_t>(first_row), at, static_cast<lxw_row_t>(last_row),
                                       at, &rule));
}

void BookWriter::FreezeAbove(int row) { worksheet_freeze_panes(sheet_, static_cast<lxw_row_t>(row), 0); }

void BookWriter::HideSheet() { worksheet_hide(sheet_); }

absl::Status BookWriter::Close() {
  const lxw_error closed = workbook_close(std::exchange(book_, nullptr));
  const lxw_error error = first_error_ == LXW_NO_ERROR ? closed : first_error_;
  if (error == LXW_NO_ERROR) return file_.Commit();
  return absl::UnavailableError(absl::StrCat("cannot write ", file_.path(), " (无法写入): ", lxw_strerror(error)));
}

}  // namespace kechuang::book
